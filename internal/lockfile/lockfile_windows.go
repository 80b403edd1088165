package lockfile

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// changesOpenFiles reports whether a file can be renamed and removed while it is
// open. Windows does not allow either.
const changesOpenFiles = false

// lockedOffset is the position of the locked byte. Locks are mandatory on Windows,
// so it lies beyond any data.
const lockedOffset = 1 << 62

// tryLock locks file and reports whether the lock is held elsewhere. Closing file
// releases the lock.
func tryLock(file *os.File) (held bool, err error) {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	at := &windows.Overlapped{OffsetHigh: lockedOffset >> 32}
	err = windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return true, nil
	}
	return false, err
}
