package sqlite

import (
	"context"
	"database/sql/driver"
	"slices"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
)

// Tail returns the last count records in the order in which they were added. Nulls are omitted.
func (e *Engine) Tail(ctx context.Context, database, table string, count int) ([]engine.Record, error) {
	records := []engine.Record{}
	err := e.view(ctx, database, func(t *tx) error {
		id, err := t.tableID(database, table)
		if err != nil {
			return err
		}
		columns, err := t.columns(id)
		if err != nil || len(columns) == 0 {
			return err
		}
		rows, err := t.QueryContext(ctx, t.qualify(`SELECT `+nameList(columns)[2:]+` FROM @`+quote(table)+
			` ORDER BY `+rowKey+` DESC LIMIT ?`), max(count, 0))
		if err != nil {
			return err
		}
		defer rows.Close()
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(targets...); err != nil {
				return err
			}
			record, err := newRecord(columns, values)
			if err != nil {
				return err
			}
			records = append(records, record)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	slices.Reverse(records)
	return records, nil
}

func newRecord(columns []column, values []any) (engine.Record, error) {
	var record engine.Record
	for i, c := range columns {
		v, err := converterOf(schema.ParseType(c.typ))(driver.Value(values[i]))
		if err != nil {
			return nil, err
		}
		if v != nil {
			record = append(record, engine.Field{Key: c.name, Value: v})
		}
	}
	return record, nil
}
