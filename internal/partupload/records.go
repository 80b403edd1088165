package partupload

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/vmihailenco/msgpack/v5"
)

// A Field is an entry of a record.
type Field struct {
	Name  string
	Value any
}

// Records reads records, gzip of MessagePack maps, one at a time, in the order of their
// entries. No bytes at all are no records.
func Records(r io.Reader, each func([]Field) error) error {
	b := bufio.NewReader(r)
	if _, err := b.Peek(1); errors.Is(err, io.EOF) {
		return nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return err
	}
	d := msgpack.NewDecoder(bufio.NewReader(z))
	d.SetMapDecoder(func(d *msgpack.Decoder) (any, error) { return d.DecodeUntypedMap() })
	for n := 1; ; n++ {
		if _, err := d.PeekCode(); errors.Is(err, io.EOF) {
			return nil
		}
		fields, err := readRecord(d)
		if err != nil {
			return fmt.Errorf("record %d: %w", n, err)
		}
		if err := each(fields); err != nil {
			return err
		}
	}
}

func readRecord(d *msgpack.Decoder) ([]Field, error) {
	size, err := d.DecodeMapLen()
	if err != nil {
		return nil, err
	}
	var fields []Field
	for range size {
		name, err := d.DecodeInterfaceLoose()
		if err != nil {
			return nil, err
		}
		value, err := d.DecodeInterfaceLoose()
		if err != nil {
			return nil, err
		}
		fields = append(fields, Field{fmt.Sprint(name), value})
	}
	return fields, nil
}
