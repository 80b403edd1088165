package jobresult

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf8"
)

// Eight bytes at a time: each of these tests sets the top bit of every byte of x for which it holds. Bytes above the first hit
// may be set wrongly; the first is right.
const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

func hasByte(x uint64, c byte) uint64 {
	x ^= ones * uint64(c)
	return (x - ones) &^ x & tops
}

func hasControl(x uint64) uint64 { return (x - ones*0x20) &^ x & tops }

// long is the length from which four vectorised searches beat one loop of ours.
const long = 64

// needsQuotes says whether a csv field with the bytes s has to be quoted. As in Ruby, that is so for the empty string too.
func needsQuotes(s []byte) bool {
	if len(s) == 0 {
		return true
	}
	if len(s) > long {
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
func appendCSV(o, s []byte) []byte {
	if !needsQuotes(s) {
		return append(o, s...)
	}
	o = append(o, '"')
	for {
		i := bytes.IndexByte(s, '"')
		if i < 0 {
			break
		}
		o = append(o, s[:i+1]...)
		o = append(o, '"')
		s = s[i+1:]
	}
	o = append(o, s...)
	return append(o, '"')
}

// needsEscapes says whether s holds a byte that tsv writes with a backslash.
func needsEscapes(s []byte) bool {
	if len(s) > long {
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
func appendTSV(o, s []byte) []byte {
	if !needsEscapes(s) {
		return append(o, s...)
	}
	for _, c := range s {
		switch c {
		case '\t':
			o = append(o, `\t`...)
		case '\n':
			o = append(o, `\n`...)
		case '\r':
			o = append(o, `\r`...)
		case '\\':
			o = append(o, `\\`...)
		default:
			o = append(o, c)
		}
	}
	return o
}

// doubleTail writes every c in o[mark:] twice, in place.
func doubleTail(o []byte, mark int, c byte) []byte {
	r := len(o)
	n := bytes.Count(o[mark:], []byte{c})
	o = slices.Grow(o, n)[:r+n]
	for w := len(o); w > r; {
		r--
		w--
		if o[w] = o[r]; o[r] == c {
			w--
			o[w] = c
		}
	}
	return o
}

// plainJSON returns how many of the first bytes of s are ASCII that JSON needs no escape for.
func plainJSON(s []byte) int {
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

// unescapedJSON returns how many of the first bytes of s JSON needs no escape for; they need not be ASCII, nor valid.
func unescapedJSON(s []byte) int {
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

// appendJSONString appends s in quotes. Only the quote, the backslash and control characters are escaped.
func appendJSONString(o, s []byte) []byte {
	o = append(o, '"')
	for {
		n := plainJSON(s)
		o = append(o, s[:n]...)
		if s = s[n:]; len(s) == 0 {
			return append(o, '"')
		}
		if s[0] < utf8.RuneSelf {
			o = appendEscape(o, s[0])
			s = s[1:]
			continue
		}
		n = unescapedJSON(s)
		o = appendValid(o, s[:n])
		s = s[n:]
	}
}

// appendEscape appends an ASCII character as JSON's escape for it.
func appendEscape(o []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(o, '\\', c)
	case '\n':
		return append(o, '\\', 'n')
	case '\r':
		return append(o, '\\', 'r')
	case '\t':
		return append(o, '\\', 't')
	case '\b':
		return append(o, '\\', 'b')
	case '\f':
		return append(o, '\\', 'f')
	}
	return appendCode(o, c)
}

// appendCode appends c as \u001B.
func appendCode(o []byte, c byte) []byte {
	const digits = "0123456789ABCDEF"
	return append(o, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
}

// appendValid appends s with every byte that is not UTF-8 replaced by U+FFFD.
func appendValid(o, s []byte) []byte {
	if utf8.Valid(s) {
		return append(o, s...)
	}
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		o = utf8.AppendRune(o, r)
		s = s[n:]
	}
	return o
}
