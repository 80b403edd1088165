// Package jobresult turns the rows of a job, a stream of MessagePack arrays that is usually compressed with gzip, into csv, tsv, JSON, JSON Lines
// or a table, or into Go values. It holds one row at a time, however long the result is. It knows nothing of jobs or of the network.
package jobresult

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"

	"github.com/td-cli/td/pkg/gunzip"
)

// DefaultNull is how NULL is usually written in csv, tsv and tables.
const DefaultNull = "null"

// Gunzip names an implementation of gzip's decompression.
type Gunzip string

// The implementations. They read the same streams and find the same faults.
const (
	GunzipDefault   Gunzip = ""          // our own
	GunzipOwn       Gunzip = "own"       // package gunzip
	GunzipKlauspost Gunzip = "klauspost" // github.com/klauspost/compress/gzip
)

// unpack returns a reader of the gzip stream in src.
func (g Gunzip) unpack(src io.Reader) (unpacker, error) {
	switch g {
	case GunzipDefault, GunzipOwn:
		return gunzip.NewReader(src), nil
	case GunzipKlauspost:
		return newMembers(src), nil
	}
	return nil, fmt.Errorf("unknown gunzip %q: want %s or %s", string(g), GunzipOwn, GunzipKlauspost)
}

// Options say how Copy writes rows.
type Options struct {
	Format    Format
	Columns   []Column // the schema; empty when there is none
	Header    bool     // csv and tsv: names in line 1; json: objects instead of arrays. Without a schema it means nothing
	Null      string   // text of NULL in csv, tsv and tables, as it stands; see DefaultNull
	Select    []int    // numbers, from 0, of the columns to write, in this order; nil for all of them
	Limit     int64    // at most this many rows; negative for all of them
	FlushRows bool     // hand rows out as they come, for a terminal, rather than in large blocks
	Gunzip    Gunzip   // how src is decompressed
	Terminal  Terminal // what reads a table; the zero value stands for anything else
}

// Stats say what Copy did.
type Stats struct {
	Rows     int64 // that were written
	Limited  bool  // there were more than Options.Limit, and they were left out
	Trailing bool  // bytes after the end of the compressed stream were ignored
	Read     int64 // bytes read from src
	Unpacked int64 // bytes of rows among them, uncompressed
	Written  int64 // bytes written to dst
}

// An encoder writes rows in a format. Each method appends to o and returns it.
type encoder interface {
	// begin appends what stands before the rows.
	begin(o []byte) []byte
	// row appends the row at b[p:], and returns where it ends. After an error the caller takes back what it appended; errShort
	// says that b ends within the row.
	row(o, b []byte, p int) ([]byte, int, error)
	// end appends what stands behind the rows. If they are not whole, it appends no more than the rows that it holds.
	end(o []byte, rows int64, whole bool) ([]byte, error)
}

// newEncoder returns the encoder of a format. Drain writes what an encoder has appended, if it is much, and returns the rest.
func newEncoder(o Options, drain func([]byte) ([]byte, error)) (encoder, error) {
	if o.Select != nil {
		return picking(o, drain)
	}
	switch o.Format {
	case CSV, TSV:
		return newDelimited(o), nil
	case JSON, JSONL:
		return newJSONRows(o), nil
	case Table:
		return newTable(o, drain), nil
	case Vertical:
		return newVertical(o), nil
	case MsgPack, MsgPackGz:
		return raw{}, nil
	}
	return nil, &FormatError{Name: string(o.Format)}
}

// Copy reads rows from src, which is MessagePack or gzip of MessagePack, and writes them to dst as o says. No bytes at all are no rows.
//
// The formats MsgPack and MsgPackGz copy the stream byte for byte and check it on the way; MsgPackGz compresses what is not compressed, or
// what is left by a limit or a selection of columns.
//
// When Copy fails, the rows before the fault have been written, and no part of a row; of a stream that is copied compressed, all that was
// read. A *CorruptError says that src holds no rows, a
// *WriteError that dst failed; an error of src and the end of ctx are returned as they are. Copy reads src in a goroutine, which has
// ended when it returns: a Read of src that is under way must return when ctx ends. It does not close src.
func Copy(ctx context.Context, dst io.Writer, src io.Reader, o Options) (Stats, error) {
	sink := &sink{dst: dst}
	c := copier{out: output{dst: sink, eager: o.FlushRows}, limit: o.Limit}
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
	switch {
	case o.Format == MsgPackGz && in.packed && o.Limit < 0 && o.Select == nil:
		err = c.verify(sink)
	case o.Format == MsgPackGz:
		err = c.pack(sink)
	default:
		err = c.run()
	}
	in.close()
	c.stats.Trailing = in.stream.Trailing()
	c.stats.Read = in.in.n
	c.stats.Unpacked = c.in.offset(c.in.pos)
	c.stats.Written = sink.n
	return c.stats, err
}

// A copier is one Copy.
type copier struct {
	in    feed
	out   output
	limit int64
	stats Stats
}

// run writes the rows, and what its format puts around them.
func (c *copier) run() error {
	c.in.src.start()
	c.out.begin()
	err := c.rows()
	return c.out.end(c.stats.Rows, err)
}

// verify writes the stream as it comes, and counts the rows in it.
func (c *copier) verify(sink io.Writer) error {
	c.out.enc = count{}
	if err := c.in.src.tee(sink); err != nil {
		return err
	}
	return c.run()
}

// pack compresses the rows.
func (c *copier) pack(sink io.Writer) error {
	zip := gzip.NewWriter(sink)
	c.out.dst = zip
	if err := c.run(); err != nil {
		_ = zip.Flush() // the rows before the error, in a file that is visibly cut off
		return err
	}
	return zip.Close()
}

// rows writes rows until the stream ends or there are enough.
func (c *copier) rows() error {
	for {
		if err := c.buffered(); err != nil || c.stats.Limited {
			return err
		}
		if c.out.eager && !c.in.src.ready() {
			if err := c.out.flush(); err != nil {
				return err
			}
		}
		if err := c.in.more(); err != nil {
			return c.in.fault(c.stats.Rows, err)
		}
	}
}

// buffered writes the rows that the feed holds whole.
func (c *copier) buffered() error {
	in := &c.in
	for in.pos < len(in.buf) {
		if c.stats.Rows == c.limit {
			c.stats.Limited = true
			return nil
		}
		end, err := c.out.row(in.buf, in.pos)
		switch {
		case err == nil:
		case errors.Is(err, errShort):
			return nil
		case c.out.err != nil:
			return c.out.err
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
