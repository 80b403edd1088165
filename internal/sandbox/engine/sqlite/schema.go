package sqlite

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// maxColumns is the maximum number of columns of a table: SQLite's limit minus the row number.
const maxColumns = 1990

// planSchema returns the columns for a schema, without the time column. A column that is also in
// old keeps its logical type if the schema names the same storage type.
func planSchema(schema []engine.Column, old []column) ([]column, error) {
	var list []column
	taken := map[string]bool{"time": true}
	names := map[string]bool{}
	isName := func(alias string, except int) bool {
		return slices.ContainsFunc(slices.Delete(slices.Clone(schema), except, except+1), func(c engine.Column) bool { return c.Name == alias })
	}
	for i, c := range schema {
		before := slices.IndexFunc(old, func(o column) bool { return o.name == c.Name })
		if c.Name == "time" || (c.Name == "v" || c.Name == "") && before < 0 {
			return nil, fmt.Errorf("column name '%s' is %w", c.Name, engine.ErrInvalid)
		}
		if names[c.Name] {
			return nil, fmt.Errorf("duplicate column '%s' is %w", c.Name, engine.ErrInvalid)
		}
		names[c.Name] = true
		typ, err := logicalType(c.Type)
		if err != nil {
			return nil, fmt.Errorf("column '%s': %w", c.Name, err)
		}
		if before >= 0 && storageType(old[before].typ) == storageType(typ) {
			typ = old[before].typ // such as timestamp, which is a string in the schema
		}
		sql := c.Alias
		if sql != "" && (!validColumn(sql) || taken[sql] || isName(sql, i)) {
			return nil, fmt.Errorf("alias '%s' of column '%s' is %w", sql, c.Name, engine.ErrInvalid)
		}
		if sql != "" {
			taken[sql] = true
		}
		list = append(list, column{name: c.Name, sql: sql, typ: typ, position: int64(i + 1)})
	}
	for i := range list {
		if list[i].sql == "" {
			list[i].sql = sqlName(list[i].name, taken)
			taken[list[i].sql] = true
		}
	}
	if len(list) > maxColumns {
		return nil, fmt.Errorf("a schema of %d columns is %w", len(list), engine.ErrInvalid)
	}
	return list, nil
}

// validColumn reports whether name can be used in SQL without an alias.
func validColumn(name string) bool {
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return name != ""
}

// sqlName returns the SQL name of a column: its name in lower case with _ for other characters
// than [a-z0-9_], and a number if the result is taken. The SQL name of an empty name is _.
func sqlName(name string, taken map[string]bool) string {
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

// rebuild changes the columns of a table by copying it. Columns are matched by name. If the type of
// a column changes, its values are converted, or become null if that fails.
func (t *tx) rebuild(id int64, table string, old, want []column) error {
	if !slices.EqualFunc(old, want, func(a, b column) bool {
		return a.sql == b.sql && a.name == b.name && affinity(a.typ) == affinity(b.typ) && a.typ == b.typ
	}) {
		var into []column
		var values strings.Builder
		for _, w := range want {
			i := slices.IndexFunc(old, func(o column) bool { return o.name == w.name })
			if i >= 0 {
				into = append(into, w)
				values.WriteString(", " + conversion(old[i], w))
			}
		}
		const temporary = `"td$rebuilt"`
		if err := t.exec(`CREATE TABLE @` + temporary + ` (` + columnDefinitions(want) + `)`); err != nil {
			return err
		}
		err := t.exec(`INSERT INTO @` + temporary + ` (` + rowKey + nameList(into) + `) SELECT ` + rowKey + values.String() +
			` FROM @` + quote(table) + ` ORDER BY ` + rowKey)
		if err != nil {
			return err
		}
		if err := t.exec(`DROP TABLE @` + quote(table)); err != nil {
			return err
		}
		if err := t.exec(`ALTER TABLE @` + temporary + ` RENAME TO ` + quote(table)); err != nil {
			return err
		}
		if err := t.indexTime(id, table, want); err != nil {
			return err
		}
	}
	return t.writeColumns(id, want)
}

// conversion returns the SQL expression that converts a column to another type.
func conversion(from, to column) string {
	name := quote(from.sql)
	switch source, target := parseLogical(from.typ), parseLogical(to.typ); {
	case source.base == target.base, affinity(from.typ) == "INTEGER" && affinity(to.typ) == "REAL":
		return name
	case target.base == "varchar":
		switch source.base {
		case "double":
			return "h_cast_varchar_double(" + name + ")"
		case "real":
			return "h_cast_varchar_real(" + name + ")"
		case "boolean":
			return "f_cast_varchar_boolean(" + name + ")"
		case "varbinary":
			return "CAST(" + name + " AS TEXT)"
		}
		return name
	default:
		switch target.base {
		case "bigint", "integer", "smallint", "tinyint", "double", "real", "boolean", "timestamp", "date":
			return "f_try_cast_" + target.base + "(" + name + ")"
		}
		return name
	}
}
