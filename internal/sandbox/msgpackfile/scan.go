package msgpackfile

import (
	"errors"
	"io"
	"iter"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// CheckTimed is like [Check], but a missing time is an error.
func CheckTimed(r engine.Record, maxColumns int) error {
	if err := Check(r, maxColumns); err != nil {
		return err
	}
	for _, field := range r {
		if field.Key == "time" && field.Value != nil {
			return nil
		}
	}
	return errors.New("the record has no time")
}

// Scan reads an imported file as [Records] does, and reports for each record whether
// [CheckTimed] accepts it. It does not build the records, which takes most of the time of Records.
func Scan(r io.Reader, maxRecord, maxColumns int) iter.Seq2[bool, error] {
	return decodeStream(r, maxRecord, func(d *decoder) (bool, error) { return d.scanRecord(maxColumns) })
}

// scanRecord reads a record and reports whether CheckTimed accepts it.
func (d *decoder) scanRecord(maxColumns int) (bool, error) {
	n, err := d.recordLen()
	if err != nil {
		return false, err
	}
	if n > uint64(max(maxColumns, 0)) { // some keys may be equal
		r, err := d.fields(n)
		return err == nil && CheckTimed(r, maxColumns) == nil, err
	}
	var seconds any
	for range n {
		key, err := d.key()
		if err == nil && key == "time" {
			seconds, err = d.value(1)
		} else if err == nil {
			err = d.skip(1)
		}
		if err != nil {
			return false, err
		}
	}
	_, ok := epochSeconds(seconds)
	return ok, nil
}

// skip reads a value as the method value does, without building it.
func (d *decoder) skip(depth int) error {
	if err := d.use(valueSize); err != nil {
		return err
	}
	code, err := d.r.ReadByte()
	if err != nil {
		return err
	}
	switch {
	case code <= msgpcode.PosFixedNumHigh, code >= msgpcode.NegFixedNumLow:
		return nil
	case msgpcode.IsFixedMap(code):
		return d.skipValues(2*uint64(code&msgpcode.FixedMapMask), depth)
	case msgpcode.IsFixedArray(code):
		return d.skipValues(uint64(code&msgpcode.FixedArrayMask), depth)
	case msgpcode.IsFixedString(code):
		return d.skipBytes(uint64(code & msgpcode.FixedStrMask))
	}
	switch code {
	case msgpcode.Nil, msgpcode.False, msgpcode.True:
		return nil
	}
	n, err := d.operand(code)
	if err != nil {
		return err
	}
	switch code {
	case msgpcode.Str8, msgpcode.Str16, msgpcode.Str32, msgpcode.Bin8, msgpcode.Bin16, msgpcode.Bin32:
		return d.skipBytes(n)
	case msgpcode.Array16, msgpcode.Array32:
		return d.skipValues(n, depth)
	case msgpcode.Map16, msgpcode.Map32:
		return d.skipValues(2*n, depth)
	default: // a number, which operand has read
		return nil
	}
}

// skipValues reads the n values of an array or a map.
func (d *decoder) skipValues(n uint64, depth int) error {
	if depth >= maxDepth {
		return errTooDeep()
	}
	for range n {
		if err := d.skip(depth + 1); err != nil {
			return err
		}
	}
	return nil
}

// skipBytes reads a string of n bytes.
func (d *decoder) skipBytes(n uint64) error {
	size := stringSize(n)
	if err := d.use(size); err != nil {
		return err
	}
	_, err := d.r.Discard(size)
	return err
}
