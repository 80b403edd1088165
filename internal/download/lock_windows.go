package download

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lock locks a file until it is closed, or is errBusy. Where the file system knows no locks,
// nothing is locked.
func lock(f *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	beyond := &windows.Overlapped{OffsetHigh: 1 << 30} // a byte that no file has: locked ones cannot be written
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, beyond)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return errBusy
	}
	return nil
}

// remove closes and removes a file, which cannot be removed while it is open.
func remove(f *os.File, name string) error {
	return errors.Join(f.Close(), os.Remove(name))
}

// rename closes and renames a file, which cannot be renamed while it is open.
func rename(f *os.File, from, to string) error {
	return errors.Join(f.Close(), os.Rename(from, to))
}
