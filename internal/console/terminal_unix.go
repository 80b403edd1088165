//go:build unix

package console

import (
	"os"
	"os/signal"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// isTerminal reports whether f is a terminal.
func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), getTermios)
	return err == nil
}

// getTerminalSize returns the columns and rows of a terminal.
func getTerminalSize(f *os.File) (columns, rows int, err error) {
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, 0, err
	}
	return int(size.Col), int(size.Row), nil
}

// saveTerminal returns a function that restores the current settings of a terminal.
func saveTerminal(f *os.File) (restore func(), err error) {
	t, err := unix.IoctlGetTermios(int(f.Fd()), getTermios)
	if err != nil {
		return nil, err
	}
	return func() { _ = unix.IoctlSetTermios(int(f.Fd()), setTermios, t) }, nil
}

// disableEcho stops a terminal from showing what is typed. It leaves the other settings
// alone, so that Ctrl-D ends the input.
func disableEcho(f *os.File) error {
	t, err := unix.IoctlGetTermios(int(f.Fd()), getTermios)
	if err != nil {
		return err
	}
	t.Lflag &^= unix.ECHO
	t.Lflag |= unix.ICANON | unix.ISIG
	t.Iflag |= unix.ICRNL
	return unix.IoctlSetTermios(int(f.Fd()), setTermios, t)
}

// ReadAhead passes what the user types on a terminal to typed until done is closed or typed returns false. Until then
// nothing is shown, and no key sends a signal.
func ReadAhead(f *os.File, done <-chan struct{}, typed func([]byte) bool) error {
	saved, err := unix.IoctlGetTermios(int(f.Fd()), getTermios)
	if err != nil {
		return err
	}
	keys := *saved
	keys.Lflag &^= unix.ICANON | unix.ECHO | unix.ISIG | unix.IEXTEN
	keys.Iflag &^= unix.ICRNL | unix.IXON
	keys.Cc[unix.VMIN], keys.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(int(f.Fd()), setTermios, &keys); err != nil {
		return err
	}
	defer func() { _ = unix.IoctlSetTermios(int(f.Fd()), setTermios, saved) }()
	const milliseconds = 50 // until done is checked again
	b := make([]byte, 4096)
	for {
		select {
		case <-done:
			return nil
		default:
		}
		fds := []unix.PollFd{{Fd: int32(f.Fd()), Events: unix.POLLIN}}
		switch n, err := unix.Poll(fds, milliseconds); {
		case err == unix.EINTR || err == nil && n == 0:
			continue
		case err != nil:
			return err
		}
		n, err := f.Read(b)
		if err != nil {
			return err
		}
		if !typed(b[:n]) {
			return nil
		}
	}
}

// onSuspend calls suspend when Ctrl-Z suspends the process, and resume when the
// process continues, until stop is called.
func onSuspend(suspend, resume func()) (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGTSTP)
	var wait sync.WaitGroup
	wait.Go(func() {
		for range signals {
			suspend()
			if unix.Kill(os.Getpid(), unix.SIGSTOP) == nil { // returns after SIGCONT
				resume()
			}
		}
	})
	return func() {
		signal.Stop(signals)
		close(signals)
		wait.Wait()
	}
}

// Suspend stops the process and the others of its group, as Ctrl-Z does, until they are continued. It returns if there is
// no shell that could continue them: then the system ignores the signal.
//
// See https://pubs.opengroup.org/onlinepubs/9799919799/functions/V2_chap02.html#tag_16_04_03 about orphaned groups.
func (c *Console) Suspend() {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, unix.SIGCONT)
	defer signal.Stop(continued)
	if unix.Kill(0, unix.SIGTSTP) != nil {
		return
	}
	const ignored = time.Second // another thread handles the signal, and this one may run until then
	select {
	case <-continued:
	case <-time.After(ignored):
	}
}
