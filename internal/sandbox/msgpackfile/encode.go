package msgpackfile

import (
	"errors"
	"fmt"
	"io"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// WriteRecords writes records as MessagePack maps.
func WriteRecords(w io.Writer, records []engine.Record) error {
	e := newEncoder(w)
	for _, r := range records {
		if err := EncodeRecord(e, r); err != nil {
			return err
		}
	}
	return nil
}

// EncodeRecord writes a record as a MessagePack map.
func EncodeRecord(e *msgpack.Encoder, r engine.Record) error {
	if err := e.EncodeMapLen(len(r)); err != nil {
		return err
	}
	for _, field := range r {
		if err := e.EncodeString(field.Key); err != nil {
			return err
		}
		if err := encode(e, field.Value); err != nil {
			return err
		}
	}
	return nil
}

func newEncoder(w io.Writer) *msgpack.Encoder {
	e := msgpack.NewEncoder(w)
	e.UseCompactInts(true)
	return e
}

// encode writes a value of one of the types of engine.Sink.
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
		return fmt.Errorf("cannot encode a value of type %T", value)
	}
}
