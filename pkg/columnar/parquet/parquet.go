// Package parquet writes columns in the Parquet format (https://parquet.apache.org/docs/file-format/).
package parquet

import (
	"errors"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/td-cli/td/pkg/columnar"
)

// A row group ends when it has groupRows rows or about groupSize bytes before compression.
const (
	groupRows = 1 << 20
	groupSize = 16 << 20

	pageSize      = 256 << 10
	maxDictionary = 64 << 10
	chunkRows     = 1024 // rows that are converted at a time
	encoders      = 2    // columns that are encoded at a time
)

// Names of compression methods.
const (
	Zstd         = "zstd"
	Snappy       = "snappy"
	Gzip         = "gzip"
	Uncompressed = "none"
)

// A Writer encodes batches as a Parquet file.
type Writer struct {
	file   *parquet.GenericWriter[any]
	out    []byte // receives the bytes of the file
	leaves []leaf
	firsts []int // index of the first leaf of each column
	rows   int   // number of rows in the current row group
	size   int
}

// A leaf is a column of the file, which has the scalar values of a column.
type leaf struct {
	*parquet.ColumnWriter
	values  []parquet.Value
	scratch []byte // bytes of decimals
	size    int    // bytes of text and binary values in the current page
}

// NewWriter returns a Writer for batches with the names and types of the given columns.
func NewWriter(columns []*columnar.Column, compression string) (*Writer, error) {
	codec, err := codecFor(compression)
	if err != nil {
		return nil, err
	}
	w := &Writer{}
	w.file = parquet.NewGenericWriter[any](output{w}, newSchema(columns), parquet.Compression(codec), parquet.CreatedBy("td", "", ""),
		parquet.PageBufferSize(pageSize), parquet.WriteBufferSize(0), parquet.DictionaryMaxBytes(maxDictionary))
	for _, c := range w.file.ColumnWriters() {
		w.leaves = append(w.leaves, leaf{ColumnWriter: c})
	}
	first := 0
	for _, c := range columns {
		w.firsts = append(w.firsts, first)
		first += countLeaves(c.Type)
	}
	return w, nil
}

// countLeaves returns the number of leaves of a column.
func countLeaves(t columnar.Type) int {
	if len(t.Fields) == 0 {
		return 1
	}
	n := 0
	for _, f := range t.Fields {
		n += countLeaves(f.Type)
	}
	return n
}

func codecFor(name string) (compress.Codec, error) {
	switch name {
	case Zstd:
		return &zstd.Codec{Level: zstd.SpeedFastest}, nil
	case Snappy:
		return &parquet.Snappy, nil
	case Gzip:
		return &parquet.Gzip, nil
	case Uncompressed:
		return &parquet.Uncompressed, nil
	}
	return nil, errors.New("unknown compression " + name)
}

// output appends to Writer.out.
type output struct{ *Writer }

func (o output) Write(p []byte) (int, error) {
	if len(p) > cap(o.out)-len(o.out) { // append grows large slices in small steps
		o.out = slices.Grow(o.out, len(o.out)+len(p))
	}
	o.out = append(o.out, p...)
	return len(p), nil
}

// collect appends to out what write writes.
func (w *Writer) collect(out []byte, write func() error) ([]byte, error) {
	w.out = out
	err := write()
	out, w.out = w.out, nil
	return out, err
}

var errNoColumns = errors.New("rows without columns cannot be written as parquet")

