package sqlite

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// View implements translate.Catalog.
func (c *catalog) View(database, name string) (translate.View, bool) {
	d := c.load(database)
	if d == nil {
		return translate.View{}, false
	}
	v, ok := d.views[name]
	return v, ok
}

// loadViews adds the views of a database to its description.
func (t *tx) loadViews(d *databaseInfo) error {
	return t.each(func(r *sql.Rows) error {
		var name, columns string
		var v translate.View
		if err := r.Scan(&name, &v.SQL, &v.Dialect, &v.Database, &columns); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(columns), &v.Columns); err != nil {
			return fmt.Errorf("view '%s': %w", name, err)
		}
		d.views[name] = v
		d.tables = append(d.tables, name)
		d.columns[name] = v.Columns
		return nil
	}, `SELECT name, query, dialect, database, columns FROM @"td$views" ORDER BY name`)
}

// hasView reports whether a name is that of a view.
func (t *tx) hasView(name string) (ok bool, err error) {
	return ok, t.row(`SELECT count(*) FROM @"td$views" WHERE name = ?`, name).Scan(&ok)
}

// requireNoView returns ErrExists if a name is that of a view.
func (t *tx) requireNoView(database, name string) error {
	exists, err := t.hasView(name)
	if exists {
		err = fmt.Errorf("view '%s.%s' %w", database, name, engine.ErrExists)
	}
	return err
}

// createView stores a view. Without replace, it returns ErrExists if the view exists.
func (t *tx) createView(name translate.TableName, v translate.View, replace bool) error {
	if err := checkTableName(name.Table); err != nil {
		return err
	}
	exists, err := t.hasView(name.Table)
	if err != nil {
		return err
	}
	if _, err := t.tableID(name.Database, name.Table); err == nil || exists && !replace {
		return fmt.Errorf("table or view '%s' %w", name, engine.ErrExists)
	} else if !isNotFound(err) {
		return err
	}
	columns, err := json.Marshal(v.Columns)
	if err != nil {
		return err
	}
	err = t.exec(`INSERT OR REPLACE INTO @"td$views" (name, query, dialect, database, columns) VALUES (?, ?, ?, ?, ?)`,
		name.Table, v.SQL, int(v.Dialect), v.Database, string(columns))
	if err != nil {
		return err
	}
	return t.incrementGeneration()
}

func (t *tx) dropView(name translate.TableName) error {
	if exists, err := t.hasView(name.Table); err != nil {
		return err
	} else if !exists {
		return fmt.Errorf("view '%s' %w", name, engine.ErrNotFound)
	}
	if err := t.exec(`DELETE FROM @"td$views" WHERE name = ?`, name.Table); err != nil {
		return err
	}
	return t.incrementGeneration()
}
