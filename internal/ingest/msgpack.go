package ingest

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// kind is the type of a MessagePack value.
type kind uint8

const (
	kindShort   kind = iota // incomplete
	kindInvalid             // not a valid type
	kindNil
	kindBool
	kindInt
	kindUint // beyond int64
	kindFloat
	kindText
	kindBytes
	kindExt // the first byte of the data is the type
	kindArray
	kindMap
)

// A token is a MessagePack value, or the head of an array or a map.
type token struct {
	kind kind
	bits uint64 // integers, floats and booleans as bits; length of arrays and maps
	head int    // start of the data of text, bytes and extensions
	size int    // end of the token
}

// operands contains, for each first byte from 0xc0, the size of the number or length after it.
const operands = "\x00\x00\x00\x00\x01\x02\x04\x01\x02\x04\x04\x08\x01\x02\x04\x08" +
	"\x01\x02\x04\x08\x00\x00\x00\x00\x00\x01\x02\x04\x02\x04\x02\x04"

// readToken reads the token at the start of b.
func readToken(b []byte) token {
	if len(b) == 0 {
		return token{}
	}
	c := b[0]
	switch {
	case c < 0x80:
		return token{kind: kindInt, bits: uint64(c), size: 1}
	case c < 0x90:
		return token{kind: kindMap, bits: uint64(c & 15), size: 1}
	case c < 0xa0:
		return token{kind: kindArray, bits: uint64(c & 15), size: 1}
	case c < 0xc0:
		return data(kindText, b, 1, uint64(c&31))
	case c >= 0xe0:
		return token{kind: kindInt, bits: uint64(int8(c)), size: 1}
	}
	end := 1 + int(operands[c-0xc0])
	if len(b) < end {
		return token{}
	}
	var n uint64
	for _, d := range b[1:end] {
		n = n<<8 | uint64(d)
	}
	switch c {
	case 0xc0:
		return token{kind: kindNil, size: 1}
	case 0xc2, 0xc3:
		return token{kind: kindBool, bits: n, size: 1}
	case 0xc4, 0xc5, 0xc6:
		return data(kindBytes, b, end, n)
	case 0xc7, 0xc8, 0xc9:
		return data(kindExt, b, end, n+1)
	case 0xca:
		return token{kind: kindFloat, bits: math.Float64bits(float64(math.Float32frombits(uint32(n)))), size: end}
	case 0xcb:
		return token{kind: kindFloat, bits: n, size: end}
	case 0xcc, 0xcd, 0xce, 0xcf, 0xd3:
		if c == 0xcf && n > math.MaxInt64 {
			return token{kind: kindUint, bits: n, size: end}
		}
		return token{kind: kindInt, bits: n, size: end}
	case 0xd0:
		return token{kind: kindInt, bits: uint64(int8(n)), size: end}
	case 0xd1:
		return token{kind: kindInt, bits: uint64(int16(n)), size: end}
	case 0xd2:
		return token{kind: kindInt, bits: uint64(int32(n)), size: end}
	case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8:
		return data(kindExt, b, end, 1<<(c-0xd4)+1)
	case 0xd9, 0xda, 0xdb:
		return data(kindText, b, end, n)
	case 0xdc, 0xdd:
		return token{kind: kindArray, bits: n, size: end}
	case 0xde, 0xdf:
		return token{kind: kindMap, bits: n, size: end}
	}
	return token{kind: kindInvalid}
}

func data(k kind, b []byte, head int, n uint64) token {
	if uint64(len(b)-head) < n {
		return token{}
	}
	return token{kind: k, head: head, size: head + int(n)}
}

var (
	errShort   = errors.New("the file ends within a MessagePack value")
	errInvalid = errors.New("not MessagePack, or the file is damaged")
	errDeep    = errors.New("too deeply nested value")
)

// skipValue returns the length of the MessagePack value at the start of b.
func skipValue(b []byte) (int, error) {
	size := 0
	for values := uint64(1); values > 0; values-- {
		t := readToken(b[size:])
		switch t.kind {
		case kindShort:
			return 0, errShort
		case kindInvalid:
			return 0, errInvalid
		case kindArray:
			values += t.bits
		case kindMap:
			values += 2 * t.bits
		}
		size += t.size
	}
	return size, nil
}

// msgpackChunk encodes a chunk of complete values.
func (e *encoder) msgpackChunk(c *chunk) {
	number := c.line
	for b := c.data; len(b) > 0; number++ {
		n, err := skipValue(b)
		if err != nil {
			e.reject(number, err, nil) // unreachable, the splitter has validated the chunk
			return
		}
		mark, t := len(e.out), e.counts
		if err := e.msgpackRecord(b[:n]); err != nil {
			e.rollback(mark, t)
			e.reject(number, err, nil)
		}
		b = b[n:]
		e.flushIfLarge()
	}
}

// msgpackRecord encodes a map or, if there are columns, an array of their values.
func (e *encoder) msgpackRecord(b []byte) error {
	t := readToken(b)
	mark := e.openRecord()
	b = b[t.size:]
	switch {
	case t.kind == kindMap:
		for range t.bits {
			n, err := e.msgpackKey(b)
			if err != nil {
				return err
			}
			b = b[n:]
			if n, err = e.msgpackValue(b, 1); err != nil {
				return err
			}
			b = b[n:]
		}
	case t.kind == kindArray && len(e.columns) > 0:
		n := int(min(t.bits, math.MaxInt32))
		for i := range min(n, len(e.columns)) {
			c := &e.columns[i]
			e.openKey(c.packedName, c.sum, len(c.name))
			n, err := e.msgpackValue(b, 1)
			if err != nil {
				return err
			}
			b = b[n:]
		}
		e.fillRow(n)
	default:
		return errors.New("not a map")
	}
	return e.closeRecord(mark)
}

// msgpackKey appends the key at the start of b as text and returns its length in b.
func (e *encoder) msgpackKey(b []byte) (int, error) {
	start, k := len(e.out), readToken(b)
	switch k.kind {
	case kindText, kindBytes:
		e.appendText(b[k.head:k.size])
	case kindInt:
		e.out = appendString(e.out, fmt.Sprint(int64(k.bits)))
	default:
		return 0, errors.New("a key is not a string")
	}
	end := len(e.out)
	n := stringLen(e.out[start:])
	e.keys = append(e.keys, mapKey{sum: hashName(e.out[end-n:]), start: start, name: end - n, value: end})
	return k.size, nil
}

// msgpackValue copies the value at the start of b and returns its length in b. Only text that is
// not valid UTF-8 is changed.
func (e *encoder) msgpackValue(b []byte, depth int) (int, error) {
	t := readToken(b)
	if depth > maxDepth {
		return 0, errDeep
	}
	values := t.bits
	switch t.kind {
	case kindText:
		if s := b[t.head:t.size]; !utf8.Valid(s) {
			e.appendText(s)
			return t.size, nil
		}
		values = 0
	case kindArray:
	case kindMap:
		values *= 2
	default:
		values = 0
	}
	p := t.size
	e.out = append(e.out, b[:p]...)
	for range values {
		n, err := e.msgpackValue(b[p:], depth+1)
		if err != nil {
			return 0, err
		}
		p += n
	}
	return p, nil
}
