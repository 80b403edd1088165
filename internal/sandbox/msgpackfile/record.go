package msgpackfile

import (
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// Records yields the records of an import as they are; see Check. It reads ahead.
func Records(r io.Reader) iter.Seq2[engine.Record, error] {
	k := keys{known: map[string]string{}}
	return ahead(stream(r, k.record))
}

// keys reads records, whose keys are mostly the same ones again.
type keys struct {
	known map[string]string
	buf   [math.MaxUint8]byte
}

// record reads a map. Every key is given as text; of one that comes twice the last value counts.
func (k *keys) record(d *msgpack.Decoder) (engine.Record, error) {
	code, err := d.PeekCode()
	if err == nil && !msgpcode.IsFixedMap(code) && code != msgpcode.Map16 && code != msgpcode.Map32 {
		if _, err = decode(d, 0); err == nil {
			err = fmt.Errorf("%w: a record is not a map", ErrMalformed)
		}
	}
	if err != nil {
		return nil, err
	}
	n, err := d.DecodeMapLen()
	if err != nil {
		return nil, err
	}
	r := make(engine.Record, 0, min(n, 1024)) // the length is a claim until the entries came
	find := finder(n)
	for range n {
		key, err := k.key(d)
		if err != nil {
			return nil, err
		}
		value, err := decode(d, 1)
		if err != nil {
			return nil, err
		}
		if i := find(r, key); i >= 0 {
			r[i].Value = value
			continue
		}
		r = append(r, struct {
			Key   string
			Value any
		}{key, value})
	}
	return r, nil
}

// key reads a key. Short ones that came before take no new memory.
func (k *keys) key(d *msgpack.Decoder) (string, error) {
	const most = 4096
	code, err := d.PeekCode()
	if err != nil {
		return "", err
	}
	if !msgpcode.IsFixedString(code) && code != msgpcode.Str8 {
		v, err := decode(d, 1)
		return Text(v), err
	}
	n, err := d.DecodeBytesLen()
	if err != nil {
		return "", err
	}
	text := k.buf[:n]
	if err := d.ReadFull(text); err != nil {
		return "", err
	}
	key, ok := k.known[string(text)]
	if !ok {
		key = string(text)
		if len(k.known) < most {
			k.known[key] = key
		}
	}
	return key, nil
}

// finder returns how to find a key among those of a record of n keys that were read so
// far. A few keys are sooner compared with each other than put into a map.
func finder(n int) func(r engine.Record, key string) int {
	const few = 16
	if n <= few {
		return func(r engine.Record, key string) int {
			for i := range r {
				if r[i].Key == key {
					return i
				}
			}
			return -1
		}
	}
	at := make(map[string]int, min(n, 1024))
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
