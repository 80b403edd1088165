package jobresult

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A Column is a column of a result. Type is the name that the query engine
// uses, such as "bigint" or "array<string>".
type Column struct {
	Name, Type string
}

// ParseSchema parses the hive_result_schema of a job: a JSON array of [name,
// type], whose further elements are ignored. A null name becomes _col<index>.
// ParseSchema returns no columns and no error for an empty text and for null.
// Very old jobs have a schema that is not JSON; show their rows without one.
func ParseSchema(text string) ([]Column, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	var entries [][]json.RawMessage
	if err := json.Unmarshal([]byte(text), &entries); err != nil {
		return nil, fmt.Errorf("result schema: %w", err)
	}
	if entries == nil {
		return nil, nil
	}
	columns := make([]Column, len(entries))
	for i, entry := range entries {
		if len(entry) == 0 {
			return nil, fmt.Errorf("result schema: column %d is empty", i+1)
		}
		var name *string
		if err := json.Unmarshal(entry[0], &name); err != nil {
			return nil, fmt.Errorf("result schema: column %d: %w", i+1, errors.New("the name is not a string"))
		}
		if name != nil {
			columns[i].Name = *name
		} else {
			columns[i].Name = defaultName(i)
		}
		if len(entry) > 1 {
			columns[i].Type = typeName(entry[1])
		}
	}
	return columns, nil
}

// defaultName returns the name of a column that has none. Trino and Hive use
// the same names.
func defaultName(index int) string { return "_col" + strconv.Itoa(index) }

// typeName returns the type of a column. A type that is not a string is kept as
// JSON.
func typeName(raw json.RawMessage) string {
	var text *string
	if err := json.Unmarshal(raw, &text); err != nil {
		return string(raw)
	}
	if text == nil {
		return ""
	}
	return *text
}

// isNumber reports whether the values of the column are numbers.
func (c Column) isNumber() bool {
	name, _, _ := strings.Cut(strings.ToLower(c.Type), "(")
	switch strings.TrimSpace(name) {
	case "tinyint", "smallint", "int", "integer", "bigint", "long", "float", "real", "double", "double precision", "decimal", "numeric":
		return true
	}
	return false
}

// UniqueNames returns the names of the columns for use as keys of an object:
// the second column named a becomes a_2, the third a_3, and so on, skipping
// names that exist already. It reports whether it renamed a column.
func UniqueNames(columns []Column) (names []string, renamed bool) {
	taken := make(map[string]bool, len(columns))
	for _, c := range columns {
		taken[c.Name] = true
	}
	last := make(map[string]int, len(columns)) // highest number in use for each name
	names = make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
		if last[c.Name]++; last[c.Name] == 1 {
			continue
		}
		renamed = true
		for ; taken[names[i]]; last[c.Name]++ {
			names[i] = c.Name + "_" + strconv.Itoa(last[c.Name])
		}
		last[c.Name]--
		taken[names[i]] = true
	}
	return names, renamed
}
