// Package text formats text for people: it measures how wide text is on a
// terminal, escapes what a terminal would interpret, and writes numbers, sizes and
// times the way the Ruby toolbelt does.
package text

import (
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// Width returns the number of terminal cells that s occupies, in the same way in every locale.
// Control characters count as zero: use Sanitize first.
func Width(s string) int {
	if isPrintable(s) {
		return len(s)
	}
	if !strings.ContainsFunc(s, isSpecial) {
		return twwidth.WidthWithOptions(s, twwidth.Options{}) // adds up the runes
	}
	width := 0
	for s != "" {
		size, cells := nextCharacter(s)
		width += cells
		s = s[size:]
	}
	return width
}

// WidthBytes is Width for a byte slice.
func WidthBytes(s []byte) int {
	if IsPrintable(s) {
		return len(s)
	}
	return Width(string(s))
}

// RuneWidth returns the number of terminal cells that r occupies on its own.
func RuneWidth(r rune) int {
	switch {
	case isControl(r):
		return 0
	case isFlagLetter(r):
		return 1
	}
	return twwidth.WidthWithOptions(string(r), twwidth.Options{})
}

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
	end, width := 0, 0
	for {
		size, more := nextCharacter(s[end:])
		if width += more; width > cells-1 {
			return s[:end] + "…"
		}
		end += size
	}
}

// nextCharacter returns the length in bytes and the width of the first character of s as a
// terminal draws it: a letter with its combining marks, a Hangul syllable, or an emoji that
// consists of several.
// See https://www.unicode.org/reports/tr51/#Emoji_Sequences
func nextCharacter(s string) (size, width int) {
	first, size := utf8.DecodeRuneInString(s)
	width = RuneWidth(first)
	last := first
	for size < len(s) {
		r, n := utf8.DecodeRuneInString(s[size:])
		cells := RuneWidth(r)
		isPart := isPictograph(first) && (isSkinTone(r) || last == joiner && isPictograph(r)) ||
			isFlagLetter(first) && isFlagLetter(r) && width < 2 ||
			isHangul(first) && isJamo(r)
		if !isPart && (cells > 0 || isControl(r)) {
			break
		}
		width = min(width+cells, max(width, 2))
		size, last = size+n, r
	}
	return size, width
}

const joiner = '\u200d' // zero width joiner

// isSpecial reports whether the width of a text with r is not the sum of the widths of its runes.
func isSpecial(r rune) bool {
	return r == joiner || isJamo(r) || isSkinTone(r) || isFlagLetter(r) || isControl(r)
}

func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }

// isPictograph reports whether r may be part of an emoji.
func isPictograph(r rune) bool {
	switch {
	case isFlagLetter(r), isSkinTone(r), r >= 0x2500 && r < 0x25a0: // box drawing
		return false
	}
	return r >= 0x1f000 && r < 0x1fb00 || r >= 0x203c && r < 0x3300 && unicode.In(r, unicode.So, unicode.Sm, unicode.Po)
}

// isJamo reports whether r is a vowel or a final consonant of a Hangul syllable.
func isJamo(r rune) bool { return r >= 0x1160 && r < 0x1200 }

func isHangul(r rune) bool { return r >= 0x1100 && r < 0x1200 || r >= 0xac00 && r < 0xd7a4 }

func isSkinTone(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }

// isFlagLetter reports whether r is a regional indicator, two of which are a flag.
func isFlagLetter(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

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
