package text

import (
	"unicode/utf8"
)

// Text from a server or a file can contain characters that a terminal
// interprets. Sanitize, AppendSanitized and AppendScreen define, for the whole
// program, what may reach a terminal:
//
//   - Control characters (C0 with ESC, DEL, and C1, which some terminals treat
//     like ESC and a letter) and the characters that override the direction of
//     text (https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings)
//     are written as \u001B.
//   - Line feed, tab and carriage return are written as \n, \t and \r where
//     the text has to stay on one line.
//   - Bytes that are not UTF-8 are written as U+FFFD.

// Sanitize returns s as one line that is safe to print on a terminal.
func Sanitize(s string) string {
	if isPrintable(s) {
		return s
	}
	return string(AppendSanitized(make([]byte, 0, len(s)+16), []byte(s)))
}

// AppendSanitized appends s, as one line that is safe to print on a terminal, to
// dst and returns the extended slice.
func AppendSanitized(dst, s []byte) []byte {
	if IsPrintable(s) {
		return append(dst, s...)
	}
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		switch r {
		case '\n':
			dst = append(dst, `\n`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = appendRune(dst, r)
		}
		s = s[n:]
	}
	return dst
}

// AppendScreen appends the part of a longer text that is safe to print on a
// terminal, with its line feeds, tabs and CRLF line ends, to dst. It returns
// the extended slice, and the end of s that depends on the bytes after it: an
// incomplete character, or a carriage return.
func AppendScreen(dst, s []byte) (out, rest []byte) {
	if isPlainText(s) {
		return append(dst, s...), nil
	}
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		switch {
		case r == utf8.RuneError && n == 1 && !utf8.FullRune(s), r == '\r' && len(s) == 1:
			return dst, s
		case r == '\r' && s[1] == '\n', r == '\n', r == '\t':
			dst = append(dst, byte(r))
		default:
			dst = appendRune(dst, r)
		}
		s = s[n:]
	}
	return dst, nil
}

// appendRune appends r, escaped unless it is safe.
func appendRune(dst []byte, r rune) []byte {
	switch {
	case r == '\r':
		return append(dst, `\r`...)
	case IsUnsafe(r):
		const digits = "0123456789ABCDEF"
		return append(dst, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
	}
	return utf8.AppendRune(dst, r)
}

// IsUnsafe reports whether a terminal would interpret r instead of showing it.
func IsUnsafe(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

// isPlainText reports whether s is printable ASCII, line feeds and tabs.
func isPlainText(s []byte) bool {
	for _, c := range s {
		if c < ' ' && c != '\n' && c != '\t' || c >= 0x7f {
			return false
		}
	}
	return true
}
