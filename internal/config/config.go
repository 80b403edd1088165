// Package config reads the settings of an account from the command line, the
// environment and td.conf, in descending precedence. It also saves settings to that
// file.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/viper"
)

// Flags are the settings of the command line. Empty ones are not set.
type Flags struct {
	Path, Profile, APIKey, Endpoint, ImportEndpoint string
	Insecure                                        bool // use plain HTTP for an endpoint without a scheme

	// Saving is set if the settings are read to change them: the file and the
	// profile do not have to exist, and conflicting keys are not an error.
	Saving bool
}

// Config is an account and its servers.
type Config struct {
	Path    string // file, which may not exist; empty without a home directory
	Profile string // selected profile

	// APIKey is the key. Alternatively KeyCommand is a shell command that prints the
	// key, or KeyringItem its name in the keyring of the operating system. At most
	// one of the three is set.
	APIKey, KeyCommand, KeyringItem string

	// Endpoint and ImportEndpoint are URLs without a trailing slash, or [Sandbox].
	Endpoint, ImportEndpoint string

	WorkflowEndpoint string      // usually empty; see the function WorkflowEndpoint
	User             string      // e-mail address for which the key was issued, if known
	Database, Type   string      // defaults for queries
	Header           http.Header // extra headers for every request
	SwapGuard        string      // "off", "warn" or "refuse": what table:swap does if the new table seems to be wrong
	HistoryOff       bool        // submitted jobs are not recorded
	Limits           Limits      // limits of queries and results
	Lint             string      // what to do about findings of the lint: a value of lint, or "" if that is not set
	HeartbeatHosts   []string    // hosts, with or without a port, to which cron may send heartbeats
	Exposed          bool        // the file contains a key that other users of the machine can read
	Writable         bool        // other users of the machine can change the file
	Foreign          bool        // the file belongs to another user, who is not root
	Settings         []Setting   // effective settings, including "profile" and "config"

	keyInFile bool // the file has a key for the profile
}

// Setting returns the setting with the given name in td.conf.
func (c Config) Setting(name string) Setting {
	for _, s := range c.Settings {
		if s.Name == name {
			return s
		}
	}
	return Setting{Name: name}
}

// HasKey reports whether there is an API key or a source of one.
func (c Config) HasKey() bool { return c.APIKey != "" || c.KeyCommand != "" || c.KeyringItem != "" }

// An Error reports unusable settings.
type Error struct {
	Err    error
	Advice string // how to fix it; may be empty
}

func (e Error) Error() string { return e.Err.Error() }
func (e Error) Unwrap() error { return e.Err }

// Hint returns the advice.
func (e Error) Hint() string { return e.Advice }

// ErrNoAPIKey reports that no API key is set. Load does not return it, because not
// every command needs a key.
var ErrNoAPIKey = errors.New("no API key is set")

