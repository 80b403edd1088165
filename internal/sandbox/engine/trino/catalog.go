package trino

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
)

// Prefixes of the names of tables that are not listed.
const (
	deletedPrefix = "td_deleted_"
	stagePrefix   = "td_stage_"
)

// maxStatsAge is the time after which the figures of a table are read again.
const maxStatsAge = time.Minute

func isHidden(table string) bool {
	return strings.HasPrefix(table, deletedPrefix) || strings.HasPrefix(table, stagePrefix) || !validName(table)
}

func validName(name string) bool { return len(name) <= 255 && schema.ValidName(name) }

func databaseNotFound(name string) error {
	return fmt.Errorf("database '%s' %w", name, engine.ErrNotFound)
}

func tableNotFound(database, table string) error {
	return fmt.Errorf("table '%s.%s' %w", database, table, engine.ErrNotFound)
}

// Databases implements engine.Engine. The number of records is that of the stored figures of the tables.
func (e *Engine) Databases(ctx context.Context) ([]engine.Database, error) {
	return e.databases(ctx, "")
}

// Database implements engine.Engine.
func (e *Engine) Database(ctx context.Context, name string) (engine.Database, error) {
	if !validName(name) {
		return engine.Database{}, databaseNotFound(name)
	}
	list, err := e.databases(ctx, name)
	if err != nil {
		return engine.Database{}, err
	}
	if len(list) == 0 {
		return engine.Database{}, databaseNotFound(name)
	}
	return list[0], nil
}

// databases returns the database with the given name, or all databases if the name is empty.
func (e *Engine) databases(ctx context.Context, only string) ([]engine.Database, error) {
	query := "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ('information_schema', 'system')"
	if only != "" {
		query += " AND schema_name = " + literal(only)
	}
	rows, err := e.query(ctx, "", query+" ORDER BY 1")
	if err != nil {
		return nil, err
	}
	list := []engine.Database{}
	for _, row := range rows {
		if name, _ := row[0].(string); validName(name) {
			d, err := e.meta.database(ctx, name)
			if err != nil {
				return nil, err
			}
			list = append(list, d)
		}
	}
	return list, nil
}

// database returns what is stored about a database, which is stored if it is seen for the first time.
func (m *metadata) database(ctx context.Context, name string) (engine.Database, error) {
	if err := m.exec(ctx, `INSERT OR IGNORE INTO databases VALUES (?, ?2, ?2)`, name, now()); err != nil {
		return engine.Database{}, err
	}
	var created, updated, records int64
	err := m.db.QueryRowContext(ctx, `SELECT d.created, max(d.updated, coalesce(max(t.updated), 0)), coalesce(sum(t.records), 0)
		FROM databases d LEFT JOIN tables t ON t.schema = d.name AND t.deleted_at = 0 WHERE d.name = ?`, name).Scan(&created, &updated, &records)
	return engine.Database{Name: name, Records: records, CreatedAt: fromMilli(created), UpdatedAt: fromMilli(updated)}, err
}

// CreateDatabase implements engine.Engine.
func (e *Engine) CreateDatabase(ctx context.Context, name string) error {
	if !validName(name) || name == "information_schema" || name == "system" {
		return fmt.Errorf("database name '%s' is %w", name, engine.ErrInvalid)
	}
	if err := e.catalogError(e.exec(ctx, "", "CREATE SCHEMA "+quote(name)), "database '"+name+"'"); err != nil {
		return err
	}
	if err := e.meta.forgetDatabase(ctx, name); err != nil {
		return err
	}
	_, err := e.meta.database(ctx, name)
	return err
}

// DropDatabase implements engine.Engine. Dropped tables of the database cannot be recovered afterwards.
func (e *Engine) DropDatabase(ctx context.Context, name string) error {
	if !validName(name) {
		return databaseNotFound(name)
	}
	release, err := e.exclude(ctx)
	if err != nil {
		return err
	}
	defer release()
	err = e.exec(ctx, "", "DROP SCHEMA "+quote(name)+" CASCADE")
	if isUnsupported(err) {
		if err = e.dropTables(ctx, name); err == nil {
			err = e.exec(ctx, "", "DROP SCHEMA "+quote(name))
		}
	}
	if err := e.catalogError(err, "database '"+name+"'"); err != nil {
		return err
	}
	return e.meta.forgetDatabase(ctx, name)
}