// AppendBatch appends a number of rows. They are buffered until a row group is complete.
func (w *Writer) AppendBatch(out []byte, columns []*columnar.Column, rows int) ([]byte, error) {
	if len(columns) == 0 {
		return out, errNoColumns
	}
	var group sync.WaitGroup
	var taken atomic.Int64
	errs := make([]error, len(columns))
	for range min(encoders, len(columns)) {
		group.Go(func() {
			for i := taken.Add(1) - 1; i < int64(len(columns)); i = taken.Add(1) - 1 {
				errs[i] = w.encode(columns[i], w.firsts[i], rows)
			}
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return out, err
	}
	for _, c := range columns {
		w.size += c.Size()
	}
	if w.rows += rows; w.rows < groupRows && w.size < groupSize {
		return out, nil
	}
	w.rows, w.size = 0, 0
	return w.collect(out, w.file.Flush)
}

// encode encodes a column, whose leaves start at first. It is safe for concurrent use with different
// columns.
func (w *Writer) encode(c *columnar.Column, first, rows int) error {
	chunk := min(chunkRows, 1+rows*pageSize/(1+c.Size())) // a page is complete when a chunk is
	for start := 0; start < rows; start += chunk {
		next := first
		for i := start; i < min(rows, start+chunk); i++ {
			next = w.add(c, i, position{leaf: first})
		}
		if err := w.flush(w.leaves[first:next]); err != nil {
			return err
		}
	}
	return nil
}

// flush passes the values of leaves on.
func (w *Writer) flush(leaves []leaf) error {
	for i := range leaves {
		l := &leaves[i]
		if _, err := l.WriteRowValues(l.values); err != nil {
			return err
		}
		l.values, l.scratch = l.values[:0], l.scratch[:0]
		if l.size < pageSize {
			continue
		}
		// The writer counts the indexes of a dictionary instead of its values. It limits the dictionary at
		// the end of a page.
		if err := l.Flush(); err != nil {
			return err
		}
		l.size = 0
	}
	return nil
}

// AppendEnd appends the last row group and the footer.
func (w *Writer) AppendEnd(out []byte) ([]byte, error) { return w.collect(out, w.file.Close) }

// A position is the place of a value in nested values
// (https://parquet.apache.org/docs/file-format/nestedencoding/).
type position struct {
	leaf       int // the first leaf of the column
	lists      int // the number of lists and maps around the value
	repetition int // repetition level
	definition int // definition level
}

// add appends value i of an optional column and returns the index of the leaf after it.
func (w *Writer) add(c *columnar.Column, i int, at position) (next int) {
	if c.IsNull(i) {
		return w.addNull(c, at)
	}
	at.definition++
	return w.addValue(c, i, at)
}

// addNull appends a value that ends at a definition level, because it or something around it is NULL
// or empty.
func (w *Writer) addNull(c *columnar.Column, at position) (next int) {
	if len(c.Children) == 0 {
		l := &w.leaves[at.leaf]
		l.values = append(l.values, parquet.NullValue().Level(at.repetition, at.definition, at.leaf))
		return at.leaf + 1
	}
	for _, child := range c.Children {
		at.leaf = w.addNull(child, at)
	}
	return at.leaf
}

// addValue appends value i, which is not NULL.
func (w *Writer) addValue(c *columnar.Column, i int, at position) (next int) {
	switch c.Type.Kind {
	case columnar.Struct:
		for _, child := range c.Children {
			at.leaf = w.add(child, i, at)
		}
		return at.leaf
	case columnar.List, columnar.Map:
		return w.addElements(c, int(c.Offsets[i]), int(c.Offsets[i+1]), at)
	}
	l := &w.leaves[at.leaf]
	l.values = append(l.values, l.scalar(c, i).Level(at.repetition, at.definition, at.leaf))
	return at.leaf + 1
}

// addElements appends the elements start to end of a list or a map.
func (w *Writer) addElements(c *columnar.Column, start, end int, at position) (next int) {
	if start == end {
		return w.addNull(c, at)
	}
	at.definition++
	at.lists++
	for i := start; i < end; i++ {
		element := at
		if c.Type.Kind == columnar.Map { // its key is required
			element.leaf = w.addValue(c.Children[0], i, element)
			next = w.add(c.Children[1], i, element)
		} else {
			next = w.add(c.Children[0], i, element)
		}
		at.repetition = at.lists
	}
	return next
}

// scalar returns value i of a column. It may refer to l.scratch and the column.
func (l *leaf) scalar(c *columnar.Column, i int) parquet.Value {
	switch c.Type.Kind {
	case columnar.Bool:
		return parquet.BooleanValue(c.Bool(i))
	case columnar.Int8, columnar.Int16, columnar.Int32, columnar.Date:
		return parquet.Int32Value(int32(c.Int(i)))
	case columnar.Int64, columnar.Time, columnar.Timestamp:
		return parquet.Int64Value(c.Int(i))
	case columnar.Float32:
		return parquet.FloatValue(math.Float32frombits(uint32(c.Int(i))))
	case columnar.Float64:
		return parquet.DoubleValue(math.Float64frombits(uint64(c.Int(i))))
	case columnar.Decimal:
		return l.decimal(c.Bytes(i), c.Type.Precision)
	}
	value := c.Bytes(i)
	l.size += len(value)
	return parquet.ByteArrayValue(value)
}

// decimal returns a decimal from its 16 bytes in little-endian order.
func (l *leaf) decimal(b []byte, precision int) parquet.Value {
	low := int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16 | int64(b[3])<<24 |
		int64(b[4])<<32 | int64(b[5])<<40 | int64(b[6])<<48 | int64(b[7])<<56
	switch {
	case precision <= int32Digits:
		return parquet.Int32Value(int32(low))
	case precision <= int64Digits:
		return parquet.Int64Value(low)
	}
	if cap(l.scratch)-len(l.scratch) < len(b) { // earlier values refer to the full buffer
		l.scratch = make([]byte, 0, chunkRows*len(b))
	}
	mark := len(l.scratch)
	l.scratch = append(l.scratch, b...)
	slices.Reverse(l.scratch[mark:])
	return parquet.FixedLenByteArrayValue(l.scratch[mark:])
}
