package config

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const manyProfiles = `apikey = 1/outside
[account]
  apikey = 1/account
  endpoint = us01
  import_endpoint = https://import.example.com
  user = me@example.com
  database = www
[profile jp]
  apikey = 1/jp
  endpoint = jp01
  import_endpoint = https://import.example.jp
  type = trino
[Profile  EU]
  endpoint = eu01
[profile bare]
[profile key]
  apikey = 1/key
[profile command]
  apikey_command = pass show td # [all] of it
[profile ring]
  apikey_keyring = /home/me/.td/td.conf ring
[profile two]
  apikey = 1/two
  apikey_command = echo 1/two
[profile a.b]
[profile]
[profile é]
`

func TestProfiles(t *testing.T) {
	_, path := write(t, manyProfiles+"[profile jp]\n[profile default]\n")
	got, err := Profiles(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"default", "bare", "command", "eu", "jp", "key", "ring", "two"}, got); diff != "" {
		t.Error(diff)
	}
	if got, err := Profiles(filepath.Join(t.TempDir(), "none")); err != nil || len(got) != 1 {
		t.Errorf("without a file: %v, %v", got, err)
	}
	if got, err := Profiles(""); err != nil || len(got) != 1 {
		t.Errorf("without a home: %v, %v", got, err)
	}
	_, bad := write(t, "what\n")
	if _, err := Profiles(bad); err == nil {
		t.Error("a broken file has profiles")
	}
}

