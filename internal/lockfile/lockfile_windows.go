package lockfile

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// removesOpenFiles tells that a file can be removed while it is open.
const removesOpenFiles = false

// tryLock locks file, or says that somebody else holds it. Closing file releases the lock.
func tryLock(file *os.File) (held bool, err error) {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err = windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, new(windows.Overlapped))
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return true, nil
	}
	return false, err
}
