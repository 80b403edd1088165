package console

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// What a terminal obeys, and data may hold: control characters (ESC among them, DEL, and U+0080 to
// U+009F, which some terminals take for ESC and a letter), and the marks that turn the direction of
// text around, so that it reads otherwise than it is. They are shown as \u001B, what is not UTF-8 as
// U+FFFD. Line feeds, tabs, and a CR before a line feed do no harm.

// Harmless returns text as it may stand on one line of a terminal: line feeds and tabs are escaped too.
func Harmless(text string) string {
	if plain([]byte(text)) && !strings.ContainsAny(text, "\n\t") {
		return text
	}
	var b strings.Builder
	for _, r := range text { // what is not UTF-8 is U+FFFD here
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case obeyed(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Cut returns text, harmless, cut to so many cells of a terminal.
func Cut(text string, cells int) string {
	text = Harmless(text)
	switch {
	case cells < 1:
		return ""
	case textWidth(text) <= cells:
		return text
	}
	terminal := runewidth.Condition{StrictEmojiNeutral: true}
	return terminal.Truncate(text, cells, "…")
}

// textWidth is how many cells of a terminal a harmless text takes. The environment has no say in it.
func textWidth(text string) int {
	terminal := runewidth.Condition{StrictEmojiNeutral: true}
	return terminal.StringWidth(text)
}

// obeyed reports whether a terminal would do something else than show r.
func obeyed(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

// plain reports whether text is printable ASCII, line feeds and tabs.
func plain(text []byte) bool {
	for _, c := range text {
		if c < ' ' && c != '\n' && c != '\t' || c >= 0x7f {
			return false
		}
	}
	return true
}

// appendHarmless appends text to o as it may stand on a terminal, and returns with it the end of the text
// that can only be judged when more is there: a part of a character, or a CR.
func appendHarmless(o, text []byte) (harmless, rest []byte) {
	if plain(text) {
		return append(o, text...), nil
	}
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && n == 1 && !utf8.FullRune(text), r == '\r' && len(text) == 1:
			return o, text
		case r == '\r' && text[1] == '\n', r == '\n', r == '\t':
			o = append(o, byte(r))
		case r == '\r':
			o = append(o, `\r`...)
		case obeyed(r):
			o = fmt.Appendf(o, `\u%04X`, r)
		default:
			o = utf8.AppendRune(o, r)
		}
		text = text[n:]
	}
	return o, nil
}
