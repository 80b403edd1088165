// Package atomicfile replaces files atomically. The new content is written to a
// temporary file in the same directory, which is renamed when it is complete, so that
// readers see either the old file or the new one.
//
// Symbolic links are followed, an existing file keeps its mode, and a new one gets
// a mode that respects the umask. A write-protected file is not replaced.
package atomicfile

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/td-cli/td/internal/lockfile"
)

var (
	errDirectory  = errors.New("it is a directory")
	errLinkLoop   = errors.New("too many levels of symbolic links")
	errNotRegular = errors.New("it is not a regular file")
)

// PartSuffix is the suffix of the temporary file if Options.Part is set.
const PartSuffix = ".part"

// Options for writing a file. The zero value writes a file with mode 0666 less the
// umask.
type Options struct {
	// Mode is the mode of a new file before the umask; 0 means 0666.
	Mode fs.FileMode

	// Private gives the file the mode 0600, even if it exists with another one.
	Private bool

	// DirMode is the mode, before the umask, of missing parent directories. They
	// are not created if it is 0.
	DirMode fs.FileMode

	// Sync flushes the file and its directory to the disk before Commit returns. A large file is
	// also flushed while it is written, so that Commit need not wait for all of it.
	Sync bool

	// Part names the temporary file after the target with PartSuffix appended and
	// locks it: a second writer fails with lockfile.ErrHeld. A name that would be too
	// long is shortened. A file left by a crashed process is replaced. Without Part
	// the name is random, and the last of several writers wins.
	Part bool

	// IsLeftover reports whether a file with the temporary name was left by a crashed
	// process. Other files are kept, and the temporary file gets another name. If it is
	// nil, every file is a leftover. It is only used with Part.
	IsLeftover func(name string, info fs.FileInfo) bool

	// TempPrefix is the prefix of a random temporary name; "" means ".td-".
	TempPrefix string

	// ModTime is the modification time of the file unless it is zero. It has no
	// effect with Part.
	ModTime time.Time
}

// A Target is the file to which a path leads.
type Target struct {
	Path    string      // the path given by the caller
	File    string      // without symbolic links
	Exists  bool        // whether File is an existing regular file
	Perm    fs.FileMode // permissions of File if it exists
	Special bool        // a device, a pipe or an open file such as /dev/stdout, which can only be written in place
	Pipe    bool        // a named pipe
}

// maxLinks is the number of symbolic links that are followed, as on Linux.
const maxLinks = 40

// Locate resolves the symbolic links of path, including dangling ones. It fails with
// a [fs.PathError] if path is a directory or cannot be resolved.
func Locate(path string) (Target, error) {
	t := Target{Path: path, File: path}
	fi, err := os.Stat(path)
	switch {
	case err == nil && fi.IsDir(), strings.HasSuffix(path, string(filepath.Separator)):
		return t, pathError(path, errDirectory)
	case err == nil && !fi.Mode().IsRegular():
		t.Special, t.Pipe = true, fi.Mode()&fs.ModeNamedPipe != 0
		return t, nil
	case err == nil:
		t.Exists, t.Perm = true, fi.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return t, pathError(path, err)
	}
	if err := t.resolve(); err != nil {
		return t, pathError(path, err)
	}
	return t, nil
}

// resolve sets t.File to the end of the chain of links that starts at t.Path.
func (t *Target) resolve() error {
	for range maxLinks {
		// Not filepath.Dir and Join: they remove "dir/..", which is another
		// directory than the parent of t.File if dir is a link.
		dir, name := filepath.Split(t.File)
		dir, err := filepath.EvalSymlinks(dir + ".")
		if errors.Is(err, fs.ErrNotExist) {
			return nil // Create may create the directory
		}
		if err != nil {
			return err
		}
		t.File = filepath.Join(dir, name)
		if strings.HasPrefix(t.File, "/proc/") || strings.HasPrefix(t.File, "/dev/fd/") {
			t.File, t.Special = t.Path, true
			return nil
		}
		fi, err := os.Lstat(t.File)
		if err != nil || fi.Mode()&fs.ModeSymlink == 0 {
			return nil // creating the file reports other errors
		}
		link, err := os.Readlink(t.File)
		if err != nil {
			return err
		}
		if !filepath.IsAbs(link) {
			link = dir + string(filepath.Separator) + link
		}
		t.File = link
	}
	return errLinkLoop
}

