package sqlite

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
)

// planSchema returns the columns for a schema, without the time column. A column that is also in
// old keeps its logical type if the schema names the same storage type.
func planSchema(columns []engine.Column, old []column) ([]column, error) {
	known := make([]schema.Column, len(old))
	for i, c := range old {
		known[i] = schema.Column{Name: c.name, SQL: c.sql, Type: c.typ}
	}
	planned, err := schema.Plan(columns, known)
	if err != nil {
		return nil, err
	}
	list := make([]column, len(planned))
	for i, c := range planned {
		list[i] = column{name: c.Name, sql: c.SQL, typ: c.Type, position: int64(i + 1)}
	}
	return list, nil
}

// affinity returns the declared type of a SQLite column for a logical type.
func affinity(logicalType string) string {
	switch t := schema.ParseType(logicalType); t.Base {
	case "bigint", "integer", "smallint", "tinyint", "boolean",
		"interval day to second", "interval year to month":
		return "INTEGER"
	case "double", "real":
		return "REAL"
	case "varbinary":
		return "BLOB"
	case "decimal":
		return "" // no conversion
	}
	return "TEXT"
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
	switch source, target := schema.ParseType(from.typ), schema.ParseType(to.typ); {
	case source.Base == target.Base, affinity(from.typ) == "INTEGER" && affinity(to.typ) == "REAL":
		return name
	case target.Base == "varchar":
		switch source.Base {
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
		switch target.Base {
		case "bigint", "integer", "smallint", "tinyint", "double", "real", "boolean", "timestamp", "date":
			return "f_try_cast_" + target.Base + "(" + name + ")"
		}
		return name
	}
}
