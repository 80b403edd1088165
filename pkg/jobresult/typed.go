package jobresult

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/columnar"
	"github.com/td-cli/td/pkg/columnar/arrow"
	"github.com/td-cli/td/pkg/columnar/parquet"
)

// A batch of rows ends when it has batchRows rows or about batchSize bytes.
const (
	batchRows = 64 << 10
	batchSize = 8 << 20

	// The size of a batch is determined after this many bytes of rows. A value can
	// occupy 16 times its size in the stream.
	sizeCheck = 64 << 10
)

// A batchWriter encodes batches of typed columns.
type batchWriter interface {
	// AppendStart appends what precedes the batches.
	AppendStart(out []byte) []byte
	// AppendBatch appends a number of rows.
	AppendBatch(out []byte, columns []*columnar.Column, rows int) ([]byte, error)
	// AppendBreak appends what makes the end of an incomplete file recognizable.
	AppendBreak(out []byte) []byte
	// AppendEnd appends what follows the batches.
	AppendEnd(out []byte) ([]byte, error)
}

// A batch collects rows.
type batch struct {
	columns []*columnar.Column
	rows    int
}

// An encodedBatch is a batch whose rows are encoded, so that it can be used again.
type encodedBatch struct {
	*batch
	err error
}

// typed writes batches of typed columns. A batch is encoded by a goroutine while the next one is
// filled.
type typed struct {
	schema    []Column
	writer    batchWriter
	filling   *batch
	spare     *batch            // nil while it is encoded
	encoded   chan encodedBatch // receives the batch that is encoded
	out       []byte            // the encoded batch
	drain     drainFunc
	unchecked int // bytes of rows since the size was determined
	text      []byte
}

// newTyped returns the encoder for a format with typed columns.
func newTyped(o Options, info formatInfo, drain drainFunc) (encoder, error) {
	if o.Columns == nil {
		return nil, &SchemaError{o.Format}
	}
	method, err := info.format.checkCompression(o.Compression)
	if err != nil {
		return nil, err
	}
	e := &typed{schema: o.Columns, filling: newBatch(o.Columns), spare: newBatch(o.Columns), encoded: make(chan encodedBatch, 1), drain: drain}
	e.writer, err = info.newBatches(o, e.filling.columns, method)
	return e, err
}

// checkCompression returns the default for an empty method, and an error for one that the format
// does not have.
func (f Format) checkCompression(method Compression) (Compression, error) {
	methods := f.Compressions()
	if method == "" {
		return methods[0], nil
	}
	for _, m := range methods {
		if m == method {
			return m, nil
		}
	}
	return "", fmt.Errorf("unknown compression %q of %s: must be %s", string(method), f, text.JoinOr(methods))
}

func newBatch(schema []Column) *batch {
	b := &batch{}
	names, _ := UniqueNames(schema)
	for i, c := range schema {
		b.columns = append(b.columns, columnar.New(names[i], columnar.ParseType(c.Type)))
	}
	return b
}

// size returns the memory of the batch in bytes.
func (b *batch) size() int {
	size := 0
	for _, c := range b.columns {
		size += c.Size()
	}
	return size
}

func (b *batch) reset() {
	b.rows = 0
	for _, c := range b.columns {
		c.Reset()
	}
}

func (e *typed) begin(buf []byte) []byte { return e.writer.AppendStart(buf) }

func (e *typed) row(buf, b []byte, p int) ([]byte, int, error) {
	start := p
	end, err := e.appendRow(b, p)
	if err != nil {
		for _, c := range e.filling.columns {
			c.Truncate(e.filling.rows)
		}
		return buf, end, err
	}
	e.filling.rows++
	if e.unchecked += end - start + len(e.schema); e.unchecked >= sizeCheck || e.filling.rows == batchRows {
		e.unchecked = 0
		if e.filling.rows == batchRows || e.filling.size() >= batchSize {
			buf, err = e.finishBatch(buf)
		}
	}
	return buf, end, err
}

// appendRow appends the row at b[p:] to the columns and returns the position of its end.
func (e *typed) appendRow(b []byte, p int) (int, error) {
	values, p, err := readRowHead(b, p, 0)
	if err != nil {
		return p, err
	}
	if values > len(e.schema) {
		return p, fmt.Errorf("the row has %d values, but the schema has %d columns", values, len(e.schema))
	}
	columns := e.filling.columns
	for i := range values {
		start := p
		if p, err = e.appendCell(columns[i], b, p, 0); err != nil {
			return p, e.cellError(err, i, b, start)
		}
		if p-start > maxCell {
			return start, errBigCell
		}
	}
	for _, c := range columns[values:] {
		c.AppendNull()
	}
	return p, nil
}

