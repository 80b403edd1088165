// Package msgpackfile reads and writes rows as they travel: results as MessagePack
// arrays, imports as MessagePack maps, their text forms, and the files that keep
// finished results. It knows no jobs and no tables.
package msgpackfile

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// ErrMalformed says that the bytes are not what they should be.
var ErrMalformed = errors.New("malformed MessagePack")

// maxDepth is how deep arrays and maps may nest.
const maxDepth = 64

// encode writes one value of the engine's kinds.
func encode(e *msgpack.Encoder, value any) error {
	switch v := value.(type) {
	case nil:
		return e.EncodeNil()
	case bool:
		return e.EncodeBool(v)
	case int64:
		return e.EncodeInt(v)
	case float64:
		return e.EncodeFloat64(v)
	case string:
		return e.EncodeString(v)
	case []byte:
		return e.EncodeBytes(v)
	case []any:
		if err := e.EncodeArrayLen(len(v)); err != nil {
			return err
		}
		for _, element := range v {
			if err := encode(e, element); err != nil {
				return err
			}
		}
		return nil
	case engine.Map:
		if err := e.EncodeMapLen(len(v)); err != nil {
			return err
		}
		for _, entry := range v {
			if err := errors.Join(encode(e, entry.Key), encode(e, entry.Value)); err != nil {
				return err
			}
		}
		return nil
	default:
		return fmt.Errorf("a result cannot hold a %T", value)
	}
}

// decode reads one value. Integers beyond int64 become decimal text, as clients send them.
func decode(d *msgpack.Decoder, depth int) (any, error) {
	code, err := d.PeekCode()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("%w: nested deeper than %d", ErrMalformed, maxDepth)
	}
	switch {
	case code == msgpcode.Nil:
		return nil, d.DecodeNil()
	case code == msgpcode.True, code == msgpcode.False:
		return d.DecodeBool()
	case code == msgpcode.Float, code == msgpcode.Double:
		return d.DecodeFloat64()
	case code == msgpcode.Uint64:
		u, err := d.DecodeUint64()
		if u > math.MaxInt64 {
			return strconv.FormatUint(u, 10), err
		}
		return int64(u), err
	case msgpcode.IsFixedNum(code), code >= msgpcode.Uint8 && code <= msgpcode.Int64:
		return d.DecodeInt64()
	case msgpcode.IsString(code):
		return d.DecodeString()
	case msgpcode.IsBin(code):
		return d.DecodeBytes()
	case msgpcode.IsFixedArray(code), code == msgpcode.Array16, code == msgpcode.Array32:
		return decodeArray(d, depth)
	case msgpcode.IsFixedMap(code), code == msgpcode.Map16, code == msgpcode.Map32:
		return decodeMap(d, depth)
	default:
		return nil, fmt.Errorf("%w: a value that begins with byte 0x%02x is not supported", ErrMalformed, code)
	}
}

func decodeArray(d *msgpack.Decoder, depth int) ([]any, error) {
	n, err := d.DecodeArrayLen()
	if err != nil {
		return nil, err
	}
	array := make([]any, 0, min(n, 1024)) // the length is a claim until the elements came
	for range n {
		v, err := decode(d, depth+1)
		if err != nil {
			return nil, err
		}
		array = append(array, v)
	}
	return array, nil
}

func decodeMap(d *msgpack.Decoder, depth int) (engine.Map, error) {
	n, err := d.DecodeMapLen()
	if err != nil {
		return nil, err
	}
	m := make(engine.Map, 0, min(n, 1024))
	for range n {
		key, err := decode(d, depth+1)
		if err != nil {
			return nil, err
		}
		value, err := decode(d, depth+1)
		if err != nil {
			return nil, err
		}
		m = append(m, struct{ Key, Value any }{key, value})
	}
	return m, nil
}

// stream yields the values of a MessagePack stream, of which gzip is taken off, as one
// reads them. A stream that ends inside a value yields io.ErrUnexpectedEOF.
func stream[T any](r io.Reader, one func(d *msgpack.Decoder) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		plain, err := gunzip(r)
		if err != nil {
			yield(none, err)
			return
		}
		d := msgpack.NewDecoder(plain)
		for {
			if _, err := d.PeekCode(); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				yield(none, fmt.Errorf("%w: %w", ErrMalformed, err))
				return
			}
			v, err := one(d)
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			if err != nil && !errors.Is(err, ErrMalformed) {
				err = fmt.Errorf("%w: %w", ErrMalformed, err)
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// gunzip takes off what begins as gzip does, twice at most: what was compressed
// once more for the journey is found as well.
func gunzip(r io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	for range 2 {
		magic, err := b.Peek(2)
		if err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
			return b, nil // an error comes again when it is read
		}
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		b = bufio.NewReaderSize(z, 64<<10)
	}
	return b, nil
}

// Rows yields the rows of a result.
func Rows(r io.Reader) iter.Seq2[[]any, error] {
	return stream(r, func(d *msgpack.Decoder) ([]any, error) {
		v, err := decode(d, 0)
		row, ok := v.([]any)
		if err == nil && !ok {
			err = fmt.Errorf("%w: a row is not an array", ErrMalformed)
		}
		return row, err
	})
}
