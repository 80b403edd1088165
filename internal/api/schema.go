package api

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A Column is a column of a table or of a result.
type Column struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Alias string `json:"alias,omitempty"` // name in SQL if it differs from Name
}

// schemaText returns a schema as JSON text. The service usually sends a string that contains JSON; an array is
// encoded.
func schemaText(raw json.RawMessage) string {
	var t looseString
	if len(raw) > 0 {
		_ = t.UnmarshalJSON(raw)
	}
	var compact bytes.Buffer
	if len(raw) > 0 && raw[0] == '[' && json.Compact(&compact, raw) == nil {
		return compact.String()
	}
	return string(t)
}

// ParseSchema parses a schema: a JSON array of [name, type], [name, type, alias] or [name, type, alias,
// description]. A column without a name is called _col and its index. The empty text is the empty schema.
func ParseSchema(s string) ([]Column, error) {
	if s == "" {
		return nil, nil
	}
	var rows [][]looseString
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

// encodeSchema is the inverse of ParseSchema.
func encodeSchema(columns []Column) string {
	rows := make([][]string, 0, len(columns))
	for _, column := range columns {
		row := []string{column.Name, column.Type}
		if column.Alias != "" {
			row = append(row, column.Alias)
		}
		rows = append(rows, row)
	}
	b, _ := json.Marshal(rows) // strings can always be marshalled
	return string(b)
}
