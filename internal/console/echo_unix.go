//go:build unix

package console

import "golang.org/x/sys/unix"

// hide lets a terminal keep what is typed to itself. It goes on to read whole lines, so that
// Ctrl-D ends them, which x/term's ReadPassword does not notice.
func hide(terminal int) error {
	t, err := unix.IoctlGetTermios(terminal, getTermios)
	if err != nil {
		return err
	}
	t.Lflag &^= unix.ECHO
	t.Lflag |= unix.ICANON | unix.ISIG
	t.Iflag |= unix.ICRNL
	return unix.IoctlSetTermios(terminal, setTermios, t)
}
