package console

import "golang.org/x/sys/windows"

// disableEcho stops a console window from showing what is typed. Input remains
// line by line.
func disableEcho(terminal int) error {
	var mode uint32
	if err := windows.GetConsoleMode(windows.Handle(terminal), &mode); err != nil {
		return err
	}
	mode &^= windows.ENABLE_ECHO_INPUT
	mode |= windows.ENABLE_PROCESSED_INPUT | windows.ENABLE_LINE_INPUT
	return windows.SetConsoleMode(windows.Handle(terminal), mode)
}

// onSuspend does nothing: Windows does not suspend processes.
func onSuspend(_, _ func()) (stop func()) { return func() {} }
