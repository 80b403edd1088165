// Package msgpackfile reads and writes rows and records in the formats of the API: results are
// MessagePack arrays, imported records are MessagePack maps. It also writes them as text, and
// stores the results of finished jobs.
package msgpackfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"

	"github.com/td-cli/td/pkg/gunzip"
)

// ErrMalformed is returned for data that is not valid MessagePack or not a list of rows or records.
var ErrMalformed = errors.New("malformed MessagePack")

// ErrRecordTooLarge is returned for a row or a record that exceeds the size limit.
var ErrRecordTooLarge = errors.New("the record is too large")

// Rows returns the rows of a result.
func Rows(r io.Reader) iter.Seq2[[]any, error] {
	return decodeStream(r, math.MaxInt, func(d *decoder) ([]any, error) {
		v, err := d.value(0)
		row, ok := v.([]any)
		if err == nil && !ok {
			err = fmt.Errorf("%w: a row is not an array", ErrMalformed)
		}
		return row, err
	})
}

// decodeStream returns the values of a MessagePack stream that may be compressed with gzip. It
// calls decode for each of them, which may use maxSize bytes of memory. If the stream ends within a
// value, the error is io.ErrUnexpectedEOF.
func decodeStream[T any](r io.Reader, maxSize int, decode func(d *decoder) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		plain := decompress(r)
		d := newDecoder(plain, maxSize)
		for {
			if _, err := plain.Peek(1); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				yield(zero, fmt.Errorf("%w: %w", ErrMalformed, err))
				return
			}
			d.remaining = maxSize
			v, err := decode(d)
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			if err != nil && !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrRecordTooLarge) {
				err = fmt.Errorf("%w: %w", ErrMalformed, err)
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// decompress removes up to two layers of gzip: clients may compress a file, and again the request
// body that contains it.
func decompress(r io.Reader) *bufio.Reader {
	b := bufio.NewReaderSize(r, 64<<10)
	for range 2 {
		magic, err := b.Peek(2)
		if err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
			return b // a read error is returned by the next read
		}
		b = bufio.NewReaderSize(gunzip.NewReader(b), 64<<10)
	}
	return b
}
