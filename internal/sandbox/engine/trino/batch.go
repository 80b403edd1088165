package trino

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
)

// A batch is the records of an import in a temporary file. They are read twice: the types of the columns are known after
// the last record only.
type batch struct {
	file    *os.File
	rows    int64
	seconds int64             // time of records without one
	types   map[string]string // by key; what the records require together with the table
	added   []schema.Column
	widened map[string]string
	used    map[string]bool // keys with a value
}

// newBatch stores the records in a file whose path starts with prefix, and finds out what columns of the table they require.
func newBatch(prefix string, t *table, records iter.Seq2[engine.Record, error]) (*batch, error) {
	file, err := os.CreateTemp(filepath.Dir(prefix), filepath.Base(prefix)+"*")
	if err != nil {
		return nil, err
	}
	b := &batch{file: file, seconds: time.Now().Unix(), types: map[string]string{}, widened: map[string]string{}, used: map[string]bool{"time": true}}
	if err := b.store(t, records); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// store writes the records to the file.
func (b *batch) store(t *table, records iter.Seq2[engine.Record, error]) error {
	names := map[string]bool{}
	for _, c := range t.columns {
		b.types[c.Name], names[c.SQL] = c.Type, true
	}
	if t.timeType() == "" {
		b.added = append(b.added, schema.Column{Name: "time", SQL: "time", Type: "bigint"})
		b.types["time"], names["time"] = "bigint", true
	}
	if b.types["time"] != "bigint" {
		return fmt.Errorf("the column time of table '%s.%s' has the type %s instead of bigint and is %w", t.database, t.name, b.types["time"], engine.ErrInvalid)
	}
	buffer := bufio.NewWriterSize(b.file, 1<<16)
	var encoded []byte
	for record, err := range records {
		if err != nil {
			return err
		}
		if err := b.check(record, t.DetectSchema, names); err != nil {
			return fmt.Errorf("record %d: %w", b.rows+1, err)
		}
		if encoded, err = msgpackfile.AppendRecord(encoded[:0], plainRecord(record)); err != nil {
			return err
		}
		if _, err := buffer.Write(encoded); err != nil {
			return err
		}
		b.rows++
	}
	return buffer.Flush()
}

func (b *batch) close() {
	_ = b.file.Close()
	_ = os.Remove(b.file.Name())
}

// check updates the types of the columns for the values of a record.
func (b *batch) check(record engine.Record, detect bool, names map[string]bool) error {
	if len(record) > schema.MaxColumns {
		return fmt.Errorf("%d keys are more than the maximum of %d: %w", len(record), schema.MaxColumns, engine.ErrInvalid)
	}
	for _, f := range record {
		known, ok := b.types[f.Key]
		switch {
		case f.Value == nil:
		case f.Key == "time":
			if _, ok := schema.Seconds(f.Value); !ok {
				return fmt.Errorf("time '%v' is not an integer: %w", f.Value, engine.ErrInvalid)
			}
		case ok && schema.CanStore(known, f.Value):
			b.used[f.Key] = true
		case ok:
			b.used[f.Key] = true
			b.widen(f.Key, schema.Widen(known, schema.ValueType(f.Value)))
		case detect:
			if len(b.types) >= schema.MaxColumns {
				return fmt.Errorf("more than %d columns: %w", schema.MaxColumns, engine.ErrInvalid)
			}
			c := schema.Column{Name: f.Key, SQL: schema.SQLName(f.Key, names), Type: schema.ValueType(f.Value)}
			b.added = append(b.added, c)
			b.types[c.Name], names[c.SQL], b.used[c.Name] = c.Type, true, true
		}
	}
	return nil
}

// widen changes the type of the column with a key.
func (b *batch) widen(key, typ string) {
	if typ == b.types[key] {
		return
	}
	b.types[key] = typ
	if i := slices.IndexFunc(b.added, func(c schema.Column) bool { return c.Name == key }); i >= 0 {
		b.added[i].Type = typ
		return
	}
	b.widened[key] = typ
}

// columnsIn returns the columns of a table for which the records have values.
func (b *batch) columnsIn(t *table) []schema.Column {
	return slices.DeleteFunc(slices.Clone(t.columns), func(c schema.Column) bool { return !b.used[c.Name] })
}

// plainRecord returns a record with the types that msgpackfile writes.
func plainRecord(r engine.Record) engine.Record {
	plain := slices.Clone(r)
	for i := range plain {
		plain[i].Value = plainValue(plain[i].Value)
	}
	return plain
}

func plainValue(v any) any {
	switch x := v.(type) {
	case uint64:
		if x <= math.MaxInt64 {
			return int64(x)
		}
		return schema.Text(x)
	case float32:
		return float64(x)
	case []any:
		list := make([]any, len(x))
		for i, element := range x {
			list[i] = plainValue(element)
		}
		return list
	case engine.Map:
		m := make(engine.Map, len(x))
		for i, entry := range x {
			m[i] = engine.Entry{Key: plainValue(entry.Key), Value: plainValue(entry.Value)}
		}
		return m
	}
	return v
}

// queries returns queries for the records, each of which is not longer than limit. The values are a JSON text: VALUES
// with thousands of rows takes the cluster seconds.
func (b *batch) queries(columns []schema.Column, limit int) iter.Seq2[string, error] {
	fields := make([]string, len(columns))
	types := make([]schema.Type, len(columns))
	for i, c := range columns {
		fields[i], types[i] = quote(c.SQL)+" "+c.Type, schema.ParseType(c.Type)
	}
	const head = "SELECT * FROM UNNEST(CAST(json_parse('["
	end := "]') AS array(row(" + strings.Join(fields, ", ") + "))))"
	return func(yield func(string, error) bool) {
		text, row := []byte(head), []byte(nil)
		number := 0
		for values, err := range b.read(columns) {
			if err != nil {
				yield("", err)
				return
			}
			number++
			row = appendRow(row[:0], values, types)
			if len(head)+len(row)+len(end) > limit {
				yield("", fmt.Errorf("record %d is larger than the maximum of %d characters for a statement of the cluster: %w", number, limit, engine.ErrInvalid))
				return
			}
			if len(text)+1+len(row)+len(end) > limit {
				if !yield(string(text)+end, nil) {
					return
				}
				text = append(text[:0], head...)
			}
			if len(text) > len(head) {
				text = append(text, ',')
			}
			text = append(text, row...)
		}
		if len(text) > len(head) {
			yield(string(text)+end, nil)
		}
	}
}

// read returns the values of the columns in each record. The slice is only valid until the next record. It ends with an
// error if the file does not have all records.
func (b *batch) read(columns []schema.Column) iter.Seq2[[]any, error] {
	index := map[string]int{}
	for i, c := range columns {
		index[c.Name] = i
	}
	timeColumn := index["time"]
	return func(yield func([]any, error) bool) {
		values := make([]any, len(columns))
		var n int64
		file := io.NewSectionReader(b.file, 0, math.MaxInt64) // the records may be read ahead by an iteration that was not ended
		for record, err := range msgpackfile.Records(file, math.MaxInt32) {
			if err != nil {
				yield(nil, err)
				return
			}
			clear(values)
			for _, f := range record {
				if i, ok := index[f.Key]; ok {
					values[i] = f.Value
				}
			}
			seconds, ok := schema.Seconds(values[timeColumn])
			if !ok {
				seconds = b.seconds
			}
			values[timeColumn] = seconds
			if n++; !yield(values, nil) {
				return
			}
		}
		if n != b.rows {
			yield(nil, fmt.Errorf("only %d of %d records of the import were found", n, b.rows))
		}
	}
}

// appendRow appends a JSON array with the values of a record.
func appendRow(row []byte, values []any, types []schema.Type) []byte {
	row = append(row, '[')
	for i, v := range values {
		if i > 0 {
			row = append(row, ',')
		}
		row = appendJSON(row, v, types[i])
	}
	return append(row, ']')
}

// appendJSON appends a value in a form that Trino casts from JSON to the type, within a string literal. See
// https://trino.io/docs/current/functions/json.html#cast-from-json.
func appendJSON(b []byte, v any, t schema.Type) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	switch t.Base {
	case "boolean":
		if x, ok := v.(bool); ok {
			return strconv.AppendBool(b, x)
		}
	case "bigint", "integer", "smallint", "tinyint":
		if x, ok := v.(int64); ok {
			return strconv.AppendInt(b, x, 10)
		}
	case "double", "real":
		switch x := v.(type) {
		case int64:
			return strconv.AppendInt(b, x, 10)
		case float64:
			if math.IsNaN(x) {
				return append(b, `"NaN"`...)
			}
			if math.IsInf(x, 0) {
				return append(b, map[bool]string{true: `"Infinity"`, false: `"-Infinity"`}[x > 0]...)
			}
			return strconv.AppendFloat(b, x, 'g', -1, 64)
		}
	case "array":
		if list, ok := v.([]any); ok {
			b = append(b, '[')
			for i, element := range list {
				if i > 0 {
					b = append(b, ',')
				}
				b = appendJSON(b, element, t.Argument(0))
			}
			return append(b, ']')
		}
	case "map":
		if m, ok := v.(engine.Map); ok {
			return appendMap(b, m, t)
		}
	}
	return appendString(b, schema.Text(v))
}

// appendMap appends a JSON object.
func appendMap(b []byte, m engine.Map, t schema.Type) []byte {
	b = append(b, '{')
	for i, entry := range withoutDuplicates(m) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, schema.Text(entry.Key)), ':')
		b = appendJSON(b, entry.Value, t.Argument(1))
	}
	return append(b, '}')
}

// appendString appends a JSON string within a string literal of SQL.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '\'':
			b = append(b, "''"...)
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = fmt.Appendf(b, `\u%04x`, c)
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += size
			continue
		default:
			b = append(b, c)
		}
		i++
	}
	return append(b, '"')
}
