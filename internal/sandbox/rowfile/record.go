package rowfile

import (
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// Records yields the records of an import as they are; see Check. It reads ahead.
func Records(r io.Reader) iter.Seq2[engine.Record, error] {
	return ahead(records(r))
}

func records(r io.Reader) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		for v, err := range stream(r) {
			m, ok := v.(engine.Map)
			if err == nil && !ok {
				err = fmt.Errorf("%w: a record is not a map", ErrMalformed)
			}
			if !yield(record(m), err) || err != nil {
				return
			}
		}
	}
}

// record gives every key as text; of a key that comes twice the last one counts.
func record(m engine.Map) engine.Record {
	r := make(engine.Record, 0, len(m))
	find := finder(m)
	for _, entry := range m {
		key := Text(entry.Key)
		if i := find(r, key); i >= 0 {
			r[i].Value = entry.Value
			continue
		}
		r = append(r, struct {
			Key   string
			Value any
		}{key, entry.Value})
	}
	return r
}

// finder returns how to find a key in what has become of m so far. A few keys are sooner
// compared with each other than put into a map.
func finder(m engine.Map) func(r engine.Record, key string) int {
	const few = 16
	if len(m) <= few {
		return func(r engine.Record, key string) int {
			for i := range r {
				if r[i].Key == key {
					return i
				}
			}
			return -1
		}
	}
	at := make(map[string]int, len(m))
	return func(r engine.Record, key string) int {
		if i, ok := at[key]; ok {
			return i
		}
		at[key] = len(r)
		return -1
	}
}

// Check tells what keeps a record out of a table: more than maxColumns columns, or
// a time that is not a number of seconds. A time in digits or as an integral float
// becomes an integer in place. A record without a time is well.
func Check(r engine.Record, maxColumns int) error {
	if len(r) > maxColumns {
		return fmt.Errorf("a record has %d columns, more than %d", len(r), maxColumns)
	}
	for i := range r {
		switch {
		case r[i].Key == "":
			return fmt.Errorf("a record has a column without a name")
		case r[i].Key != "time" || r[i].Value == nil:
			continue
		}
		seconds, ok := epoch(r[i].Value)
		if !ok {
			return fmt.Errorf("the time of a record is not a number of seconds: %s", Text(r[i].Value))
		}
		r[i].Value = seconds
	}
	return nil
}

func epoch(value any) (int64, bool) {
	switch v := value.(type) {
	case int64:
		return v, true
	case float64:
		return int64(v), v == math.Trunc(v) && math.Abs(v) < 1<<53
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		return n, err == nil
	default:
		return 0, false
	}
}

// WriteRecords writes records as MessagePack maps.
func WriteRecords(w io.Writer, records []engine.Record) error {
	e := encoder(w)
	for _, r := range records {
		if err := EncodeRecord(e, r); err != nil {
			return err
		}
	}
	return nil
}

// EncodeRecord writes one record as a MessagePack map.
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

func encoder(w io.Writer) *msgpack.Encoder {
	e := msgpack.NewEncoder(w)
	e.UseCompactInts(true)
	return e
}
