package sqlite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// maxColumns is what a table can have: SQLite's limit less its own column.
const maxColumns = 1990

// plan turns a schema as people write it into columns, with what the table had
// before for the aliases that are kept. The time column is not among them.
func plan(schema []engine.Column, had []column) ([]column, error) {
	var list []column
	taken := map[string]bool{"time": true}
	names := map[string]bool{}
	isName := func(alias string, except int) bool {
		return slices.ContainsFunc(slices.Delete(slices.Clone(schema), except, except+1), func(c engine.Column) bool { return c.Name == alias })
	}
	for i, c := range schema {
		before := slices.IndexFunc(had, func(h column) bool { return h.name == c.Name })
		if c.Name == "" || c.Name == "time" || c.Name == "v" && before < 0 {
			return nil, fmt.Errorf("column name '%s' is %w", c.Name, engine.ErrInvalid)
		}
		if names[c.Name] {
			return nil, fmt.Errorf("column '%s' twice is %w", c.Name, engine.ErrInvalid)
		}
		names[c.Name] = true
		typ, err := logicalType(c.Type)
		if err != nil {
			return nil, fmt.Errorf("column '%s': %w", c.Name, err)
		}
		if before >= 0 && storageType(had[before].typ) == storageType(typ) {
			typ = had[before].typ // timestamps and such keep what storage cannot spell
		}
		sql := c.Alias
		switch {
		case sql == "" && before >= 0 && !taken[had[before].sql]:
			sql = had[before].sql
		case sql != "" && (!validColumn(sql) || taken[sql] || isName(sql, i)):
			return nil, fmt.Errorf("alias '%s' of column '%s' is %w", sql, c.Name, engine.ErrInvalid)
		}
		if sql != "" {
			taken[sql] = true
		}
		list = append(list, column{name: c.Name, sql: sql, typ: typ, at: int64(i + 1)})
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

// validColumn tells whether statements can say a name as it is.
func validColumn(name string) bool {
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return name != ""
}

// sqlName is what statements call a column: its name where that can be, else
// the name in lower case with _ for what cannot, numbered until it is free.
func sqlName(name string, taken map[string]bool) string {
	plain := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' {
			return c
		}
		return '_'
	}, strings.ToLower(name))
	free := plain
	for i := 2; taken[free]; i++ {
		free = plain + "_" + strconv.Itoa(i)
	}
	return free
}

// rebuild gives a table other columns. Columns are matched by their names in
// records; values whose column changes type are converted, or null where the
// new type cannot hold them.
func (t *tx) rebuild(id int64, table string, had, want []column) error {
	if !slices.EqualFunc(had, want, func(a, b column) bool {
		return a.sql == b.sql && a.name == b.name && affinity(a.typ) == affinity(b.typ) && a.typ == b.typ
	}) {
		var into []column
		var values strings.Builder
		for _, w := range want {
			i := slices.IndexFunc(had, func(h column) bool { return h.name == w.name })
			if i >= 0 {
				into = append(into, w)
				values.WriteString(", " + conversion(had[i], w))
			}
		}
		const fresh = `"td$rebuilt"`
		if err := t.exec(`CREATE TABLE @` + fresh + ` (` + definition(want) + `)`); err != nil {
			return err
		}
		err := t.exec(`INSERT INTO @` + fresh + ` (` + rowKey + nameList(into) + `) SELECT ` + rowKey + values.String() +
			` FROM @` + quote(table) + ` ORDER BY ` + rowKey)
		if err != nil {
			return err
		}
		if err := t.exec(`DROP TABLE @` + quote(table)); err != nil {
			return err
		}
		if err := t.exec(`ALTER TABLE @` + fresh + ` RENAME TO ` + quote(table)); err != nil {
			return err
		}
		if err := t.indexTime(id, table, want); err != nil {
			return err
		}
	}
	return t.describe(id, want)
}

// conversion is the SQL for a column's values as another type.
func conversion(from, to column) string {
	name := quote(from.sql)
	switch source, target := parseLogical(from.typ), parseLogical(to.typ); {
	case source.base == target.base, affinity(from.typ) == "INTEGER" && affinity(to.typ) == "REAL":
		return name
	case target.base == "varchar":
		switch source.base {
		case "double":
			return "f_cast_varchar_double(" + name + ")"
		case "real":
			return "f_cast_varchar_real(" + name + ")"
		case "boolean":
			return "f_cast_varchar_boolean(" + name + ")"
		case "varbinary":
			return "CAST(" + name + " AS TEXT)"
		}
		return name
	default:
		switch target.base { // those whose text can be read back, or becomes null
		case "bigint", "integer", "smallint", "tinyint", "double", "real", "boolean", "timestamp", "date":
			return "f_try_cast_" + target.base + "(" + name + ")"
		}
		return name
	}
}
