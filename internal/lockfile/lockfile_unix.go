//go:build unix

package lockfile

import (
	"errors"
	"os"
	"syscall"
)

// changesOpenFiles reports whether a file can be renamed and removed while it is
// open. Doing so before the lock is released leaves no gap for another process.
const changesOpenFiles = true

// tryLock locks file and reports whether a conflicting lock is held elsewhere. Closing file
// releases the lock.
func tryLock(file *os.File, m mode) (held bool, err error) {
	how := syscall.LOCK_EX
	if m == shared {
		how = syscall.LOCK_SH
	}
	for {
		err = syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return true, nil
		default:
			return false, err
		}
	}
}
