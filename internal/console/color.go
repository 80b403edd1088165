package console

import (
	"fmt"
	"io"
)

// Colour marks status words and errors, nothing else.
const (
	red      = "\x1b[31m"
	green    = "\x1b[32m"
	yellow   = "\x1b[33m"
	cyan     = "\x1b[36m"
	colorEnd = "\x1b[0m"
)

// SetColor decides whether Out and Err are coloured: "always", "never", or "auto" for
// terminals that support it unless NO_COLOR is set (https://no-color.org).
func (c *Console) SetColor(when string, getenv func(string) string) error {
	switch when {
	case "always":
		c.OutColor, c.ErrColor = true, true
	case "never":
		c.OutColor, c.ErrColor = false, false
	case "auto":
		enabled := getenv("NO_COLOR") == "" && !isDumb(getenv)
		c.OutColor = enabled && c.OutTTY && c.outANSI
		c.ErrColor = enabled && c.ErrTTY && c.errANSI
	default:
		return fmt.Errorf("--color must be auto, always or never, not %q", when)
	}
	return nil
}

// isDumb reports whether the terminal can only print.
func isDumb(getenv func(string) string) bool { return getenv("TERM") == "dumb" }

// statusColor returns the color of a status word, or "" if it has none.
func statusColor(word string) string {
	switch word {
	case "success", "committed":
		return green
	case "error", "group_error":
		return red
	case "killed", "canceled":
		return yellow
	case "booting", "running", "performing", "committing":
		return cyan
	}
	return ""
}

// Status returns a status word in its colour for Out.
func (c *Console) Status(word string) string {
	color := statusColor(word)
	if color == "" || !c.OutColor {
		return word
	}
	return color + word + colorEnd
}

// PrintStatus writes a status word in its colour to w, which must be Out or Err.
func (c *Console) PrintStatus(w io.Writer, word string) {
	color := statusColor(word)
	if w == c.Out && !c.OutColor || w == c.Err && !c.ErrColor {
		color = ""
	}
	printColored(w, color, word)
}

// Fail prints an error message on Err.
func (c *Console) Fail(format string, a ...any) {
	color := ""
	if c.ErrColor {
		color = red
	}
	printColored(c.Err, color, "td:")
	fmt.Fprintf(c.Err, " "+format+"\n", a...)
}

func printColored(w io.Writer, color, s string) {
	screen, ok := w.(*screen)
	switch {
	case color == "":
		fmt.Fprint(w, s)
	case ok:
		screen.printColored(color, s)
	default:
		fmt.Fprint(w, color+s+colorEnd)
	}
}
