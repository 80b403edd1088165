package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// write does what changes rows, in one transaction.
func (r *run) write(ctx context.Context) error {
	e, p := r.engine, r.plan
	databases := slices.Clone(p.Reads)
	if !slices.Contains(databases, p.Target.Database) {
		databases = append(databases, p.Target.Database)
	}
	if err := r.describe(databases); err != nil {
		return err
	}
	var id int64
	if p.Kind == translate.CreateTableAs {
		if err := checkTableName(p.Target.Table); err != nil {
			return err
		}
		var err error
		if id, err = e.nextID(ctx); err != nil {
			return err
		}
	}
	s, err := e.attach(ctx, databases, []string{p.Target.Database})
	if err != nil {
		return err
	}
	defer s.close()
	t, err := s.begin(ctx, write)
	if err != nil {
		return err
	}
	defer t.rollback()
	if err := r.fresh(t, databases); err != nil {
		return err
	}
	t = t.in(p.Target.Database)
	if err := stillThere(t, p.Target.Database); err != nil {
		return err
	}
	written, err := r.change(t, id)
	if err != nil {
		return err
	}
	if err := t.commit(); err != nil {
		return err
	}
	return r.finish(nil, written)
}

// change runs the statement and keeps the table's figures.
func (r *run) change(t *tx, id int64) (written int64, err error) {
	p := r.plan
	columns := p.TargetColumns
	if p.Kind == translate.CreateTableAs {
		err := t.create(id, p.Target.Database, p.Target.Table, r.columns())
		if err != nil {
			return 0, allowed(err, engine.ErrExists, p.IfNotExists)
		}
		for _, c := range p.Columns {
			columns = append(columns, c.Name)
		}
	} else if id, err = t.table(p.Target.Database, p.Target.Table); err != nil {
		return 0, err
	}
	var removed int64
	switch p.Kind {
	case translate.Delete:
		removed, err = r.affect(t, p.SQL)
		written = removed
	case translate.InsertOverwrite:
		removed, written, err = r.overwrite(t, id, columns)
	default:
		written, err = r.insert(t, id, columns, p.SQL)
	}
	if err != nil {
		return 0, err
	}
	added := written
	if p.Kind == translate.Delete {
		added = 0
	}
	width := int64(16 * (len(columns) + 1))
	return written, t.exec(`UPDATE @"td$tables" SET
		bytes = CASE WHEN records = 0 OR records <= ?1 THEN 0 ELSE bytes - bytes * ?1 / records END + ?2 * ?3,
		records = max(0, records - ?1) + ?2, updated_at = ?4 WHERE id = ?5`, removed, added, width, now(), id)
}

// affect runs SQL as it is: an @ in it is the statement's own.
func (r *run) affect(t *tx, query string) (int64, error) {
	result, err := t.ExecContext(t.ctx, query)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// insert adds a query's rows. Rows that are given no time in a table that has
// one get the moment of the statement.
func (r *run) insert(t *tx, id int64, columns []string, query string) (int64, error) {
	quoted := make([]string, len(columns))
	values := make([]string, len(columns))
	for i, c := range columns {
		quoted[i], values[i] = quote(c), fmt.Sprintf("c%d", i)
	}
	names, picks := strings.Join(quoted, ", "), strings.Join(values, ", ")
	table, err := t.columns(id)
	if err != nil {
		return 0, err
	}
	hasTime := slices.ContainsFunc(table, func(c column) bool { return c.sql == "time" })
	source := `WITH "td$result" (` + picks + `) AS (` + query + "\n)"
	if hasTime && !slices.Contains(columns, "time") {
		names += `, "time"`
		picks += fmt.Sprintf(", %d", now()/1000)
	}
	return r.affect(t, `INSERT INTO `+t.schema+quote(r.plan.Target.Table)+` (`+names+`) `+source+` SELECT `+picks+` FROM "td$result"`)
}

// overwrite replaces the rows. They are computed before the old ones go, since
// they may come from them.
func (r *run) overwrite(t *tx, id int64, columns []string) (removed, written int64, err error) {
	query := r.plan.SQL
	if slices.Contains(r.plan.Reads, r.plan.Target.Database) {
		if _, err := r.affect(t, `CREATE TEMP TABLE "td$overwrite" AS `+query); err != nil {
			return 0, 0, err
		}
		query = `SELECT * FROM temp."td$overwrite"`
	}
	removed, err = t.affect(`DELETE FROM @` + quote(r.plan.Target.Table))
	if err != nil {
		return 0, 0, err
	}
	written, err = r.insert(t, id, columns, query)
	return removed, written, err
}