// TempMode returns the mode, before the umask, of temporary files next to t. It
// does not give more access than the existing file does.
func (t Target) TempMode() fs.FileMode {
	if !t.Exists {
		return 0o666
	}
	return t.Perm | 0o600
}

// WriteFile replaces the file at path with one that holds data.
func WriteFile(path string, data []byte, o Options) error {
	f, err := Create(path, o)
	if err != nil {
		return err
	}
	defer f.Discard()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Commit()
}

// Create starts to replace the file at path. The caller must end the replacement with
// Commit or Discard. All errors are of type [*fs.PathError] and name path.
func Create(path string, o Options) (*File, error) {
	t, err := Locate(path)
	if err != nil {
		return nil, err
	}
	return t.Create(o)
}

// Create starts to replace the file t, as the function Create does.
func (t Target) Create(o Options) (*File, error) {
	f, err := t.create(o)
	if err != nil {
		return nil, pathError(t.Path, err)
	}
	return f, nil
}

func (t Target) create(o Options) (f *File, err error) {
	if t.Special {
		return nil, errNotRegular
	}
	if t.Exists { // os.Rename would replace a write-protected file
		old, err := os.OpenFile(t.File, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		_ = old.Close()
	}
	if o.DirMode != 0 {
		if err := os.MkdirAll(filepath.Dir(t.File), o.DirMode); err != nil {
			return nil, err
		}
	}
	f = &File{target: t, options: o}
	mode := f.tempMode()
	if o.Part {
		if f.lock, err = t.createPart(mode, o.IsLeftover); err != nil {
			return nil, err
		}
		f.temp = f.lock.File()
		return f, nil
	}
	// An unpredictable name and O_EXCL prevent writing to a file or a link that
	// another user planted in a shared directory.
	name := filepath.Join(filepath.Dir(t.File), cmp.Or(o.TempPrefix, ".td-")+rand.Text())
	temp, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	f.temp = temp
	return f, nil
}

// createPart creates and locks the temporary file if Options.Part is set.
func (t Target) createPart(mode fs.FileMode, isLeftover func(string, fs.FileInfo) bool) (lock *lockfile.Lock, err error) {
	for _, suffix := range []string{PartSuffix, ".td" + PartSuffix} {
		name := partName(t.File, suffix)
		var removable func(fs.FileInfo) bool
		if isLeftover != nil {
			removable = func(info fs.FileInfo) bool { return isLeftover(name, info) }
		}
		lock, err = lockfile.Create(name, mode, removable)
		if !errors.Is(err, lockfile.ErrForeign) {
			return lock, err
		}
		err = &fs.PathError{Op: "create", Path: name, Err: fmt.Errorf("%q is in the way: %w", name, err)}
	}
	return nil, err
}

// maxName is the maximum length of a temporary file's name in bytes. It leaves room for
// suffixes; most file systems allow 255.
const maxName = 240

// partName returns the name of a file with a suffix. A long name is shortened, with a
// digest to keep it unique.
func partName(file, suffix string) string {
	dir, name := filepath.Split(file)
	if len(name)+len(suffix) <= maxName {
		return file + suffix
	}
	sum := sha256.Sum256([]byte(name))
	prefix := strings.ToValidUTF8(name[:maxName/2], "")
	return dir + prefix + "-" + hex.EncodeToString(sum[:8]) + suffix
}

// A File is a file that is being replaced.
type File struct {
	target  Target
	options Options
	temp    *os.File
	lock    *lockfile.Lock // nil unless Options.Part is set
	flusher flusher
	synced  bool
	ended   bool
}

func (f *File) tempMode() fs.FileMode {
	switch {
	case f.options.Private:
		return 0o600
	case f.target.Exists, f.options.Mode == 0:
		return f.target.TempMode()
	}
	return f.options.Mode
}

// Target returns the file that is being replaced.
func (f *File) Target() Target { return f.target }

// TempName returns the name of the temporary file.
func (f *File) TempName() string { return f.temp.Name() }

// Write appends p to the new content.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.temp.Write(p)
	if err != nil {
		err = pathError(f.target.Path, err)
	}
	if f.options.Sync {
		f.flusher.add(f.temp, n)
	}
	return n, err
}

