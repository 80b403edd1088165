//go:build unix

package atomicfile_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/td-cli/td/internal/atomicfile"
)

func TestMode(t *testing.T) {
	const missing = fs.FileMode(0)
	for _, tt := range []struct {
		name    string
		umask   int
		old     fs.FileMode
		options atomicfile.Options
		want    fs.FileMode
	}{
		{"new", 0o022, missing, atomicfile.Options{}, 0o644},
		{"new, strict umask", 0o077, missing, atomicfile.Options{}, 0o600},
		{"new, with a mode", 0o027, missing, atomicfile.Options{Mode: 0o755}, 0o750},
		{"new, part", 0o027, missing, atomicfile.Options{Part: true}, 0o640},
		{"private", 0o022, missing, atomicfile.Options{Private: true}, 0o600},
		{"existing", 0o077, 0o664, atomicfile.Options{}, 0o664},
		{"existing secret", 0o022, 0o600, atomicfile.Options{Mode: 0o644}, 0o600},
		{"existing script, part", 0o077, 0o754, atomicfile.Options{Part: true, Sync: true}, 0o754},
		{"existing, made private", 0o022, 0o644, atomicfile.Options{Private: true}, 0o600},
		{"existing, made private, part", 0o022, 0o644, atomicfile.Options{Private: true, Part: true}, 0o600},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a")
			if tt.old != missing {
				if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chmod(path, tt.old)); err != nil {
					t.Fatal(err)
				}
			}
			old := syscall.Umask(tt.umask) // no test of this package runs in parallel
			defer syscall.Umask(old)
			if err := atomicfile.WriteFile(path, nil, tt.options); err != nil {
				t.Fatal(err)
			}
			if fi, err := os.Stat(path); err != nil || fi.Mode() != tt.want {
				t.Errorf("got the mode %v, %v; want %v", fi.Mode(), err, tt.want)
			}
		})
	}
}

// TestTempMode checks that the incomplete file is not readable by more users than
// the existing one.
func TestTempMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	defer syscall.Umask(syscall.Umask(0))
	f, err := atomicfile.Create(path, atomicfile.Options{Mode: 0o666})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Discard()
	if fi, err := os.Stat(f.TempName()); err != nil || fi.Mode() != 0o600 {
		t.Errorf("got the mode %v, %v", fi.Mode(), err)
	}
}

func TestWriteProtected(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root can write any file")
	}
	dir := t.TempDir()
	locked := filepath.Join(dir, "locked")
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "a"), nil, 0o444), os.Mkdir(locked, 0o500)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "a"), filepath.Join(locked, "new")} {
		if err := atomicfile.WriteFile(path, nil, atomicfile.Options{}); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s: got the error %v", path, err)
		}
	}
}

// TestSpecial checks which files are written in place.
func TestSpecial(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	file, err := os.Create(filepath.Join(dir, "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	descriptor := filepath.Join("/dev/fd", fmt.Sprint(file.Fd()))
	if _, err := os.Stat(descriptor); err != nil {
		t.Skip(err)
	}
	for path, want := range map[string]atomicfile.Target{
		pipe:        {Special: true, Pipe: true},
		os.DevNull:  {Special: true},
		descriptor:  {Special: true, Exists: true, Perm: 0o644},
		file.Name(): {Exists: true, Perm: 0o644},
	} {
		if err := file.Chmod(0o644); err != nil {
			t.Fatal(err)
		}
		want.Path, want.File = path, path
		if got, err := atomicfile.Locate(path); err != nil || got != want {
			t.Errorf("Locate(%q) = %+v, %v; want %+v", path, got, err, want)
		}
	}
}
