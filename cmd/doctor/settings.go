package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
)

func asUsage(err error) (cli.UsageError, bool) { return errors.AsType[cli.UsageError](err) }

// settings checks the file, its folder, and whether there is a key. The error err is the
// result of reading the settings.
func settings(env *cli.Env, c config.Config, err error) []finding {
	path := config.Path(env.Flags.Flags, env.Getenv)
	found := []finding{file(path, c, err), folder(path)}
	if err != nil {
		return append(found, finding{"API key", skipped, "the settings are invalid", nil})
	}
	return append(found, apiKey(env, c))
}

func file(path string, c config.Config, err error) finding {
	const check = "config file"
	if err != nil {
		return failure(check, err)
	}
	if path == "" {
		return finding{check, warning, "there is no home directory for it", nil}
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return finding{check, ok, "none at " + path, nil}
	case err != nil:
		return failure(check, config.Error{Err: err})
	case c.Exposed:
		return finding{check, warning, fmt.Sprintf("others can read the API key in %s; fix it with 'chmod 600 %s'", path, path), nil}
	case c.Writable:
		return finding{check, warning, fmt.Sprintf("others can change %s; fix it with 'chmod 600 %s'", path, path), nil}
	case c.Foreign:
		return finding{check, warning, path + " is owned by another user, who can change it; apikey_command is ignored", nil}
	}
	detail := path
	if runtime.GOOS != "windows" {
		detail += fmt.Sprintf(", mode %04o", info.Mode().Perm())
	}
	return finding{check, ok, fmt.Sprintf("%s, profile %s", detail, c.Profile), nil}
}

// folder checks that other users cannot replace the file.
func folder(path string) finding {
	const check = "config folder"
	if path == "" {
		return finding{check, skipped, "there is no home directory", nil}
	}
	dir := filepath.Dir(path)
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return finding{check, ok, dir + " does not exist yet", nil}
	case err != nil:
		return failure(check, config.Error{Err: err})
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 && info.Mode()&os.ModeSticky == 0:
		return finding{check, warning, fmt.Sprintf("others can replace the files in %s; fix it with 'chmod go-w %s'", dir, dir), nil}
	}
	return finding{check, ok, dir, nil}
}

// apiKey loads the key.
func apiKey(env *cli.Env, c config.Config) finding {
	const check = "API key"
	if c.Endpoint == config.Sandbox {
		return finding{check, ok, "not needed by the sandbox", nil}
	}
	key, err := env.Account.Key()
	if err != nil {
		return failure(check, err)
	}
	detail := config.Mask(key) + " from " + c.Setting("apikey").Where
	switch {
	case c.KeyCommand != "":
		detail += ", by its apikey_command"
	case c.KeyringItem != "":
		detail += ", in the OS keyring"
	}
	return finding{check, ok, detail, nil}
}
