// Package lockfile takes locks that the operating system releases when their
// process ends, however it ends: what a crashed process held is free again, and
// a process that was given the same number later is not mistaken for it.
package lockfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// A Lock is a file that this process, and within it this Lock, holds alone.
type Lock struct {
	file *os.File
}

// Try takes the lock of the file at path, which it makes when it is missing, or
// returns nil when somebody holds it.
func Try(path string) (*Lock, error) {
	for {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		held, err := tryLock(file)
		if err != nil || held {
			file.Close() //nolint:errcheck // nothing was written
			if err != nil {
				return nil, fmt.Errorf("cannot lock %q: %w", path, err)
			}
			return nil, nil
		}
		// The holder before us may have removed the file between our open and our
		// lock; a lock on a file without a name protects nothing.
		if same(file, path) {
			return &Lock{file: file}, nil
		}
		file.Close() //nolint:errcheck // nothing was written
	}
}

// Wait takes the lock as Try does, and waits for it until ctx ends.
func Wait(ctx context.Context, path string) (*Lock, error) {
	for {
		l, err := Try(path)
		if l != nil || err != nil {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Held tells whether somebody holds the lock of the file at path; of a missing file nobody does.
func Held(path string) (bool, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close() //nolint:errcheck // nothing was written
	held, err := tryLock(file)
	if err != nil {
		return false, fmt.Errorf("cannot lock %q: %w", path, err)
	}
	return held, nil
}

// Release lets the lock go and leaves the file.
func (l *Lock) Release() error { return l.file.Close() }

// Remove lets the lock go and removes the file.
func (l *Lock) Remove() error {
	path := l.file.Name()
	if removesOpenFiles {
		return errors.Join(os.Remove(path), l.file.Close())
	}
	return errors.Join(l.file.Close(), os.Remove(path))
}

// same tells whether path still names file.
func same(file *os.File, path string) bool {
	a, err := file.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(path)
	return err == nil && os.SameFile(a, b)
}
