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

// tryLock locks file and reports whether a conflicting lock is held elsewhere. Closing file
// releases the lock.
func tryLock(file *os.File, m mode) (held bool, err error) {
	flags := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if m == exclusive {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	at := &windows.Overlapped{OffsetHigh: lockedOffset >> 32}
	err = windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return true, nil
	}
	return false, err
}
