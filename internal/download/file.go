package download

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// How a file is written: the rows go to FILE.part, which is synced and renamed when they are
// complete. A link is followed, and an existing file keeps its mode. FILE.part is locked as
// long as it is written; one that nobody holds was left by a process that was killed.

// A FileError says that a file cannot be written; the one that stood there before,
// if any, is as it was.
type FileError struct {
	Path string
	Err  error
}

// Error names the file and what failed.
func (e *FileError) Error() string {
	err := e.Err
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	} else if l, ok := errors.AsType[*os.LinkError](err); ok {
		err = l.Err
	}
	return fmt.Sprintf("cannot write %q: %v", e.Path, err)
}

// Unwrap returns what failed.
func (e *FileError) Unwrap() error { return e.Err }

var (
	errDirectory = errors.New("it is a directory")
	errLinks     = errors.New("it is a link that leads nowhere")
	errBusy      = errors.New("another process is writing it")
)

// CheckPath reports, with a [FileError], why a result could not be written to the file at path: its directory is
// missing or not writable, it is a directory or write-protected, another process is writing
// it. It leaves nothing behind and does not touch what is there.
func CheckPath(path string) error {
	t, err := locate(path)
	if err != nil || t.direct {
		return err
	}
	f, err := t.create()
	if err != nil {
		return err
	}
	f.discard()
	return nil
}

// A target is where a file is to be.
type target struct {
	asked  string // the path as it was given, for messages
	path   string // without links
	direct bool   // no regular file: write to it as it is
	fifo   bool
	exists bool
	mode   fs.FileMode // of the file that exists
}

// locate finds out what stands at path.
func locate(path string) (target, error) {
	t := target{asked: path, path: path}
	fi, err := os.Stat(path)
	switch {
	case err == nil && fi.IsDir(), strings.HasSuffix(path, string(filepath.Separator)):
		return t, &FileError{path, errDirectory}
	case err == nil && !fi.Mode().IsRegular():
		t.direct, t.fifo = true, fi.Mode()&fs.ModeNamedPipe != 0
		return t, nil
	case err == nil:
		t.exists, t.mode = true, fi.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return t, &FileError{path, err}
	}
	return t, t.follow()
}

// maxLinks is how many links may follow each other.
const maxLinks = 40

// follow replaces links by what they stand for, also where that does not exist yet. What
// leads to an open file of a process, as /dev/stdout does, is not replaced.
func (t *target) follow() error {
	for range maxLinks {
		dir, name := filepath.Split(t.path) // not Dir, which takes the parent of a link for that of its target
		dir, err := filepath.EvalSymlinks(dir + ".")
		if err != nil {
			return &FileError{t.asked, err}
		}
		t.path = filepath.Join(dir, name)
		if strings.HasPrefix(t.path, "/proc/") || strings.HasPrefix(t.path, "/dev/fd/") {
			t.path, t.direct = t.asked, true
			return nil
		}
		fi, err := os.Lstat(t.path)
		if err != nil || fi.Mode()&fs.ModeSymlink == 0 {
			return nil // what is wrong with it shows when it is written
		}
		link, err := os.Readlink(t.path)
		if err != nil {
			return &FileError{t.asked, err}
		}
		if !filepath.IsAbs(link) {
			link = dir + string(filepath.Separator) + link
		}
		t.path = link
	}
	return &FileError{t.asked, errLinks}
}

// open opens a target that is no regular file. To open a pipe takes a reader; it waits for
// one until ctx ends.
func (t target) open(ctx context.Context) (*os.File, error) {
	for {
		flag := os.O_WRONLY | os.O_APPEND // standard output may be a file that holds something already
		if t.fifo {
			flag |= syscall.O_NONBLOCK
		}
		f, err := os.OpenFile(t.path, flag, 0)
		if err == nil {
			return f, nil
		}
		if !t.fifo || !errors.Is(err, syscall.ENXIO) {
			return nil, &FileError{t.asked, err}
		}
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// A partFile is a file that is being written, under another name.
type partFile struct {
	target
	*os.File
	name string
}

// create makes and locks FILE.part.
func (t target) create() (*partFile, error) {
	if t.exists { // renaming would replace a file that is write-protected
		f, err := os.OpenFile(t.path, os.O_WRONLY, 0)
		if err != nil {
			return nil, &FileError{t.asked, err}
		}
		_ = f.Close()
	}
	name := t.path + ".part"
	f, err := createLocked(name, t.fileMode())
	if err != nil {
		return nil, &FileError{t.asked, err}
	}
	return &partFile{t, f, name}, nil
}

// fileMode is the mode in which files beside the target are made, before the umask: no
// more can read them than can read the target.
func (t target) fileMode() fs.FileMode {
	if !t.exists {
		return 0o666
	}
	return t.mode | 0o600
}

// createLocked makes a new file that no other process that does the same can take or remove.
func createLocked(name string, mode fs.FileMode) (*os.File, error) {
	for range 100 {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		stale := errors.Is(err, fs.ErrExist)
		if stale {
			f, err = os.OpenFile(name, os.O_RDWR, 0)
		}
		if errors.Is(err, fs.ErrNotExist) && stale {
			continue // it was removed in between
		}
		if err != nil {
			return nil, err
		}
		if err := lock(f); err != nil {
			_ = f.Close()
			return nil, err
		}
		if !sameFile(f, name) { // it was renamed or removed before it was locked
			_ = f.Close()
			continue
		}
		if !stale {
			return f, nil
		}
		if err := remove(f, name); err != nil {
			return nil, err
		}
	}
	return nil, errBusy
}

func sameFile(f *os.File, name string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(name)
	return err == nil && os.SameFile(a, b)
}

// rewind takes back what was written.
func (f *partFile) rewind() error {
	if err := f.Truncate(0); err != nil {
		return &FileError{f.asked, err}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return &FileError{f.asked, err}
	}
	return nil
}

// finish puts on the disk what was written.
func (f *partFile) finish() error {
	err := f.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) { // not all systems can
		err = nil
	}
	if err == nil && f.exists {
		err = f.Chmod(f.mode)
	}
	if err != nil {
		return &FileError{f.asked, err}
	}
	return nil
}

// commit gives the file its name.
func (f *partFile) commit() error {
	if err := rename(f.File, f.name, f.path); err != nil {
		f.discard()
		return &FileError{f.asked, err}
	}
	if dir, err := os.Open(filepath.Dir(f.path)); err == nil {
		_ = dir.Sync() // where it can be synced
		_ = dir.Close()
	}
	return nil
}

// discard removes what was written. That it cannot be removed would change nothing for the caller.
func (f *partFile) discard() { _ = remove(f.File, f.name) }
