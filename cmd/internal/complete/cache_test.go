package names

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

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/text"
)

func ask(answer ...string) func(context.Context) ([]Name, error) {
	return func(context.Context) ([]Name, error) { return named(answer...), nil }
}

func named(words ...string) []Name {
	l := make([]Name, len(words))
	for i, w := range words {
		l[i].Text = w
	}
	return l
}

func fail(context.Context) ([]Name, error) { return nil, errors.New("no network") }

func hang(ctx context.Context) ([]Name, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// age makes all that is kept older.
func age(t *testing.T, root string, by time.Duration) {
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
	c := Open(root, "https://api.example.com", "1/secret")
	get := func(fetch func(context.Context) ([]Name, error), want ...string) {
		t.Helper()
		if diff := cmp.Diff(named(want...), c.Get(t.Context(), "databases", time.Minute, fetch)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	if got := c.Get(t.Context(), "databases", time.Minute, fail); got != nil {
		t.Errorf("a failure brought %v", got)
	}
	if got := c.Get(t.Context(), "databases", time.Minute, ask("a")); got != nil {
		t.Errorf("the service was asked again right after it failed, and said %v", got)
	}
	age(t, root, retryWait)
	get(ask("a", "b"), "a", "b")
	get(ask("c"), "a", "b") // kept
	age(t, root, time.Minute)
	get(ask("c"), "c")
	age(t, root, time.Minute)
	get(fail, "c")     // better than nothing
	get(ask("d"), "c") // for some seconds
	age(t, root, retryWait)
	get(ask("d"), "d")
	age(t, root, -time.Hour) // a clock that was wrong
	get(ask("e"), "e")
	c.Forget()
	get(ask("f"), "f")
	if other := Open(root, "https://api.example.com", "1/other").Get(t.Context(), "databases", time.Minute, ask("g")); other[0].Text != "g" {
		t.Errorf("another account got %v", other)
	}
}

// TestPatience holds how long a list is waited for.
func TestPatience(t *testing.T) {
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		c := Open(root, "a")
		c.Get(t.Context(), "old", time.Nanosecond, ask("x"))
		time.Sleep(time.Second) // else it is still new when it comes first
		for list, want := range map[string]time.Duration{"new": time.Second, "old": staleWait} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			began := time.Now()
			c.Get(ctx, list, time.Nanosecond, hang)
			if d := time.Since(began); d != want {
				t.Errorf("%s: %v, want %v", list, d, want)
			}
			cancel()
		}
	})
}

func TestFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes are Unix's")
	}
	root := filepath.Join(t.TempDir(), "cache")
	c := Open(root, "https://api.example.com", "1/secret")
	for _, list := range []string{"databases", "tables ../../etc/passwd", "tables a"} {
		c.Get(t.Context(), list, time.Minute, ask("x"))
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
			t.Errorf("%s tells too much", path)
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
	long := time.Now().Add(-unused - time.Hour)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	Open(root, "another").Get(t.Context(), "databases", time.Minute, ask("x"))
	if _, err := os.Stat(old); err == nil {
		t.Error("an account that nobody asks for is kept for ever")
	}
}

func TestClean(t *testing.T) {
	got := clean([]Name{
		{"a", "two\nlines\tand \x1b[31mred"}, {"b\nc", ""}, {"", "nameless"}, {"\x1b[0m", ""}, {"日本 x", strings.Repeat("é", 100)},
	})
	want := []Name{{"a", "two lines and \\u001B[31mred"}, {"日本 x", strings.Repeat("é", 79) + "…"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDir(t *testing.T) {
	for _, tt := range []struct{ xdg, home, want string }{
		{"/x", "/h", filepath.FromSlash("/x/td")},
		{"x", "/h", filepath.FromSlash("/h/.td/cache")}, // not absolute: as if unset
		{"", "/h", filepath.FromSlash("/h/.td/cache")},
		{"", "", ""},
	} {
		if runtime.GOOS == "windows" && tt.xdg == "/x" {
			continue // no absolute path there
		}
		got := Dir(func(name string) string { return map[string]string{"XDG_CACHE_HOME": tt.xdg, "HOME": tt.home}[name] })
		if got != tt.want {
			t.Errorf("%+v: %q", tt, got)
		}
	}
	nothing := Open("")
	nothing.Forget()
	if got := nothing.Get(t.Context(), "databases", time.Minute, ask("a")); len(got) != 1 {
		t.Errorf("without a cache: %v", got)
	}
}

func TestUnfinished(t *testing.T) {
	jobs := []Name{{"4", "running SELECT"}, {"3", "success SELECT"}, {"2", "queued"}, {"1", "killed x"}, {"0", "error"}}
	if diff := cmp.Diff([]Name{jobs[0], jobs[2]}, Unfinished(jobs)); diff != "" {
		t.Error(diff)
	}
}

// FuzzJunk holds that a list is what a shell and a terminal can take, whatever its file holds.
func FuzzJunk(f *testing.F) {
	for _, junk := range []string{"", "a\tb\nc\t\n", "\x1b[31ma\n\tb\n", "\x00\xff\r\n", "a\t\x1b]0;x\a\tb\n", "\x9b2J\ta\x9b\n", strings.Repeat("x", 1<<17)} {
		f.Add([]byte(junk))
	}
	root := f.TempDir()
	c := Open(root, "account")
	f.Fuzz(func(t *testing.T, junk []byte) {
		c.write("databases", nil, time.Now())
		if err := os.WriteFile(c.path("databases"), junk, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, n := range c.Get(t.Context(), "databases", time.Hour, fail) {
			if n.Text == "" || strings.ContainsFunc(n.Text+n.About, text.IsUnsafe) || text.Width(n.About) > 80 {
				t.Errorf("%q was offered", n)
			}
		}
	})
}
