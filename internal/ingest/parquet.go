package ingest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// parquetRows is the number of rows that are read at a time.
const parquetRows = 64

// A parquetReader reads a Parquet file as a sequence of MessagePack maps.
type parquetReader struct {
	file         *os.File // a copy without a name
	groups       []parquet.RowGroup
	group        int // index of the current group
	rows         parquet.Rows
	columns      []parquetColumn
	buf          []parquet.Row
	out          []byte
	textDecimals bool
}

// A parquetColumn is a field of the schema.
type parquetColumn struct {
	node   parquet.Node
	name   string
	leaf   int // index of the first leaf
	leaves int
	fields []parquetColumn
}

// newParquetReader copies r to a temporary file, because the index of a Parquet file is at its
// end, and returns a reader of its records.
func newParquetReader(r io.Reader, textDecimals bool) (*parquetReader, error) {
	f, err := os.CreateTemp("", "td-*.parquet")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // the file exists until it is closed; Windows keeps it
	p := &parquetReader{file: f, buf: make([]parquet.Row, parquetRows), textDecimals: textDecimals}
	size, err := io.Copy(f, r)
	if err == nil {
		err = p.open(size)
	}
	if err != nil {
		_ = p.Close()
		return nil, err
	}
	return p, nil
}

func (p *parquetReader) open(size int64) (err error) {
	defer recoverDamage(&err)
	if err := checkParquetFooter(p.file, size); err != nil {
		return err
	}
	f, err := parquet.OpenFile(p.file, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return fmt.Errorf("not a Parquet file, or damaged: %w", err)
	}
	if err := checkParquetPages(p.file, f); err != nil {
		return err
	}
	p.groups = f.RowGroups()
	leaf := 0
	for _, field := range f.Schema().Fields() {
		p.columns = append(p.columns, newParquetColumn(field, &leaf))
	}
	return nil
}

func newParquetColumn(field parquet.Field, leaf *int) parquetColumn {
	c := parquetColumn{node: field, name: field.Name(), leaf: *leaf}
	if field.Leaf() {
		*leaf++
	}
	for _, f := range field.Fields() {
		c.fields = append(c.fields, newParquetColumn(f, leaf))
	}
	c.leaves = *leaf - c.leaf
	return c
}

// recoverDamage turns a panic of the library about a damaged file into an error.
func recoverDamage(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("the Parquet file is damaged: %v", r)
	}
}

// Close removes the copy.
func (p *parquetReader) Close() error {
	if p.rows != nil {
		_ = p.rows.Close()
	}
	err := p.file.Close()
	_ = os.Remove(p.file.Name())
	return err
}

// Read implements io.Reader.
func (p *parquetReader) Read(b []byte) (int, error) {
	for len(p.out) == 0 {
		if p.group == len(p.groups) {
			return 0, io.EOF
		}
		if err := p.readRows(); err != nil {
			return 0, fmt.Errorf("row group %d: %w", p.group+1, err)
		}
	}
	n := copy(b, p.out)
	p.out = p.out[n:]
	return n, nil
}

// readRows appends some records of the current row group to p.out.
func (p *parquetReader) readRows() (err error) {
	defer recoverDamage(&err)
	if p.rows == nil {
		p.rows = p.groups[p.group].Rows()
	}
	n, err := p.rows.ReadRows(p.buf)
	p.out = p.out[:0]
	for _, row := range p.buf[:n] {
		if err := p.appendRow(row); err != nil {
			return err
		}
	}
	if err == io.EOF {
		err = p.rows.Close()
		p.rows = nil
		p.group++
	} else if err == nil && n == 0 {
		err = io.ErrNoProgress
	}
	return err
}

func (p *parquetReader) appendRow(row parquet.Row) error {
	v := parquetValues{textDecimals: p.textDecimals}
	for _, values := range row.Range {
		v.leaves = append(v.leaves, values)
	}
	p.out = appendMapHead(p.out, len(p.columns))
	for i := range p.columns {
		c := &p.columns[i]
		p.out = appendString(p.out, c.name)
		var err error
		if p.out, err = v.append(p.out, c, 0, 0); err != nil {
			return fmt.Errorf("column %q: %w", c.name, err)
		}
	}
	return nil
}

// parquetValues are the remaining values of a row, by leaf.
type parquetValues struct {
	leaves       [][]parquet.Value
	textDecimals bool
}

var errParquetLevels = errors.New("the levels of the values do not match the schema")

// peek returns the next value of the first leaf of a column.
func (v *parquetValues) peek(c *parquetColumn) (parquet.Value, bool) {
	if c.leaf >= len(v.leaves) || len(v.leaves[c.leaf]) == 0 {
		return parquet.Value{}, false
	}
	return v.leaves[c.leaf][0], true
}

