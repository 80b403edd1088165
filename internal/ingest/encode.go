package ingest

import (
	"encoding/binary"
	"math"
)

// First bytes of MessagePack values (https://github.com/msgpack/msgpack/blob/master/spec.md).
const (
	msgpackNil   = 0xc0
	msgpackFalse = 0xc2
	msgpackTrue  = 0xc3
)

// appendInt appends n in its shortest form.
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

// appendUint appends n in its shortest form.
func appendUint(o []byte, n uint64) []byte {
	switch {
	case n < 1<<7:
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

func appendString[S string | []byte](o []byte, s S) []byte {
	if len(s) < 32 {
		o = append(o, 0xa0|byte(len(s)))
	} else {
		o = appendLength(o, len(s), 0xd9)
	}
	return append(o, s...)
}

func appendBytes(o, b []byte) []byte { return append(appendLength(o, len(b), 0xc4), b...) }

// appendLength appends a head with the length n in 8, 16 or 32 bits. The head for 8 bits is
// head; the next values are the others.
func appendLength(o []byte, n int, head byte) []byte {
	switch {
	case n <= math.MaxUint8:
		return append(o, head, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(o, head+1), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(o, head+2), uint32(n))
}

// appendMapHead appends the head of a map with n entries.
func appendMapHead(o []byte, n int) []byte {
	mark := len(o)
	return closeContainer(append(o, 0), mark, n, mapHead, mapHead16)
}

// First bytes of maps and arrays: with the length in the low four bits, and with a
// 16-bit length. The next value means a 32-bit length.
const (
	mapHead, mapHead16     = 0x80, 0xde
	arrayHead, arrayHead16 = 0x90, 0xdc
)

// closeContainer writes the length n of the map or array at o[mark], where one byte was
// reserved for the head. The elements o[mark+1:] are moved if the head is longer.
func closeContainer(o []byte, mark, n int, short, long byte) []byte {
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
