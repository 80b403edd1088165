// Package lockfile provides advisory locks on files. The operating system
// releases a lock when its process ends, however it ends, so that no stale lock
// survives a crash.
//
// See https://man7.org/linux/man-pages/man2/flock.2.html and
// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-lockfileex.
package lockfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/td-cli/td/internal/sleep"
)

// ErrHeld is returned by Create if another process holds the lock.
var ErrHeld = errors.New("another process is writing it")

// ErrForeign is returned by Create if there is a file that must not be removed.
var ErrForeign = errors.New("a file of this name exists")

// The pause between two attempts of Wait and Share doubles from minPause to maxPause.
const (
	minPause = time.Millisecond
	maxPause = 20 * time.Millisecond
)

// A Lock is an open file that is locked, exclusively unless it was returned by Share.
type Lock struct {
	file *os.File
}

// Try locks the file at path, which is created if it is missing. It returns nil
// without an error if the lock is held, by another process or by another Lock of
// this process.
func Try(path string) (*Lock, error) { return try(path, exclusive) }

func try(path string, m mode) (*Lock, error) {
	for {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		held, err := tryLock(file, m)
		if err != nil || held {
			_ = file.Close()
			if err != nil {
				return nil, fmt.Errorf("cannot lock %q: %w", path, err)
			}
			return nil, nil
		}
		if sameFile(file, path) {
			return &Lock{file: file}, nil
		}
		// The previous holder removed the file after it was opened here. A lock on
		// an unlinked file excludes no other process.
		_ = file.Close()
	}
}

// Wait locks the file at path like Try, but waits for the lock until ctx ends.
func Wait(ctx context.Context, path string) (*Lock, error) { return wait(ctx, path, exclusive) }

// Share waits like Wait for a lock that any number of owners can hold, as long as no exclusive
// lock is held.
func Share(ctx context.Context, path string) (*Lock, error) { return wait(ctx, path, shared) }

func wait(ctx context.Context, path string, m mode) (*Lock, error) {
	for pause := minPause; ; pause = min(2*pause, maxPause) {
		l, err := try(path, m)
		if l != nil || err != nil {
			return l, err
		}
		if err := sleep.For(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// A mode is the kind of a lock.
type mode bool

const (
	exclusive mode = false
	shared    mode = true
)

// Held reports whether a lock of the file at path is held. It is false for a
// missing file.
func Held(path string) (bool, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = file.Close() }()
	held, err := tryLock(file, exclusive)
	if err != nil {
		return false, fmt.Errorf("cannot lock %q: %w", path, err)
	}
	return held, nil
}

// Create creates and locks an empty file at path with the given mode, before the
// umask. An existing file that is not locked is removed first if removable, which may be
// nil, returns true for it: it was left by a process that crashed. Create returns ErrHeld if
// the file is locked, and ErrForeign if it is not removable. On file systems without
// locks the file is created but not locked.
func Create(path string, mode fs.FileMode, removable func(fs.FileInfo) bool) (*Lock, error) {
	const maxAttempts = 100
	for range maxAttempts {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		exists := errors.Is(err, fs.ErrExist)
		if exists {
			file, err = os.OpenFile(path, os.O_RDWR, 0)
		}
		if errors.Is(err, fs.ErrNotExist) && exists {
			continue // removed between the two calls
		}
		if err != nil {
			return nil, err
		}
		if held, _ := tryLock(file, exclusive); held {
			_ = file.Close()
			return nil, ErrHeld
		}
		if !sameFile(file, path) { // renamed or removed before it was locked
			_ = file.Close()
			continue
		}
		l := &Lock{file: file}
		if !exists {
			return l, nil
		}
		if info, err := file.Stat(); err == nil && removable != nil && !removable(info) {
			_ = l.Release()
			return nil, ErrForeign
		}
		if err := l.Remove(); err != nil {
			return nil, err
		}
	}
	return nil, ErrHeld
}

// File returns the locked file. Closing it releases the lock.
func (l *Lock) File() *os.File { return l.file }

// Release releases the lock and keeps the file.
func (l *Lock) Release() error { return l.file.Close() }

// Remove removes the file and releases the lock.
func (l *Lock) Remove() error {
	path := l.file.Name()
	if changesOpenFiles {
		return errors.Join(os.Remove(path), l.file.Close())
	}
	return errors.Join(l.file.Close(), os.Remove(path))
}

// Rename renames the file to newPath and releases the lock.
func (l *Lock) Rename(newPath string) error {
	path := l.file.Name()
	if changesOpenFiles {
		return errors.Join(os.Rename(path, newPath), l.file.Close())
	}
	return errors.Join(l.file.Close(), os.Rename(path, newPath))
}

// sameFile reports whether path is a name of file.
func sameFile(file *os.File, path string) bool {
	a, err := file.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(path)
	return err == nil && os.SameFile(a, b)
}
