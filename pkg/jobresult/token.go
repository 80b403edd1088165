package jobresult

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

// Limits for foreign data.
const (
	maxDepth = 1000    // levels of nesting
	maxCell  = 1 << 30 // bytes
	maxRow   = 2 << 30 // bytes
)

type kind uint8

const (
	kindNil kind = iota
	kindBool
	kindInt
	kindUint // above the range of int64
	kindFloat
	kindStr
	kindBin
	kindExt
	kindArray
	kindMap
)

// A token is the head of a MessagePack value, and all of it unless the value is
// an array or a map.
type token struct {
	kind kind
	ext  int8   // type of an extension
	bits uint64 // int, uint, float or bool as bits; length of an array or a map
	data []byte // content of a str, bin or ext; aliases the input
}

func (t *token) int() int64     { return int64(t.bits) }
func (t *token) float() float64 { return math.Float64frombits(t.bits) }
func (t *token) bool() bool     { return t.bits != 0 }

// time returns the time of a timestamp extension.
func (t *token) time() (time.Time, bool) {
	if t.kind != kindExt || t.ext != timestampExt {
		return time.Time{}, false
	}
	return parseTimestamp(t.data)
}

// next reads the token at b[p:] and returns the position of its end. It returns
// errShort if b ends inside the token.
func (t *token) next(b []byte, p int) (int, error) {
	if p >= len(b) {
		return p, errShort
	}
	c := b[p]
	switch {
	case c < 0x80:
		t.kind, t.bits = kindInt, uint64(c)
		return p + 1, nil
	case c >= 0xe0:
		t.kind, t.bits = kindInt, uint64(int8(c))
		return p + 1, nil
	case c < 0x90:
		t.kind, t.bits = kindMap, uint64(c&15)
		return p + 1, nil
	case c < 0xa0:
		t.kind, t.bits = kindArray, uint64(c&15)
		return p + 1, nil
	case c < 0xc0:
		return t.readData(b, p+1, kindStr, uint64(c&31))
	}
	return t.readWide(b, p)
}

// readWide reads a token whose first byte is 0xc0 to 0xdf.
func (t *token) readWide(b []byte, p int) (int, error) {
	c := b[p]
	size := int(operandSize[c-0xc0])
	p++
	if len(b)-p < size {
		return p - 1, errShort
	}
	n := bigEndian(b[p : p+size])
	p += size
	switch c {
	case 0xc0:
		t.kind = kindNil
	case 0xc1:
		return p - 1, errReserved
	case 0xc2, 0xc3:
		t.kind, t.bits = kindBool, uint64(c&1)
	case 0xc4, 0xc5, 0xc6:
		return t.readData(b, p, kindBin, n)
	case 0xc7, 0xc8, 0xc9:
		return t.readExt(b, p, n)
	case 0xca:
		t.kind, t.bits = kindFloat, math.Float64bits(float64(math.Float32frombits(uint32(n))))
	case 0xcb:
		t.kind, t.bits = kindFloat, n
	case 0xcc, 0xcd, 0xce:
		t.kind, t.bits = kindInt, n
	case 0xcf:
		t.kind, t.bits = kindInt, n
		if n > math.MaxInt64 {
			t.kind = kindUint
		}
	case 0xd0:
		t.kind, t.bits = kindInt, uint64(int8(n))
	case 0xd1:
		t.kind, t.bits = kindInt, uint64(int16(n))
	case 0xd2:
		t.kind, t.bits = kindInt, uint64(int32(n))
	case 0xd3:
		t.kind, t.bits = kindInt, n
	case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8:
		return t.readExt(b, p, 1<<(c-0xd4))
	case 0xd9, 0xda, 0xdb:
		return t.readData(b, p, kindStr, n)
	case 0xdc, 0xdd:
		t.kind, t.bits = kindArray, n
	case 0xde, 0xdf:
		t.kind, t.bits = kindMap, n
	}
	return p, nil
}

// operandSize has, for each first byte from 0xc0 on, the size of the number or
// length that follows.
const operandSize = "\x00\x00\x00\x00\x01\x02\x04\x01\x02\x04\x04\x08\x01\x02\x04\x08" +
	"\x01\x02\x04\x08\x00\x00\x00\x00\x00\x01\x02\x04\x02\x04\x02\x04"

// bigEndian returns the big-endian number in b, which has 0, 1, 2, 4 or 8 bytes.
func bigEndian(b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.BigEndian.Uint16(b))
	case 4:
		return uint64(binary.BigEndian.Uint32(b))
	case 8:
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// readExt reads the type and the data of an extension with n bytes of data.
func (t *token) readExt(b []byte, p int, n uint64) (int, error) {
	if p >= len(b) {
		return p, errShort
	}
	t.ext = int8(b[p])
	return t.readData(b, p+1, kindExt, n)
}

// readData reads n bytes of data.
func (t *token) readData(b []byte, p int, k kind, n uint64) (int, error) {
	if n > maxCell {
		return p, errBigCell
	}
	if uint64(len(b)-p) < n {
		return p, errShort
	}
	end := p + int(n)
	t.kind, t.data = k, b[p:end:end]
	return end, nil
}

// readRowHead reads the head of the row at b[p:] and returns the number of values and
// the position of the first. If columns is not 0 a row must not have more
// values.
func readRowHead(b []byte, p, columns int) (values, first int, err error) {
	var t token
	if first, err = t.next(b, p); err != nil {
		return 0, first, err
	}
	switch {
	case t.kind != kindArray:
		return 0, p, errNoRow
	case columns > 0 && t.bits > uint64(columns):
		return 0, p, fmt.Errorf("the row has %d values, but the schema has %d columns", t.bits, columns)
	case t.bits >= maxRow:
		return 0, p, errBigRow
	}
	return int(t.bits), first, nil
}

// skipValue returns the end of the value at b[p:].
func skipValue(b []byte, p, depth int) (int, error) {
	if depth > maxDepth {
		return p, errDeep
	}
	var t token
	p, err := t.next(b, p)
	if err != nil || t.kind < kindArray {
		return p, err
	}
	n := t.bits
	if t.kind == kindMap {
		n *= 2
	}
	for ; n > 0; n-- {
		if p < len(b) && b[p] < 0x80 { // a small integer: avoid the call
			p++
			continue
		}
		if p, err = skipValue(b, p, depth+1); err != nil {
			return p, err
		}
	}
	return p, nil
}
