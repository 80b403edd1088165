package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A profile is an account of its own, in a section [profile NAME] with the keys of
// [account]. It takes nothing from [account]: were one's endpoint to meet the other's
// key, a key would be sent to a server that it is not for. For the same reason
//
//   - --profile shuts out what the environment says of an account: who names a profile
//     for one command wants that account, whatever the shell's variables say;
//   - with TD_PROFILE, where both are the environment's, its key and its server together
//     win over the section, and its key alone serves a section without one. Half a pair
//     beside the section's other half is refused ([unmixed]);
//   - a section's import and workflow endpoints go with its endpoint, and with no other.

// DefaultProfile is the name of the [account] section among the profiles.
const DefaultProfile = "default"

// Profiles lists the profiles in the file at path: first the default one, which always
// is, then the others by name. A missing file has no others.
func Profiles(path string) ([]string, error) {
	text, err := readText(path, false)
	if err != nil {
		return nil, err
	}
	if _, err := decode(path, text); err != nil {
		return nil, err
	}
	return profiles(text), nil
}

func profiles(text string) []string {
	var names []string
	for _, section := range sections(text) {
		name, ok := strings.CutPrefix(section, "profile ")
		if ok && name != DefaultProfile && checkName(name) == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return append([]string{DefaultProfile}, slices.Compact(names)...)
}

// sections lists the sections in the order of the text, as often as they stand there.
func sections(text string) []string {
	var names []string
	for l := range strings.Lines(text) {
		if parsed := parseLine(l); parsed.kind == section {
			names = append(names, parsed.name)
		}
	}
	return names
}

// chosen returns the profile that is asked for, in lower case.
func chosen(f Flags, getenv func(string) string) Setting {
	s := first(getenv, source{"profile", f.Profile, "--profile", [2]string{"TREASURE_DATA_PROFILE", "TD_PROFILE"}})
	if s.Origin == Unset {
		s.Value, s.Origin = DefaultProfile, BuiltIn
	}
	s.Value = strings.ToLower(s.Value)
	return s
}

// sectionOf returns the section that holds a profile.
func sectionOf(profile string) string {
	if profile == DefaultProfile {
		return "account"
	}
	return "profile " + profile
}

// checkProfile returns an error unless the file has the profile, or may get it.
func checkProfile(profile, path, text string, saving bool) error {
	const never = "profile " + DefaultProfile
	known := profiles(text)
	switch {
	case profile == DefaultProfile && slices.Contains(sections(text), never):
		return fmt.Errorf("%s: the default profile is the section [account]; [%s] must have another name", path, never)
	case slices.Contains(known, profile):
		return nil
	case checkName(profile) != nil || saving:
		return checkName(profile)
	case path == "":
		return fmt.Errorf("there is no profile %q: without a home directory there is no configuration", profile)
	}
	return fmt.Errorf("there is no profile %q in %s; there is %s", profile, path, strings.Join(known, ", "))
}

// checkName holds a profile's name to characters that no shell, no section and no viper
// key takes for something else.
func checkName(profile string) error {
	const most = 64
	if profile == "" || len(profile) > most || strings.Trim(profile, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" || profile[0] == '-' {
		return fmt.Errorf("%q cannot be the name of a profile; it is of letters, digits, - and _", profile)
	}
	return nil
}

// unmixed returns an error when the environment and a profile that the environment chose
// would each give half of a key and its server.
func unmixed(c Config) error {
	key := c.Setting("apikey")
	for _, name := range []string{"endpoint", "import_endpoint", "workflow_endpoint"} {
		server := c.Setting(name)
		far := c.Endpoint != Sandbox || name == "workflow_endpoint" // the sandbox has no workflows of its own
		if server.Origin == Environment && key.Origin == File && far {
			return fmt.Errorf("the API key of profile %q would go to the server of %s; unset that, or choose the profile with --profile", c.Profile, server.Where)
		}
	}
	if server := c.Setting("endpoint"); key.Origin == Environment && c.ownKey && server.Origin < Environment && c.Endpoint != Sandbox {
		return fmt.Errorf("the API key of %s would go to the server of profile %q, which has a key of its own; unset one of the two, or choose the profile with --profile", key.Where, c.Profile)
	}
	return nil
}

// errTwoKeys says that a section names more than one place for its API key.
var errTwoKeys = errors.New("apikey, apikey_command and apikey_keyring exclude each other; remove all but one")