// errUnfit is the error of a value that does not fit its column.
type errUnfit struct{ error }

// cellError returns the error for the cell at b[start:] of a column.
func (e *typed) cellError(err error, column int, b []byte, start int) error {
	unfit, ok := errors.AsType[errUnfit](err)
	if !ok {
		return err
	}
	value, end, verr := appendValue(nil, b, start, 0)
	if verr != nil {
		return verr // the cell may be incomplete, or damaged
	}
	if end-start > maxCell {
		return errBigCell
	}
	const maxShown = 100
	shown := strings.ToValidUTF8(string(value[:min(len(value), maxShown)]), "")
	if len(value) > maxShown {
		shown += "…"
	}
	return &ValueError{Column: e.filling.columns[column].Name, Type: e.schema[column].Type, Value: shown, Err: unfit.error}
}

// appendCell appends the value at b[p:] to a column and returns the position of its end.
func (e *typed) appendCell(c *columnar.Column, b []byte, p, depth int) (int, error) {
	var t token
	start := p
	p, err := t.next(b, p)
	if err != nil {
		return p, err
	}
	switch t.kind {
	case kindNil:
		c.AppendNull()
		return p, nil
	case kindBool:
		err = c.AppendBool(t.bool())
	case kindInt:
		err = c.AppendInt(t.int())
	case kindUint:
		err = c.AppendUint(t.bits)
	case kindFloat:
		if c.Type.Kind == columnar.String {
			e.text = appendFloat(e.text[:0], t.float())
			err = c.AppendText(e.text)
		} else {
			err = c.AppendFloat(t.float())
		}
	case kindStr, kindBin:
		err = c.AppendText(t.data)
	default:
		if at, ok := t.time(); ok && c.Type.Kind == columnar.Timestamp {
			err = c.AppendTime(at)
			break
		}
		return e.appendNested(c, &t, b, start, p, depth)
	}
	if err != nil {
		return p, errUnfit{err}
	}
	return p, nil
}

// appendNested appends an array, a map or an extension whose token t starts at b[start] and
// ends at b[p].
func (e *typed) appendNested(c *columnar.Column, t *token, b []byte, start, p, depth int) (int, error) {
	switch {
	case c.Type.Kind == columnar.String:
		buf, p, err := appendNested(e.text[:0], b, start)
		if e.text = buf; err != nil {
			return p, err
		}
		if err := c.AppendText(buf); err != nil {
			return p, errUnfit{err}
		}
		return p, nil
	case c.Type.Kind == columnar.List && t.kind == kindArray:
		return e.appendList(c, t.bits, b, p, depth)
	case c.Type.Kind == columnar.Map && t.kind == kindMap:
		return e.appendMap(c, t.bits, b, p, depth)
	case c.Type.Kind == columnar.Struct && t.kind == kindArray:
		return e.appendStruct(c, t.bits, b, p, depth)
	case c.Type.Kind == columnar.Struct && t.kind == kindMap:
		return e.appendNamed(c, t.bits, b, p, depth)
	}
	return p, errUnfit{fmt.Errorf("it is not a valid %s", c.Type)}
}

func (e *typed) appendList(c *columnar.Column, n uint64, b []byte, p, depth int) (int, error) {
	var err error
	for range n {
		if p, err = e.appendCell(c.Children[0], b, p, depth+1); err != nil {
			return p, err
		}
	}
	return p, unfitIf(c.AppendParent())
}

func (e *typed) appendMap(c *columnar.Column, n uint64, b []byte, p, depth int) (int, error) {
	key, value := c.Children[0], c.Children[1]
	var err error
	for range n {
		if p, err = e.appendCell(key, b, p, depth+1); err != nil {
			return p, err
		}
		if key.Nulls > 0 {
			return p, errUnfit{errors.New("a key of the map is NULL")}
		}
		if p, err = e.appendCell(value, b, p, depth+1); err != nil {
			return p, err
		}
	}
	return p, unfitIf(c.AppendParent())
}

// appendStruct appends a row whose values are in the order of the fields.
func (e *typed) appendStruct(c *columnar.Column, n uint64, b []byte, p, depth int) (int, error) {
	if n != uint64(len(c.Children)) {
		return p, errUnfit{fmt.Errorf("the row has %d values instead of %d", n, len(c.Children))}
	}
	var err error
	for _, child := range c.Children {
		if p, err = e.appendCell(child, b, p, depth+1); err != nil {
			return p, err
		}
	}
	return p, unfitIf(c.AppendParent())
}