// skip drops a value of each leaf of a column.
func (v *parquetValues) skip(c *parquetColumn) {
	for i := c.leaf; i < c.leaf+c.leaves; i++ {
		if i < len(v.leaves) && len(v.leaves[i]) > 0 {
			v.leaves[i] = v.leaves[i][1:]
		}
	}
}

// append appends the next value of a column to o, which is inside values with the given levels
// (https://parquet.apache.org/docs/file-format/nestedencoding/).
func (v *parquetValues) append(o []byte, c *parquetColumn, repetition, definition int) ([]byte, error) {
	if c.node.Repeated() {
		return v.appendElements(o, c, c, repetition, definition)
	}
	if c.node.Optional() {
		definition++
		next, ok := v.peek(c)
		if !ok {
			return o, errParquetLevels
		}
		if next.DefinitionLevel() < definition {
			v.skip(c)
			return append(o, msgpackNil), nil
		}
	}
	if c.node.Leaf() {
		next, ok := v.peek(c)
		if !ok {
			return o, errParquetLevels
		}
		v.skip(c)
		return v.appendScalar(o, c.node.Type(), next)
	}
	if lt := c.node.Type().LogicalType(); lt != nil && len(c.fields) == 1 && c.fields[0].node.Repeated() {
		repeated := &c.fields[0]
		switch lt.Value.(type) {
		case *format.ListType:
			return v.appendElements(o, repeated, listElement(c, repeated), repetition, definition)
		case *format.MapType:
			if len(repeated.fields) == 2 {
				return v.appendMap(o, repeated, repetition, definition)
			}
		}
	}
	return v.appendFields(o, c, repetition, definition)
}

// listElement returns the column of the elements of a list: the only field of the repeated group,
// or the group itself in files of some old programs
// (https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#backward-compatibility-rules).
func listElement(list, repeated *parquetColumn) *parquetColumn {
	if len(repeated.fields) != 1 || repeated.name == "array" || repeated.name == list.name+"_tuple" {
		return repeated
	}
	return &repeated.fields[0]
}

func (v *parquetValues) appendFields(o []byte, c *parquetColumn, repetition, definition int) ([]byte, error) {
	var err error
	o = appendMapHead(o, len(c.fields))
	for i := range c.fields {
		o = appendString(o, c.fields[i].name)
		if o, err = v.append(o, &c.fields[i], repetition, definition); err != nil {
			return o, err
		}
	}
	return o, nil
}

// each calls f for each repetition of a column, and returns their number.
func (v *parquetValues) each(repeated *parquetColumn, repetition, definition int, f func() error) (int, error) {
	next, ok := v.peek(repeated)
	if !ok {
		return 0, errParquetLevels
	}
	if next.DefinitionLevel() <= definition {
		v.skip(repeated)
		return 0, nil
	}
	for n := 1; ; n++ {
		left := len(v.leaves[repeated.leaf])
		if err := f(); err != nil {
			return n, err
		}
		if next, ok = v.peek(repeated); !ok || next.RepetitionLevel() != repetition+1 {
			return n, nil
		}
		if len(v.leaves[repeated.leaf]) == left {
			return n, errParquetLevels
		}
	}
}

func (v *parquetValues) appendElements(o []byte, repeated, element *parquetColumn, repetition, definition int) ([]byte, error) {
	mark := len(o)
	o = append(o, 0)
	n, err := v.each(repeated, repetition, definition, func() (err error) {
		switch {
		case element != repeated:
			o, err = v.append(o, element, repetition+1, definition+1)
		case repeated.node.Leaf():
			next, _ := v.peek(repeated)
			v.skip(repeated)
			o, err = v.appendScalar(o, repeated.node.Type(), next)
		default:
			o, err = v.appendFields(o, repeated, repetition+1, definition+1)
		}
		return err
	})
	if err != nil {
		return o, err
	}
	return closeContainer(o, mark, n, arrayHead, arrayHead16), nil
}

// appendMap appends a map. Keys that are not text are written as text.
func (v *parquetValues) appendMap(o []byte, repeated *parquetColumn, repetition, definition int) ([]byte, error) {
	mark := len(o)
	o = append(o, 0)
	n, err := v.each(repeated, repetition, definition, func() error {
		key, err := v.append(nil, &repeated.fields[0], repetition+1, definition+1)
		if err != nil {
			return err
		}
		if o, err = appendKey(o, key); err != nil {
			return err
		}
		o, err = v.append(o, &repeated.fields[1], repetition+1, definition+1)
		return err
	})
	if err != nil {
		return o, err
	}
	return closeContainer(o, mark, n, mapHead, mapHead16), nil
}

