package msgpackfile

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// WriteRecords writes records as MessagePack maps.
func WriteRecords(w io.Writer, records []engine.Record) (err error) {
	var b []byte
	for _, r := range records {
		if b, err = AppendRecord(b[:0], r); err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// AppendRecord appends a record as a MessagePack map.
func AppendRecord(b []byte, r engine.Record) (_ []byte, err error) {
	b = appendMapHead(b, len(r))
	for _, field := range r {
		if b, err = appendValue(appendText(b, field.Key), field.Value); err != nil {
			return b, err
		}
	}
	return b, nil
}

// appendValue appends a value of one of the types of engine.Sink.
func appendValue(b []byte, value any) (_ []byte, err error) {
	switch v := value.(type) {
	case nil:
		return append(b, msgpcode.Nil), nil
	case bool:
		return appendBool(b, v), nil
	case int64:
		return appendInt(b, v), nil
	case float64:
		return appendDouble(b, v), nil
	case string:
		return appendText(b, v), nil
	case []byte:
		return append(appendHead(b, len(v), msgpcode.Bin8), v...), nil
	case []any:
		return appendArray(b, v)
	case engine.Map:
		b = appendMapHead(b, len(v))
		for _, entry := range v {
			if b, err = appendValue(b, entry.Key); err != nil {
				return b, err
			}
			if b, err = appendValue(b, entry.Value); err != nil {
				return b, err
			}
		}
		return b, nil
	default:
		return b, fmt.Errorf("cannot encode a value of type %T", value)
	}
}

func appendArray(b []byte, list []any) (_ []byte, err error) {
	b = appendArrayHead(b, len(list))
	for _, element := range list {
		if b, err = appendValue(b, element); err != nil {
			return b, err
		}
	}
	return b, nil
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, msgpcode.True)
	}
	return append(b, msgpcode.False)
}

// appendInt appends n in its shortest form.
func appendInt(b []byte, n int64) []byte {
	switch {
	case n >= -32 && n <= math.MaxInt8:
		return append(b, byte(n))
	case n >= 0 && n <= math.MaxUint8:
		return append(b, msgpcode.Uint8, byte(n))
	case n >= 0 && n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, msgpcode.Uint16), uint16(n))
	case n >= 0 && n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(b, msgpcode.Uint32), uint32(n))
	case n >= 0:
		return binary.BigEndian.AppendUint64(append(b, msgpcode.Uint64), uint64(n))
	case n >= math.MinInt8:
		return append(b, msgpcode.Int8, byte(n))
	case n >= math.MinInt16:
		return binary.BigEndian.AppendUint16(append(b, msgpcode.Int16), uint16(n))
	case n >= math.MinInt32:
		return binary.BigEndian.AppendUint32(append(b, msgpcode.Int32), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, msgpcode.Int64), uint64(n))
}

func appendDouble(b []byte, f float64) []byte {
	return binary.BigEndian.AppendUint64(append(b, msgpcode.Double), math.Float64bits(f))
}

func appendText[S string | []byte](b []byte, s S) []byte {
	if len(s) < 32 {
		b = append(b, msgpcode.FixedStrLow|byte(len(s)))
	} else {
		b = appendHead(b, len(s), msgpcode.Str8)
	}
	return append(b, s...)
}

func appendArrayHead(b []byte, n int) []byte {
	if n < 16 {
		return append(b, msgpcode.FixedArrayLow|byte(n))
	}
	return appendLongHead(b, n, msgpcode.Array16)
}

func appendMapHead(b []byte, n int) []byte {
	if n < 16 {
		return append(b, msgpcode.FixedMapLow|byte(n))
	}
	return appendLongHead(b, n, msgpcode.Map16)
}

// appendHead appends the length n in 8, 16 or 32 bits. The code for 8 bits is code; the next codes are those of the others.
func appendHead(b []byte, n int, code byte) []byte {
	if n <= math.MaxUint8 {
		return append(b, code, byte(n))
	}
	return appendLongHead(b, n, code+1)
}

// appendLongHead appends the length n in 16 or 32 bits. The code for 16 bits is code; the next is that for 32 bits.
func appendLongHead(b []byte, n int, code byte) []byte {
	if n <= math.MaxUint16 {
		return binary.BigEndian.AppendUint16(append(b, code), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(b, code+1), uint32(n))
}