// Reset removes the content that was written so far.
func (f *File) Reset() error {
	err := f.flusher.wait()
	if err == nil {
		err = f.temp.Truncate(0)
	}
	if err == nil {
		_, err = f.temp.Seek(0, io.SeekStart)
	}
	if err != nil {
		return pathError(f.target.Path, err)
	}
	return nil
}

// Sync sets the final mode of the file and flushes it to the disk. Commit calls it if
// Options.Sync is set.
func (f *File) Sync() error {
	if err := cmp.Or(f.flusher.wait(), syncFile(f.temp), f.setMode()); err != nil {
		return pathError(f.target.Path, err)
	}
	f.synced = true
	return nil
}

// syncFile flushes a file to the disk. Not all file systems support it.
func syncFile(f *os.File) error {
	err := f.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}

// setMode restores the mode of an existing file.
func (f *File) setMode() error {
	if !f.target.Exists || f.options.Private {
		return nil
	}
	fi, err := f.temp.Stat()
	if err != nil || fi.Mode().Perm() == f.target.Perm {
		return err
	}
	return f.temp.Chmod(f.target.Perm)
}

// Commit replaces the file with the new content. If it fails, the old file is
// unchanged and the new content is removed.
func (f *File) Commit() error {
	if f.options.Sync && !f.synced {
		if err := f.Sync(); err != nil {
			f.Discard()
			return err
		}
	}
	if err := f.commit(); err != nil {
		f.Discard()
		return pathError(f.target.Path, err)
	}
	if f.options.Sync {
		syncDir(filepath.Dir(f.target.File))
	}
	return nil
}

// syncDir flushes a directory, which makes a rename durable. Not all systems support it.
func syncDir(path string) {
	if dir, err := os.Open(path); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
}

func (f *File) commit() error {
	if err := cmp.Or(f.flusher.wait(), f.setMode()); err != nil {
		return err
	}
	if f.lock != nil {
		if err := f.lock.Rename(f.target.File); err != nil {
			return err
		}
		f.ended = true
		return nil
	}
	if err := f.temp.Close(); err != nil {
		return err
	}
	if t := f.options.ModTime; !t.IsZero() {
		if err := os.Chtimes(f.temp.Name(), t, t); err != nil {
			return err
		}
	}
	if err := os.Rename(f.temp.Name(), f.target.File); err != nil {
		return err
	}
	f.ended = true
	return nil
}

// Discard removes the new content and keeps the old file. It does nothing after a
// successful Commit. Errors are ignored: at worst the temporary file is left.
func (f *File) Discard() {
	_ = f.flusher.wait()
	switch {
	case f.ended:
	case f.lock != nil:
		_ = f.lock.Remove()
	default:
		_ = f.temp.Close()
		_ = os.Remove(f.temp.Name())
	}
	f.ended = true
}

// pathError returns err as an error of the file at path, instead of the temporary
// file's.
func pathError(path string, err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	} else if l, ok := errors.AsType[*os.LinkError](err); ok {
		err = l.Err
	}
	return &fs.PathError{Op: "write", Path: path, Err: err}
}
