package ingest

import (
	"encoding/binary"
	"math"
)

// The functions in this file append MessagePack in its shortest form.

const (
	packedNil   = 0xc0
	packedFalse = 0xc2
	packedTrue  = 0xc3
)

func appendInt(o []byte, n int64) []byte {
	switch {
	case n >= 0:
		return appendUint(o, uint64(n))
	case n >= -32:
		return append(o, byte(n))
	case n >= math.MinInt8:
		return append(o, 0xd0, byte(n))
	case n >= math.MinInt16:
		return binary.BigEndian.AppendUint16(append(o, 0xd1), uint16(n))
	case n >= math.MinInt32:
		return binary.BigEndian.AppendUint32(append(o, 0xd2), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(o, 0xd3), uint64(n))
}

func appendUint(o []byte, n uint64) []byte {
	switch {
	case n < 0x80:
		return append(o, byte(n))
	case n <= math.MaxUint8:
		return append(o, 0xcc, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(o, 0xcd), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(o, 0xce), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(o, 0xcf), n)
}

func appendFloat(o []byte, f float64) []byte {
	return binary.BigEndian.AppendUint64(append(o, 0xcb), math.Float64bits(f))
}

// appendString appends s, which is valid UTF-8.
func appendString[T string | []byte](o []byte, s T) []byte {
	switch n := len(s); {
	case n < 32:
		o = append(o, 0xa0|byte(n))
	case n <= math.MaxUint8:
		o = append(o, 0xd9, byte(n))
	case n <= math.MaxUint16:
		o = binary.BigEndian.AppendUint16(append(o, 0xda), uint16(n))
	default:
		o = binary.BigEndian.AppendUint32(append(o, 0xdb), uint32(n))
	}
	return append(o, s...)
}

// The first bytes of maps and arrays: with the length in the byte itself, and with two bytes behind it; one more means four.
const (
	mapHead, mapHead16     = 0x80, 0xde
	arrayHead, arrayHead16 = 0x90, 0xdc
)

// closeHead writes the length n of the map or array whose elements are o[mark+1:], and moves them when the byte at mark is not enough.
func closeHead(o []byte, mark, n int, short, long byte) []byte {
	if n < 16 {
		o[mark] = short | byte(n)
		return o
	}
	more := 2
	if n > math.MaxUint16 {
		more, long = 4, long+1
	}
	var zero [4]byte
	o = append(o, zero[:more]...)
	copy(o[mark+1+more:], o[mark+1:len(o)-more])
	o[mark] = long
	if more == 2 {
		binary.BigEndian.PutUint16(o[mark+1:], uint16(n))
	} else {
		binary.BigEndian.PutUint32(o[mark+1:], uint32(n))
	}
	return o
}
