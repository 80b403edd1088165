package config

import (
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// env returns a function like os.Getenv for vars.
func env(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

// write creates a home directory with a configuration and returns both paths.
func write(t *testing.T, text string) (home, path string) {
	t.Helper()
	home = t.TempDir()
	path = filepath.Join(home, ".td", "td.conf")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return home, path
}

// outcome returns c without the sources of the settings.
func outcome() cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool {
		return p.String() == "Settings" || p.String() == "SwapGuard" || p.String() == "keyInFile"
	}, cmp.Ignore())
}

func TestLoadOrder(t *testing.T) {
	const file = "[account]\n  user = me@example.com\n  apikey = 1/file\n  endpoint = https://file.example.com/\n" +
		"  import_endpoint = https://import.example.com\n  database = www\n  type = trino\n"
	for _, tt := range []struct {
		name  string
		file  string
		flags Flags
		env   map[string]string
		want  Config // without Path, Profile, Header, Settings and what the file alone says
	}{
		{
			name: "nothing",
			want: Config{Endpoint: DefaultEndpoint, ImportEndpoint: "https://api-import.treasuredata.com"},
		},
		{
			name: "file", file: file,
			want: Config{APIKey: "1/file", Endpoint: "https://file.example.com", ImportEndpoint: "https://import.example.com"},
		},
		{
			name: "short variables beat the file", file: file,
			env: map[string]string{
				"TD_API_KEY": "1/td", "TD_API_SERVER": "https://td.example.com", "TD_API_IMPORT_SERVER": "https://td.example.com/",
			},
			want: Config{APIKey: "1/td", Endpoint: "https://td.example.com", ImportEndpoint: "https://td.example.com"},
		},
		{
			name: "long variables beat short ones", file: file,
			env: map[string]string{
				"TD_API_KEY": "1/td", "TREASURE_DATA_API_KEY": "1/long",
				"TD_API_SERVER": "https://td.example.com", "TREASURE_DATA_API_SERVER": "jp01",
				"TD_API_IMPORT_SERVER": "https://td.example.com/", "TREASURE_DATA_API_IMPORT_SERVER": "eu01",
			},
			want: Config{
				APIKey: "1/long", Endpoint: "https://api.treasuredata.co.jp", ImportEndpoint: "https://api.eu01.treasuredata.com",
			},
		},
		{
			name: "flags beat all", file: file,
			flags: Flags{APIKey: "1/flag", Endpoint: "flag.example.com:80", ImportEndpoint: "i.example.com", Insecure: true},
			env:   map[string]string{"TREASURE_DATA_API_KEY": "1/long", "TREASURE_DATA_API_SERVER": "jp01"},
			want:  Config{APIKey: "1/flag", Endpoint: "http://flag.example.com:80", ImportEndpoint: "http://i.example.com"},
		},
		{
			name: "empty variables are not set", file: file,
			env:  map[string]string{"TREASURE_DATA_API_KEY": "", "TD_API_KEY": "", "TREASURE_DATA_API_SERVER": ""},
			want: Config{APIKey: "1/file", Endpoint: "https://file.example.com", ImportEndpoint: "https://import.example.com"},
		},
		{
			name: "imports stay in the sandbox", file: file, flags: Flags{Endpoint: "sandbox"},
			want: Config{APIKey: "1/file", Endpoint: Sandbox, ImportEndpoint: Sandbox},
		},
		{
			name: "a bad endpoint that is overruled", file: "[account]\nendpoint = ftp://x\n", flags: Flags{Endpoint: "ap02"},
			want: Config{Endpoint: "https://api.ap02.treasuredata.com", ImportEndpoint: "https://api.ap02.treasuredata.com"},
		},
		{
			name: "an empty key is none", file: "[account]\napikey =\nendpoint=\n",
			want: Config{Endpoint: DefaultEndpoint, ImportEndpoint: "https://api-import.treasuredata.com"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home, path := write(t, tt.file)
			vars := map[string]string{"HOME": home}
			maps.Copy(vars, tt.env)
			got, err := Load(tt.flags, env(vars))
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Path, tt.want.Profile = path, DefaultProfile
			if tt.file == file {
				tt.want.User, tt.want.Database, tt.want.Type = "me@example.com", "www", "trino"
			}
			if diff := cmp.Diff(tt.want, got, outcome()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// fileCases are files and the key that Load must find in them.
func TestLoadKey(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"plain", "[account]\n  apikey = 1/abc\n", "1/abc"},
		{"hash", "[account]\napikey = 1/a#b\n", "1/a#b"},
		{"space and hash", "[account]\napikey = 1/a #b\n", "1/a #b"},
		{"semicolon", "[account]\napikey = 1/a;b\n", "1/a;b"},
		{"equals", "[account]\napikey = 1/ab==\n", "1/ab=="},
		{"percent", "[account]\napikey = 1/ab%(user)s\nuser = me\n", "1/ab%(user)s"},
		{"backslash", "[account]\napikey = 1/abc\\\nuser = me\n", `1/abc\`},
		{"quotes", "[account]\napikey = \"1/abc\"\n", `"1/abc"`},
		{"backticks", "[account]\napikey = `1/abc`\n", "`1/abc`"},
		{"dollar", "[account]\napikey = $HOME\n", "$HOME"},
		{"CRLF", "[account]\r\napikey = 1/abc\r\n", "1/abc"},
		{"byte-order mark", "\ufeff[account]\napikey = 1/abc\n", "1/abc"},
		{"byte-order mark before a key", "\ufeffapikey = 1/abc\n", "1/abc"},
		{"tabs", "[account]\n\tapikey\t=\t1/abc\t\n", "1/abc"},
		{"no spaces", "[account]\napikey=1/abc", "1/abc"},
		{"upper case", "[Account]\nAPIKEY = 1/abc\n", "1/abc"},
		{"no section", "apikey = 1/abc\n", "1/abc"},
		{"section beats none", "apikey = 1/none\n[account]\napikey = 1/abc\n", "1/abc"},
		{"other section", "[other]\napikey = 1/abc\n", ""},
		{"section twice", "[account]\napikey = 1/abc\n[x]\ny = z\n[account]\nuser = me\n", "1/abc"},
		{"key twice", "[account]\napikey = 1/old\napikey = 1/abc\n", "1/abc"},
		{"comments and blanks", "# c\n; d\n\n[account] # e\n\n  # f\n  apikey = 1/abc\n", "1/abc"},
		{"a section named as a key", "account = 5\n[account]\napikey = 1/abc\n", "1/abc"},
		{"empty file", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home, _ := write(t, tt.file)
			c, err := Load(Flags{}, env(map[string]string{"HOME": home}))
			if err != nil {
				t.Fatal(err)
			}
			if c.APIKey != tt.want {
				t.Errorf("key %q, want %q", c.APIKey, tt.want)
			}
		})
	}
}

func TestLoadSyntax(t *testing.T) {
	for _, tt := range []struct {
		file string
		line int
	}{
		{"[account]\n1/5ecre7\n", 2},
		{"[account\napikey = 1/5ecre7\n", 1},
		{"[account] apikey = 1/5ecre7\n", 1},
		{"\n\n= 1/5ecre7\n", 3},
	} {
		home, path := write(t, tt.file)
		_, err := Load(Flags{}, env(map[string]string{"HOME": home}))
		got, ok := errors.AsType[*SyntaxError](err)
		if !ok || *got != (SyntaxError{Path: path, Line: tt.line}) {
			t.Errorf("%q: %v", tt.file, err)
			continue
		}
		if strings.Contains(err.Error(), "5ecre7") {
			t.Errorf("the error shows the line: %v", err)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	home, _ := write(t, "[account]\napikey = 1/file\n")
	for name, tt := range map[string]struct {
		flags Flags
		env   map[string]string
	}{
		"key with a line break":   {env: map[string]string{"TD_API_KEY": "1/5ecre7\n1"}},
		"key with a control":      {flags: Flags{APIKey: "1/5ecre7\x1b[0m"}},
		"bad endpoint":            {flags: Flags{Endpoint: "https://5ecre7:x@example.com"}},
		"bad import endpoint":     {flags: Flags{ImportEndpoint: "https://example.com/?5ecre7"}},
		"header without a value":  {env: map[string]string{"TD_API_HEADERS": "X-A=1\n5ecre7"}},
		"header with a bad name":  {env: map[string]string{"TD_API_HEADERS": "X A 5ecre7=1"}},
		"header with a bad value": {env: map[string]string{"TD_API_HEADERS": "X-A=5ecre7\x01"}},
		"a directory":             {flags: Flags{Path: home}},
	} {
		t.Run(name, func(t *testing.T) {
			vars := map[string]string{"HOME": home}
			maps.Copy(vars, tt.env)
			_, err := Load(tt.flags, env(vars))
			if err == nil {
				t.Fatal("no error")
			}
			if strings.Contains(err.Error(), "5ecre7") {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

func TestLoadNamedFile(t *testing.T) {
	home, _ := write(t, "[account]\napikey = 1/home\n")
	_, other := write(t, "[account]\napikey = 1/other\n")
	missing := filepath.Join(home, "missing.conf")
	for _, tt := range []struct {
		name  string
		flags Flags
		env   map[string]string
		want  string // the key; empty: the file does not exist
	}{
		{"flag", Flags{Path: other}, map[string]string{"TREASURE_DATA_CONFIG_PATH": missing}, "1/other"},
		{"long variable", Flags{}, map[string]string{"TREASURE_DATA_CONFIG_PATH": other, "TD_CONFIG_PATH": missing}, "1/other"},
		{"short variable", Flags{}, map[string]string{"TD_CONFIG_PATH": other}, "1/other"},
		{"home", Flags{}, nil, "1/home"},
		{"missing by flag", Flags{Path: missing}, nil, ""},
		{"missing by variable", Flags{}, map[string]string{"TD_CONFIG_PATH": missing}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			vars := map[string]string{"HOME": home}
			maps.Copy(vars, tt.env)
			c, err := Load(tt.flags, env(vars))
			if c.APIKey != tt.want || (tt.want == "") != errors.Is(err, fs.ErrNotExist) {
				t.Errorf("key %q, error %v, want %q", c.APIKey, err, tt.want)
			}
		})
	}
}

func TestLoadWithoutHome(t *testing.T) {
	u, err := user.Current()
	if err != nil {
		t.Skip(err)
	}
	if got, want := Path(Flags{}, env(nil)), filepath.Join(u.HomeDir, ".td", "td.conf"); got != want {
		t.Errorf("path %q, want %q", got, want)
	}
	if got, want := Path(Flags{}, env(map[string]string{"USERPROFILE": "u"})), filepath.Join("u", ".td", "td.conf"); got != want {
		t.Errorf("path %q, want %q", got, want)
	}
}

func TestLoadExposed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no mode there")
	}
	for _, tt := range []struct {
		text string
		mode fs.FileMode
		want bool
	}{
		{"[account]\napikey = 1/abc\n", 0o600, false},
		{"[account]\napikey = 1/abc\n", 0o640, true},
		{"apikey = 1/abc\n", 0o604, true},
		{"[account]\nendpoint = us01\n", 0o644, false},
	} {
		home, path := write(t, tt.text)
		if err := os.Chmod(path, tt.mode); err != nil {
			t.Fatal(err)
		}
		// The file is checked even if the key comes from the environment.
		c, err := Load(Flags{APIKey: "1/flag"}, env(map[string]string{"HOME": home}))
		if err != nil || c.Exposed != tt.want {
			t.Errorf("%q with mode %o: exposed %v, %v", tt.text, tt.mode, c.Exposed, err)
		}
	}
}

func TestLoadHeaders(t *testing.T) {
	c, err := Load(Flags{}, env(map[string]string{"TD_API_HEADERS": "X-One=1=2\r\n\n x-two = 3 \nX-One=4"}))
	if err != nil {
		t.Fatal(err)
	}
	want := http.Header{"X-One": {"1=2", "4"}, "X-Two": {"3"}}
	if diff := cmp.Diff(want, c.Header); diff != "" {
		t.Error(diff)
	}
}

// TestLoadUnneededFile checks that a file cannot make a command fail that has its key and its endpoint from elsewhere.
func TestLoadUnneededFile(t *testing.T) {
	home, _ := write(t, "no setting\n")
	missing := filepath.Join(home, "missing.conf")
	for _, tt := range []struct {
		name   string
		flags  Flags
		env    map[string]string
		failed bool
	}{
		{"broken, flags", Flags{APIKey: "1/a", Endpoint: "jp01"}, nil, false},
		{"broken, environment", Flags{}, map[string]string{"TD_API_KEY": "1/a", "TREASURE_DATA_API_SERVER": "jp01"}, false},
		{"missing", Flags{Path: missing, APIKey: "1/a", Endpoint: "jp01"}, nil, false},
		{"unreadable", Flags{Path: home, APIKey: "1/a", Endpoint: "jp01"}, nil, false},
		{"no endpoint", Flags{APIKey: "1/a"}, nil, true},
		{"no key", Flags{Endpoint: "jp01"}, nil, true},
		{"a profile", Flags{APIKey: "1/a", Endpoint: "jp01", Profile: "x"}, nil, true},
		{"saving", Flags{APIKey: "1/a", Endpoint: "jp01", Saving: true}, nil, true},
	} {
		vars := map[string]string{"HOME": home}
		maps.Copy(vars, tt.env)
		c, err := Load(tt.flags, env(vars))
		if (err != nil) != tt.failed || err == nil && (c.APIKey != "1/a" || c.Endpoint != "https://api.treasuredata.co.jp") {
			t.Errorf("%s: %+v, %v", tt.name, c, err)
		}
	}
}

func TestLoadKeyWithSpace(t *testing.T) {
	for _, tt := range []struct{ flag, variable, want, err string }{
		{"", "1/ok\n", "1/ok", ""},
		{" \t1/flag ", "1/env", "1/flag", ""},
		{"", " \r\n", "", ""},
		{"", "1/o\u200bk", "", "the API key of TD_API_KEY contains the invalid character U+200B"},
		{"\ufeff1/ok", "", "", "the API key of --apikey contains the invalid character U+FEFF"},
		{"1/a\xffb", "", "", "the API key of --apikey contains the invalid byte 0xff"},
		{"1/a\u00e9", "", "", "the API key of --apikey contains the invalid character U+00E9"},
		{"1/a\ufffdb", "", "", "the API key of --apikey contains the invalid character U+FFFD"},
		{"1/a\nb", "", "", "the API key of --apikey contains the invalid character U+000A"},
	} {
		c, err := Load(Flags{APIKey: tt.flag}, env(map[string]string{"HOME": t.TempDir(), "TD_API_KEY": tt.variable}))
		if c.APIKey != tt.want || (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
			t.Errorf("flag %q, variable %q: key %q, %v; want %q, %s", tt.flag, tt.variable, c.APIKey, err, tt.want, tt.err)
		}
	}
}
