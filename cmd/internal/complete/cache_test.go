package complete

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/text"
)

// diff compares lists of candidates.
func diff(want, got []candidate) string {
	return cmp.Diff(want, got, cmp.AllowUnexported(candidate{}))
}

// fetchWords returns a fetch function that succeeds.
func fetchWords(words ...string) func(context.Context) ([]candidate, error) {
	return func(context.Context) ([]candidate, error) { return newCandidates(words...), nil }
}

func fetchError(context.Context) ([]candidate, error) { return nil, errors.New("no network") }

func fetchForever(ctx context.Context) ([]candidate, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// makeOlder changes the modification times of the files below root.
func makeOlder(t *testing.T, root string, by time.Duration) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		at := info.ModTime().Add(-by)
		return os.Chtimes(path, at, at)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestGet(t *testing.T) {
	root := t.TempDir()
	c := openCache(root, "https://api.example.com", "1/secret")
	get := func(fetch func(context.Context) ([]candidate, error), want ...string) {
		t.Helper()
		if diff := diff(newCandidates(want...), c.get(t.Context(), "databases", time.Minute, fetch)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	if got := c.get(t.Context(), "databases", time.Minute, fetchError); got != nil {
		t.Errorf("get after an error: %v, want nothing", got)
	}
	if got := c.get(t.Context(), "databases", time.Minute, fetchWords("a")); got != nil {
		t.Errorf("get within retryDelay of an error: %v, want nothing", got)
	}
	makeOlder(t, root, retryDelay)
	get(fetchWords("a", "b"), "a", "b")
	get(fetchWords("c"), "a", "b") // cached
	makeOlder(t, root, time.Minute)
	get(fetchWords("c"), "c")
	makeOlder(t, root, time.Minute)
	get(fetchError, "c")      // fetch failed: the old list
	get(fetchWords("d"), "c") // within retryDelay
	makeOlder(t, root, retryDelay)
	get(fetchWords("d"), "d")
	makeOlder(t, root, -time.Hour) // in the future: the clock was wrong
	get(fetchWords("e"), "e")
	c.forget()
	get(fetchWords("f"), "f")
	if other := openCache(root, "https://api.example.com", "1/other").get(t.Context(), "databases", time.Minute, fetchWords("g")); other[0].text != "g" {
		t.Errorf("another account: %v", other)
	}
}

// TestTimeout checks how long get waits for a new list with and without an old one.
func TestTimeout(t *testing.T) {
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		c := openCache(root, "a")
		c.get(t.Context(), "old", time.Nanosecond, fetchWords("x"))
		time.Sleep(time.Second) // so that "old" has expired
		for list, want := range map[string]time.Duration{"new": time.Second, "old": time.Second / 3} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			start := time.Now()
			c.get(ctx, list, time.Nanosecond, fetchForever)
			if d := time.Since(start); d != want {
				t.Errorf("%s: %v, want %v", list, d, want)
			}
			cancel()
		}
	})
}

func TestFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no file modes")
	}
	root := filepath.Join(t.TempDir(), "cache")
	c := openCache(root, "https://api.example.com", "1/secret")
	for _, list := range []string{"databases", "tables ../../etc/passwd", "tables a"} {
		c.get(t.Context(), list, time.Minute, fetchWords("x"))
	}
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		} else {
			files++
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		if strings.Contains(path, "secret") || strings.Contains(path, "passwd") {
			t.Errorf("%s reveals a secret or user input", path)
		}
		return nil
	})
	if err != nil || files != 3 {
		t.Errorf("%d files, %v", files, err)
	}
	old := filepath.Join(root, strings.Repeat("0", 32))
	if err := os.Mkdir(old, 0o700); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-accountMaxAge - time.Hour)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	openCache(root, "another").get(t.Context(), "databases", time.Minute, fetchWords("x"))
	if _, err := os.Stat(old); err == nil {
		t.Error("the directory of an unused account was not removed")
	}
}

func TestClean(t *testing.T) {
	got := sanitize([]candidate{
		{"a", "two\nlines\tand \x1b[31mred"}, {"b\nc", ""}, {"", "nameless"}, {"\x1b[0m", ""}, {"日本 x", strings.Repeat("é", 100)},
	})
	want := []candidate{{"a", "two lines and \\u001B[31mred"}, {"日本 x", strings.Repeat("é", 79) + "…"}}
	if diff := diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDir(t *testing.T) {
	for _, tt := range []struct{ xdg, home, want string }{
		{"/x", "/h", filepath.FromSlash("/x/td")},
		{"x", "/h", filepath.FromSlash("/h/.td/cache")}, // ignored: not absolute
		{"", "/h", filepath.FromSlash("/h/.td/cache")},
	} {
		if runtime.GOOS == "windows" && tt.xdg == "/x" {
			continue // not an absolute path
		}
		got := cacheDir(func(name string) string { return map[string]string{"XDG_CACHE_HOME": tt.xdg, "HOME": tt.home}[name] })
		if got != tt.want {
			t.Errorf("%+v: %q", tt, got)
		}
	}
	nothing := openCache("")
	nothing.forget()
	if got := nothing.get(t.Context(), "databases", time.Minute, fetchWords("a")); len(got) != 1 {
		t.Errorf("without a cache: %v", got)
	}
}

func TestUnfinished(t *testing.T) {
	jobs := []candidate{{"4", "running SELECT"}, {"3", "success SELECT"}, {"2", "queued"}, {"1", "killed x"}, {"0", "error"}}
	if diff := diff([]candidate{jobs[0], jobs[2]}, filterUnfinished(jobs)); diff != "" {
		t.Error(diff)
	}
}

// FuzzFile checks that candidates are safe for a shell and a terminal, whatever the file
// of a list contains.
func FuzzFile(f *testing.F) {
	for _, content := range []string{"", "a\tb\nc\t\n", "\x1b[31ma\n\tb\n", "\x00\xff\r\n", "a\t\x1b]0;x\a\tb\n", "\x9b2J\ta\x9b\n", "\u202ea\tb\u2066\n", strings.Repeat("x", 1<<17)} {
		f.Add([]byte(content))
	}
	root := f.TempDir()
	c := openCache(root, "account")
	f.Fuzz(func(t *testing.T, content []byte) {
		c.write("databases", nil, time.Now())
		if err := os.WriteFile(c.path("databases"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, n := range c.get(t.Context(), "databases", time.Hour, fetchError) {
			all := n.text + n.description
			if n.text == "" || !utf8.ValidString(all) || strings.ContainsFunc(all, text.IsUnsafe) || text.Width(n.description) > descriptionCells {
				t.Errorf("%q is offered", n)
			}
		}
	})
}
