package console

import (
	"fmt"
	"strings"

	"github.com/td-cli/td/internal/text"
)

// A statusLine is the last line of the terminal, which is drawn repeatedly. It requires that
// Err is a terminal.
type statusLine struct {
	c     *Console
	shown int // width of the line on the screen, 0 if there is none
}

// draw replaces the line. It truncates the text to the width of the terminal and leaves
// room for a ^C, because clear cannot erase a line that has wrapped.
func (l *statusLine) draw(line string) {
	columns, _ := terminalSize(l.c.err)
	line = text.Truncate(line, columns-len("^C")-1)
	shown := text.Width(line)
	fmt.Fprint(l.c.err, "\r", line, strings.Repeat(" ", max(0, l.shown-shown)))
	l.shown = shown
}

// clear removes the line from the screen, with a ^C typed after it.
func (l *statusLine) clear() {
	if l.shown == 0 {
		return
	}
	fmt.Fprint(l.c.err, "\r", strings.Repeat(" ", l.shown), "\r")
	l.shown = 0
	if l.c.errANSI {
		fmt.Fprint(l.c.err, eraseLine)
	}
}
