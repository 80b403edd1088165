//go:build unix

package download

import (
	"errors"
	"os"
	"syscall"
)

// lock locks a file until it is closed, or is errBusy. Where the file system knows no locks,
// nothing is locked.
func lock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return errBusy
		}
		return nil
	}
}

// remove removes and closes a file, in the order in which nobody else can take it meanwhile.
func remove(f *os.File, name string) error {
	return errors.Join(os.Remove(name), f.Close())
}

// rename renames and closes a file.
func rename(f *os.File, from, to string) error {
	return errors.Join(os.Rename(from, to), f.Close())
}
