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
	Path, Profile, APIKey, Endpoint, ImportEndpoint string
	Insecure                                        bool // plain HTTP for an endpoint without a scheme

	// Saving says that the settings are read to change them: the file and the profile
	// need not exist yet, and which key is in force does not matter.
	Saving bool
}

// Config says which account to use and where it lives.
type Config struct {
	Path    string // the file that was read, or would be; empty when there is no home directory
	Profile string // the chosen one

	// APIKey is the key, where it is at hand. Otherwise KeyCommand is the shell command
	// that prints it, or KeyringItem what it is called in the OS keyring, and all three
	// are empty when there is none.
	APIKey, KeyCommand, KeyringItem string

	// Endpoint and ImportEndpoint are URLs without a trailing slash, or [Sandbox].
	Endpoint, ImportEndpoint string

	WorkflowEndpoint string      // what was said of it; mostly empty
	User             string      // the e-mail that the key was made for, if it was saved
	Database, Type   string      // defaults for queries
	Header           http.Header // extra headers for every request
	Exposed          bool        // the file holds a key, and other users of the machine can read it
	Writable         bool        // other users of the machine can change the file
	Foreign          bool        // the file belongs to somebody else, who is not root
	Settings         []Setting   // each setting as it is in force, and "profile" and "config"

	ownKey bool // the file has a key for the profile
}

// Setting returns a setting by its name in td.conf.
func (c Config) Setting(name string) Setting {
	for _, s := range c.Settings {
		if s.Name == name {
			return s
		}
	}
	return Setting{Name: name}
}

// HasKey reports whether there is an API key, or a place where it is to be had.
func (c Config) HasKey() bool { return c.APIKey != "" || c.KeyCommand != "" || c.KeyringItem != "" }

// An Error reports settings that cannot be used.
type Error struct {
	Err    error
	Advice string // what to do about it; may be empty
}

func (e Error) Error() string { return e.Err.Error() }
func (e Error) Unwrap() error { return e.Err }

// Hint returns the advice.
func (e Error) Hint() string { return e.Advice }

// ErrNoAPIKey says that no API key was given anywhere. Load does not return it: not
// every command needs a key.
var ErrNoAPIKey = errors.New("no API key is set")

// Load reads the settings. A missing file or key is not an error, unless the file was
// named on the command line or in the environment; then the error is a [fs.ErrNotExist].
func Load(f Flags, getenv func(string) string) (Config, error) {
	file, profile := located(f, getenv), chosen(f, getenv)
	c := Config{Path: file.Value, Profile: profile.Value}
	text, err := readText(c.Path, file.Origin > BuiltIn && !f.Saving)
	if err != nil {
		return Config{}, err
	}
	s := scope{getenv: getenv, path: c.Path, text: text, section: sectionOf(c.Profile)}
	if s.file, err = decode(c.Path, text); err != nil {
		return Config{}, err
	}
	if err := checkProfile(c.Profile, c.Path, text, f.Saving); err != nil {
		return Config{}, err
	}
	if profile.Origin == CommandLine {
		s.getenv = func(string) string { return "" }
	}
	for _, from := range sources(f) {
		c.Settings = append(c.Settings, s.find(from))
	}
	c.Settings = append(c.Settings, profile, file)
	if err := c.key(s, f.Saving); err != nil {
		return Config{}, err
	}
	if err := c.resolve(f.Insecure); err != nil {
		return Config{}, err
	}
	c.User, c.Database, c.Type = c.Setting("user").Value, c.Setting("database").Value, c.Setting("type").Value
	c.WorkflowEndpoint = c.Setting("workflow_endpoint").Value
	c.modes(text)
	if c.Profile != DefaultProfile && !f.Saving {
		if err := unmixed(c); err != nil {
			return Config{}, err
		}
	}
	c.Header, err = headers(getenv("TD_API_HEADERS"))
	return c, err
}

// Path returns the configuration file that Load reads and a command saves to.
func Path(f Flags, getenv func(string) string) string { return located(f, getenv).Value }

