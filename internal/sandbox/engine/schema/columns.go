package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// MaxColumns is the maximum number of columns of a table.
const MaxColumns = 1990

// A Column is a stored column.
type Column struct {
	Name string // key in records
	SQL  string // name in statements
	Type string // type in Trino's spelling
}

// Plan returns the columns for a schema, without the time column. A column that is also in
// old keeps its logical type if the schema names the same storage type.
func Plan(schema []engine.Column, old []Column) ([]Column, error) {
	var list []Column
	taken := map[string]bool{"time": true}
	names := map[string]bool{}
	isName := func(alias string, except int) bool {
		return slices.ContainsFunc(slices.Delete(slices.Clone(schema), except, except+1), func(c engine.Column) bool { return c.Name == alias })
	}
	for i, c := range schema {
		before := slices.IndexFunc(old, func(o Column) bool { return o.Name == c.Name })
		if c.Name == "time" || (c.Name == "v" || c.Name == "") && before < 0 {
			return nil, fmt.Errorf("column name '%s' is %w", c.Name, engine.ErrInvalid)
		}
		if names[c.Name] {
			return nil, fmt.Errorf("duplicate column '%s' is %w", c.Name, engine.ErrInvalid)
		}
		names[c.Name] = true
		typ, err := FromStorage(c.Type)
		if err != nil {
			return nil, fmt.Errorf("column '%s': %w", c.Name, err)
		}
		if before >= 0 && StorageType(old[before].Type) == StorageType(typ) {
			typ = old[before].Type // such as timestamp, which is a string in the schema
		}
		sql := c.Alias
		if sql != "" && (!ValidName(sql) || taken[sql] || isName(sql, i)) {
			return nil, fmt.Errorf("alias '%s' of column '%s' is %w", sql, c.Name, engine.ErrInvalid)
		}
		if sql != "" {
			taken[sql] = true
		}
		list = append(list, Column{Name: c.Name, SQL: sql, Type: typ})
	}
	for i := range list {
		if list[i].SQL == "" {
			list[i].SQL = SQLName(list[i].Name, taken)
			taken[list[i].SQL] = true
		}
	}
	if len(list) > MaxColumns {
		return nil, fmt.Errorf("a schema of %d columns is %w", len(list), engine.ErrInvalid)
	}
	return list, nil
}

// ValidName reports whether name can be used in SQL without an alias.
func ValidName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return name != ""
}

// SQLName returns the SQL name of a column: its name in lower case with _ for other characters
// than [a-z0-9_], and a number if the result is taken. The SQL name of an empty name is _.
func SQLName(name string, taken map[string]bool) string {
	base := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' {
			return c
		}
		return '_'
	}, strings.ToLower(cmp.Or(name, "_")))
	name = base
	for i := 2; taken[name]; i++ {
		name = base + "_" + strconv.Itoa(i)
	}
	return name
}
