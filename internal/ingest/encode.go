package ingest

import (
	"encoding/binary"
	"math"

	"github.com/tinylib/msgp/msgp"
)

// First bytes of MessagePack values (https://github.com/msgpack/msgpack/blob/master/spec.md).
const (
	msgpackNil   = 0xc0
	msgpackFalse = 0xc2
	msgpackTrue  = 0xc3
)

// appendInt appends n in its shortest form.
func appendInt(o []byte, n int64) []byte {
	if n >= 0 {
		return msgp.AppendUint64(o, uint64(n))
	}
	return msgp.AppendInt64(o, n)
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