// Load reads the settings. A missing key is not an error, and neither is a missing
// file, unless the command line or the environment names it: then Load returns an
// [fs.ErrNotExist].
func Load(f Flags, getenv func(string) string) (Config, error) {
	file, profile := locate(f, getenv), selectProfile(f, getenv)
	c := Config{Path: file.Value, Profile: profile.Value}
	text, err := readText(c.Path, file.Origin > BuiltIn && !f.Saving)
	s := scope{getenv: getenv, path: c.Path, text: text, section: sectionOf(c.Profile)}
	if err == nil {
		s.file, err = decode(c.Path, text)
	}
	if err != nil && !f.Saving && profile.Origin == BuiltIn && isComplete(f, getenv) {
		text, s.text = "", "" // the file is not needed
		s.file, err = decode(c.Path, text)
	}
	if err != nil {
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
	history, err := s.findHistory(getenv)
	if err != nil {
		return Config{}, err
	}
	c.HistoryOff = history.Value == off
	guard, err := s.findSwapGuard(getenv)
	if err != nil {
		return Config{}, err
	}
	heartbeat := s.inFileOrAccount(heartbeatHosts)
	c.HeartbeatHosts = splitHosts(heartbeat.Value)
	c.SwapGuard = guard.Value
	c.Settings = append(c.Settings, profile, file, history, heartbeat, guard)
	if err := c.setKey(s, f.Saving); err != nil {
		return Config{}, err
	}
	if err := c.resolveEndpoints(f.Insecure); err != nil {
		return Config{}, err
	}
	c.User, c.Database, c.Type = c.Setting("user").Value, c.Setting("database").Value, c.Setting("type").Value
	c.WorkflowEndpoint = c.Setting("workflow_endpoint").Value
	if err := c.setLimits(); err != nil {
		return Config{}, err
	}
	if err := c.setLint(); err != nil {
		return Config{}, err
	}
	c.checkFile(text)
	if c.Profile != DefaultProfile && !f.Saving {
		if err := checkMixed(c); err != nil {
			return Config{}, err
		}
	}
	c.Header, err = parseHeaders(getenv("TD_API_HEADERS"))
	return c, err
}

// Path returns the path of the configuration file.
func Path(f Flags, getenv func(string) string) string { return locate(f, getenv).Value }

// locate returns the path of the configuration file. Its origin is BuiltIn for the
// default path.
func locate(f Flags, getenv func(string) string) Setting {
	s := fromFlagOrEnv(getenv, source{"config", f.Path, "--config", [2]string{"TREASURE_DATA_CONFIG_PATH", "TD_CONFIG_PATH"}})
	if home := HomeDir(getenv); s.Origin == Unset && home != "" {
		s.Value, s.Origin = filepath.Join(home, ".td", "td.conf"), BuiltIn
	}
	return s
}

// HomeDir returns HOME, on Windows USERPROFILE, or else the home directory of the user's account, such as for
// systemd units without HOME. It returns "" if the account is unknown.
func HomeDir(getenv func(string) string) string {
	if home := cmp.Or(getenv("HOME"), getenv("USERPROFILE")); home != "" {
		return home
	}
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.HomeDir
}

// isComplete reports whether the command line and the environment set both the API key and the endpoint.
func isComplete(f Flags, getenv func(string) string) bool {
	sources := sources(f)
	return fromFlagOrEnv(getenv, sources[0]).Origin != Unset && fromFlagOrEnv(getenv, sources[1]).Origin != Unset
}

// readText returns the text of the file, "" for a missing one unless it is required.
func readText(path string, required bool) (string, error) {
	if path == "" {
		return "", nil
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !required {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot read the configuration: %w", err)
	}
	return string(b), nil
}

// decode decodes the text of the file at path.
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

// setKey sets the API key or its source.
func (c *Config) setKey(s scope, saving bool) error {
	key := &c.Settings[0] // see sources
	command, item := s.inFile("apikey_command"), s.inFile("apikey_keyring")
	inFile := 0
	for _, from := range []Setting{s.inFile("apikey"), command, item} {
		if from.Value != "" {
			inFile++
		}
	}
	c.keyInFile = inFile > 0
	switch {
	case inFile > 1 && key.Origin <= File && !saving:
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
	return checkKey(c.APIKey, key.Where)
}

// checkKey returns an error that names the source of a key with an invalid character, which usually was copied along with
// the key.
func checkKey(key, source string) error {
	if err := CheckKey(key); err != nil {
		return fmt.Errorf("the API key of %s %w", source, err)
	}
	return nil
}

// CheckKey returns an error such as "contains the invalid character U+00E9" if key has a character that no API key has.
func CheckKey(key string) error {
	i := strings.IndexFunc(key, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsPrint(r) })
	if i < 0 {
		return nil
	}
	if r, size := utf8.DecodeRuneInString(key[i:]); r != utf8.RuneError || size > 1 {
		return fmt.Errorf("contains the invalid character %U", r)
	}
	return fmt.Errorf("contains the invalid byte 0x%02x", key[i])
}

// checkFile determines what other users of the machine can do with the file.
func (c *Config) checkFile(text string) {
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

// resolveEndpoints converts the settings of endpoints to URLs.
func (c *Config) resolveEndpoints(insecure bool) (err error) {
	endpoint, imports, workflows := &c.Settings[1], &c.Settings[2], &c.Settings[3] // see sources
	if endpoint.Origin == Unset {
		*endpoint = Setting{endpoint.Name, DefaultEndpoint, BuiltIn, ""}
	}
	if c.Profile != DefaultProfile && endpoint.Origin > File {
		for _, s := range []*Setting{imports, workflows} {
			if s.Origin == File { // applies to the section's endpoint only
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

// parseHeaders parses lines of the form name=value.
func parseHeaders(s string) (http.Header, error) {
	var h http.Header
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" || strings.ContainsFunc(name, isNoToken) || strings.ContainsFunc(value, isControl) {
			return nil, errors.New(`TD_API_HEADERS must have one "name=value" per line`)
		}
		if h == nil {
			h = http.Header{}
		}
		h.Add(name, strings.TrimSpace(value))
	}
	return h, nil
}

// isNoToken reports whether r is invalid in the name of a header
// (https://www.rfc-editor.org/rfc/rfc9110#name-tokens).
func isNoToken(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
}

// isControl reports whether r is an ASCII control character, such as a line break.
func isControl(r rune) bool { return r < ' ' || r == 0x7f }
