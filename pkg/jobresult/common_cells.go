package jobresult

import (
	"encoding/binary"
	"math"
)

const (
	// rowRoom is the free space of the buffer with which a row starts.
	rowRoom = 4 << 10

	// cellRoom is the number of bytes that putCommon may access in input and output for a
	// value other than a string.
	cellRoom = 64

	// wordRoom is the number of bytes that putPlain may access after a string.
	wordRoom = 8
)

// putCommon writes values, each followed by a separator, to out[w:] until n are written, or
// the next one is of a rare kind or close to the end of b or out. It returns the positions
// after the values and the number of those that are left.
func (e *delimited) putCommon(out []byte, w int, b []byte, p, n int) (int, int, int) {
	for ; n > 0 && len(b)-p >= cellRoom && len(out)-w >= cellRoom; n-- {
		c := b[p]
		start, length := p+1, int(c&31) // of a string
		switch {
		case c < 0x80:
			w = e.putSmall(out, w, c)
			p++
			continue
		case c < 0xa0: // map, array
			return w, p, n
		case c < 0xc0: // string
		case c == 0xcc:
			w = e.putSmall(out, w, b[p+1])
			p += 2
			continue
		case c == 0xd9:
			start, length = p+2, int(b[p+1])
		case c == 0xda:
			start, length = p+3, int(binary.BigEndian.Uint16(b[p+1:]))
		default:
			size, used := e.putScalar(out[w:], b[p:])
			if used == 0 {
				return w, p, n
			}
			w += size
			out[w] = e.comma
			w++
			p += used
			continue
		}
		if len(b)-start < length+wordRoom || len(out)-w < 2*length+wordRoom {
			return w, p, n
		}
		p = start + length
		if length <= 8 {
			x := binary.LittleEndian.Uint64(b[start:])
			binary.LittleEndian.PutUint64(out[w:], x)
			w += length
			if e.special(padWord(x, length))&tops == 0 && length > 0 {
				out[w] = e.comma
				w++
				continue
			}
			w -= length
		} else if length <= vectorLength && e.putPlain(out[w:], b[start:], length) {
			w += length
			out[w] = e.comma
			w++
			continue
		}
		w = len(e.appendText(out[:w], b[start:p]))
		out[w] = e.comma
		w++
	}
	return w, p, n
}

// putSmall writes n and a separator to out[w:].
func (e *delimited) putSmall(out []byte, w int, n byte) int {
	d := e.small[n]
	binary.LittleEndian.PutUint32(out[w:], d)
	w += int(d >> 24)
	out[w] = e.comma
	return w + 1
}

// putScalar writes the nil, boolean or number at the start of b. It returns the numbers of
// bytes written and read, 0 for values of another kind.
func (e *delimited) putScalar(out, b []byte) (size, used int) {
	switch b[0] {
	case 0xc0:
		if len(e.null) > 8 {
			return 0, 0
		}
		binary.LittleEndian.PutUint64(out, e.nullWord)
		return len(e.null), 1
	case 0xc2:
		return copy(out, "false"), 1
	case 0xc3:
		return copy(out, "true"), 1
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