// appendNamed appends a row whose values have names. Missing values are NULL.
func (e *typed) appendNamed(c *columnar.Column, n uint64, b []byte, p, depth int) (int, error) {
	for range n {
		var key token
		var err error
		if p, err = key.next(b, p); err != nil {
			return p, err
		}
		field := fieldNamed(c, string(key.data))
		if key.kind != kindStr || field == nil {
			return p, errUnfit{fmt.Errorf("the row has no field %q", key.data)}
		}
		if field.Len > c.Len {
			return p, errUnfit{fmt.Errorf("the field %q is repeated", key.data)}
		}
		if p, err = e.appendCell(field, b, p, depth+1); err != nil {
			return p, err
		}
	}
	for _, child := range c.Children {
		if child.Len == c.Len {
			child.AppendNull()
		}
	}
	return p, unfitIf(c.AppendParent())
}

func fieldNamed(c *columnar.Column, name string) *columnar.Column {
	for _, child := range c.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

// unfitIf wraps an error that is not nil in an errUnfit.
func unfitIf(err error) error {
	if err == nil {
		return nil
	}
	return errUnfit{err}
}

// finishBatch starts to encode the current batch, after the previous one, which it appends.
func (e *typed) finishBatch(buf []byte) ([]byte, error) {
	buf, err := e.appendEncoded(buf)
	if err != nil {
		return buf, err
	}
	full := e.filling
	e.filling, e.spare = e.spare, nil
	go func() {
		var err error
		e.out, err = e.writer.AppendBatch(e.out, full.columns, full.rows)
		e.encoded <- encodedBatch{full, err}
	}()
	return buf, nil
}

// appendEncoded waits for the batch that is being encoded, if there is one, and appends it.
func (e *typed) appendEncoded(buf []byte) ([]byte, error) {
	if e.spare != nil {
		return buf, nil
	}
	done := <-e.encoded
	done.reset()
	e.spare = done.batch
	buf, err := e.appendOut(buf)
	return buf, cmp.Or(done.err, err)
}

// appendOut appends the encoded rows in pieces, so that their buffer can be used again.
func (e *typed) appendOut(buf []byte) ([]byte, error) {
	for piece := range slices.Chunk(e.out, blockSize) {
		var err error
		if buf, err = e.drain(append(buf, piece...)); err != nil {
			return buf, err
		}
	}
	if cap(e.out) > 8*batchSize {
		e.out = nil
	}
	e.out = e.out[:0]
	return buf, nil
}

// end implements encoder. After an error it adds no further rows, so that what was written cannot be
// mistaken for the result.
func (e *typed) end(buf []byte, _ int64, complete bool) ([]byte, error) {
	buf, err := e.appendEncoded(buf)
	if err != nil || !complete {
		return e.writer.AppendBreak(buf), err
	}
	if e.filling.rows > 0 {
		if buf, err = e.finishBatch(buf); err == nil {
			buf, err = e.appendEncoded(buf)
		}
		if err != nil {
			return buf, err
		}
	}
	return e.writer.AppendEnd(buf)
}

// arrowBatches adapts an [arrow.Writer].
type arrowBatches struct{ *arrow.Writer }

func newArrowBatches(o Options, columns []*columnar.Column, c Compression) (batchWriter, error) {
	w, err := arrow.NewWriter(columns, o.ArrowFile, c == Zstd)
	return arrowBatches{w}, err
}

func (w arrowBatches) AppendBatch(out []byte, columns []*columnar.Column, rows int) ([]byte, error) {
	return w.Writer.AppendBatch(out, columns, rows), nil
}

func (w arrowBatches) AppendEnd(out []byte) ([]byte, error) { return w.Writer.AppendEnd(out), nil }

// parquetBatches adapts a [parquet.Writer].
type parquetBatches struct{ *parquet.Writer }

func newParquetBatches(_ Options, columns []*columnar.Column, c Compression) (batchWriter, error) {
	w, err := parquet.NewWriter(columns, string(c))
	return parquetBatches{w}, err
}

// AppendStart appends nothing: the first row group starts the file.
func (parquetBatches) AppendStart(out []byte) []byte { return out }

// AppendBreak appends nothing: a file without a footer is incomplete.
func (parquetBatches) AppendBreak(out []byte) []byte { return out }
