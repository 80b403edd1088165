package msgpackfile

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/td-cli/td/internal/sandbox/engine"
)

const (
	maxDepth     = 64 // nesting of arrays and maps
	valueSize    = 16 // memory for a value, in addition to its text
	maxKnownKeys = 4096
)

// A decoder reads the MessagePack format (https://github.com/msgpack/msgpack/blob/master/spec.md).
// Lengths in the data are not trusted: memory is allocated as the data arrives.
type decoder struct {
	r         *bufio.Reader
	maxSize   int // memory that a row or a record may use
	remaining int // memory that the current one may still use
	keys      map[string]string
	buf       [math.MaxUint8]byte
}

func newDecoder(r *bufio.Reader, maxSize int) *decoder {
	return &decoder{r: r, maxSize: maxSize, keys: map[string]string{}}
}

// use subtracts n bytes from the memory that the current value may use.
func (d *decoder) use(n int) error {
	if n > d.remaining {
		return fmt.Errorf("%w: it needs more than %d bytes", ErrRecordTooLarge, d.maxSize)
	}
	d.remaining -= n
	return nil
}

// value reads a value at the given depth of nesting. Integers that exceed int64 become decimal text.
func (d *decoder) value(depth int) (any, error) {
	if err := d.use(valueSize); err != nil {
		return nil, err
	}
	code, err := d.r.ReadByte()
	if err != nil {
		return nil, err
	}
	switch {
	case code <= msgpcode.PosFixedNumHigh, code >= msgpcode.NegFixedNumLow:
		return int64(int8(code)), nil
	case msgpcode.IsFixedMap(code):
		return d.mapValue(uint64(code&msgpcode.FixedMapMask), depth)
	case msgpcode.IsFixedArray(code):
		return d.array(uint64(code&msgpcode.FixedArrayMask), depth)
	case msgpcode.IsFixedString(code):
		return d.text(uint64(code & msgpcode.FixedStrMask))
	}
	switch code {
	case msgpcode.Nil:
		return nil, nil
	case msgpcode.False, msgpcode.True:
		return code == msgpcode.True, nil
	}
	n, err := d.operand(code)
	if err != nil {
		return nil, err
	}
	switch code {
	case msgpcode.Float:
		return float64(math.Float32frombits(uint32(n))), nil
	case msgpcode.Double:
		return math.Float64frombits(n), nil
	case msgpcode.Uint64:
		if n > math.MaxInt64 {
			return strconv.FormatUint(n, 10), nil
		}
		return int64(n), nil
	case msgpcode.Uint8, msgpcode.Uint16, msgpcode.Uint32, msgpcode.Int64:
		return int64(n), nil
	case msgpcode.Int8:
		return int64(int8(n)), nil
	case msgpcode.Int16:
		return int64(int16(n)), nil
	case msgpcode.Int32:
		return int64(int32(n)), nil
	case msgpcode.Str8, msgpcode.Str16, msgpcode.Str32:
		return d.text(n)
	case msgpcode.Bin8, msgpcode.Bin16, msgpcode.Bin32:
		return d.bytes(n)
	case msgpcode.Array16, msgpcode.Array32:
		return d.array(n, depth)
	case msgpcode.Map16, msgpcode.Map32:
		return d.mapValue(n, depth)
	}
	return nil, unsupported(code)
}

func unsupported(code byte) error {
	return fmt.Errorf("%w: a value that starts with byte 0x%02x is not supported", ErrMalformed, code)
}

// operand reads the number or length that follows a code.
func (d *decoder) operand(code byte) (uint64, error) {
	var size int
	switch code {
	case msgpcode.Uint8, msgpcode.Int8, msgpcode.Str8, msgpcode.Bin8:
		size = 1
	case msgpcode.Uint16, msgpcode.Int16, msgpcode.Str16, msgpcode.Bin16, msgpcode.Array16, msgpcode.Map16:
		size = 2
	case msgpcode.Uint32, msgpcode.Int32, msgpcode.Str32, msgpcode.Bin32, msgpcode.Array32, msgpcode.Map32, msgpcode.Float:
		size = 4
	case msgpcode.Uint64, msgpcode.Int64, msgpcode.Double:
		size = 8
	default:
		return 0, unsupported(code)
	}
	b, err := d.r.Peek(size)
	if err != nil {
		return 0, err
	}
	var n uint64
	for _, x := range b {
		n = n<<8 | uint64(x)
	}
	_, err = d.r.Discard(size)
	return n, err
}

