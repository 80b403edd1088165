package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A profile is another account, in a section [profile NAME] with the same keys as
// [account]. It inherits nothing from [account], because a key must never be sent to
// the server of another account. For the same reason:
//
//   - --profile ignores the variables of the environment for accounts: the flag
//     selects the whole account.
//   - If TD_PROFILE selects the profile, the key and the server of the environment
//     together override the section, and a key alone is used with a section that has
//     none. Any other combination is an error; see [checkMixed].
//   - The import and workflow endpoints of a section apply to its own endpoint only.

// DefaultProfile is the name of the profile in the section [account].
const DefaultProfile = "default"

// Profiles returns the profiles in the file at path: first the default one, which
// always exists, then the others by name. The file may be missing.
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

// sections returns the sections in the order of the text, including repeated ones.
func sections(text string) []string {
	var names []string
	for l := range strings.Lines(text) {
		if parsed := parseLine(l); parsed.kind == section {
			names = append(names, parsed.name)
		}
	}
	return names
}

// selectProfile returns the selected profile, in lower case.
func selectProfile(f Flags, getenv func(string) string) Setting {
	s := fromFlagOrEnv(getenv, source{"profile", f.Profile, "--profile", [2]string{"TREASURE_DATA_PROFILE", "TD_PROFILE"}})
	if s.Origin == Unset {
		s.Value, s.Origin = DefaultProfile, BuiltIn
	}
	s.Value = strings.ToLower(s.Value)
	return s
}

// sectionOf returns the section of a profile.
func sectionOf(profile string) string {
	if profile == DefaultProfile {
		return "account"
	}
	return "profile " + profile
}

// checkProfile returns an error unless the file contains the profile, or saving is
// true and the profile may be added.
func checkProfile(profile, path, text string, saving bool) error {
	const reserved = "profile " + DefaultProfile
	known := profiles(text)
	switch {
	case profile == DefaultProfile && slices.Contains(sections(text), reserved):
		return fmt.Errorf("%s: rename section [%s]: the default profile is in section [account]", path, reserved)
	case slices.Contains(known, profile):
		return nil
	case checkName(profile) != nil || saving:
		return checkName(profile)
	case path == "":
		return fmt.Errorf("no profile %q: there is no configuration file without a home directory", profile)
	}
	return fmt.Errorf("no profile %q in %s (available: %s)", profile, path, strings.Join(known, ", "))
}

// checkName restricts the names of profiles to characters without special meaning in
// shells, section titles and the keys of viper.
func checkName(profile string) error {
	const maxLength = 64
	if profile == "" || len(profile) > maxLength || strings.Trim(profile, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" || profile[0] == '-' {
		return fmt.Errorf("invalid profile name %q: it must consist of letters, digits, - and _", profile)
	}
	return nil
}

// checkMixed returns an error if the key and its server would come from different
// accounts: one from the environment, the other from a profile that the environment
// selected.
func checkMixed(c Config) error {
	key := c.Setting("apikey")
	for _, name := range []string{"endpoint", "import_endpoint", "workflow_endpoint"} {
		server := c.Setting(name)
		remote := c.Endpoint != Sandbox || name == "workflow_endpoint" // the sandbox has no workflows
		if server.Origin == Environment && key.Origin == File && remote {
			return fmt.Errorf("the API key of profile %q would be sent to the server of %s; unset the variable, or select the profile with --profile", c.Profile, server.Where)
		}
	}
	if server := c.Setting("endpoint"); key.Origin == Environment && c.keyInFile && server.Origin < Environment && c.Endpoint != Sandbox {
		return fmt.Errorf("the API key of %s would be sent to the server of profile %q, which has its own key; unset the variable, or select the profile with --profile", key.Where, c.Profile)
	}
	return nil
}

// errTwoKeys reports a section with more than one source of its API key.
var errTwoKeys = errors.New("apikey, apikey_command and apikey_keyring cannot be used together; remove all but one")
