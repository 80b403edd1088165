package console

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// isTerminal reports whether f is a console window.
func isTerminal(f *os.File) bool {
	var mode uint32
	return windows.GetConsoleMode(windows.Handle(f.Fd()), &mode) == nil
}

// getTerminalSize returns the columns and rows of a console window.
func getTerminalSize(f *os.File) (columns, rows int, err error) {
	var info windows.ConsoleScreenBufferInfo
	if err := windows.GetConsoleScreenBufferInfo(windows.Handle(f.Fd()), &info); err != nil {
		return 0, 0, err
	}
	w := info.Window
	return int(w.Right-w.Left) + 1, int(w.Bottom-w.Top) + 1, nil
}

// saveTerminal returns a function that restores the current mode of a console window.
func saveTerminal(f *os.File) (restore func(), err error) {
	var mode uint32
	if err := windows.GetConsoleMode(windows.Handle(f.Fd()), &mode); err != nil {
		return nil, err
	}
	return func() { _ = windows.SetConsoleMode(windows.Handle(f.Fd()), mode) }, nil
}

// disableEcho stops a console window from showing what is typed. Input remains
// line by line.
func disableEcho(f *os.File) error {
	var mode uint32
	if err := windows.GetConsoleMode(windows.Handle(f.Fd()), &mode); err != nil {
		return err
	}
	mode &^= windows.ENABLE_ECHO_INPUT
	mode |= windows.ENABLE_PROCESSED_INPUT | windows.ENABLE_LINE_INPUT
	return windows.SetConsoleMode(windows.Handle(f.Fd()), mode)
}

// ReadAhead returns an error: Windows keeps what the user types for the next program that reads it.
func ReadAhead(*os.File, <-chan struct{}, func([]byte) bool) error { return errors.ErrUnsupported }

// onSuspend does nothing: Windows does not suspend processes.
func onSuspend(_, _ func()) (stop func()) { return func() {} }

// Suspend does nothing: Windows does not suspend processes.
func (c *Console) Suspend() {}