// dropTables drops the tables of a database one by one.
func (c *cluster) dropTables(ctx context.Context, database string) error {
	rows, err := c.query(ctx, database, "SHOW TABLES")
	if err != nil {
		return err
	}
	for _, row := range rows {
		name, _ := row[0].(string)
		if err := c.exec(ctx, database, "DROP TABLE "+qualified(database, name)); err != nil {
			return err
		}
	}
	return nil
}

// forgetDatabase removes everything about a database and its tables.
func (m *metadata) forgetDatabase(ctx context.Context, name string) error {
	return m.update(ctx, func(tx *sql.Tx) error {
		for _, query := range []string{
			`DELETE FROM columns WHERE table_id IN (SELECT id FROM tables WHERE schema = ?)`,
			`DELETE FROM orders WHERE table_id IN (SELECT id FROM tables WHERE schema = ?)`,
			`DELETE FROM imports WHERE table_id IN (SELECT id FROM tables WHERE schema = ?)`,
			`DELETE FROM tables WHERE schema = ?`, `DELETE FROM databases WHERE name = ?`,
		} {
			if _, err := tx.ExecContext(ctx, query, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// A table is a table with its stored metadata.
type table struct {
	engine.Table
	database string
	name     string          // name in the cluster, which differs from that of a dropped table
	former   string          // name before the table was dropped or is swapped
	columns  []schema.Column // including time
	lastTime sql.NullInt64
	statsAt  time.Time
}

// clusterColumns returns the columns of the tables of a database as the cluster has them. The key of a column is its
// name.
func (c *cluster) clusterColumns(ctx context.Context, database, only string) (map[string][]schema.Column, error) {
	condition := " = " + literal(database)
	if only != "" {
		condition += " AND table_name = " + literal(only)
	}
	rows, err := c.query(ctx, "", `SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema`+condition+
		` AND table_name NOT IN (SELECT table_name FROM information_schema.views WHERE table_schema`+condition+`) ORDER BY table_name, ordinal_position`)
	if err != nil {
		return nil, err
	}
	tables := map[string][]schema.Column{}
	for _, row := range rows {
		name, _ := row[0].(string)
		column, _ := row[1].(string)
		typ, _ := row[2].(string)
		tables[name] = append(tables[name], schema.Column{Name: column, SQL: column, Type: normalType(typ)})
	}
	return tables, nil
}

// list returns the table with the given name, or all tables of a database if the name is empty. It stores the tables
// that are seen for the first time.
func (e *Engine) list(ctx context.Context, database, only string) ([]*table, error) {
	if !validName(database) {
		return nil, databaseNotFound(database)
	}
	columns, err := e.clusterColumns(ctx, database, only)
	if err != nil {
		return nil, err
	}
	if len(columns) == 0 {
		if _, err := e.Database(ctx, database); err != nil {
			return nil, err
		}
	}
	list := []*table{}
	for name, c := range columns {
		if isHidden(name) {
			continue
		}
		err := e.meta.exec(ctx, `INSERT OR IGNORE INTO tables (schema, name, created, updated) VALUES (?1, ?2, ?3, ?3)`, database, name, now())
		if err != nil {
			return nil, err
		}
		t, err := e.meta.table(ctx, `schema = ? AND name = ?`, database, name)
		if err != nil {
			return nil, err
		}
		t.columns = c
		if err := e.meta.addKeys(ctx, t); err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b *table) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

const tableFields = `id, schema, name, created, updated, last_import, records, bytes, last_time, stats_at, expire, include_v, detect, deleted_at, former`

// table returns what is stored about a table, without its columns.
func (m *metadata) table(ctx context.Context, where string, args ...any) (*table, error) {
	return scanTable(m.db.QueryRowContext(ctx, `SELECT `+tableFields+` FROM tables WHERE `+where, args...))
}

func scanTable(row interface{ Scan(...any) error }) (*table, error) {
	t := new(table)
	var created, updated, imported, statsAt, deleted int64
	err := row.Scan(&t.ID, &t.database, &t.name, &created, &updated, &imported, &t.Records, &t.StorageSize, &t.lastTime, &statsAt,
		&t.ExpireDays, &t.IncludeV, &t.DetectSchema, &deleted, &t.former)
	t.Name = t.name
	if deleted != 0 {
		t.Name, t.DeletedDBName = t.former, t.database
	}
	t.CreatedAt, t.UpdatedAt, t.LastImport, t.DeletedAt = fromMilli(created), fromMilli(updated), fromMilli(imported), fromMilli(deleted)
	t.statsAt = fromMilli(statsAt)
	if t.lastTime.Valid {
		t.LastLogTime = time.Unix(t.lastTime.Int64, 0).UTC()
	}
	return t, err
}

// addKeys replaces the names of columns by the stored keys, and sets the schema.
func (m *metadata) addKeys(ctx context.Context, t *table) error {
	err := m.collect(ctx, func(r *sql.Rows) error {
		var key, name string
		err := r.Scan(&key, &name)
		for i := range t.columns {
			if t.columns[i].SQL == name {
				t.columns[i].Name = key
			}
		}
		return err
	}, `SELECT key, sql FROM columns WHERE table_id = ?`, t.ID)
	t.Schema = []engine.Column{}
	for _, c := range t.columns {
		if c.SQL == "time" {
			continue
		}
		column := engine.Column{Name: c.Name, Type: schema.StorageType(c.Type)}
		if c.SQL != c.Name {
			column.Alias = c.SQL
		}
		t.Schema = append(t.Schema, column)
	}
	if err != nil {
		return err
	}
	return m.sortSchema(ctx, t)
}

// sortSchema sorts the schema of a table in the stored order. Columns that were added later are the last ones.
func (m *metadata) sortSchema(ctx context.Context, t *table) error {
	positions := map[string]int{}
	err := m.collect(ctx, func(r *sql.Rows) error {
		var key string
		var position int
		err := r.Scan(&key, &position)
		positions[key] = position
		return err
	}, `SELECT key, position FROM orders WHERE table_id = ?`, t.ID)
	position := func(c engine.Column) int {
		if p, ok := positions[c.Name]; ok {
			return p
		}
		return len(positions)
	}
	slices.SortStableFunc(t.Schema, func(a, b engine.Column) int { return position(a) - position(b) })
	return err
}

// timeType returns the type of the time column, or "".
func (t *table) timeType() string {
	for _, c := range t.columns {
		if c.SQL == "time" {
			return c.Type
		}
	}
	return ""
}

// Tables implements engine.Engine. It returns stored figures and refreshes old ones in the background.
func (e *Engine) Tables(ctx context.Context, database string) ([]engine.Table, error) {
	list, err := e.list(ctx, database, "")
	if err != nil {
		return nil, err
	}
	tables := make([]engine.Table, 0, len(list))
	var old []*table
	for _, t := range list {
		if t.statsAt.IsZero() {
			if err := e.readFigures(ctx, t); err != nil {
				return nil, err
			}
		} else if time.Since(t.statsAt) > maxStatsAge {
			old = append(old, t)
		}
		tables = append(tables, t.Table)
	}
	if len(old) > 0 && e.refresh.TryLock() {
		e.wg.Go(func() {
			defer e.refresh.Unlock()
			for _, t := range old {
				if e.readFigures(e.ctx, t) != nil { // they remain old
					return
				}
			}
		})
	}
	return tables, nil
}

// Table implements engine.Engine. Its figures are at most a minute old.
func (e *Engine) Table(ctx context.Context, database, name string) (engine.Table, error) {
	t, err := e.table(ctx, database, name)
	if err != nil {
		return engine.Table{}, err
	}
	if time.Since(t.statsAt) > maxStatsAge {
		if err := e.readFigures(ctx, t); err != nil {
			return engine.Table{}, err
		}
	}
	return t.Table, nil
}

func (e *Engine) table(ctx context.Context, database, name string) (*table, error) {
	if !validName(name) || isHidden(name) {
		return nil, tableNotFound(database, name)
	}
	list, err := e.list(ctx, database, name)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, tableNotFound(database, name)
	}
	return list[0], nil
}

// readFigures reads the number of rows, the size and the last time of a table and stores them.
func (e *Engine) readFigures(ctx context.Context, t *table) error {
	at := now()
	records, size, exact, err := e.readCounts(ctx, t)
	if err != nil {
		return e.catalogError(err, "table '"+t.database+"."+t.name+"'")
	}
	var last sql.NullInt64
	if t.timeType() == "bigint" && (records > 0 || !exact) {
		if last, err = e.readLastTime(ctx, t); err != nil {
			return err
		}
	}
	if !exact || records > 0 && !last.Valid && t.timeType() == "bigint" {
		rows, err := e.query(ctx, t.database, `SELECT count(*), `+map[bool]string{true: `max("time")`, false: `NULL`}[t.timeType() == "bigint"]+` FROM `+qualified(t.database, t.name))
		if err != nil {
			return err
		}
		records, _ = rows[0][0].(int64)
		last.Int64, last.Valid = rows[0][1].(int64)
	}
	t.Records, t.StorageSize, t.lastTime, t.statsAt = records, size, last, fromMilli(at)
	t.LastLogTime = time.Time{}
	if last.Valid {
		t.LastLogTime = time.Unix(last.Int64, 0).UTC()
	}
	return e.meta.exec(ctx, `UPDATE tables SET records = ?, bytes = ?, last_time = ?, stats_at = ? WHERE id = ? AND stats_at <= ?4`, records, size, last, at, t.ID)
}

// readCounts reads the number of rows and the size of a table from its metadata. exact is false if the metadata does
// not contain the number of rows.
func (e *Engine) readCounts(ctx context.Context, t *table) (records, size int64, exact bool, err error) {
	if e.connector != iceberg {
		return 0, 0, false, nil
	}
	// https://iceberg.apache.org/spec/#optional-snapshot-summary-fields
	figure := func(name string) string { return "TRY_CAST(element_at(summary, '" + name + "') AS bigint)" }
	rows, err := e.query(ctx, t.database, "SELECT "+figure("total-records")+" - coalesce("+figure("total-position-deletes")+", 0), "+figure("total-files-size")+
		", coalesce("+figure("total-equality-deletes")+", 0) FROM "+qualified(t.database, t.name+"$snapshots")+" ORDER BY committed_at DESC LIMIT 1")
	if err != nil || len(rows) == 0 {
		return 0, 0, true, err
	}
	records, known := rows[0][0].(int64)
	size, _ = rows[0][1].(int64)
	equality, _ := rows[0][2].(int64)
	return records, size, known && equality == 0, nil
}

// readLastTime reads the largest time from the statistics of a table. It is not valid if they do not contain it.
func (e *Engine) readLastTime(ctx context.Context, t *table) (last sql.NullInt64, err error) {
	rows, err := e.query(ctx, t.database, "SHOW STATS FOR "+qualified(t.database, t.name))
	if err != nil {
		return last, err
	}
	for _, row := range rows {
		high, ok := row[len(row)-1].(string)
		if name, _ := row[0].(string); name != "time" || !ok {
			continue
		}
		if n, err := strconv.ParseInt(high, 10, 64); err == nil {
			last.Int64, last.Valid = n, true
		}
	}
	return last, nil
}

// DeletedTables implements engine.Engine.
func (e *Engine) DeletedTables(ctx context.Context) ([]engine.Table, error) {
	list := []engine.Table{}
	err := e.meta.collect(ctx, func(r *sql.Rows) error {
		t, err := scanTable(r)
		t.Schema = []engine.Column{}
		list = append(list, t.Table)
		return err
	}, `SELECT `+tableFields+` FROM tables WHERE deleted_at > 0 ORDER BY deleted_at DESC, id DESC`)
	return list, err
}
