package trino

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
)

func checkTableName(name string) error {
	if isHidden(name) {
		return fmt.Errorf("table name '%s' is %w", name, engine.ErrInvalid)
	}
	return nil
}

// CreateTable implements engine.Engine.
func (e *Engine) CreateTable(ctx context.Context, database, name string, o engine.TableOptions) error {
	if err := checkTableName(name); err != nil {
		return err
	}
	if !validName(database) {
		return databaseNotFound(database)
	}
	var columns []schema.Column
	if o.Schema != nil {
		var err error
		if columns, err = schema.Plan(*o.Schema, nil); err != nil {
			return err
		}
	}
	release, err := e.exclude(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := e.createTable(ctx, database, name, append(slices.Clone(columns), schema.Column{Name: "time", SQL: "time", Type: "bigint"})); err != nil {
		return e.tableError(err, database, name)
	}
	id, err := e.meta.addTable(ctx, database, name, columns)
	if err != nil {
		return err
	}
	return e.meta.setOptions(ctx, id, o)
}

// createTable creates a table in the cluster.
func (c *cluster) createTable(ctx context.Context, database, name string, columns []schema.Column) error {
	list := make([]string, len(columns))
	for i, column := range columns {
		list[i] = quote(column.SQL) + " " + c.clusterType(column.Type)
	}
	return c.exec(ctx, database, "CREATE TABLE "+qualified(database, name)+" ("+strings.Join(list, ", ")+")")
}

// tableError converts the error of a statement about a table.
func (c *cluster) tableError(err error, database, name string) error {
	if hasName(err, "SCHEMA_NOT_FOUND") {
		return databaseNotFound(database)
	}
	return c.catalogError(err, "table '"+database+"."+name+"'")
}

// addTable stores a new table. A table that had the same name no longer exists.
func (m *metadata) addTable(ctx context.Context, database, name string, columns []schema.Column) (id int64, err error) {
	if err := m.forgetTable(ctx, database, name); err != nil {
		return 0, err
	}
	err = m.update(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `INSERT INTO tables (schema, name, created, updated) VALUES (?1, ?2, ?3, ?3)`, database, name, now())
		if err != nil {
			return err
		}
		if id, err = r.LastInsertId(); err != nil {
			return err
		}
		return writeKeys(ctx, tx, id, columns)
	})
	return id, err
}

// forgetTable removes everything about the table that has a name in the cluster.
func (m *metadata) forgetTable(ctx context.Context, database, name string) error {
	t, err := m.table(ctx, `schema = ? AND name = ?`, database, name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return m.deleteTable(ctx, t.ID)
}

// writeKeys replaces the stored keys of the columns of a table.
func writeKeys(ctx context.Context, tx *sql.Tx, id int64, columns []schema.Column) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM columns WHERE table_id = ?`, id); err != nil {
		return err
	}
	for _, c := range columns {
		if c.Name == c.SQL {
			continue
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO columns (table_id, key, sql) VALUES (?, ?, ?)`, id, c.Name, c.SQL); err != nil {
			return err
		}
	}
	return nil
}

// setOptions stores the options that are not nil, except the schema.
func (m *metadata) setOptions(ctx context.Context, id int64, o engine.TableOptions) error {
	return m.exec(ctx, `UPDATE tables SET expire = coalesce(?, expire), include_v = coalesce(?, include_v), detect = coalesce(?, detect),
		updated = ? WHERE id = ?`, o.ExpireDays, o.IncludeV, o.DetectSchema, now(), id)
}

// UpdateTable implements engine.Engine. The expiry of records is stored, but not enforced.
func (e *Engine) UpdateTable(ctx context.Context, database, name string, o engine.TableOptions) error {
	t, release, err := e.lockTable(ctx, database, name)
	if err != nil {
		return err
	}
	defer release()
	if o.Schema != nil {
		if err := e.setSchema(ctx, t, *o.Schema); err != nil {
			return err
		}
	}
	return e.meta.setOptions(ctx, t.ID, o)
}

