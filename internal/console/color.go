package console

import (
	"fmt"
	"io"
)

// Colour is for the words that tell how things stand, and for errors; for nothing else.

const (
	red      = "\x1b[31m"
	green    = "\x1b[32m"
	yellow   = "\x1b[33m"
	cyan     = "\x1b[36m"
	colorEnd = "\x1b[0m"
)

// SetColor settles whether Out and Err are coloured, each for itself: when is "auto", "always" or "never".
func (c *Console) SetColor(when string, getenv func(string) string) error {
	switch when {
	case "always":
		c.OutColor, c.ErrColor = true, true
	case "never":
		c.OutColor, c.ErrColor = false, false
	case "auto":
		able := getenv("NO_COLOR") == "" && !dumb(getenv)
		c.OutColor = able && c.OutTTY && c.outANSI
		c.ErrColor = able && c.ErrTTY && c.errANSI
	default:
		return fmt.Errorf("--color is auto, always or never, not %q", when)
	}
	return nil
}

// dumb reports whether the terminal says that it can do nothing but print.
func dumb(getenv func(string) string) bool { return getenv("TERM") == "dumb" }

// statusColor is the colour of a word that says how something stands, "" for none.
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

// Status colours a word for Out that says how something stands, where colour is on.
func (c *Console) Status(word string) string {
	color := statusColor(word)
	if color == "" || !c.OutColor {
		return word
	}
	return color + word + colorEnd
}

// PrintStatus writes a word that says how something stands to w, which is Out or Err, in its colour
// where that is on.
func (c *Console) PrintStatus(w io.Writer, word string) {
	color := statusColor(word)
	if w == c.Out && !c.OutColor || w == c.Err && !c.ErrColor {
		color = ""
	}
	paint(w, color, word)
}

// Fail says on Err that the command failed, and why.
func (c *Console) Fail(format string, a ...any) {
	color := ""
	if c.ErrColor {
		color = red
	}
	paint(c.Err, color, "td:")
	fmt.Fprintf(c.Err, " "+format+"\n", a...)
}

func paint(w io.Writer, color, text string) {
	s, ok := w.(*screen)
	switch {
	case color == "":
		fmt.Fprint(w, text)
	case ok:
		s.paint(color, text)
	default:
		fmt.Fprint(w, color+text+colorEnd)
	}
}