// stringSize returns the length of a string as an int.
func stringSize(n uint64) int {
	return int(min(n, math.MaxInt32)) // the maximum exceeds every limit
}

// bytes reads n bytes.
func (d *decoder) bytes(n uint64) ([]byte, error) {
	size := stringSize(n)
	if err := d.use(size); err != nil {
		return nil, err
	}
	const chunk = 64 << 10
	if size <= chunk {
		b := make([]byte, size)
		_, err := io.ReadFull(d.r, b)
		return b, err
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, d.r, int64(size)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// text reads a string of n bytes.
func (d *decoder) text(n uint64) (string, error) {
	if n > uint64(len(d.buf)) {
		b, err := d.bytes(n)
		return string(b), err
	}
	b := d.buf[:n]
	if err := d.use(int(n)); err != nil {
		return "", err
	}
	if _, err := io.ReadFull(d.r, b); err != nil {
		return "", err
	}
	return string(b), nil
}

func (d *decoder) array(n uint64, depth int) (any, error) {
	if depth >= maxDepth {
		return nil, errTooDeep()
	}
	array := make([]any, 0, min(n, 1024))
	for range n {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		array = append(array, v)
	}
	return array, nil
}

func (d *decoder) mapValue(n uint64, depth int) (any, error) {
	if depth >= maxDepth {
		return nil, errTooDeep()
	}
	m := make(engine.Map, 0, min(n, 1024))
	for range n {
		key, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		value, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		m = append(m, engine.Entry{Key: key, Value: value})
	}
	return m, nil
}

func errTooDeep() error {
	return fmt.Errorf("%w: more than %d levels of nesting", ErrMalformed, maxDepth)
}

// mapLen reads the head of a map. If the next value is not a map, ok is false and the value is skipped.
func (d *decoder) mapLen() (n uint64, ok bool, err error) {
	head, err := d.r.Peek(1)
	if err != nil {
		return 0, false, err
	}
	switch code := head[0]; {
	case msgpcode.IsFixedMap(code):
		_, err = d.r.Discard(1)
		return uint64(code & msgpcode.FixedMapMask), true, err
	case code == msgpcode.Map16, code == msgpcode.Map32:
		if _, err := d.r.Discard(1); err != nil {
			return 0, false, err
		}
		n, err = d.operand(code)
		return n, true, err
	}
	_, err = d.value(0)
	return 0, false, err
}

// key reads a key of a record as text. Equal short keys share their memory.
func (d *decoder) key() (string, error) {
	head, err := d.r.Peek(1)
	if err != nil {
		return "", err
	}
	n := uint64(head[0] & msgpcode.FixedStrMask)
	switch code := head[0]; {
	case code == msgpcode.Str8:
		if _, err := d.r.Discard(1); err != nil {
			return "", err
		}
		if n, err = d.operand(code); err != nil {
			return "", err
		}
	case msgpcode.IsFixedString(code):
		if _, err := d.r.Discard(1); err != nil {
			return "", err
		}
	default:
		v, err := d.value(1)
		return Text(v), err
	}
	if err := d.use(valueSize); err != nil {
		return "", err
	}
	text := d.buf[:n]
	if _, err := io.ReadFull(d.r, text); err != nil {
		return "", err
	}
	key, ok := d.keys[string(text)]
	if !ok {
		if err := d.use(len(text)); err != nil {
			return "", err
		}
		key = string(text)
		if len(d.keys) < maxKnownKeys {
			d.keys[key] = key
		}
	}
	return key, nil
}
