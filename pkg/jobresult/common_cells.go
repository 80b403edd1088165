package jobresult

import (
	"encoding/binary"
	"math"
	"strconv"
)

const (
	// rowRoom is the free space of the buffer with which a row starts.
	rowRoom = 4 << 10

	// cellRoom is the number of bytes that putCommon may access in input and output for a
	// value other than a long string: two quotes, 31 characters that are doubled, and a separator.
	cellRoom = 72

	// wordRoom is the number of bytes that putPlain may access after a string.
	wordRoom = 8
)

// A shortText is a text of at most seven bytes, the first one lowest, and its length in the highest
// byte.
type shortText uint64

// newShortText returns a shortText, or 0 if the text is too long.
func newShortText(text string) shortText {
	if len(text) > 7 {
		return 0
	}
	var word [8]byte
	copy(word[:], text)
	return shortText(binary.LittleEndian.Uint64(word[:])) | shortText(len(text))<<56
}

// setShortTexts computes the texts of frequent values, with a separator.
func (e *delimited) setShortTexts() {
	separator := string(rune(e.comma))
	for i := range e.numbers {
		e.numbers[i] = newShortText(strconv.Itoa(i) + separator)
	}
	copy(e.single[:], e.numbers[:0x80])
	e.single[0xc0] = newShortText(e.null + separator)
	e.single[0xc2] = newShortText("false" + separator)
	e.single[0xc3] = newShortText("true" + separator)
	for i := -32; i < 0; i++ {
		e.single[256+i] = newShortText(strconv.Itoa(i) + separator)
	}
}

// putCommon writes values, each followed by a separator, to out[w:] until n are written, or
// the next one is of a rare kind or close to the end of b or out. It returns the positions
// after the values and the number of those that are left.
func (e *delimited) putCommon(out []byte, w int, b []byte, p, n int) (int, int, int) {
	for ; n > 0 && len(b)-p >= cellRoom && len(out)-w >= cellRoom; n-- {
		c := b[p]
		if text := e.single[c]; text != 0 {
			binary.LittleEndian.PutUint64(out[w:], uint64(text))
			w += int(text >> 56)
			p++
			continue
		}
		var end int
		switch {
		case c < 0xa0: // map, array
			return w, p, n
		case c < 0xc0:
			length := int(c & 31)
			p++
			if length <= 8 {
				x := binary.LittleEndian.Uint64(b[p:])
				binary.LittleEndian.PutUint64(out[w:], x)
				if e.special(padWord(x, length))&tops == 0 && length > 0 {
					w += length
					out[w] = e.comma
					w++
					p += length
					continue
				}
			}
			w = e.putString(out, w, b[p:], length)
			end = p + length
		case c == 0xcc:
			text := e.numbers[b[p+1]]
			binary.LittleEndian.PutUint64(out[w:], uint64(text))
			w += int(text >> 56)
			p += 2
			continue
		case c == 0xd9, c == 0xda:
			start, length := p+2, int(b[p+1])
			if c == 0xda {
				start, length = p+3, length<<8|int(b[p+2])
			}
			if len(b)-start < length+wordRoom || len(out)-w < 2*length+cellRoom {
				return w, p, n
			}
			w = e.putString(out, w, b[start:], length)
			end = start + length
		default:
			size, used := putNumber(out[w:], b[p:])
			if used == 0 {
				return w, p, n
			}
			w += size
			end = p + used
		}
		out[w] = e.comma
		w++
		p = end
	}
	return w, p, n
}

// putNumber writes the positive integer or the double at the start of b. It returns the numbers
// of bytes written and read, 0 for values of another kind.
func putNumber(out, b []byte) (size, used int) {
	switch b[0] {
	case 0xcb:
		return len(appendFloat(out[:0], math.Float64frombits(binary.BigEndian.Uint64(b[1:])))), 9
	case 0xcd:
		return putUint(out, uint64(binary.BigEndian.Uint16(b[1:]))), 3
	case 0xce:
		return putUint(out, uint64(binary.BigEndian.Uint32(b[1:]))), 5
	case 0xcf:
		return putUint(out, binary.BigEndian.Uint64(b[1:])), 9
	}
	return 0, 0
}

// putString writes the first n bytes of s, quoted or escaped, to out[w:] and returns the end of the text.
// There must be wordRoom bytes more in s, and cellRoom bytes more in out than the longest text has.
func (e *delimited) putString(out []byte, w int, s []byte, n int) int {
	if n > 0 && n <= vectorLength && e.putPlain(out[w:], s, n) {
		return w + n
	}
	return len(e.appendText(out[:w], s[:n]))
}

// special sets the top bit of the bytes of x that may need quotes or an escape: e.first, e.second
// and control characters. Bytes after the first match may be wrong, and other bits are undefined.
func (e *delimited) special(x uint64) uint64 {
	first, second := x^e.first, x^e.second
	return (x-ones*0x20)&^x | (first-ones)&^first | (second-ones)&^second
}

// putPlain writes the first n bytes of s to out. It returns false if they may need quotes or an
// escape. The number n is positive. Both slices must have wordRoom bytes more than n.
func (e *delimited) putPlain(out, s []byte, n int) bool {
	hits, k := uint64(0), 0
	for ; n-k > 8; k += 8 {
		x := binary.LittleEndian.Uint64(s[k:])
		binary.LittleEndian.PutUint64(out[k:], x)
		hits |= e.special(x)
	}
	x := binary.LittleEndian.Uint64(s[k:])
	binary.LittleEndian.PutUint64(out[k:], x)
	return (hits|e.special(padWord(x, n-k)))&tops == 0
}

// padWord sets the bytes of x after the first n, which is 1 to 8.
func padWord(x uint64, n int) uint64 { return x | ^(^uint64(0) >> (-8 * n & 63)) }
