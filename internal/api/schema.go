package api

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A Column is one column of a table or of a result.
type Column struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Alias string `json:"alias,omitempty"` // its name in SQL, if that is another
}

// schemaText returns a schema as text, which is how it mostly comes: a string that
// holds JSON. A real array is encoded.
func schemaText(raw json.RawMessage) string {
	var t text
	if len(raw) > 0 {
		_ = t.UnmarshalJSON(raw)
	}
	var compact bytes.Buffer
	if len(raw) > 0 && raw[0] == '[' && json.Compact(&compact, raw) == nil {
		return compact.String()
	}
	return string(t)
}

// ParseSchema reads the text of a schema: a JSON array of [name, type], [name, type,
// alias] or [name, type, alias, description]. An unnamed column is called _col and its
// index. The empty text is the empty schema.
func ParseSchema(s string) ([]Column, error) {
	if s == "" {
		return nil, nil
	}
	var rows [][]text
	if err := unmarshal([]byte(s), &rows); err != nil {
		return nil, fmt.Errorf("not a schema: %w", err)
	}
	var columns []Column
	for i, row := range rows {
		if len(row) < 2 {
			return nil, fmt.Errorf("not a schema: column %d has no type", i)
		}
		column := Column{Name: string(row[0]), Type: string(row[1])}
		if column.Name == "" {
			column.Name = fmt.Sprintf("_col%d", i)
		}
		if len(row) > 2 {
			column.Alias = string(row[2])
		}
		columns = append(columns, column)
	}
	return columns, nil
}

// encodeSchema writes a schema the way ParseSchema reads it.
func encodeSchema(columns []Column) string {
	rows := make([][]string, 0, len(columns))
	for _, column := range columns {
		row := []string{column.Name, column.Type}
		if column.Alias != "" {
			row = append(row, column.Alias)
		}
		rows = append(rows, row)
	}
	b, _ := json.Marshal(rows) // strings always can be
	return string(b)
}
