package config

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/viper"
)

// An Origin is where a setting came from. A greater one wins.
type Origin int

// The origins, from the weakest.
const (
	Unset Origin = iota
	BuiltIn
	File
	Environment
	CommandLine
)

// A Setting is one setting of the chosen account and where it came from.
type Setting struct {
	Name   string // as in td.conf
	Value  string // for an API key the secret itself; see Mask
	Origin Origin
	Where  string // the flag, the variable, or the file and the line
}

// A source is where one setting may come from, besides the file.
type source struct {
	key  string    // in td.conf
	flag string    // what the command line says
	name string    // the flag's name
	env  [2]string // variables, the first that is not empty wins
}

// sources lists the settings of an account. Where an API key comes from may be said in
// td.conf alone: a command in the environment could be anybody's.
func sources(f Flags) []source {
	return []source{
		{"apikey", f.APIKey, "--apikey", [2]string{"TREASURE_DATA_API_KEY", "TD_API_KEY"}},
		{"endpoint", f.Endpoint, "--endpoint", [2]string{"TREASURE_DATA_API_SERVER", "TD_API_SERVER"}},
		{"import_endpoint", f.ImportEndpoint, "--import-endpoint", [2]string{"TREASURE_DATA_API_IMPORT_SERVER", "TD_API_IMPORT_SERVER"}},
		{"workflow_endpoint", "", "", [2]string{"TREASURE_DATA_WORKFLOW_ENDPOINT"}},
		{key: "user"},
		{key: "database"},
		{key: "type"},
	}
}

// A scope is where the settings of one account are looked for.
type scope struct {
	getenv     func(string) string // of what the environment says of an account
	path, text string              // of the file
	section    string
	file       *viper.Viper
}

// first returns what the command line or the environment says of a setting.
func first(getenv func(string) string, from source) Setting {
	if from.flag != "" {
		return Setting{from.key, from.flag, CommandLine, from.name}
	}
	for _, name := range from.env {
		if name == "" {
			continue
		}
		if value := getenv(name); value != "" {
			return Setting{from.key, value, Environment, name}
		}
	}
	return Setting{Name: from.key}
}

// find returns what the strongest source says of a setting.
func (s scope) find(from source) Setting {
	if found := first(s.getenv, from); found.Origin != Unset {
		return found
	}
	return s.inFile(from.key)
}

// inFile returns what the file says of a setting. Keys that stand before any section
// count as the account's.
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

// lineOf returns the number of the line that decides on a key: the section's last one,
// or for the account the last one before any section.
func lineOf(text, in string, key string) int {
	var own, outside, n int
	current := ""
	for l := range strings.Lines(text) {
		n++
		switch parsed := parseLine(l); {
		case parsed.kind == section:
			current = parsed.name
		case parsed.kind != setting || parsed.name != key:
		case current == in:
			own = n
		case current == "":
			outside = n
		}
	}
	return cmp.Or(own, outside)
}

// Mask returns what may be shown of an API key: its last four characters, when it is so
// long that they tell nothing.
func Mask(key string) string {
	const hidden, atLeast, shown = "***", 20, 4
	if len(key) < atLeast || utf8.RuneCountInString(key) != len(key) {
		return hidden
	}
	return hidden + key[len(key)-shown:]
}
