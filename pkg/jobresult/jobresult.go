// Package jobresult converts the result of a job to csv, tsv, JSON, JSON Lines,
// tables or Go values. A result is a stream of MessagePack arrays
// (https://github.com/msgpack/msgpack/blob/master/spec.md), usually compressed with
// gzip. Memory does not grow with the number of rows.
package jobresult

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"

	"github.com/td-cli/td/pkg/gunzip"
)

// DefaultNull is the usual text for NULL in csv, tsv and tables.
const DefaultNull = "null"

// Gunzip selects an implementation of gzip decompression.
type Gunzip string

// The implementations accept the same streams and detect the same errors.
const (
	GunzipDefault   Gunzip = ""          // same as GunzipOwn
	GunzipOwn       Gunzip = "own"       // package gunzip
	GunzipKlauspost Gunzip = "klauspost" // github.com/klauspost/compress/gzip
)

// newReader returns a reader for the gzip stream src.
func (g Gunzip) newReader(src io.Reader) (unpacker, error) {
	switch g {
	case GunzipDefault, GunzipOwn:
		return gunzip.NewReader(src), nil
	case GunzipKlauspost:
		return newMemberReader(src), nil
	}
	return nil, fmt.Errorf("unknown gunzip %q: must be %s or %s", string(g), GunzipOwn, GunzipKlauspost)
}

// Options control how rows are written.
type Options struct {
	Format    Format
	Columns   []Column // schema; empty if unknown
	Header    bool     // csv, tsv: write the names first; json: objects instead of arrays. Requires Columns
	Null      string   // text for NULL in csv, tsv and tables; see DefaultNull
	BOM       bool     // csv, tsv: write a byte order mark first
	Select    []int    // indexes of the columns to write, in this order; nil for all
	Limit     int64    // maximum number of rows; negative for no limit
	FlushRows bool     // write rows as they arrive, for a terminal, instead of in large blocks
	Gunzip    Gunzip   // implementation of decompression

	Compression Compression // one of Format.Compressions, empty for the default
	ArrowFile   bool        // arrow: write the file format instead of the stream format

	AlignNumbers bool  // table: align columns of numbers to the right
	MinWidths    []int // table: minimum widths of the columns, in terminal cells

	// Style, unless nil, returns a cell of a table with escape sequences of the
	// terminal added. It must not change what is visible of the cell.
	Style func(column int, cell string) string
}

// Stats describe what Copy has done.
type Stats struct {
	Rows     int64 // rows written
	Limited  bool  // further rows were omitted because of Options.Limit
	Trailing bool  // zeros after the end of the compressed stream were ignored
	Read     int64 // bytes read from src
	Unpacked int64 // uncompressed bytes of the rows read
	Written  int64 // bytes written to dst
}

// An encoder writes rows in one format. Its methods append to buf and return
// the extended buffer.
type encoder interface {
	// begin appends what precedes the rows.
	begin(buf []byte) []byte
	// row appends the row at b[p:] and returns the position of its end. It
	// returns errShort if b ends inside the row. After an error the caller
	// discards what row has appended.
	row(buf, b []byte, p int) ([]byte, int, error)
	// end appends what follows the rows. If complete is false the stream ended with
	// an error, and end appends only rows that the encoder has held back.
	end(buf []byte, rows int64, complete bool) ([]byte, error)
}

// newEncoder returns the encoder for o. An encoder that appends a lot in one
// call passes its buffer to drain from time to time.
func newEncoder(o Options, drain drainFunc) (encoder, error) {
	if o.Select != nil {
		return newSelection(o, drain)
	}
	info, ok := o.Format.info()
	if !ok {
		return nil, &FormatError{Name: string(o.Format), Allowed: Formats()}
	}
	if info.newBatches != nil {
		return newTyped(o, info, drain)
	}
	return info.newEncoder(o, drain), nil
}

// Copy reads rows from src, which is MessagePack or gzip of MessagePack, and
// writes them to dst according to o. An empty src has no rows.
//
// MsgPack and MsgPackGz copy the stream byte for byte and check that it is
// valid. MsgPackGz compresses rows again if src is not compressed, or if
// Options.Limit or Options.Select omits part of it.
//
// If Copy fails, all rows before the error have been written, and no incomplete
// row; a stream that is copied in compressed form has been written as far as it
// was read. The error is a *CorruptError if src is damaged and a *WriteError if
// dst failed. Errors of src and of ctx are returned unchanged.
//
// Copy reads src in a goroutine, which has ended when Copy returns: a blocked
// Read of src must return when ctx ends. Copy does not close src.
func Copy(ctx context.Context, dst io.Writer, src io.Reader, o Options) (Stats, error) {
	c := copier{options: o, open: func() (io.WriteCloser, error) { return nopCloser{dst}, nil }, partEnd: -1}
	return c.copy(ctx, src)
}

// CopyParts copies like Copy to several destinations. Each receives a number of rows, which must be
// positive, and the last one the rest. A destination has everything that the format requires around
// its rows, such as a header. There is one if there are no rows.
//
// CopyParts calls open for each destination before its first row is written, and closes it after its
// last row. It does not close the destination whose rows it could not write. Errors of open and
// of Close are returned unchanged.
func CopyParts(ctx context.Context, open func() (io.WriteCloser, error), src io.Reader, rows int64, o Options) (Stats, error) {
	c := copier{options: o, open: open, partRows: rows}
	return c.copy(ctx, src)
}

