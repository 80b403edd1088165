// Package config finds out which account a command talks to: what the command
// line says wins over the environment, and the environment over td.conf. It also
// saves settings to that file. It sends nothing and asks nobody.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/viper"
)

// Flags are the settings given on the command line; empty means not given.
type Flags struct {
	Path, APIKey, Endpoint, ImportEndpoint string
	Insecure                               bool // plain HTTP for an endpoint without a scheme
}

// Config says which account to use and where it lives.
type Config struct {
	Path   string // the file that was read, or would be; empty when there is no home directory
	APIKey string // empty when there is none

	// Endpoint and ImportEndpoint are URLs without a trailing slash, or [Sandbox].
	Endpoint, ImportEndpoint string

	User           string      // the e-mail that the key was made for, if it was saved
	Database, Type string      // defaults for queries
	Header         http.Header // extra headers for every request
	Exposed        bool        // the file holds a key, and other users of the machine can read it
}

// ErrNoAPIKey says that no API key was given anywhere. Load does not return it: not
// every command needs a key.
var ErrNoAPIKey = errors.New("no API key is set")

// A source is where one setting may come from, besides its flag and the file.
type source struct {
	key  string    // in td.conf, section [account]
	flag string    // what the command line says
	env  [2]string // variables, the first that is not empty wins
}

// Load reads the settings. A missing file or key is not an error, unless the file was
// named on the command line or in the environment; then the error is a [fs.ErrNotExist].
func Load(f Flags, getenv func(string) string) (Config, error) {
	c := Config{Path: Path(f, getenv)}
	v := viper.NewWithOptions(viper.WithDecoderRegistry(decoder{}))
	if err := c.read(v, named(f, getenv) != ""); err != nil {
		return Config{}, err
	}
	for _, s := range []source{
		{"apikey", f.APIKey, [2]string{"TREASURE_DATA_API_KEY", "TD_API_KEY"}},
		{"endpoint", f.Endpoint, [2]string{"TREASURE_DATA_API_SERVER", "TD_API_SERVER"}},
		{"import_endpoint", f.ImportEndpoint, [2]string{"TREASURE_DATA_API_IMPORT_SERVER", "TD_API_IMPORT_SERVER"}},
	} {
		if value := cmp.Or(s.flag, getenv(s.env[0]), getenv(s.env[1])); value != "" {
			v.Set("account."+s.key, value)
		}
	}
	c.APIKey = v.GetString("account.apikey")
	c.User = v.GetString("account.user")
	c.Database = v.GetString("account.database")
	c.Type = v.GetString("account.type")
	if strings.ContainsFunc(c.APIKey, isControl) {
		return Config{}, errors.New("the API key contains a line break or another control character")
	}
	err := c.resolve(v, f.Insecure)
	if err != nil {
		return Config{}, err
	}
	c.Header, err = headers(getenv("TD_API_HEADERS"))
	return c, err
}

// Path returns the configuration file that Load reads and a command saves to.
func Path(f Flags, getenv func(string) string) string {
	if path := named(f, getenv); path != "" {
		return path
	}
	home := cmp.Or(getenv("HOME"), getenv("USERPROFILE"))
	if home == "" {
		return ""
	}
	return filepath.Join(home, ".td", "td.conf")
}

// named returns the file that somebody asked for by name, if any.
func named(f Flags, getenv func(string) string) string {
	return cmp.Or(f.Path, getenv("TREASURE_DATA_CONFIG_PATH"), getenv("TD_CONFIG_PATH"))
}

// read fills v from the file. Keys that stand before any section count as the account's.
func (c *Config) read(v *viper.Viper, must bool) error {
	v.SetConfigType("ini")
	if c.Path == "" {
		return nil
	}
	b, err := os.ReadFile(c.Path)
	if errors.Is(err, fs.ErrNotExist) && !must {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot read the configuration: %w", err)
	}
	if err := v.ReadConfig(strings.NewReader(string(b))); err != nil {
		if syntax, ok := errors.AsType[*SyntaxError](err); ok {
			return &SyntaxError{Path: c.Path, Line: syntax.Line}
		}
		return fmt.Errorf("%s: %w", c.Path, err)
	}
	for _, key := range []string{"apikey", "endpoint", "import_endpoint", "user", "database", "type"} {
		v.SetDefault("account."+key, v.GetString(key))
	}
	if v.GetString("account.apikey") == "" || runtime.GOOS == "windows" {
		return nil
	}
	info, err := os.Stat(c.Path)
	c.Exposed = err == nil && info.Mode().Perm()&0o077 != 0
	return nil
}

// resolve turns what was said about endpoints into URLs.
func (c *Config) resolve(v *viper.Viper, insecure bool) (err error) {
	c.Endpoint, err = ResolveEndpoint(cmp.Or(v.GetString("account.endpoint"), DefaultEndpoint), insecure)
	if err != nil {
		return err
	}
	c.ImportEndpoint = ImportEndpoint(c.Endpoint)
	if said := v.GetString("account.import_endpoint"); said != "" && c.Endpoint != Sandbox {
		c.ImportEndpoint, err = ResolveEndpoint(said, insecure)
	}
	return err
}

// headers reads one "name=value" a line.
func headers(s string) (http.Header, error) {
	var h http.Header
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" || strings.ContainsFunc(name, notToken) || strings.ContainsFunc(value, isControl) {
			return nil, errors.New(`TD_API_HEADERS: want one "name=value" a line`)
		}
		if h == nil {
			h = http.Header{}
		}
		h.Add(name, strings.TrimSpace(value))
	}
	return h, nil
}

// notToken reports whether r may not stand in the name of a header.
func notToken(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
}

// isControl reports whether r would end a line or a header.
func isControl(r rune) bool { return r < ' ' || r == 0x7f }
