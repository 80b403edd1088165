package ingest

import (
	"encoding/binary"
	"math/bits"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// zeroBytes returns a mask of the high bits of the zero bytes in w. Only the first one is
// reliable.
func zeroBytes(w uint64) uint64 { return (w - lowBits) &^ w & highBits }

// scanPlain returns the offset of the first quote, backslash or control character in b[p:], or
// len(b), and whether all bytes before it are ASCII.
func scanPlain(b []byte, p int) (int, bool) {
	var high uint64
	for ; p+8 <= len(b); p += 8 {
		w := binary.LittleEndian.Uint64(b[p:])
		stop := zeroBytes(w^'"'*lowBits) | zeroBytes(w^'\\'*lowBits) | (w-0x20*lowBits)&^w&highBits
		if stop != 0 {
			high |= w & (stop&-stop - 1)
			return p + bits.TrailingZeros64(stop)/8, high&highBits == 0
		}
		high |= w
	}
	for ; p < len(b); p++ {
		c := b[p]
		if c == '"' || c == '\\' || c < 0x20 {
			break
		}
		high |= uint64(c)
	}
	return p, high&highBits == 0
}

// jsonString encodes the string whose opening quote is b[p-1]. It returns the end of the string and
// the length of its text.
func (e *encoder) jsonString(b []byte, p int) (int, int, error) {
	i, ascii := scanPlain(b, p)
	if i >= len(b) {
		return i, 0, &jsonError{i, "unexpected end in a string"}
	}
	text, end := b[p:i], i+1
	switch {
	case b[i] == '\\':
		var err error
		if text, end, err = e.unescape(b, p, i); err != nil {
			return end, 0, err
		}
		ascii = false
	case b[i] != '"':
		return i, 0, &jsonError{i, "control character in a string"}
	}
	if !ascii && !utf8.Valid(text) {
		e.repaired++
		mark := len(e.out)
		e.appendRepaired(text)
		return end, stringLen(e.out[mark:]), nil
	}
	e.out = appendString(e.out, text)
	return end, len(text), nil
}

// stringLen returns the length of the text of an encoded string.
func stringLen(s []byte) int {
	switch s[0] {
	case 0xd9:
		return len(s) - 2
	case 0xda:
		return len(s) - 3
	case 0xdb:
		return len(s) - 5
	}
	return len(s) - 1
}

// unescape returns the text of the string that starts at b[p] and has its first backslash at b[i], and
// the end of the string.
func (e *encoder) unescape(b []byte, p, i int) ([]byte, int, error) {
	s := append(e.scratch[:0], b[p:i]...)
	for {
		switch {
		case i+1 >= len(b) && (i == len(b) || b[i] != '"'):
			return nil, i, &jsonError{len(b), "unexpected end in a string"}
		case b[i] == '"':
			e.scratch = s
			return s, i + 1, nil
		case b[i] != '\\':
			return nil, i, &jsonError{i, "control character in a string"}
		}
		n := 2
		switch c := b[i+1]; c {
		case '"', '\\', '/':
			s = append(s, c)
		case 'b':
			s = append(s, '\b')
		case 'f':
			s = append(s, '\f')
		case 'n':
			s = append(s, '\n')
		case 'r':
			s = append(s, '\r')
		case 't':
			s = append(s, '\t')
		case 'u':
			r, width := unicodeEscape(b[i:])
			if width == 0 {
				return nil, i, &jsonError{i, "unusable \\u in a string"}
			}
			s, n = utf8.AppendRune(s, r), width
		default:
			return nil, i, &jsonError{i, "unusable backslash in a string"}
		}
		from := i + n
		i, _ = scanPlain(b, from)
		s = append(s, b[from:i]...)
	}
}

// unicodeEscape decodes \uXXXX or a surrogate pair of them and returns the number of bytes read.
// An unpaired surrogate is U+FFFD.
func unicodeEscape(b []byte) (rune, int) {
	r := hex4(b)
	if r < 0 {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if second := hex4(b[6:]); second >= 0 {
		if pair := utf16.DecodeRune(r, second); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

// hex4 returns the number in \uXXXX, or -1.
func hex4(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range b[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// jsonNumber encodes the number at b[p:] and returns its end.
func (e *encoder) jsonNumber(b []byte, p int) (int, error) {
	n := scanNumber(b[p:])
	if n.size == 0 {
		return p, unexpected(b, p+n.bad, "a digit")
	}
	if err := e.appendNumber(n, b[p:p+n.size]); err != nil {
		return p, &jsonError{p, err.Error()}
	}
	return p + n.size, nil
}

// A decimal is a number in JSON syntax.
type decimal struct {
	size     int // length of the text; 0 if it is not a number
	bad      int // offset of the error if size is 0
	negative bool
	mantissa uint64 // value of the digits if there are at most 19
	digits   int
	point    int // digits after the point
	integer  bool
	plain    bool // without an exponent
}

// scanNumber reads the number at the start of b.
func scanNumber(b []byte) decimal {
	n := decimal{integer: true, plain: true}
	i := 0
	if i < len(b) && b[i] == '-' {
		n.negative = true
		i++
	}
	first := i
	for ; i < len(b) && b[i]-'0' < 10; i++ {
		n.mantissa = n.mantissa*10 + uint64(b[i]-'0')
	}
	n.digits = i - first
	if n.digits == 0 || n.digits > 1 && b[first] == '0' {
		n.bad = min(first+min(n.digits, 1), len(b))
		return n
	}
	if i < len(b) && b[i] == '.' {
		i++
		from := i
		for ; i < len(b) && b[i]-'0' < 10; i++ {
			n.mantissa = n.mantissa*10 + uint64(b[i]-'0')
		}
		n.integer, n.point = false, i-from
		n.digits += n.point
		if n.point == 0 {
			n.bad = i
			return n
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		n.integer, n.plain = false, false
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		from := i
		for i < len(b) && b[i]-'0' < 10 {
			i++
		}
		if i == from {
			n.bad = i
			return n
		}
	}
	n.size = i
	return n
}

// appendNumber appends n, whose text is s. Integers are exact; beyond 64 bits they become strings.
// Other numbers become doubles.
func (e *encoder) appendNumber(n decimal, s []byte) error {
	switch {
	case !n.integer:
		f, err := n.float(s)
		if err != nil {
			return err
		}
		e.out = appendFloat(e.out, f)
		return nil
	case n.digits <= 19 && !n.negative:
		e.out = appendUint(e.out, n.mantissa)
		return nil
	case n.digits <= 19 && n.mantissa <= 1<<63:
		e.out = appendInt(e.out, -int64(n.mantissa))
		return nil
	case n.digits == 20 && !n.negative:
		if u, err := strconv.ParseUint(string(s), 10, 64); err == nil {
			e.out = appendUint(e.out, u)
			return nil
		}
	}
	e.bigIntegers++
	e.out = appendString(e.out, s)
	return nil
}

// float returns the double nearest to n, whose text is s.
func (n decimal) float(s []byte) (float64, error) {
	if n.plain && n.digits <= 15 { // both operands are exact, and the quotient is rounded once
		f := float64(n.mantissa) / powerOfTen(n.point)
		if n.negative {
			f = -f
		}
		return f, nil
	}
	f, err := strconv.ParseFloat(string(s), 64)
	if err != nil {
		return 0, errRange
	}
	return f, nil
}

func powerOfTen(n int) float64 {
	f := 1.0
	for range n {
		f *= 10
	}
	return f
}