// appendScalar appends a value as JSON files have it: dates and times are text.
func (v *parquetValues) appendScalar(o []byte, t parquet.Type, value parquet.Value) ([]byte, error) {
	if lt := t.LogicalType(); lt != nil {
		switch annotation := lt.Value.(type) {
		case *format.DecimalType:
			return v.appendDecimal(o, annotation, value)
		case *format.DateType:
			return appendString(o, time.Unix(int64(value.Int32())*86400, 0).UTC().Format(time.DateOnly)), nil
		case *format.TimestampType:
			at := timeIn(annotation.Unit, value.Int64())
			if annotation.IsAdjustedToUTC {
				return appendString(o, at.Format(time.RFC3339Nano)), nil
			}
			return appendString(o, at.Format("2006-01-02 15:04:05.999999999")), nil
		case *format.TimeType:
			units := int64(value.Int32())
			if t.Kind() == parquet.Int64 {
				units = value.Int64()
			}
			return appendString(o, timeIn(annotation.Unit, units).Format("15:04:05.999999999")), nil
		case *format.IntType:
			if !annotation.IsSigned && t.Kind() == parquet.Int32 {
				return appendUint(o, uint64(value.Uint32())), nil
			} else if !annotation.IsSigned {
				return appendUint(o, value.Uint64()), nil
			}
		case *format.UUIDType:
			b := value.ByteArray()
			if len(b) != 16 {
				return o, errors.New("a UUID does not have 16 bytes")
			}
			return appendString(o, fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])), nil
		}
	}
	switch value.Kind() {
	case parquet.Boolean:
		if value.Boolean() {
			return append(o, msgpackTrue), nil
		}
		return append(o, msgpackFalse), nil
	case parquet.Int32:
		return appendInt(o, int64(value.Int32())), nil
	case parquet.Int64:
		return appendInt(o, value.Int64()), nil
	case parquet.Int96: // nanoseconds of the day and Julian day number
		n := value.Int96()
		const unixDay = 2440588
		at := time.Unix((int64(n[2])-unixDay)*86400, int64(uint64(n[1])<<32|uint64(n[0]))).UTC()
		return appendString(o, at.Format("2006-01-02 15:04:05.999999999")), nil
	case parquet.Float:
		short, err := strconv.ParseFloat(strconv.FormatFloat(float64(value.Float()), 'g', -1, 32), 64)
		return appendFloat(o, short), err
	case parquet.Double:
		return appendFloat(o, value.Double()), nil
	}
	if b := value.ByteArray(); !utf8.Valid(b) {
		return appendBytes(o, b), nil
	}
	return appendString(o, value.ByteArray()), nil
}

// appendKey appends a scalar value as text.
func appendKey(o, value []byte) ([]byte, error) {
	switch t := readToken(value); t.kind {
	case kindText:
		return append(o, value...), nil
	case kindBytes:
		return appendString(o, base64.StdEncoding.EncodeToString(value[t.head:t.size])), nil
	case kindInt:
		return appendString(o, strconv.FormatInt(int64(t.bits), 10)), nil
	case kindUint:
		return appendString(o, strconv.FormatUint(t.bits, 10)), nil
	case kindFloat:
		return appendString(o, strconv.FormatFloat(math.Float64frombits(t.bits), 'g', -1, 64)), nil
	case kindBool:
		return appendString(o, strconv.FormatBool(value[0] == msgpackTrue)), nil
	}
	return o, errors.New("the key of a map is neither text nor a number")
}

func timeIn(unit format.TimeUnit, n int64) time.Time {
	switch unit.Value.(type) {
	case *format.MilliSeconds:
		return time.UnixMilli(n).UTC()
	case *format.MicroSeconds:
		return time.UnixMicro(n).UTC()
	}
	return time.Unix(0, n).UTC()
}

// doubleDigits is the number of decimal digits that a double keeps.
const doubleDigits = 15

// appendDecimal appends a decimal as an integer or a double if all values of the type fit, and
// otherwise as text.
func (v *parquetValues) appendDecimal(o []byte, t *format.DecimalType, value parquet.Value) ([]byte, error) {
	n := new(big.Int)
	switch value.Kind() {
	case parquet.Int32:
		n.SetInt64(int64(value.Int32()))
	case parquet.Int64:
		n.SetInt64(value.Int64())
	default:
		b := slices.Clone(value.ByteArray())
		if n.SetBytes(b); len(b) > 0 && b[0] >= 0x80 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	}
	if t.Scale <= 0 && n.IsInt64() {
		return appendInt(o, n.Int64()), nil
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(t.Scale, 0))), nil)
	number := new(big.Rat).SetFrac(n, scale)
	if t.Precision <= doubleDigits && !v.textDecimals {
		f, _ := number.Float64()
		return appendFloat(o, f), nil
	}
	return appendString(o, number.FloatString(int(max(t.Scale, 0)))), nil
}
