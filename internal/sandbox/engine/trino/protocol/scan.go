package protocol

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// A scanner reads a JSON text without building a tree of it. After the first error, which it keeps, it returns zero
// values.
type scanner struct {
	data      []byte
	i         int
	err       error
	unescaped []byte // buffer of textBytes
}

// A formatError is returned for a text that is not what a coordinator sends.
type formatError struct {
	at  int // byte
	why string
}

func (e *formatError) Error() string {
	return fmt.Sprintf("invalid response at byte %d: %s", e.at, e.why)
}

func (s *scanner) fail(why string) {
	if s.err == nil {
		s.err = &formatError{s.i, why}
	}
	s.i = len(s.data)
}

// peek returns the next byte that is not a blank, or 0 at the end and after an error.
func (s *scanner) peek() byte {
	if s.i < len(s.data) && s.data[s.i] > ' ' { // after an error, i is at the end
		return s.data[s.i]
	}
	return s.peekBlank()
}

// peekBlank is peek after a blank and at the end.
func (s *scanner) peekBlank() byte {
	for s.i < len(s.data) && s.err == nil {
		switch c := s.data[s.i]; c {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return c
		}
	}
	return 0
}

func (s *scanner) expect(c byte) bool {
	if s.peek() != c {
		s.fail("'" + string(rune(c)) + "' expected")
		return false
	}
	s.i++
	return true
}

// list calls read for each element between the brackets.
func (s *scanner) list(open, end byte, read func(i int)) {
	if !s.expect(open) {
		return
	}
	if s.peek() == end {
		s.i++
		return
	}
	for i := 0; s.err == nil; i++ {
		read(i)
		if s.peek() != ',' {
			s.expect(end)
			return
		}
		s.i++
	}
}

// array calls read for each element, which read must consume. A null is an empty array.
func (s *scanner) array(read func(i int)) {
	if !s.null() {
		s.list('[', ']', read)
	}
}

// object calls read for each value, which read must consume.
func (s *scanner) object(read func(key string)) {
	s.list('{', '}', func(int) {
		key := s.text()
		if s.expect(':') {
			read(key)
		}
	})
}

// null consumes a null if it is next.
func (s *scanner) null() bool {
	if s.peek() != 'n' {
		return false
	}
	return string(s.word()) == "null"
}

// word consumes a literal or a number and returns it.
func (s *scanner) word() []byte {
	start := s.i
	for s.i < len(s.data) {
		switch s.data[s.i] {
		case ',', ']', '}', ' ', '\t', '\n', '\r', ':':
			return s.data[start:s.i]
		}
		s.i++
	}
	return s.data[start:]
}

// text consumes a string, or any other value, whose JSON text it returns. A null is an empty string.
func (s *scanner) text() string { return string(s.textBytes()) }

// textBytes is like text. The slice is only valid until the next value is consumed.
func (s *scanner) textBytes() []byte {
	switch s.peek() {
	case '"':
		return s.quoted()
	case 'n':
		s.null()
		return nil
	}
	return s.raw()
}

// stringEnd returns the index of the quote that ends the string before i, and whether it contains escape sequences.
func (s *scanner) stringEnd(i int) (end int, escaped bool) {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	const quotes, backslashes = '"' * ones, '\\' * ones
	for ; i+8 <= len(s.data); i += 8 { // most strings are short
		// A byte that is equal becomes 0, and its high bit is set by the subtraction. The lowest such bit is exact.
		word := binary.LittleEndian.Uint64(s.data[i:])
		quote, backslash := word^quotes, word^backslashes
		quote, backslash = (quote-ones)&^quote&highs, (backslash-ones)&^backslash&highs
		if backslash != 0 && (quote == 0 || bits.TrailingZeros64(backslash) < bits.TrailingZeros64(quote)) {
			break
		}
		if quote != 0 {
			return i + bits.TrailingZeros64(quote)/8, false
		}
	}
	for {
		n := bytes.IndexByte(s.data[i:], '"')
		if n < 0 {
			return -1, escaped
		}
		backslash := bytes.IndexByte(s.data[i:i+n], '\\')
		if backslash < 0 {
			return i + n, escaped
		}
		escaped = true
		if i += backslash + 2; i > len(s.data) {
			return -1, escaped
		}
	}
}

// quoted consumes a string. The slice is only valid until the next value is consumed.
func (s *scanner) quoted() []byte {
	if !s.expect('"') {
		return nil
	}
	end, escaped := s.stringEnd(s.i)
	if end < 0 {
		s.fail("a string is not closed")
		return nil
	}
	text := s.data[s.i:end]
	s.i = end + 1
	if !escaped {
		return text
	}
	decoded, ok := unescape(s.unescaped[:0], text)
	if !ok {
		s.fail("a string has an invalid escape sequence")
	}
	s.unescaped = decoded
	return decoded
}

// unescape appends a JSON string whose escape sequences are decoded.
func unescape(out, text []byte) ([]byte, bool) {
	for {
		n := bytes.IndexByte(text, '\\')
		if n < 0 {
			return append(out, text...), true
		}
		out = append(out, text[:n]...)
		if n+1 >= len(text) {
			return nil, false
		}
		c := text[n+1]
		text = text[n+2:]
		switch c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, ok := hexRune(text)
			if !ok {
				return nil, false
			}
			text = text[4:]
			if utf16.IsSurrogate(r) && len(text) >= 6 && text[0] == '\\' && text[1] == 'u' {
				if low, ok := hexRune(text[2:]); ok && utf16.DecodeRune(r, low) != utf8.RuneError {
					r = utf16.DecodeRune(r, low)
					text = text[6:]
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			return nil, false
		}
	}
}

func hexRune(text []byte) (rune, bool) {
	if len(text) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[:4]), 16, 16)
	return rune(n), err == nil
}

// raw consumes a value and returns its JSON text.
func (s *scanner) raw() []byte {
	s.peek()
	start := s.i
	s.skip()
	if s.err != nil {
		return nil
	}
	return s.data[start:s.i]
}

// skip consumes a value.
func (s *scanner) skip() {
	for depth := 0; s.err == nil; {
		switch s.peek() {
		case 0:
			s.fail("the text is cut off")
		case '{', '[':
			depth++
			s.i++
		case '}', ']':
			depth--
			s.i++
		case ',', ':':
			s.i++
		case '"':
			end, _ := s.stringEnd(s.i + 1)
			if end < 0 {
				s.fail("a string is not closed")
				return
			}
			s.i = end + 1
		default:
			s.word()
		}
		if depth <= 0 {
			return
		}
	}
}
