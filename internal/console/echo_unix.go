//go:build unix

package console

import (
	"os"
	"os/signal"
	"sync"

	"golang.org/x/sys/unix"
)

// disableEcho stops a terminal from showing what is typed. Unlike ReadPassword of
// golang.org/x/term it leaves the other settings alone, so that Ctrl-D ends the
// input.
func disableEcho(terminal int) error {
	t, err := unix.IoctlGetTermios(terminal, getTermios)
	if err != nil {
		return err
	}
	t.Lflag &^= unix.ECHO
	t.Lflag |= unix.ICANON | unix.ISIG
	t.Iflag |= unix.ICRNL
	return unix.IoctlSetTermios(terminal, setTermios, t)
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
