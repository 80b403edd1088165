package console

import (
	"os"

	"golang.org/x/sys/windows"
)

// defaultPager is empty: more.com neither wraps nor scrolls as needed.
const defaultPager = ""

// enableANSI enables escape sequences for a console window. It reports whether
// the window supports them.
func enableANSI(f *os.File) bool {
	var mode uint32
	h := windows.Handle(f.Fd())
	if windows.GetConsoleMode(h, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
