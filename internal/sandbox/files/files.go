// Package files opens the files that clients of a sandbox name: sources of
// connectors, and targets of results and exports.
package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/lazyregexp"
)

// ErrOutside is returned for a path that leads out of the directory.
var ErrOutside = errors.New("the path leads out of the sandbox's files directory")

// A Dir is a directory that contains all files which clients can read and write. An
// absolute path is relative to the directory: "/a.csv" and "a.csv" are the same
// file. Links must not lead out of the directory.
//
// The zero value gives access to all files of the user.
type Dir struct{ path string }

// In returns the Dir with the given path, which is created when needed.
func In(path string) Dir { return Dir{path} }

// IsRestricted reports whether d gives access to only one directory.
func (d Dir) IsRestricted() bool { return d.path != "" }

// local returns the path of a client's file relative to the directory.
func (d Dir) local(path string) (string, error) {
	path = filepath.FromSlash(path)
	relative := strings.TrimLeft(path[len(filepath.VolumeName(path)):], string(filepath.Separator))
	if relative == "" {
		relative = "."
	}
	if strings.ContainsRune(path, 0) || !filepath.IsLocal(relative) {
		return "", fmt.Errorf("%q: %w", path, ErrOutside)
	}
	return relative, nil
}

// Open opens a file for reading.
func (d Dir) Open(path string) (*os.File, error) {
	if !d.IsRestricted() {
		return os.Open(path)
	}
	local, err := d.locate(path)
	if err != nil {
		return nil, err
	}
	target, err := filepath.EvalSymlinks(filepath.Join(d.path, local))
	if err != nil {
		return nil, wrap(path, err)
	}
	root, err := filepath.EvalSymlinks(d.path)
	if err != nil {
		return nil, wrap(path, err)
	}
	relative, err := filepath.Rel(root, target)
	if err != nil {
		return nil, wrap(path, err)
	}
	f, err := os.OpenInRoot(root, relative) // fails if a link was added in the meantime
	return f, wrap(path, err)
}

// ReadDir returns the entries of a directory.
func (d Dir) ReadDir(path string) ([]fs.DirEntry, error) {
	f, err := d.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return f.ReadDir(-1)
}

// Create starts to replace a file, as [atomicfile.Create] does. Missing directories
// are created.
func (d Dir) Create(path string, o atomicfile.Options) (*atomicfile.File, error) {
	o.DirMode = 0o755
	if !d.IsRestricted() {
		return atomicfile.Create(path, o)
	}
	local, err := d.locate(path)
	if err != nil {
		return nil, err
	}
	return atomicfile.Create(filepath.Join(d.path, local), o)
}

// locate returns the path of a client's file relative to the directory, which is
// created if necessary, and checks the links in it.
func (d Dir) locate(path string) (string, error) {
	local, err := d.local(path)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(d.path, 0o755); err != nil {
		return "", err
	}
	return local, wrap(path, d.checkLinks(local))
}

// checkLinks returns [ErrOutside] if the links in a path, which need not exist, lead
// out of the directory.
func (d Dir) checkLinks(local string) error {
	root, err := filepath.EvalSymlinks(d.path)
	if err != nil {
		return err
	}
	path := filepath.Join(root, local)
	for range 255 {
		existing, err := filepath.EvalSymlinks(path)
		if err == nil {
			relative, err := filepath.Rel(root, existing)
			if err != nil || !filepath.IsLocal(relative) {
				return ErrOutside
			}
			return nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		target, err := os.Readlink(path)
		switch {
		case err != nil:
			path = filepath.Dir(path)
		case filepath.IsAbs(target):
			path = target
		default:
			path = filepath.Join(filepath.Dir(path), target)
		}
	}
	return ErrOutside
}

// wrap replaces the path in an error with the path that the client gave.
func wrap(path string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%q: %w", path, e.Err)
	}
	if err != nil {
		return fmt.Errorf("%q: %w", path, err)
	}
	return nil
}

// Resolve returns the path of a file for messages.
func (d Dir) Resolve(path string) string {
	if !d.IsRestricted() {
		return path
	}
	local, err := d.local(path)
	if err != nil {
		return path
	}
	return filepath.Join(d.path, local)
}

var drivePath = lazyregexp.New(`^/[A-Za-z]:`)

// FromURL converts the path of a file URL to a path of this operating system.
func FromURL(path string) string {
	if runtime.GOOS == "windows" && drivePath().MatchString(path) {
		path = path[1:]
	}
	return filepath.FromSlash(path)
}
