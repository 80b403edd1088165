package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// write runs a statement that changes rows in one transaction.
func (r *run) write(ctx context.Context) error {
	e, p := r.engine, r.plan
	plans := append([]*translate.Plan{p}, p.Inserts...)
	databases := slices.Clone(p.Reads)
	var targets []string
	for _, each := range plans {
		targets = append(targets, each.Target.Database)
		if !slices.Contains(databases, each.Target.Database) {
			databases = append(databases, each.Target.Database)
		}
	}
	if err := r.loadDatabases(databases); err != nil {
		return err
	}
	var id int64
	if p.Kind == translate.CreateTableAs {
		var err error
		if id, err = e.newTable(ctx, p.Target.Table); err != nil {
			return err
		}
	}
	rt, err := e.runtimes.get()
	if err != nil {
		return err
	}
	defer e.runtimes.put(rt)
	s, err := e.attach(ctx, rt, databases, targets)
	if err != nil {
		return err
	}
	defer s.close()
	t, err := s.begin(ctx, write)
	if err != nil {
		return err
	}
	defer t.rollback()
	if err := r.checkGenerations(t, databases); err != nil {
		return err
	}
	if len(plans) > 1 || p.Kind == translate.InsertOverwrite {
		if err := r.evaluateInserts(t, plans); err != nil {
			return err
		}
	}
	written := int64(0)
	for _, each := range plans {
		target := t.attached(each.Target.Database)
		if err := checkNotDropped(target, each.Target.Database); err != nil {
			return err
		}
		r.plan = each
		n, err := r.changeRows(target, id)
		if err != nil {
			return err
		}
		written += n
	}
	if err := t.attached(p.Target.Database).recordJob(r.statement.Job, written); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return err
	}
	return r.finish(nil, written)
}

// evaluateInserts stores the rows of each INSERT in a temporary table before any row is changed, because the
// queries can read the tables that are written.
func (r *run) evaluateInserts(t *tx, plans []*translate.Plan) error {
	for i, p := range plans {
		name := fmt.Sprintf("td$insert%d", i)
		if _, err := r.execCount(t, `CREATE TEMP TABLE `+quote(name)+` AS `+p.SQL); err != nil {
			return err
		}
		stored := *p
		stored.SQL, stored.Reads = `SELECT * FROM temp.`+quote(name), nil
		plans[i] = &stored
	}
	return nil
}

// changeRows runs the statement and updates the table's record count and size. It returns the number of
// written or deleted rows.
func (r *run) changeRows(t *tx, id int64) (written int64, err error) {
	p := r.plan
	columns := p.Columns
	if p.Kind == translate.CreateTableAs {
		err := t.createTable(id, p.Target.Database, p.Target.Table, r.columns())
		if err != nil {
			return 0, ignore(err, engine.ErrExists, p.IfNotExists)
		}
	} else if id, err = t.tableID(p.Target.Database, p.Target.Table); err != nil {
		return 0, err
	}
	var removed int64
	switch p.Kind {
	case translate.Delete:
		removed, err = r.execCount(t, p.SQL)
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

// execCount runs SQL without replacing "@" and returns the number of changed rows.
func (r *run) execCount(t *tx, query string) (int64, error) {
	result, err := t.ExecContext(t.ctx, query)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// insert adds the rows of a query to the given columns and adds columns that the table does not have. A
// row without a time gets the scheduled time.
func (r *run) insert(t *tx, id int64, columns []translate.Column, query string) (int64, error) {
	table, err := newColumnSet(t, id, r.plan.Target.Table)
	if err != nil {
		return 0, err
	}
	scheduled := r.statement.Scheduled.Unix()
	if err := table.addTime(scheduled); err != nil {
		return 0, err
	}
	for _, c := range columns {
		if !table.sqlNames[c.Name] {
			if err := table.add(c.Name, c.Name, c.Type); err != nil {
				return 0, err
			}
		}
	}
	if err := table.save(); err != nil {
		return 0, err
	}
	var names, results, values []string
	hasTime := false
	for i, c := range columns {
		result := fmt.Sprintf("c%d", i)
		names, results, values = append(names, quote(c.Name)), append(results, result), append(values, result)
		if c.Name == "time" {
			hasTime = true
			values[i] = fmt.Sprintf("coalesce(%s, %d)", result, scheduled)
		}
	}
	if !hasTime {
		names, values = append(names, `"time"`), append(values, fmt.Sprint(scheduled))
	}
	return r.execCount(t, `INSERT INTO `+t.schema+quote(r.plan.Target.Table)+` (`+strings.Join(names, ", ")+`) WITH "td$result" (`+
		strings.Join(results, ", ")+`) AS (`+query+"\n"+`) SELECT `+strings.Join(values, ", ")+` FROM "td$result"`)
}

// replacedRows returns the WHERE clause for the rows that INSERT OVERWRITE removes: all rows, or those of the
// partitions that query fills.
func (r *run) replacedRows(columns []translate.Column, query string) string {
	var fixed, joined []string
	for _, p := range r.plan.Partition {
		if p.SQL != "" {
			fixed = append(fixed, `old.`+quote(p.Column)+` IS `+p.SQL)
			continue
		}
		i := slices.IndexFunc(columns, func(c translate.Column) bool { return c.Name == p.Column })
		joined = append(joined, fmt.Sprintf(`old.%s IS new.c%d`, quote(p.Column), i+1))
	}
	if len(joined) > 0 {
		fixed = append(fixed, `EXISTS (SELECT 1 FROM (`+query+`) AS new WHERE `+strings.Join(joined, " AND ")+`)`)
	}
	if len(fixed) == 0 {
		return ""
	}
	return ` WHERE ` + strings.Join(fixed, " AND ")
}

// overwrite replaces the rows of the table with those of a query.
func (r *run) overwrite(t *tx, id int64, columns []translate.Column) (removed, written int64, err error) {
	query := r.plan.SQL
	removed, err = r.execCount(t, `DELETE FROM `+t.schema+quote(r.plan.Target.Table)+` AS old`+r.replacedRows(columns, query))
	if err != nil {
		return 0, 0, err
	}
	written, err = r.insert(t, id, columns, query)
	return removed, written, err
}
