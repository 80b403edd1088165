package atomicfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/atomicfile"
)

func isMember(name string) bool { return strings.HasPrefix(name, "m") }

// openSet opens the set of a directory.
func openSet(t *testing.T, dir string) *atomicfile.Set {
	t.Helper()
	s, err := atomicfile.OpenSet(dir, filepath.Join(dir, "stage"), isMember)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fill creates files in a set with their names as content.
func fill(t *testing.T, s *atomicfile.Set, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := s.Create(name); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Write([]byte(name)); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// checkFiles compares the files of a directory with "NAME=CONTENT" entries. A directory has no content.
func checkFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		content, _ := os.ReadFile(filepath.Join(dir, e.Name()))
		got = append(got, e.Name()+"="+string(content))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestSet(t *testing.T) {
	dir := t.TempDir()
	s := openSet(t, dir)
	fill(t, s, "m1", "m2")
	checkFiles(t, dir, "stage=")
	s.Discard()
	checkFiles(t, dir)
	fill(t, s, "m1", "m2", "m3")
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	s.Discard()
	checkFiles(t, dir, "m1=m1", "m2=m2", "m3=m3")
}

func TestSetDiscardsOpenFile(t *testing.T) {
	dir := t.TempDir()
	s := openSet(t, dir)
	if err := s.Create("m1"); err != nil {
		t.Fatal(err)
	}
	s.Discard()
	checkFiles(t, dir)
}

func TestOpenSetErrors(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ file, path, message string }{
		{"m2", "m2", "remove the files"},
		{"stage/other", "stage", "contains other files"},
		{"stage/m1/file", "stage", "contains other files"},
	} {
		path := filepath.Join(dir, tt.file)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := atomicfile.OpenSet(dir, filepath.Join(dir, "stage"), isMember)
		e, ok := errors.AsType[*fs.PathError](err)
		if !ok || e.Path != filepath.Join(dir, tt.path) || !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), tt.message) {
			t.Errorf("%s: %v", tt.file, err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s was removed: %v", tt.file, err)
		}
		_ = os.RemoveAll(filepath.Join(dir, strings.Split(tt.file, "/")[0]))
	}
	if _, err := atomicfile.OpenSet(filepath.Join(dir, "missing"), filepath.Join(dir, "missing", "stage"), isMember); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing directory: %v", err)
	}
}

// TestSetCommitFails checks that no file remains if one of them appeared in the meantime.
func TestSetCommitFails(t *testing.T) {
	for _, existing := range []string{"m1", "m2", "m3"} {
		dir := t.TempDir()
		s := openSet(t, dir)
		fill(t, s, "m1", "m2", "m3")
		if err := os.WriteFile(filepath.Join(dir, existing), []byte("other"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s exists: %v", existing, err)
		}
		checkFiles(t, dir, existing+"=other")
	}
}

// TestSetLeftovers checks that the files of a process that was killed in Commit are removed, and
// no file of the same name that does not belong to it.
func TestSetLeftovers(t *testing.T) {
	dir := t.TempDir()
	fill(t, openSet(t, dir), "m1", "m2", "m3")
	if err := os.Link(filepath.Join(dir, "stage", "m3"), filepath.Join(dir, "m3")); err != nil {
		t.Skip("no hard links:", err)
	}
	checkFiles(t, dir, "m3=m3", "stage=")
	s := openSet(t, dir)
	checkFiles(t, dir)
	fill(t, s, "m1")
	if err := os.WriteFile(filepath.Join(dir, "m1"), []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := atomicfile.OpenSet(dir, filepath.Join(dir, "stage"), isMember); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	checkFiles(t, dir, "m1=other")
}
