package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/atomicfile"
)

// newDir returns a Dir with some files and links, and the directory that contains it.
func newDir(t *testing.T) (d Dir, outside string) {
	t.Helper()
	outside = t.TempDir()
	inside := filepath.Join(outside, "files")
	for _, dir := range []string{filepath.Join(inside, "sub"), filepath.Join(outside, "secret")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"files/a.csv", "files/sub/b.csv", "secret/key"} {
		if err := os.WriteFile(filepath.Join(outside, name), []byte(name), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{
		"link.csv": "a.csv", "up": "..", "sub/up": "..", "out": filepath.Join(outside, "secret"), "key": "../secret/key", "dangling": "../secret/new", "missing": "sub/new",
		"absolute": filepath.Join(inside, "a.csv"),
	} {
		if err := os.Symlink(target, filepath.Join(inside, name)); err != nil {
			t.Skipf("symbolic links are not available: %v", err)
		}
	}
	return In(inside), outside
}

func TestOpen(t *testing.T) {
	d, outside := newDir(t)
	tests := []struct {
		path, want string
		err        error
	}{
		{"a.csv", "files/a.csv", nil},
		{"/a.csv", "files/a.csv", nil},
		{"//a.csv", "files/a.csv", nil},
		{"./sub/../a.csv", "files/a.csv", nil},
		{"/sub/b.csv", "files/sub/b.csv", nil},
		{"link.csv", "files/a.csv", nil},
		{"sub/up/a.csv", "files/a.csv", nil},
		{"nope.csv", "", fs.ErrNotExist},
		{filepath.Join(outside, "secret", "key"), "", fs.ErrNotExist},
		{"../secret/key", "", ErrOutside},
		{"/../secret/key", "", ErrOutside},
		{"sub/../../secret/key", "", ErrOutside},
		{"..", "", ErrOutside},
		{"up/secret/key", "", ErrOutside},
		{"out/key", "", ErrOutside},
		{"key", "", ErrOutside},
		{"absolute", "files/a.csv", nil},
		{"a\x00.csv", "", ErrOutside},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			f, err := d.Open(test.path)
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v; want %v", err, test.err)
			}
			if err != nil {
				return
			}
			defer f.Close()
			data, err := io.ReadAll(f)
			if err != nil || string(data) != test.want {
				t.Errorf("%q, %v; want %q", data, err, test.want)
			}
		})
	}
}

func TestCreate(t *testing.T) {
	tests := []struct {
		path, file string // file is the changed one, relative to the parent of the directory
		err        error
	}{
		{"new.csv", "files/new.csv", nil},
		{"/new/deep/new.csv", "files/new/deep/new.csv", nil},
		{"a.csv", "files/a.csv", nil},
		{"link.csv", "files/a.csv", nil},
		{"missing", "files/sub/new", nil},
		{"absolute", "files/a.csv", nil},
		{"../new", "", ErrOutside},
		{"/sub/../../new", "", ErrOutside},
		{"up/new", "", ErrOutside},
		{"out/new", "", ErrOutside},
		{"out/deep/new", "", ErrOutside},
		{"key", "", ErrOutside},
		{"dangling", "", ErrOutside},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			d, outside := newDir(t)
			before := read(t, outside)
			f, err := d.Create(test.path, atomicfile.Options{})
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v; want %v", err, test.err)
			}
			want := before
			if err == nil {
				if _, err := f.Write([]byte("text")); err != nil {
					t.Fatal(err)
				}
				if err := f.Commit(); err != nil {
					t.Fatal(err)
				}
				want[test.file] = "text"
			}
			if diff := cmp.Diff(want, read(t, outside)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

// read returns the contents of the regular files below a directory.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestCreateKeepsMode replaces a file that others must not read.
func TestCreateKeepsMode(t *testing.T) {
	d, outside := newDir(t)
	f, err := d.Create("a.csv", atomicfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(outside, "files", "a.csv"))
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v; want 0640", info.Mode(), err)
	}
}

func TestReadDir(t *testing.T) {
	d, _ := newDir(t)
	for _, path := range []string{".", "/", "", "sub/up"} {
		entries, err := d.ReadDir(path)
		if err != nil || !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "a.csv" }) {
			t.Errorf("%q: %v, %v; want a.csv", path, entries, err)
		}
	}
	for _, path := range []string{"..", "up", "out"} {
		if entries, err := d.ReadDir(path); !errors.Is(err, ErrOutside) {
			t.Errorf("%q: %v, %v; want ErrOutside", path, entries, err)
		}
	}
}

func TestUnrestricted(t *testing.T) {
	_, outside := newDir(t)
	var d Dir
	path := filepath.Join(outside, "secret", "key")
	f, err := d.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if d.IsRestricted() || d.Resolve(path) != path {
		t.Errorf("Resolve = %s; want the same path", d.Resolve(path))
	}
	out, err := d.Create(filepath.Join(outside, "x", "y"), atomicfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Commit(); err != nil {
		t.Fatal(err)
	}
}

func TestResolve(t *testing.T) {
	d := In("/data/files")
	for path, want := range map[string]string{"a.csv": "/data/files/a.csv", "/a/b.csv": "/data/files/a/b.csv", "../a": "../a"} {
		if got := d.Resolve(path); got != want {
			t.Errorf("Resolve(%q) = %q; want %q", path, got, want)
		}
	}
}
