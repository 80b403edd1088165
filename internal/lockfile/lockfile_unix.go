//go:build unix

package lockfile

import (
	"errors"
	"os"
	"syscall"
)

// removesOpenFiles tells that a file can be removed while it is open.
const removesOpenFiles = true

// tryLock locks file, or says that somebody else holds it. Closing file releases the lock.
func tryLock(file *os.File) (held bool, err error) {
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
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
