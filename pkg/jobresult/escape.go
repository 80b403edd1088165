package jobresult

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf8"
)

// The following functions test the eight bytes of x in parallel and set the top
// bit of each byte that matches. Bits above the first match may be wrong; see
// https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord.
const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

func hasByte(x uint64, c byte) uint64 {
	x ^= ones * uint64(c)
	return (x - ones) &^ x & tops
}

func hasControl(x uint64) uint64 { return (x - ones*0x20) &^ x & tops }

// vectorLength is the length from which four calls of bytes.IndexByte, which uses
// vector instructions, are faster than one loop.
const vectorLength = 64

// needsQuotes reports whether the csv field s must be quoted. As in Ruby, the
// empty string must, so that it differs from NULL.
func needsQuotes(s []byte) bool {
	if len(s) == 0 {
		return true
	}
	if len(s) > vectorLength {
		return bytes.IndexByte(s, ',') >= 0 || bytes.IndexByte(s, '"') >= 0 || bytes.IndexByte(s, '\n') >= 0 || bytes.IndexByte(s, '\r') >= 0
	}
	for ; len(s) >= 8; s = s[8:] {
		x := binary.LittleEndian.Uint64(s)
		if hasByte(x, ',')|hasByte(x, '"')|hasByte(x, '\n')|hasByte(x, '\r') != 0 {
			return true
		}
	}
	for _, c := range s {
		if c == ',' || c == '"' || c == '\n' || c == '\r' {
			return true
		}
	}
	return false
}

// appendCSV appends s as a csv field.
func appendCSV(buf, s []byte) []byte {
	if !needsQuotes(s) {
		return append(buf, s...)
	}
	buf = append(buf, '"')
	for {
		i := bytes.IndexByte(s, '"')
		if i < 0 {
			break
		}
		buf = append(buf, s[:i+1]...)
		buf = append(buf, '"')
		s = s[i+1:]
	}
	buf = append(buf, s...)
	return append(buf, '"')
}

// needsEscapes reports whether s contains a byte that tsv escapes.
func needsEscapes(s []byte) bool {
	if len(s) > vectorLength {
		return bytes.IndexByte(s, '\t') >= 0 || bytes.IndexByte(s, '\n') >= 0 || bytes.IndexByte(s, '\r') >= 0 || bytes.IndexByte(s, '\\') >= 0
	}
	for ; len(s) >= 8; s = s[8:] {
		x := binary.LittleEndian.Uint64(s)
		if hasByte(x, '\t')|hasByte(x, '\n')|hasByte(x, '\r')|hasByte(x, '\\') != 0 {
			return true
		}
	}
	for _, c := range s {
		if c == '\t' || c == '\n' || c == '\r' || c == '\\' {
			return true
		}
	}
	return false
}

// appendTSV appends s as a tsv field.
func appendTSV(buf, s []byte) []byte {
	if !needsEscapes(s) {
		return append(buf, s...)
	}
	for _, c := range s {
		switch c {
		case '\t':
			buf = append(buf, `\t`...)
		case '\n':
			buf = append(buf, `\n`...)
		case '\r':
			buf = append(buf, `\r`...)
		case '\\':
			buf = append(buf, `\\`...)
		default:
			buf = append(buf, c)
		}
	}
	return buf
}

// doubleTail doubles each c in buf[mark:] in place.
func doubleTail(buf []byte, mark int, c byte) []byte {
	r := len(buf)
	n := bytes.Count(buf[mark:], []byte{c})
	buf = slices.Grow(buf, n)[:r+n]
	for w := len(buf); w > r; {
		r--
		w--
		if buf[w] = buf[r]; buf[r] == c {
			w--
			buf[w] = c
		}
	}
	return buf
}

// plainPrefix returns the length of the longest prefix of s that is ASCII and
// needs no escapes in JSON.
func plainPrefix(s []byte) int {
	n := 0
	for ; len(s)-n >= 8; n += 8 {
		x := binary.LittleEndian.Uint64(s[n:])
		if hit := hasByte(x, '"') | hasByte(x, '\\') | hasControl(x) | x&tops; hit != 0 {
			return n + bits.TrailingZeros64(hit)>>3
		}
	}
	for ; n < len(s); n++ {
		if c := s[n]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			break
		}
	}
	return n
}

// unescapedPrefix returns the length of the longest prefix of s that needs no
// escapes in JSON. It may contain invalid UTF-8.
func unescapedPrefix(s []byte) int {
	n := 0
	for ; len(s)-n >= 8; n += 8 {
		x := binary.LittleEndian.Uint64(s[n:])
		if hit := hasByte(x, '"') | hasByte(x, '\\') | hasControl(x); hit != 0 {
			return n + bits.TrailingZeros64(hit)>>3
		}
	}
	for ; n < len(s); n++ {
		if c := s[n]; c < ' ' || c == '"' || c == '\\' {
			break
		}
	}
	return n
}

// appendJSONString appends s in quotes. It escapes quotes, backslashes and
// control characters only.
func appendJSONString(buf, s []byte) []byte {
	buf = append(buf, '"')
	for {
		n := plainPrefix(s)
		buf = append(buf, s[:n]...)
		if s = s[n:]; len(s) == 0 {
			return append(buf, '"')
		}
		if s[0] < utf8.RuneSelf {
			buf = appendEscape(buf, s[0])
			s = s[1:]
			continue
		}
		n = unescapedPrefix(s)
		buf = appendValid(buf, s[:n])
		s = s[n:]
	}
}

// appendEscape appends the JSON escape for an ASCII character.
func appendEscape(buf []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(buf, '\\', c)
	case '\n':
		return append(buf, '\\', 'n')
	case '\r':
		return append(buf, '\\', 'r')
	case '\t':
		return append(buf, '\\', 't')
	case '\b':
		return append(buf, '\\', 'b')
	case '\f':
		return append(buf, '\\', 'f')
	}
	const digits = "0123456789ABCDEF"
	return append(buf, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
}

// appendValid appends s, with U+FFFD for each byte that is not valid UTF-8.
func appendValid(buf, s []byte) []byte {
	if utf8.Valid(s) {
		return append(buf, s...)
	}
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		buf = utf8.AppendRune(buf, r)
		s = s[n:]
	}
	return buf
}
