package jobresult

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/vmihailenco/msgpack/v5"
)

// A Writer writes rows of Go values in any format.
type Writer struct {
	out  output
	zip  *gzip.Writer // only for MsgPackGz
	pack *msgpack.Encoder
	row  bytes.Buffer
	rows int64
	err  error
}

// NewWriter returns a Writer to dst. It ignores Options.Limit and
// Options.Gunzip.
func NewWriter(dst io.Writer, o Options) (*Writer, error) {
	w := &Writer{out: output{dst: &countingWriter{dst: dst}, eager: o.FlushRows}}
	enc, err := newEncoder(o, w.out.drain)
	if err != nil {
		return nil, err
	}
	if o.Format == MsgPackGz {
		w.zip = gzip.NewWriter(w.out.dst)
		w.out.dst = w.zip
	}
	w.pack = msgpack.NewEncoder(&w.row)
	w.pack.UseCompactInts(true)
	w.out.enc = enc
	w.out.begin()
	return w, nil
}

// Write writes a row of values that github.com/vmihailenco/msgpack can encode. A row that
// cannot be encoded or is longer than the schema is omitted and reported as an
// error; a *WriteError is final.
func (w *Writer) Write(row []any) error {
	if w.err != nil {
		return w.err
	}
	w.row.Reset()
	if err := w.pack.Encode(row); err != nil {
		return fmt.Errorf("row %d: %w", w.rows+1, err)
	}
	if _, err := w.out.row(w.row.Bytes(), 0); err != nil {
		if w.err = w.out.err; w.err != nil {
			return w.err
		}
		if setRow(err, w.rows+1) {
			return err
		}
		return fmt.Errorf("row %d: %w", w.rows+1, err)
	}
	w.rows++
	if w.out.due() {
		w.err = w.out.flush()
	}
	return w.err
}

// Close writes buffered rows and what the format adds after them. It does not
// close the destination.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	if err := w.out.end(w.rows, nil); err != nil {
		return err
	}
	if w.zip != nil {
		return w.zip.Close()
	}
	return nil
}
