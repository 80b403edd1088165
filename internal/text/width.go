// Package text formats text for people: it measures how wide text is on a
// terminal, escapes what a terminal would interpret, and writes numbers, sizes and
// times the way the Ruby toolbelt does.
package text

import (
	"encoding/binary"

	"github.com/mattn/go-runewidth"
)

// condition measures text the same way in every locale. The package functions of
// go-runewidth read LC_ALL and LANG instead.
func condition() *runewidth.Condition {
	return &runewidth.Condition{StrictEmojiNeutral: true}
}

// Width returns the number of terminal cells that s occupies. Control
// characters count as zero: use Sanitize first.
func Width(s string) int {
	if isPrintable(s) {
		return len(s)
	}
	return condition().StringWidth(s)
}

// WidthBytes is Width for a byte slice.
func WidthBytes(s []byte) int {
	if IsPrintable(s) {
		return len(s)
	}
	return condition().StringWidth(string(s))
}

// RuneWidth returns the number of terminal cells that r occupies on its own.
func RuneWidth(r rune) int { return condition().RuneWidth(r) }

// Truncate sanitizes s and cuts it to at most cells terminal cells. A text that
// was cut ends with "…".
func Truncate(s string, cells int) string {
	s = Sanitize(s)
	switch {
	case cells < 1:
		return ""
	case Width(s) <= cells:
		return s
	}
	return condition().Truncate(s, cells, "…")
}

// IsPrintable reports whether s consists of printable ASCII characters only.
func IsPrintable(s []byte) bool {
	const low, high = 0x0101010101010101, 0x8080808080808080
	for ; len(s) >= 8; s = s[8:] {
		x := binary.LittleEndian.Uint64(s)
		del := x ^ 0x7f*low // a zero byte for each DEL
		if (x|(x-' '*low)&^x|(del-low)&^del)&high != 0 {
			return false
		}
	}
	for _, c := range s {
		if c < ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

func isPrintable(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}