// located returns the configuration file. It is built in unless somebody asked for it by
// name.
func located(f Flags, getenv func(string) string) Setting {
	s := first(getenv, source{"config", f.Path, "--config", [2]string{"TREASURE_DATA_CONFIG_PATH", "TD_CONFIG_PATH"}})
	if home := cmp.Or(getenv("HOME"), getenv("USERPROFILE")); s.Origin == Unset && home != "" {
		s.Value, s.Origin = filepath.Join(home, ".td", "td.conf"), BuiltIn
	}
	return s
}

// readText returns the text of the file.
func readText(path string, must bool) (string, error) {
	if path == "" {
		return "", nil
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !must {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot read the configuration: %w", err)
	}
	return string(b), nil
}

// decode understands the text of the file at path.
func decode(path, text string) (*viper.Viper, error) {
	v := viper.NewWithOptions(viper.WithDecoderRegistry(decoder{}))
	v.SetConfigType("ini")
	if err := v.ReadConfig(strings.NewReader(text)); err != nil {
		if syntax, ok := errors.AsType[*SyntaxError](err); ok {
			return nil, &SyntaxError{Path: path, Line: syntax.Line}
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

// key finds the API key, or in the file where it is to be had.
func (c *Config) key(s scope, saving bool) error {
	key := &c.Settings[0] // as in sources
	command, item := s.inFile("apikey_command"), s.inFile("apikey_keyring")
	own := 0
	for _, from := range []Setting{s.inFile("apikey"), command, item} {
		if from.Value != "" {
			own++
		}
	}
	c.ownKey = own > 0
	switch {
	case own > 1 && key.Origin <= File && !saving:
		return fmt.Errorf("%s: section [%s]: %w", s.path, s.section, errTwoKeys)
	case key.Origin >= File:
		c.APIKey = key.Value
	case command.Value != "":
		c.KeyCommand = command.Value
		*key = Setting{Name: key.Name, Origin: File, Where: command.Where}
	case item.Value != "":
		c.KeyringItem = item.Value
		*key = Setting{Name: key.Name, Origin: File, Where: item.Where}
	}
	if strings.ContainsFunc(c.APIKey, isControl) {
		return errors.New("the API key contains a line break or another control character")
	}
	return nil
}

// modes finds out what other users of the machine can do with the file.
func (c *Config) modes(text string) {
	info, err := os.Stat(c.Path)
	if err != nil || runtime.GOOS == "windows" {
		return
	}
	c.Writable = info.Mode().Perm()&0o022 != 0
	c.Foreign = foreign(info)
	for l := range strings.Lines(text) {
		if parsed := parseLine(l); parsed.kind == setting && parsed.name == "apikey" && parsed.value != "" {
			c.Exposed = info.Mode().Perm()&0o077 != 0
		}
	}
}

// resolve turns what was said about endpoints into URLs.
func (c *Config) resolve(insecure bool) (err error) {
	endpoint, imports, workflows := &c.Settings[1], &c.Settings[2], &c.Settings[3] // as in sources
	if endpoint.Origin == Unset {
		*endpoint = Setting{endpoint.Name, DefaultEndpoint, BuiltIn, ""}
	}
	if c.Profile != DefaultProfile && endpoint.Origin > File {
		for _, s := range []*Setting{imports, workflows} {
			if s.Origin == File { // it goes with the section's endpoint
				*s = Setting{Name: s.Name}
			}
		}
	}
	if c.Endpoint, err = ResolveEndpoint(endpoint.Value, insecure); err != nil {
		return err
	}
	endpoint.Value = c.Endpoint
	if imports.Value == "" || c.Endpoint == Sandbox {
		*imports = Setting{imports.Name, ImportEndpoint(c.Endpoint), BuiltIn, "derived from the endpoint"}
	}
	c.ImportEndpoint, err = ResolveEndpoint(imports.Value, insecure)
	imports.Value = c.ImportEndpoint
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
