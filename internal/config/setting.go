package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/viper"

	"github.com/td-cli/td/internal/text"
)

// An Origin is the kind of source of a setting. Greater origins take precedence.
type Origin int

// The origins in ascending precedence.
const (
	Unset Origin = iota
	BuiltIn
	File
	Environment
	CommandLine
)

// A Setting is a setting of the selected account and its source.
type Setting struct {
	Name   string // the name in td.conf
	Value  string // the secret itself in case of an API key; see Mask
	Origin Origin
	Where  string // name of the flag or the variable, or FILE:LINE
}

// A source lists the places of a setting other than the file.
type source struct {
	key       string // its name in td.conf
	flagValue string // value on the command line
	flagName  string
	variables [2]string // the first one set takes precedence; empty values are ignored
}

// sources returns the sources of an account's settings. The settings for keyring and
// key command are not among them: for safety they are read from td.conf only.
func sources(f Flags) []source {
	return []source{
		{"apikey", f.APIKey, "--apikey", [2]string{"TREASURE_DATA_API_KEY", "TD_API_KEY"}},
		{"endpoint", f.Endpoint, "--endpoint", [2]string{"TREASURE_DATA_API_SERVER", "TD_API_SERVER"}},
		{"import_endpoint", f.ImportEndpoint, "--import-endpoint", [2]string{"TREASURE_DATA_API_IMPORT_SERVER", "TD_API_IMPORT_SERVER"}},
		{"workflow_endpoint", "", "", [2]string{"TREASURE_DATA_WORKFLOW_ENDPOINT"}},
		{key: "user"},
		{key: "database"},
		{key: "type"},
		{key: "lint"},
		{key: "max_time"},
		{key: "max_rows"},
		{key: "max_result_size"},
	}
}

// A scope contains the places in which the settings of an account are looked up.
type scope struct {
	getenv     func(string) string
	path, text string // the file and its content
	section    string
	file       *viper.Viper
}

// fromFlagOrEnv returns a setting of the command line or the environment.
func fromFlagOrEnv(getenv func(string) string, from source) Setting {
	value := from.flagValue
	if from.key == "apikey" {
		value = strings.TrimSpace(value)
	}
	if value != "" {
		return Setting{from.key, value, CommandLine, from.flagName}
	}
	for _, name := range from.variables {
		if name == "" {
			continue
		}
		value := getenv(name)
		if from.key == "apikey" {
			value = strings.TrimSpace(value)
		}
		if value != "" {
			return Setting{from.key, value, Environment, name}
		}
	}
	return Setting{Name: from.key}
}

// find returns a setting from the source with the highest precedence.
func (s scope) find(from source) Setting {
	if found := fromFlagOrEnv(s.getenv, from); found.Origin != Unset {
		return found
	}
	return s.inFile(from.key)
}

// Values of the settings history and swap_guard.
const (
	on     = "on"
	off    = "off"
	warn   = "warn"
	refuse = "refuse"
)

// findHistory returns the setting history.
func (s scope) findHistory(getenv func(string) string) (Setting, error) {
	return s.findShared(source{key: "history", variables: [2]string{"TREASURE_DATA_HISTORY", "TD_HISTORY"}}, getenv, on, off)
}

// findSwapGuard returns the setting swap_guard.
func (s scope) findSwapGuard(getenv func(string) string) (Setting, error) {
	return s.findShared(source{key: "swap_guard", variables: [2]string{"TREASURE_DATA_SWAP_GUARD", "TD_SWAP_GUARD"}}, getenv, off, warn, refuse)
}

// findShared returns a setting with one of the given values, the first of which is the default. Unlike other settings of
// the account, it also applies to profiles without one, and the environment applies to every profile.
func (s scope) findShared(from source, getenv func(string) string, values ...string) (Setting, error) {
	key := from.key
	found := fromFlagOrEnv(getenv, from)
	if found.Origin == Unset {
		found = s.inFileOrAccount(key)
	}
	if found.Origin == Unset {
		return Setting{Name: key, Value: values[0], Origin: BuiltIn}, nil
	}
	if found.Value = strings.ToLower(found.Value); !slices.Contains(values, found.Value) {
		return found, fmt.Errorf("%s: %s must be %s, not %q", found.Where, key, text.JoinOr(values), found.Value)
	}
	return found, nil
}

// heartbeatHosts is the setting with the hosts to which cron may send heartbeats. For safety it is read from td.conf only.
const heartbeatHosts = "heartbeat_hosts"

// splitHosts splits a list of hosts with commas or spaces, in lower case.
func splitHosts(s string) []string {
	if s == "" {
		return nil
	}
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
}

// inFileOrAccount returns a setting of the file that also applies to profiles without one.
func (s scope) inFileOrAccount(key string) Setting {
	found := s.inFile(key)
	if found.Origin == Unset {
		s.section = "account"
		found = s.inFile(key)
	}
	return found
}

// inFile returns a setting of the file. Keys before any section belong to the
// account.
func (s scope) inFile(key string) Setting {
	value := s.file.GetString(s.section + "." + key)
	if !s.file.IsSet(s.section+"."+key) && s.section == "account" {
		value = s.file.GetString(key)
	}
	if value == "" {
		return Setting{Name: key}
	}
	return Setting{key, value, File, fmt.Sprintf("%s:%d", s.path, lineOf(s.text, s.section, key))}
}

// lineOf returns the number of the line that sets a key: the last one in the section, or
// else the last one before any section.
func lineOf(text, name, key string) int {
	var inside, before, number int
	current := ""
	for l := range strings.Lines(text) {
		number++
		switch parsed := parseLine(l); {
		case parsed.kind == section:
			current = parsed.name
		case parsed.kind != setting || parsed.name != key:
		case current == name:
			inside = number
		case current == "":
			before = number
		}
	}
	return cmp.Or(inside, before)
}

// Mask returns an API key for display: its last four characters, or none if it is
// short.
func Mask(key string) string {
	const hidden, minLength, shown = "***", 20, 4
	if len(key) < minLength || utf8.RuneCountInString(key) != len(key) {
		return hidden
	}
	return hidden + key[len(key)-shown:]
}
