package config

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEdit(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		values     map[string]string
		want       string
	}{
		{"new file", "", map[string]string{"user": "me", "apikey": "1/a"}, "[account]\n  apikey = 1/a\n  user = me\n"},
		{"nothing to save", "", map[string]string{"user": ""}, ""},
		{"in place", "# mine\n[account]\n  apikey = 1/old\n  user = me\n[x]\n  y = 1\n", map[string]string{"apikey": "1/new"}, "# mine\n[account]\n  apikey = 1/new\n  user = me\n[x]\n  y = 1\n"},
		{"verbatim", "[account]\n", map[string]string{"apikey": " 1/a#b;c=\"d\" "}, "[account]\n  apikey = 1/a#b;c=\"d\"\n"},
		{"indent kept", "[account]\n\tAPIKEY=1/old\n", map[string]string{"apikey": "1/new"}, "[account]\n\tapikey = 1/new\n"},
		{"at the section's end", "[account]\nuser = me\n\n# about x\n[x]\ny = 1\n", map[string]string{"apikey": "1/a"}, "[account]\nuser = me\n  apikey = 1/a\n\n# about x\n[x]\ny = 1\n"},
		{"no such section", "[x]\ny = 1\n", map[string]string{"apikey": "1/a"}, "[x]\ny = 1\n[account]\n  apikey = 1/a\n"},
		{"no end of line", "[account]\nuser = me", map[string]string{"apikey": "1/a"}, "[account]\nuser = me\n  apikey = 1/a\n"},
		{"last line without an end", "[account]\napikey = 1/old", map[string]string{"apikey": "1/a"}, "[account]\napikey = 1/a\n"},
		{"CRLF", "[account]\r\nuser = me\r\n", map[string]string{"user": "you", "apikey": "1/a"}, "[account]\r\nuser = you\r\n  apikey = 1/a\r\n"},
		{"removed", "[account]\nuser = me\napikey = 1/a\n", map[string]string{"user": ""}, "[account]\napikey = 1/a\n"},
		{"removed everywhere", "apikey = 1/a\n[account]\napikey = 1/b\napikey = 1/c\n[x]\napikey = 1/d\n", map[string]string{"apikey": ""}, "[account]\n[x]\napikey = 1/d\n"},
		{"twice", "[account]\napikey = 1/a\n[account]\napikey = 1/b\n", map[string]string{"apikey": "1/c"}, "[account]\napikey = 1/c\n[account]\n"},
		{"outside any section", "apikey = 1/a\n# c\n", map[string]string{"apikey": "1/b"}, "# c\n[account]\n  apikey = 1/b\n"},
		{"byte-order mark", "\ufeff[account]\nuser = me\n", map[string]string{"user": "you"}, "\ufeff[account]\nuser = you\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, edit(tt.text, "account", tt.values)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSet(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".td", "td.conf")
	if err := Set(path, DefaultProfile, map[string]string{"apikey": "1/abc", "user": "me"}); err != nil {
		t.Fatal(err)
	}
	if err := Set(path, DefaultProfile, map[string]string{"apikey": "1/def", "user": ""}); err != nil {
		t.Fatal(err)
	}
	if got, want := read(t, path), "[account]\n  apikey = 1/def\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
}

func TestSetTightensMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no mode there")
	}
	_, path := write(t, "[account]\n")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Set(path, DefaultProfile, map[string]string{"apikey": "1/a"}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestSetFollowsLinks(t *testing.T) {
	for _, exists := range []bool{true, false} {
		dir := t.TempDir()
		target, link := filepath.Join(dir, "real", "conf"), filepath.Join(dir, "td.conf")
		if err := os.Mkdir(filepath.Dir(target), 0o700); err != nil {
			t.Fatal(err)
		}
		if exists {
			if err := os.WriteFile(target, []byte("# kept\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink(filepath.Join("real", "conf"), link); err != nil {
			t.Skip(err)
		}
		if err := Set(link, DefaultProfile, map[string]string{"apikey": "1/a"}); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("the link is gone: %v, %v", info.Mode(), err)
		}
		if got := read(t, target); !strings.HasSuffix(got, "[account]\n  apikey = 1/a\n") || exists != strings.HasPrefix(got, "# kept") {
			t.Errorf("%q", got)
		}
	}
}

// TestSetFollowsRelativeLinks has a link in a linked directory. It is relative to
// the directory that contains it, not to the directory in the path.
func TestSetFollowsRelativeLinks(t *testing.T) {
	dir := t.TempDir()
	for _, sub := range []string{"real/sub", "real/x"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"dirlink": "real/sub", "real/sub/td.conf": "../x/td.conf"} {
		if err := os.Symlink(filepath.FromSlash(target), filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	if err := Set(filepath.Join(dir, "dirlink", "td.conf"), DefaultProfile, map[string]string{"apikey": "1/a"}); err != nil {
		t.Fatal(err)
	}
	if got, want := read(t, filepath.Join(dir, "real", "x", "td.conf")), "[account]\n  apikey = 1/a\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := os.Stat(filepath.Join(dir, "x")); !os.IsNotExist(err) {
		t.Errorf("a directory was created next to the link to the directory: %v", err)
	}
}

func TestSetRefuses(t *testing.T) {
	_, broken := write(t, "[account]\nwhat\n")
	_, good := write(t, "[account]\napikey = 1/a\n")
	for _, tt := range []struct {
		name, path string
		values     map[string]string
	}{
		{"no path", "", map[string]string{"user": "me"}},
		{"a file that cannot be read", broken, map[string]string{"user": "me"}},
		{"a directory", t.TempDir(), map[string]string{"user": "me"}},
		{"a device", os.DevNull, map[string]string{"user": "me"}},
		{"a value of two lines", good, map[string]string{"apikey": "5ecre7\n[account]"}},
		{"a name with a space", good, map[string]string{"a b": "c"}},
		{"no name", good, map[string]string{"": "c"}},
		{"a directory that cannot be made", filepath.Join(good, "x", "td.conf"), map[string]string{"user": "me"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := Set(tt.path, DefaultProfile, tt.values)
			if err == nil || strings.Contains(err.Error(), "5ecre7") {
				t.Errorf("error %v", err)
			}
		})
	}
	if got, want := read(t, broken)+read(t, good), "[account]\nwhat\n[account]\napikey = 1/a\n"; got != want {
		t.Errorf("a file was changed: %q", got)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// settings returns all settings of a configuration as "section.key".
func settings(t *testing.T, text string) map[string]string {
	t.Helper()
	sections := map[string]any{}
	if err := (decoder{}).Decode([]byte(text), sections); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	flat := map[string]string{}
	for name, value := range sections {
		if s, ok := value.(string); ok {
			flat["."+name] = s
			continue
		}
		for key, value := range value.(map[string]any) {
			flat[name+"."+key] = value.(string)
		}
	}
	return flat
}

// Patterns of the Ruby toolbelt.
var (
	rubySection = regexp.MustCompile(`\[(.+)\]`)
	rubySetting = regexp.MustCompile(`^(\w+)\s*=\s*(.+?)\s*$`)
)

func rubyReads(text string) bool {
	for l := range strings.Lines(text) {
		l = strings.TrimSpace(l)
		if !strings.HasPrefix(l, "#") && !rubySection.MatchString(l) && !rubySetting.MatchString(l) {
			return false
		}
	}
	return true
}

// FuzzSet checks that Set changes only what it should in any file, and that the Ruby
// toolbelt can still read what it could read before.
func FuzzEdit(f *testing.F) {
	f.Add("", "1/abc#d;e=f")
	f.Add("# c\n[account]\n  apikey = 1/old\n  user = me\n[x]\ny = 1\n", "1/new")
	f.Add("apikey = 1\n[a]\nb=c\n[account]\r\napikey = 2\r\n\r\n[account]\napikey=3", "")
	f.Add("\ufeffapikey=\n[Account]\nAPIKEY = x", " y ")
	f.Add("[account]", "[")
	f.Fuzz(func(t *testing.T, text, value string) {
		if strings.ContainsFunc(value, isControl) || (decoder{}).Decode([]byte(text), map[string]any{}) != nil {
			t.Skip()
		}
		value = strings.TrimSpace(value)
		want := settings(t, text)
		delete(want, ".apikey")
		delete(want, "account.apikey")
		if value != "" {
			want["account.apikey"] = value
			delete(want, ".account") // the section takes the place of a key of that name
		}
		edited := edit(text, "account", map[string]string{"apikey": value})
		if diff := cmp.Diff(want, settings(t, edited)); diff != "" {
			t.Errorf("%q became %q: %s", text, edited, diff)
		}
		if rubyReads(text) && !rubyReads(edited) {
			t.Errorf("%q became %q, which the Ruby toolbelt cannot read", text, edited)
		}
	})
}
