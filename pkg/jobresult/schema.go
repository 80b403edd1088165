package jobresult

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A Column is one column of a result. Type is the engine's word, such as "bigint" or "array<string>".
type Column struct {
	Name, Type string
}

// ParseSchema reads the text of a job's hive_result_schema: a JSON array of [name, type], further members are ignored.
// A null name becomes _col<index>. Empty text and null give nil columns and no error. Anything else is an error: very old jobs
// hold text that is not JSON, and their rows are best shown without a schema.
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
			return nil, fmt.Errorf("result schema: column %d: %w", i+1, errors.New("its name is not text"))
		}
		if name != nil {
			columns[i].Name = *name
		} else {
			columns[i].Name = defaultName(i)
		}
		if len(entry) > 1 {
			columns[i].Type = typeText(entry[1])
		}
	}
	return columns, nil
}

// defaultName names a column that has no name, as the engines do.
func defaultName(index int) string { return "_col" + strconv.Itoa(index) }

// typeText keeps a type that is not a string as its JSON text: types are opaque.
func typeText(raw json.RawMessage) string {
	var text *string
	if err := json.Unmarshal(raw, &text); err != nil {
		return string(raw)
	}
	if text == nil {
		return ""
	}
	return *text
}

// UniqueNames returns the names of the columns as keys of an object: the second column named a becomes a_2, the third a_3, and so on,
// past names that another column already has. It reports whether any had to be renamed.
func UniqueNames(columns []Column) (names []string, renamed bool) {
	taken := make(map[string]bool, len(columns))
	for _, c := range columns {
		taken[c.Name] = true
	}
	last := make(map[string]int, len(columns)) // the number that a name's latest column has
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