// TestLoadProfile selects profiles by flags and variables.
func TestLoadProfile(t *testing.T) {
	const (
		jp = "https://api.treasuredata.co.jp"
		us = DefaultEndpoint
		eu = "https://api.eu01.treasuredata.com"
		in = "https://import.example.jp"
	)
	for _, tt := range []struct {
		name  string
		flags Flags
		env   map[string]string
		want  Config // Profile, the key, the endpoints and what belongs to the account
	}{
		{
			"none",
			Flags{},
			nil,
			Config{Profile: "default", APIKey: "1/account", Endpoint: us, ImportEndpoint: "https://import.example.com", User: "me@example.com", Database: "www"},
		},
		{
			"flag",
			Flags{Profile: "jp"},
			nil,
			Config{Profile: "jp", APIKey: "1/jp", Endpoint: jp, ImportEndpoint: in, Type: "trino"},
		},
		{
			"flag in other letters",
			Flags{Profile: "JP"},
			nil,
			Config{Profile: "jp", APIKey: "1/jp", Endpoint: jp, ImportEndpoint: in, Type: "trino"},
		},
		{
			"short variable",
			Flags{},
			map[string]string{"TD_PROFILE": "jp"},
			Config{Profile: "jp", APIKey: "1/jp", Endpoint: jp, ImportEndpoint: in, Type: "trino"},
		},
		{
			"long variable beats short",
			Flags{},
			map[string]string{"TD_PROFILE": "nope", "TREASURE_DATA_PROFILE": "key"},
			Config{Profile: "key", APIKey: "1/key", Endpoint: us, ImportEndpoint: ImportEndpoint(us)},
		},
		{
			"flag beats variable",
			Flags{Profile: "default"},
			map[string]string{"TD_PROFILE": "jp"},
			Config{Profile: "default", APIKey: "1/account", Endpoint: us, ImportEndpoint: "https://import.example.com", User: "me@example.com", Database: "www"},
		},
		{
			"nothing of account",
			Flags{Profile: "bare"},
			nil,
			Config{Profile: "bare", Endpoint: us, ImportEndpoint: ImportEndpoint(us)},
		},
		{
			"flag shuts the environment out",
			Flags{Profile: "jp"},
			map[string]string{
				"TD_API_KEY": "1/env", "TD_API_SERVER": "http://env.example.com", "TD_API_IMPORT_SERVER": "http://env.example.com",
				"TREASURE_DATA_WORKFLOW_ENDPOINT": "http://env.example.com",
			},
			Config{Profile: "jp", APIKey: "1/jp", Endpoint: jp, ImportEndpoint: in, Type: "trino"},
		},
		{
			"even for a profile without a key",
			Flags{Profile: "eu"},
			map[string]string{"TD_API_KEY": "1/env"},
			Config{Profile: "eu", Endpoint: eu, ImportEndpoint: ImportEndpoint(eu)},
		},
		{
			"other flags count",
			Flags{Profile: "jp", APIKey: "1/flag", Endpoint: "eu01"},
			nil,
			Config{Profile: "jp", APIKey: "1/flag", Endpoint: eu, ImportEndpoint: ImportEndpoint(eu), Type: "trino"},
		},
		{
			"a key of the environment for a profile without one",
			Flags{},
			map[string]string{"TD_PROFILE": "eu", "TD_API_KEY": "1/env"},
			Config{Profile: "eu", APIKey: "1/env", Endpoint: eu, ImportEndpoint: ImportEndpoint(eu)},
		},
		{
			"both halves from the environment",
			Flags{},
			map[string]string{"TD_PROFILE": "jp", "TD_API_KEY": "1/env", "TD_API_SERVER": "eu01"},
			Config{Profile: "jp", APIKey: "1/env", Endpoint: eu, ImportEndpoint: ImportEndpoint(eu), Type: "trino"},
		},
		{
			"a key of the environment where -e says",
			Flags{Endpoint: "eu01"},
			map[string]string{"TD_PROFILE": "jp", "TD_API_KEY": "1/env"},
			Config{Profile: "jp", APIKey: "1/env", Endpoint: eu, ImportEndpoint: ImportEndpoint(eu), Type: "trino"},
		},
		{
			"the sandbox gets no key",
			Flags{},
			map[string]string{"TD_PROFILE": "jp", "TD_API_SERVER": "sandbox"},
			Config{Profile: "jp", APIKey: "1/jp", Endpoint: Sandbox, ImportEndpoint: Sandbox, Type: "trino"},
		},
		{
			"a command",
			Flags{Profile: "command"},
			nil,
			Config{Profile: "command", KeyCommand: "pass show td # [all] of it", Endpoint: us, ImportEndpoint: ImportEndpoint(us)},
		},
		{
			"a command that is not needed",
			Flags{Profile: "command", APIKey: "1/flag"},
			nil,
			Config{Profile: "command", APIKey: "1/flag", Endpoint: us, ImportEndpoint: ImportEndpoint(us)},
		},
		{
			"the keyring",
			Flags{Profile: "ring"},
			nil,
			Config{Profile: "ring", KeyringItem: "/home/me/.td/td.conf ring", Endpoint: us, ImportEndpoint: ImportEndpoint(us)},
		},
		{
			"two keys that do not matter",
			Flags{Profile: "two", APIKey: "1/flag"},
			nil,
			Config{Profile: "two", APIKey: "1/flag", Endpoint: us, ImportEndpoint: ImportEndpoint(us)},
		},
		{
			"two keys that are to be replaced",
			Flags{Profile: "two", Saving: true},
			nil,
			Config{Profile: "two", APIKey: "1/two", Endpoint: us, ImportEndpoint: ImportEndpoint(us)},
		},
		{
			"a new one",
			Flags{Profile: "new", Saving: true},
			nil,
			Config{Profile: "new", Endpoint: us, ImportEndpoint: ImportEndpoint(us)},
		},
		{
			"no command from the environment",
			Flags{Profile: "bare"},
			map[string]string{"TD_API_KEY_COMMAND": "x", "TD_APIKEY_COMMAND": "x", "TREASURE_DATA_APIKEY_COMMAND": "x"},
			Config{Profile: "bare", Endpoint: us, ImportEndpoint: ImportEndpoint(us)},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home, path := write(t, manyProfiles)
			vars := map[string]string{"HOME": home}
			maps.Copy(vars, tt.env)
			got, err := Load(tt.flags, env(vars))
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Path = path
			if diff := cmp.Diff(tt.want, got, outcome()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

var secretWord = regexp.MustCompile(`\b1/(account|jp|key|two|env)`)

func TestLoadProfileRefuses(t *testing.T) {
	for _, tt := range []struct {
		name  string
		flags Flags
		env   map[string]string
		want  string
	}{
		{"no such profile", Flags{Profile: "nope"}, nil, `no profile "nope" in `},
		{"the list", Flags{}, map[string]string{"TD_PROFILE": "nope"}, " (available: default, bare, command, eu, jp, key, ring, two)"},
		{"a dot", Flags{Profile: "a.b"}, nil, `invalid profile name "a.b"`},
		{"a bracket", Flags{Profile: "a]b", Saving: true}, nil, "invalid profile name"},
		{"a flag", Flags{Profile: "-k", Saving: true}, nil, "invalid profile name"},
		{"two keys", Flags{Profile: "two"}, nil, "section [profile two]: apikey, apikey_command and apikey_keyring cannot be used together"},
		{"half a pair: the server", Flags{}, map[string]string{"TD_PROFILE": "jp", "TD_API_SERVER": "eu01"}, `the API key of profile "jp" would be sent to the server of TD_API_SERVER`},
		{"half a pair: the import server", Flags{}, map[string]string{"TD_PROFILE": "jp", "TD_API_IMPORT_SERVER": "eu01"}, "would be sent to the server of TD_API_IMPORT_SERVER"},
		{"half a pair: the workflow server", Flags{}, map[string]string{"TD_PROFILE": "jp", "TREASURE_DATA_WORKFLOW_ENDPOINT": "eu01"}, "would be sent to the server of TREASURE_DATA_WORKFLOW_ENDPOINT"},
		{"half a pair: the sandbox's workflow server", Flags{Endpoint: "sandbox"}, map[string]string{"TD_PROFILE": "jp", "TREASURE_DATA_WORKFLOW_ENDPOINT": "eu01"}, "would be sent to the server of TREASURE_DATA_WORKFLOW_ENDPOINT"},
		{"half a pair: the key", Flags{}, map[string]string{"TD_PROFILE": "jp", "TREASURE_DATA_API_KEY": "1/env"}, "the API key of TREASURE_DATA_API_KEY would be sent to the server of profile \"jp\""},
		{"half a pair: a command's key", Flags{}, map[string]string{"TD_PROFILE": "command", "TD_API_SERVER": "eu01"}, "would be sent to the server of TD_API_SERVER"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home, _ := write(t, manyProfiles)
			vars := map[string]string{"HOME": home}
			maps.Copy(vars, tt.env)
			_, err := Load(tt.flags, env(vars))
			if err == nil || !strings.Contains(err.Error(), tt.want) || secretWord.MatchString(err.Error()) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	home, _ := write(t, "[profile default]\napikey = 1/a\n")
	if _, err := Load(Flags{}, env(map[string]string{"HOME": home})); err == nil {
		t.Error("[profile default] is passed over in silence")
	}
}

func TestSettings(t *testing.T) {
	home, path := write(t, manyProfiles)
	for _, tt := range []struct {
		flags Flags
		env   map[string]string
		want  map[string]Setting
	}{
		{
			Flags{Endpoint: "EU01"},
			map[string]string{"TD_API_KEY": "1/env"},
			map[string]Setting{
				"apikey":          {"apikey", "1/env", Environment, "TD_API_KEY"},
				"endpoint":        {"endpoint", "https://api.eu01.treasuredata.com", CommandLine, "--endpoint"},
				"import_endpoint": {"import_endpoint", "https://import.example.com", File, path + ":5"},
				"database":        {"database", "www", File, path + ":7"},
				"type":            {Name: "type"},
			},
		},
		{
			Flags{Profile: "command"},
			nil,
			map[string]Setting{
				"apikey":          {"apikey", "", File, path + ":19"},
				"endpoint":        {"endpoint", DefaultEndpoint, BuiltIn, ""},
				"import_endpoint": {"import_endpoint", "https://api-import.treasuredata.com", BuiltIn, "derived from the endpoint"},
			},
		},
	} {
		vars := map[string]string{"HOME": home}
		maps.Copy(vars, tt.env)
		c, err := Load(tt.flags, env(vars))
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range tt.want {
			if diff := cmp.Diff(want, c.Setting(name)); diff != "" {
				t.Error(diff)
			}
		}
	}
	home, path = write(t, "apikey = 1/a\n[account]\nuser = x\n")
	c, err := Load(Flags{}, env(map[string]string{"HOME": home}))
	if want := (Setting{"apikey", "1/a", File, path + ":1"}); err != nil || c.Setting("apikey") != want {
		t.Errorf("outside any section: %+v, %v", c.Setting("apikey"), err)
	}
}

func TestSetProfile(t *testing.T) {
	_, path := write(t, "apikey = 1/outside\n[account]\n  apikey = 1/account\n# about jp\n[Profile JP] # mine\n  user = me\n")
	for _, step := range []struct {
		profile string
		values  map[string]string
	}{
		{"jp", map[string]string{"apikey": "1/jp", "user": ""}},
		{"new", map[string]string{"apikey_keyring": "item new", "endpoint": "https://x"}},
	} {
		if err := Set(path, step.profile, step.values); err != nil {
			t.Fatal(err)
		}
	}
	want := "apikey = 1/outside\n[account]\n  apikey = 1/account\n# about jp\n[Profile JP] # mine\n  apikey = 1/jp\n" +
		"[profile new]\n  apikey_keyring = item new\n  endpoint = https://x\n"
	b, err := os.ReadFile(path)
	if diff := cmp.Diff(want, string(b)); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if !rubyReads(string(b)) {
		t.Error("the Ruby toolbelt cannot read it")
	}
	for _, name := range []string{"", "a b", "x]\n[account", "a.b", "Jp"} {
		if err := Set(path, name, map[string]string{"user": "me"}); err == nil {
			t.Errorf("%q is taken for a profile", name)
		}
	}
}

func TestMask(t *testing.T) {
	for key, want := range map[string]string{
		"":                           "***",
		"1/short":                    "***",
		"1/0123456789abcdef0":        "***",
		"1/0123456789abcdef01234567": "***4567",
		"1/0123456789abcdéf0123456é": "***",
	} {
		if got := Mask(key); got != want {
			t.Errorf("%q is shown as %q, want %q", key, got, want)
		}
	}
}

// FuzzProfiles checks that each listed profile can be selected, that it inherits
// nothing from other sections, and that errors do not contain keys.
func FuzzProfiles(f *testing.F) {
	f.Add(manyProfiles, "jp")
	f.Add("[profile a]\n[profile  A] # x\napikey = 1/5ecre7\n[profile.b]\nx", "b")
	f.Add("profile a.apikey = 1/5ecre7\n[account]\napikey_command = x", "a")
	dir := f.TempDir()
	path := filepath.Join(dir, "td.conf")
	f.Fuzz(func(t *testing.T, text, profile string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		known, err := Profiles(path)
		if err != nil {
			return
		}
		for _, name := range known {
			_, err := Load(Flags{Path: path, Profile: name}, env(nil))
			if err != nil && strings.Contains(err.Error(), "no profile") {
				t.Errorf("%q is listed of %q: %v", name, text, err)
			}
		}
		c, err := Load(Flags{Path: path, Profile: profile}, env(nil))
		if err != nil && strings.Contains(err.Error(), "5ecre7") {
			t.Errorf("%q, %q: %v", text, profile, err)
		}
		for _, s := range c.Settings {
			n, line, ok := strings.Cut(strings.TrimPrefix(s.Where, path+":"), ":")
			number, nerr := strconv.Atoi(n)
			if s.Origin != File || ok || nerr != nil {
				continue
			}
			own := ""
			for i, l := range strings.SplitAfter(text, "\n")[:max(number, 1)] {
				if parsed := parseLine(l); parsed.kind == section {
					own = parsed.name
				} else if i == number-1 && parsed.kind != setting {
					t.Errorf("%q: %s is to be in line %d: %q", text, s.Name, number, l)
				}
			}
			if number == 0 || own != sectionOf(c.Profile) && (own != "" || c.Profile != DefaultProfile) {
				t.Errorf("%q: %s of profile %q is from line %d in section %q %s", text, s.Name, c.Profile, number, own, line)
			}
		}
	})
}