// CopyJSON reads MessagePack values from src, which may be compressed with gzip, and
// writes each as a line of JSON to dst. The values can be of any type: the records of
// a bulk import are maps. Errors are those of Copy.
func CopyJSON(ctx context.Context, dst io.Writer, src io.Reader) error {
	in, err := newSource(ctx, src, GunzipDefault)
	if err != nil {
		return err
	}
	defer in.close()
	c := copier{options: Options{Limit: -1}, in: rowBuffer{src: in}, partEnd: -1}
	c.out = output{dst: &countingWriter{dst: dst}, enc: jsonValues{}}
	in.start()
	c.out.begin()
	return c.out.end(0, c.writeRows())
}

// setRow sets the row of a [ValueError]. It returns false for other errors.
func setRow(err error, row int64) bool {
	e, ok := errors.AsType[*ValueError](err)
	if ok {
		e.Row = row
	}
	return ok
}

// A nopCloser is a destination that its owner closes.
type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// A copier holds the state of one call of Copy or CopyParts.
type copier struct {
	options Options
	in      rowBuffer
	out     output
	counter countingWriter
	stats   Stats

	open     func() (io.WriteCloser, error)
	partRows int64          // rows of a part
	partEnd  int64          // number of rows at which the current part ends; -1: with the last row
	start    int64          // number of rows before the current part
	part     io.WriteCloser // destination of the current part; nil between two parts
	zip      *gzip.Writer   // compresses the part, or nil
}

func (c *copier) copy(ctx context.Context, src io.Reader) (Stats, error) {
	o := c.options
	c.out.eager = o.FlushRows
	var err error
	if c.out.enc, err = newEncoder(o, c.out.drain); err != nil {
		return Stats{}, err
	}
	in, err := newSource(ctx, src, o.Gunzip)
	if err != nil {
		return Stats{}, err
	}
	defer in.close()
	in.eager = o.FlushRows
	c.in.src = in
	if o.Format == MsgPackGz && in.packed && o.Limit < 0 && o.Select == nil && c.partEnd < 0 {
		err = c.copyVerified()
	} else {
		err = c.copyRows()
	}
	in.close()
	c.stats.Trailing = in.stream.Trailing()
	c.stats.Read = in.in.n
	c.stats.Unpacked = c.in.offset(c.in.pos)
	c.stats.Written = c.counter.n
	return c.stats, err
}

// copyRows writes the rows and what the format adds around them.
func (c *copier) copyRows() error {
	c.in.src.start()
	if err := c.startPart(); err != nil {
		return err
	}
	err := c.writeRows()
	if c.part == nil { // it failed between two parts
		return err
	}
	return c.endPart(err)
}

// startPart opens the next destination and writes what precedes the rows.
func (c *copier) startPart() error {
	part, err := c.open()
	if err != nil {
		return err
	}
	c.part, c.counter.dst, c.out.dst = part, part, &c.counter
	if c.options.Format == MsgPackGz {
		c.zip = gzip.NewWriter(&c.counter)
		c.out.dst = c.zip
	}
	if c.stats.Rows > 0 {
		if c.out.enc, err = newEncoder(c.options, c.out.drain); err != nil {
			return err
		}
	}
	c.start = c.stats.Rows
	if c.partEnd >= 0 {
		c.partEnd = c.start + c.partRows
	}
	c.out.begin()
	return nil
}

// endPart writes what follows the rows of the current part and closes it, unless err is the error
// that ended the rows. It returns err or its own error.
func (c *copier) endPart(err error) error {
	part := c.part
	c.part = nil
	err = c.out.end(c.stats.Rows-c.start, err)
	if c.zip != nil && err != nil {
		_ = c.zip.Flush() // keeps the complete rows; without its trailer the file is visibly truncated
	} else if c.zip != nil {
		err = c.zip.Close()
	}
	if err == nil {
		err = part.Close()
	}
	return err
}

// nextPart ends the current part and starts the next one.
func (c *copier) nextPart() error {
	if err := c.endPart(nil); err != nil {
		return err
	}
	return c.startPart()
}

// copyVerified writes the compressed stream unchanged and counts its rows.
func (c *copier) copyVerified() error {
	part, err := c.open()
	if err != nil {
		return err
	}
	c.counter.dst = part
	c.out.enc = rowCounter{}
	if err := c.in.src.tee(&c.counter); err != nil {
		return err
	}
	c.in.src.start()
	return c.writeRows()
}

// writeRows writes rows until the stream ends or the limit is reached.
func (c *copier) writeRows() error {
	for {
		if err := c.writeBuffered(); err != nil || c.stats.Limited {
			return err
		}
		if c.out.eager && !c.in.src.ready() {
			if err := c.out.flush(); err != nil {
				return err
			}
		}
		if err := c.in.fill(); err != nil {
			return c.in.streamError(c.stats.Rows, err)
		}
	}
}

// writeBuffered writes the complete rows in the buffer.
func (c *copier) writeBuffered() error {
	in := &c.in
	for in.pos < len(in.buf) {
		if c.stats.Rows == c.options.Limit {
			c.stats.Limited = true
			return nil
		}
		if c.stats.Rows == c.partEnd {
			if err := c.nextPart(); err != nil {
				return err
			}
		}
		end, err := c.out.row(in.buf, in.pos)
		switch {
		case err == nil:
		case errors.Is(err, errShort):
			return nil
		case c.out.err != nil:
			return c.out.err
		case setRow(err, c.stats.Rows+1):
			return err
		default:
			return &CorruptError{Row: c.stats.Rows + 1, Offset: in.offset(end), Err: err}
		}
		in.pos = end
		c.stats.Rows++
		if c.out.due() {
			if err := c.out.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}
