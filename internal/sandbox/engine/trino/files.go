package trino

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
	"github.com/td-cli/td/pkg/columnar"
	"github.com/td-cli/td/pkg/columnar/parquet"
)

// Limits of the rows that are collected before they are encoded.
const (
	maxBatchRows = 10_000
	maxBatchSize = 16 << 20
)

// fillWithFile fills a staging table with a Parquet file in the directory that the sandbox and the cluster share. See
// https://trino.io/docs/current/connector/iceberg.html#add-files.
func (e *Engine) fillWithFile(ctx context.Context, t *table, stage string, columns []schema.Column, b *batch) (err error) {
	dir := filepath.Join(e.address.files, stage)
	if err := os.RemoveAll(dir); err != nil { // of an interrupted import
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { // the cluster may belong to another user
		return err
	}
	file, err := os.OpenFile(filepath.Join(dir, "data.parquet"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	buffer := bufio.NewWriter(file)
	err = b.writeParquet(buffer, columns)
	if err == nil {
		err = buffer.Flush()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("write the Parquet file of an import: %w", err)
	}
	return e.tableError(e.jobs.exec(ctx, t.database, "ALTER TABLE "+qualified(t.database, stage)+" EXECUTE add_files(location => "+
		literal(strings.TrimSuffix(e.address.location, "/")+"/"+stage)+", format => 'PARQUET')"), t.database, t.name)
}

// removeFile removes the file of a staging table.
func (e *Engine) removeFile(stage string) {
	if e.address.files != "" {
		_ = os.RemoveAll(filepath.Join(e.address.files, stage))
	}
}

// writeParquet writes the records as a Parquet file with the columns.
func (b *batch) writeParquet(file *bufio.Writer, list []schema.Column) error {
	columns := make([]*columnar.Column, len(list))
	types := make([]schema.Type, len(list))
	for i, c := range list {
		columns[i], types[i] = columnar.New(c.SQL, columnar.ParseType(c.Type)), schema.ParseType(c.Type)
	}
	w, err := parquet.NewWriter(columns, parquet.Snappy)
	if err != nil {
		return err
	}
	var out []byte
	rows := 0
	encode := func() error {
		if out, err = w.AppendBatch(out[:0], columns, rows); err != nil {
			return err
		}
		for _, c := range columns {
			c.Reset()
		}
		rows = 0
		_, err = file.Write(out)
		return err
	}
	for values, err := range b.read(list) {
		if err != nil {
			return err
		}
		for i, v := range values {
			if err := appendValue(columns[i], v, types[i]); err != nil {
				return fmt.Errorf("column '%s': %w", list[i].Name, err)
			}
		}
		if rows++; rows == maxBatchRows || rows%100 == 0 && size(columns) > maxBatchSize {
			if err := encode(); err != nil {
				return err
			}
		}
	}
	if err := encode(); err != nil {
		return err
	}
	if out, err = w.AppendEnd(out[:0]); err != nil {
		return err
	}
	_, err = file.Write(out)
	return err
}

func size(columns []*columnar.Column) (total int) {
	for _, c := range columns {
		total += c.Size()
	}
	return total
}

// appendValue appends a value of a record to a column of the type.
func appendValue(c *columnar.Column, v any, t schema.Type) error {
	switch x := v.(type) {
	case nil:
		c.AppendNull()
		return nil
	case bool:
		if t.Base == "boolean" {
			return c.AppendBool(x)
		}
	case int64:
		switch t.Base {
		case "bigint", "integer", "smallint", "tinyint":
			return c.AppendInt(x)
		case "double", "real":
			return appendFloat(c, float64(x), t)
		}
	case float64:
		if t.Base == "double" || t.Base == "real" {
			return appendFloat(c, x, t)
		}
	case []any:
		if t.Base == "array" {
			for _, element := range x {
				if err := appendValue(c.Children[0], element, t.Argument(0)); err != nil {
					return err
				}
			}
			return c.AppendParent()
		}
	case engine.Map:
		if t.Base == "map" {
			for _, entry := range withoutDuplicates(x) {
				if err := appendValue(c.Children[0], schema.Text(entry.Key), t.Argument(0)); err != nil {
					return err
				}
				if err := appendValue(c.Children[1], entry.Value, t.Argument(1)); err != nil {
					return err
				}
			}
			return c.AppendParent()
		}
	}
	return c.AppendBytes([]byte(strings.ToValidUTF8(schema.Text(v), "\ufffd")))
}

func appendFloat(c *columnar.Column, v float64, t schema.Type) error {
	if t.Base == "real" {
		v = float64(float32(v))
	}
	return c.AppendFloat(v)
}

// withoutDuplicates returns the entries of a map with the last value of each key, because the cluster rejects
// duplicate keys.
func withoutDuplicates(m engine.Map) engine.Map {
	last := make(map[string]int, len(m))
	for i, entry := range m {
		last[schema.Text(entry.Key)] = i
	}
	if len(last) == len(m) {
		return m
	}
	var unique engine.Map
	for i, entry := range m {
		if last[schema.Text(entry.Key)] == i {
			unique = append(unique, entry)
		}
	}
	return unique
}
