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

// settings checks the file, its folder, and whether there is a key. err is what reading
// the settings met.
func settings(env *cli.Env, c config.Config, err error) []finding {
	path := config.Path(env.Flags.Flags, env.Getenv)
	found := []finding{file(path, c, err), folder(path)}
	if err != nil {
		return append(found, finding{"API key", skipped, "the settings cannot be used", nil})
	}
	return append(found, apiKey(env, c))
}

func file(path string, c config.Config, err error) finding {
	const check = "config file"
	if err != nil {
		return failure(check, err)
	}
	if path == "" {
		return finding{check, warning, "there is no home directory to keep one in", nil}
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return finding{check, ok, "none at " + path, nil}
	case err != nil:
		return failure(check, config.Error{Err: err})
	case c.Exposed:
		return finding{check, warning, fmt.Sprintf("others can read the API key in %s; 'chmod 600 %s' mends that", path, path), nil}
	case c.Writable:
		return finding{check, warning, fmt.Sprintf("others can change %s; 'chmod 600 %s' mends that", path, path), nil}
	case c.Foreign:
		return finding{check, warning, path + " belongs to somebody else, who can change it; an apikey_command in it is not run", nil}
	}
	detail := path
	if runtime.GOOS != "windows" {
		detail += fmt.Sprintf(", mode %04o", info.Mode().Perm())
	}
	return finding{check, ok, fmt.Sprintf("%s, profile %s", detail, c.Profile), nil}
}

// folder checks that nobody else can put another file in the place of this one.
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
		return finding{check, warning, fmt.Sprintf("others can replace the files in %s; 'chmod go-w %s' mends that", dir, dir), nil}
	}
	return finding{check, ok, dir, nil}
}

// apiKey gets the key, from wherever it is.
func apiKey(env *cli.Env, c config.Config) finding {
	const check = "API key"
	if c.Endpoint == config.Sandbox {
		return finding{check, ok, "the sandbox needs none", nil}
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
