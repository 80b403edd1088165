package console

import (
	"os"

	"golang.org/x/sys/windows"
)

// ansi reports whether a console understands colour sequences, after asking it to.
func ansi(f *os.File) bool {
	var mode uint32
	h := windows.Handle(f.Fd())
	if windows.GetConsoleMode(h, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}

// pagerByDefault is what pages when the environment does not say: nothing.
const pagerByDefault = ""
