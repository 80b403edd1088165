package atomicfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/lockfile"
)

// makeTree creates files in a new directory: "NAME -> TARGET" is a link, "NAME/" a
// directory, and any other entry a file that contains "old".
func makeTree(t *testing.T, entries ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, entry := range entries {
		var err error
		name, target, link := strings.Cut(entry, " -> ")
		path := filepath.Join(dir, filepath.FromSlash(name))
		switch {
		case link:
			err = os.Symlink(target, path)
			if err != nil {
				t.Skip(err)
			}
		case strings.HasSuffix(entry, "/"):
			err = os.MkdirAll(path, 0o700)
		default:
			err = os.WriteFile(path, []byte("old"), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// readTree returns the files below dir with their contents; links and directories
// are marked as in makeTree.
func readTree(t *testing.T, dir string) map[string]string {
	t.Helper()
	tree := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		switch {
		case d.Type() == fs.ModeSymlink:
			tree[name], err = os.Readlink(path)
			tree[name] = "-> " + tree[name]
		case !d.IsDir():
			var b []byte
			b, err = os.ReadFile(path)
			tree[name] = string(b)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestWriteFile(t *testing.T) {
	for _, tt := range []struct {
		name    string
		entries []string
		path    string
		options atomicfile.Options
		want    map[string]string
	}{
		{"new", nil, "a", atomicfile.Options{}, map[string]string{"a": "new"}},
		{"existing", []string{"a"}, "a", atomicfile.Options{Sync: true}, map[string]string{"a": "new"}},
		{"with a part", []string{"a"}, "a", atomicfile.Options{Part: true}, map[string]string{"a": "new"}},
		{"stale part", []string{"a.part"}, "a", atomicfile.Options{Part: true}, map[string]string{"a": "new"}},
		{"unrelated part", []string{"a.part"}, "a", atomicfile.Options{}, map[string]string{"a": "new", "a.part": "old"}},
		{"missing directories", nil, "x/y/a", atomicfile.Options{DirMode: 0o700}, map[string]string{"x/y/a": "new"}},
		{"link", []string{"a -> b", "b"}, "a", atomicfile.Options{}, map[string]string{"a": "-> b", "b": "new"}},
		{"dangling link", []string{"a -> b"}, "a", atomicfile.Options{}, map[string]string{"a": "-> b", "b": "new"}},
		{"chain of links", []string{"a -> b", "b -> c"}, "a", atomicfile.Options{Part: true}, map[string]string{"a": "-> b", "b": "-> c", "c": "new"}},
		{
			"dangling relative link in a linked directory",
			[]string{"real/sub/", "real/x/", "dirlink -> real/sub", "real/sub/a -> ../x/a"},
			"dirlink/a",
			atomicfile.Options{DirMode: 0o700},
			map[string]string{"dirlink": "-> real/sub", "real/sub/a": "-> ../x/a", "real/x/a": "new"},
		},
		{
			"relative link in a linked directory",
			[]string{"real/sub/", "real/x/", "dirlink -> real/sub", "real/sub/a -> ../x/a", "real/x/a"},
			"dirlink/a",
			atomicfile.Options{},
			map[string]string{"dirlink": "-> real/sub", "real/sub/a": "-> ../x/a", "real/x/a": "new"},
		},
		{
			"link through a linked directory and its parent",
			[]string{"real/sub/", "dirlink -> real/sub", "a -> dirlink/../a"},
			"a",
			atomicfile.Options{},
			map[string]string{"a": "-> dirlink/../a", "dirlink": "-> real/sub", "real/a": "new"},
		},
		{
			"link to a missing directory",
			[]string{"a -> x/a"},
			"a",
			atomicfile.Options{DirMode: 0o700},
			map[string]string{"a": "-> x/a", "x/a": "new"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := makeTree(t, tt.entries...)
			if err := atomicfile.WriteFile(filepath.Join(dir, tt.path), []byte("new"), tt.options); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, readTree(t, dir)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWriteFileErrors(t *testing.T) {
	dir := makeTree(t, "file", "dir/", "loop -> loop", "taken.part/", "device -> "+os.DevNull)
	before := readTree(t, dir)
	for _, tt := range []struct {
		name, path string
		options    atomicfile.Options
		want       string
	}{
		{"directory", "dir", atomicfile.Options{}, "it is a directory"},
		{"trailing separator", "new" + string(filepath.Separator), atomicfile.Options{}, "it is a directory"},
		{"missing directory", "x/a", atomicfile.Options{}, ""},
		{"file as a directory", "file/a", atomicfile.Options{DirMode: 0o700}, ""},
		{"loop", "loop", atomicfile.Options{}, ""},
		{"directory as a part", "taken", atomicfile.Options{Part: true}, ""},
		{"name too long", strings.Repeat("n", 300), atomicfile.Options{}, ""},
		{"device", "device", atomicfile.Options{}, "it is not a regular file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := dir + string(filepath.Separator) + tt.path
			err := atomicfile.WriteFile(path, []byte("new"), tt.options)
			e, ok := errors.AsType[*fs.PathError](err)
			if !ok || e.Path != path || e.Op != "write" || !strings.Contains(e.Err.Error(), tt.want) {
				t.Errorf("got the error %v", err)
			}
		})
	}
	if diff := cmp.Diff(before, readTree(t, dir)); diff != "" {
		t.Errorf("the files changed: %s", diff)
	}
}

// TestDiscard checks that the old file is kept until Commit, and that Discard
// removes the new content but not a committed file.
func TestDiscard(t *testing.T) {
	for _, part := range []bool{false, true} {
		dir := makeTree(t, "a")
		path := filepath.Join(dir, "a")
		f, err := atomicfile.Create(path, atomicfile.Options{Part: part})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte("new")); err != nil {
			t.Fatal(err)
		}
		if got := readTree(t, dir); got["a"] != "old" || len(got) != 2 {
			t.Errorf("part %v: before the end: %q", part, got)
		}
		f.Discard()
		f.Discard()
		if diff := cmp.Diff(map[string]string{"a": "old"}, readTree(t, dir)); diff != "" {
			t.Errorf("part %v: %s", part, diff)
		}
		if _, err := f.Write([]byte("more")); err == nil {
			t.Errorf("part %v: Write succeeded after Discard", part)
		}
		if f, err = atomicfile.Create(path, atomicfile.Options{Part: part}); err != nil {
			t.Fatal(err)
		}
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
		f.Discard()
		if diff := cmp.Diff(map[string]string{"a": ""}, readTree(t, dir)); diff != "" {
			t.Errorf("part %v: after Commit: %s", part, diff)
		}
	}
}

func TestReset(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	f, err := atomicfile.Create(path, atomicfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Discard()
	_, err1 := f.Write([]byte("a longer text"))
	err2 := f.Reset()
	_, err3 := f.Write([]byte("text"))
	if err := errors.Join(err1, err2, err3, f.Commit()); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "text" {
		t.Errorf("got %q, %v", b, err)
	}
}

// TestPartIsExclusive checks that the second of two writers fails with ErrHeld, and
// that writers without Part do not block each other.
func TestPartIsExclusive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	first, err := atomicfile.Create(path, atomicfile.Options{Part: true})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Discard()
	if _, err := atomicfile.Create(path, atomicfile.Options{Part: true}); !errors.Is(err, lockfile.ErrHeld) {
		t.Errorf("the second writer got %v", err)
	}
	if err := atomicfile.WriteFile(path, []byte("other"), atomicfile.Options{}); err != nil {
		t.Error(err)
	}
	if err := first.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.WriteFile(path, []byte("last"), atomicfile.Options{Part: true}); err != nil {
		t.Errorf("after the first writer finished: %v", err)
	}
}

// TestLongName checks that a file whose name has the maximum length can be written.
func TestLongName(t *testing.T) {
	for _, base := range []string{strings.Repeat("n", 255), strings.Repeat("あ", 85), strings.Repeat("n", 236)} {
		dir := t.TempDir()
		f, err := atomicfile.Create(filepath.Join(dir, base), atomicfile.Options{Part: true})
		if err != nil {
			t.Fatal(err)
		}
		if name := filepath.Base(f.TempName()); len(name) > 240 || !strings.HasSuffix(name, ".part") || !utf8.ValidString(name) {
			t.Errorf("the temporary name has %d bytes: %q", len(name), name)
		}
		if _, err := atomicfile.Create(filepath.Join(dir, base), atomicfile.Options{Part: true}); !errors.Is(err, lockfile.ErrHeld) {
			t.Errorf("the second writer got %v", err)
		}
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{base: ""}, readTree(t, dir)); diff != "" {
			t.Error(diff)
		}
	}
}

// TestCommitFails checks that a failed Commit keeps the old file and leaves no other.
func TestCommitFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	f, err := atomicfile.Create(path, atomicfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil { // a file cannot replace a directory
		t.Fatal(err)
	}
	err = f.Commit()
	if e, ok := errors.AsType[*fs.PathError](err); !ok || e.Path != path {
		t.Errorf("got the error %v", err)
	}
	if got := readTree(t, dir); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
}

func TestModTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	want := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := atomicfile.WriteFile(path, nil, atomicfile.Options{ModTime: want}); err != nil {
		t.Fatal(err)
	}
	if fi, err := os.Stat(path); err != nil || !fi.ModTime().Equal(want) {
		t.Errorf("got %v, %v", fi.ModTime(), err)
	}
}

// TestLeftover checks that a file with the temporary name is only replaced if it is a
// leftover.
func TestLeftover(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string // before
		temp  string            // "" if the file cannot be created
		after map[string]string
	}{
		{"leftover", map[string]string{"a.part": "ours"}, "a.part", map[string]string{"a": "new"}},
		{"foreign file", map[string]string{"a.part": "x"}, "a.td.part", map[string]string{"a": "new", "a.part": "x"}},
		{"foreign file and leftover", map[string]string{"a.part": "x", "a.td.part": "ours"}, "a.td.part", map[string]string{"a": "new", "a.part": "x"}},
		{"foreign files", map[string]string{"a.part": "x", "a.td.part": "y"}, "", map[string]string{"a.part": "x", "a.td.part": "y"}},
	} {
		dir := t.TempDir()
		for name, content := range tt.files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		isLeftover := func(_ string, info fs.FileInfo) bool { return info.Size() == int64(len("ours")) }
		f, err := atomicfile.Create(filepath.Join(dir, "a"), atomicfile.Options{Part: true, IsLeftover: isLeftover})
		if tt.temp == "" {
			if !errors.Is(err, lockfile.ErrForeign) || !strings.Contains(err.Error(), "a.td.part") {
				t.Errorf("%s: %v", tt.name, err)
			}
		} else if err != nil || filepath.Base(f.TempName()) != tt.temp {
			t.Fatalf("%s: %v, want the name %s", tt.name, err, tt.temp)
		} else if _, err := f.Write([]byte("new")); err != nil || f.Commit() != nil {
			t.Errorf("%s: not written: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.after, readTree(t, dir)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}
