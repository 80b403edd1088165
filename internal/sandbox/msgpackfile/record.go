package msgpackfile

import (
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// DefaultMaxRecord is the default size limit of a record in bytes.
const DefaultMaxRecord = 64 << 20

// Records returns the records of an imported file, which may be compressed with gzip. It reads
// ahead in a goroutine. The error is ErrRecordTooLarge if a record needs more than maxRecord bytes of
// memory. The records are not checked, see Check.
func Records(r io.Reader, maxRecord int) iter.Seq2[engine.Record, error] {
	return readAhead(decodeStream(r, maxRecord, (*decoder).record))
}

// record reads a map whose keys are converted to text.
func (d *decoder) record() (engine.Record, error) {
	n, err := d.recordLen()
	if err != nil {
		return nil, err
	}
	return d.fields(n)
}

// recordLen reads the head of a record and returns its number of fields.
func (d *decoder) recordLen() (uint64, error) {
	n, ok, err := d.mapLen()
	if err == nil && !ok {
		err = fmt.Errorf("%w: a record is not a map", ErrMalformed)
	}
	return n, err
}

// fields reads the n fields of a record. If a key occurs more than once, the last value is used.
func (d *decoder) fields(n uint64) (engine.Record, error) {
	r := make(engine.Record, 0, min(n, 1024))
	index := newKeyIndex(n)
	for range n {
		key, err := d.key()
		if err != nil {
			return nil, err
		}
		value, err := d.value(1)
		if err != nil {
			return nil, err
		}
		if i := index.find(r, key); i >= 0 {
			r[i].Value = value
			continue
		}
		r = append(r, engine.Field{Key: key, Value: value})
	}
	return r, nil
}

// A keyIndex finds the keys of a record. It is nil for small records, which are searched linearly.
type keyIndex map[string]int

func newKeyIndex(keys uint64) keyIndex {
	const maxLinear = 16
	if keys <= maxLinear {
		return nil
	}
	return make(keyIndex, min(keys, 1024))
}

// find returns the index of a key in r. If r does not contain the key, find returns -1, and the
// caller must append it.
func (x keyIndex) find(r engine.Record, key string) int {
	if x == nil {
		for i := range r {
			if r[i].Key == key {
				return i
			}
		}
		return -1
	}
	if i, ok := x[key]; ok {
		return i
	}
	x[key] = len(r)
	return -1
}

// Check returns an error if a record cannot be stored in a table: it has more than maxColumns
// columns, or a time that is not a number of seconds. A time that is a string of
// digits or a float without a fraction is converted to an integer. A missing time is valid.
func Check(r engine.Record, maxColumns int) error {
	if len(r) > maxColumns {
		return fmt.Errorf("a record has %d columns, the maximum is %d", len(r), maxColumns)
	}
	for i := range r {
		if r[i].Key != "time" || r[i].Value == nil {
			continue
		}
		seconds, ok := epochSeconds(r[i].Value)
		if !ok {
			return fmt.Errorf("the time of a record is not a number of seconds: %s", Text(r[i].Value))
		}
		r[i].Value = seconds
	}
	return nil
}

func epochSeconds(value any) (int64, bool) {
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