// setSchema changes the columns of a table to those of a schema. The caller holds the lock of the catalog.
func (e *Engine) setSchema(ctx context.Context, t *table, columns []engine.Column) error {
	want, err := schema.Plan(columns, t.columns)
	if err != nil {
		return err
	}
	for _, old := range slices.Clone(t.columns) {
		if old.SQL == "time" || slices.ContainsFunc(want, func(c schema.Column) bool { return c.Name == old.Name }) {
			continue
		}
		if err := e.dropColumn(ctx, t, old); err != nil {
			return err
		}
	}
	if err := e.renameColumns(ctx, t, want); err != nil {
		return err
	}
	for _, c := range want {
		i := slices.IndexFunc(t.columns, func(old schema.Column) bool { return old.Name == c.Name })
		if i < 0 {
			err = e.addColumn(ctx, t, c)
		} else if t.columns[i].Type != c.Type {
			err = e.convertColumn(ctx, t, i, c.Type)
		}
		if err != nil {
			return err
		}
	}
	return e.meta.update(ctx, func(tx *sql.Tx) error {
		if err := writeKeys(ctx, tx, t.ID, t.columns); err != nil {
			return err
		}
		return writeOrder(ctx, tx, t, want)
	})
}

// writeOrder replaces the stored order of the columns of a table.
func writeOrder(ctx context.Context, tx *sql.Tx, t *table, columns []schema.Column) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM orders WHERE table_id = ?`, t.ID); err != nil {
		return err
	}
	stored := slices.DeleteFunc(slices.Clone(t.columns), func(c schema.Column) bool { return c.SQL == "time" })
	if slices.EqualFunc(stored, columns, func(a, b schema.Column) bool { return a.Name == b.Name }) {
		return nil
	}
	for i, c := range columns {
		if _, err := tx.ExecContext(ctx, `INSERT INTO orders (table_id, key, position) VALUES (?, ?, ?)`, t.ID, c.Name, i); err != nil {
			return err
		}
	}
	return nil
}

// saveKeys stores the keys of the columns of a table.
func (e *Engine) saveKeys(ctx context.Context, t *table) error {
	return e.meta.update(ctx, func(tx *sql.Tx) error { return writeKeys(ctx, tx, t.ID, t.columns) })
}

// alter changes a table in the cluster.
func (c *cluster) alter(ctx context.Context, t *table, change string) error {
	return c.tableError(c.exec(ctx, t.database, "ALTER TABLE "+qualified(t.database, t.name)+" "+change), t.database, t.Name)
}

func (e *Engine) dropColumn(ctx context.Context, t *table, c schema.Column) error {
	if err := e.alter(ctx, t, "DROP COLUMN "+quote(c.SQL)); err != nil {
		return err
	}
	t.columns = slices.DeleteFunc(t.columns, func(old schema.Column) bool { return old.SQL == c.SQL })
	return nil
}

// renameColumns gives the columns of a table the names in want. The keys are stored at once, because the key of a
// renamed column would be lost otherwise.
func (e *Engine) renameColumns(ctx context.Context, t *table, want []schema.Column) error {
	target := map[string]string{} // by key
	for _, c := range want {
		target[c.Name] = c.SQL
	}
	rename := func(i int, to string) error {
		if err := e.alter(ctx, t, "RENAME COLUMN "+quote(t.columns[i].SQL)+" TO "+quote(to)); err != nil {
			return err
		}
		t.columns[i].SQL = to
		return e.saveKeys(ctx, t)
	}
	for i, c := range t.columns { // a name that is still in use becomes free
		if to, ok := target[c.Name]; ok && c.SQL != to && slices.ContainsFunc(t.columns, func(other schema.Column) bool { return other.SQL == to }) {
			if err := rename(i, "td$renamed_"+c.SQL); err != nil {
				return err
			}
		}
	}
	for i, c := range t.columns {
		if to, ok := target[c.Name]; ok && c.SQL != to {
			if err := rename(i, to); err != nil {
				return err
			}
		}
	}
	return nil
}

// addColumn adds a column before the time column if that is the last one.
func (e *Engine) addColumn(ctx context.Context, t *table, c schema.Column) error {
	at, place := len(t.columns), ""
	if e.connector == iceberg && at > 0 && t.columns[at-1].SQL == "time" {
		if at--; at > 0 {
			place = " AFTER " + quote(t.columns[at-1].SQL)
		} else {
			place = " FIRST"
		}
	}
	return e.addColumnAt(ctx, t, c, at, place)
}

func (e *Engine) addColumnAt(ctx context.Context, t *table, c schema.Column, at int, place string) error {
	if err := e.alter(ctx, t, "ADD COLUMN "+quote(c.SQL)+" "+e.clusterType(c.Type)+place); err != nil {
		return err
	}
	t.columns = slices.Insert(t.columns, at, c)
	return nil
}

// convertColumn changes the type of the column with index i. Values that cannot be converted become null. Iceberg
// itself converts only to a wider number (https://iceberg.apache.org/spec/#schema-evolution); otherwise the column is
// renamed, added again and filled, so that no row that another process adds in the meantime is lost.
func (e *Engine) convertColumn(ctx context.Context, t *table, i int, typ string) error {
	c := t.columns[i]
	widens := c.Type == "integer" && typ == "bigint" || c.Type == "real" && typ == "double"
	if widens || e.connector != iceberg {
		err := e.alter(ctx, t, "ALTER COLUMN "+quote(c.SQL)+" SET DATA TYPE "+e.clusterType(typ))
		if errors.Is(err, errors.ErrUnsupported) {
			return &unsupportedError{fmt.Sprintf("column '%s' of %s.%s is %s and cannot become %s: the connector %s cannot change column types",
				c.SQL, t.database, t.name, c.Type, typ, e.connector)}
		}
		if err == nil {
			t.columns[i].Type = typ
		}
		return err
	}
	intent, err := e.meta.addIntent(ctx, conversion{t.ID, c.SQL, c.Type, typ})
	if err != nil {
		return err
	}
	if err := e.alter(ctx, t, "RENAME COLUMN "+quote(c.SQL)+" TO "+quote(oldColumn+c.SQL)); err != nil {
		return err
	}
	if err := e.finishConversion(ctx, t, i, typ); err != nil {
		return err
	}
	return e.meta.dropIntent(ctx, intent)
}

// oldColumn is the prefix of the name of a column whose values are being converted. It is not a valid start of a name.
const oldColumn = "td$"

// finishConversion fills column i, whose values are in a renamed column.
func (e *Engine) finishConversion(ctx context.Context, t *table, i int, typ string) error {
	c := t.columns[i]
	old := oldColumn + c.SQL
	place := " AFTER " + quote(old)
	if err := e.alter(ctx, t, "ADD COLUMN IF NOT EXISTS "+quote(c.SQL)+" "+e.clusterType(typ)+place); err != nil {
		return err
	}
	err := e.exec(ctx, t.database, "UPDATE "+qualified(t.database, t.name)+" SET "+quote(c.SQL)+" = "+conversionSQL(quote(old), c.Type, e.clusterType(typ))+
		" WHERE "+quote(c.SQL)+" IS NULL AND "+quote(old)+" IS NOT NULL")
	if err != nil && !hasName(err, "TYPE_MISMATCH") { // no value of the old type has the new type
		return e.tableError(err, t.database, t.Name)
	}
	if err := e.alter(ctx, t, "DROP COLUMN "+quote(old)); err != nil {
		return err
	}
	t.columns[i].Type = typ
	return nil
}

// conversionSQL returns the expression that converts a column to another type. Texts are those that the sandbox
// stores for a value.
func conversionSQL(column, from, to string) string {
	if to != "varchar" {
		return "TRY_CAST(" + column + " AS " + to + ")"
	}
	switch schema.ParseType(from).Base {
	case "double", "real":
		return "replace(json_format(CAST(" + column + ` AS json)), '"', '')`
	case "array", "map", "row":
		return "json_format(CAST(" + column + " AS json))"
	case "varbinary":
		return "from_utf8(" + column + ")"
	}
	return "CAST(" + column + " AS varchar)"
}
