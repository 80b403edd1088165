package console

import "golang.org/x/sys/windows"

// hide lets a console keep what is typed to itself, and go on to read whole lines.
func hide(terminal int) error {
	var mode uint32
	if err := windows.GetConsoleMode(windows.Handle(terminal), &mode); err != nil {
		return err
	}
	mode &^= windows.ENABLE_ECHO_INPUT
	mode |= windows.ENABLE_PROCESSED_INPUT | windows.ENABLE_LINE_INPUT
	return windows.SetConsoleMode(windows.Handle(terminal), mode)
}
