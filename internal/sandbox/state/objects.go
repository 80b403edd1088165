package state

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// A Collection stores objects of one kind. Each has a unique name and a unique ID.
type Collection[T any] struct {
	db   *DB
	kind string
}

// An Object is a member of a [Collection].
type Object[T any] struct {
	ID    int64
	Name  string
	Value T
}

// Objects returns the collection of a kind. All callers must use the same T.
func Objects[T any](db *DB, kind string) Collection[T] {
	return Collection[T]{db: db, kind: kind}
}

// All returns the objects in the order in which they were added.
func (c Collection[T]) All(ctx context.Context) ([]Object[T], error) {
	rows, err := c.db.read.QueryContext(ctx, "SELECT id, name, doc FROM objects WHERE kind = ? ORDER BY id", c.kind)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Object[T]
	for rows.Next() {
		o, err := c.scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, rows.Err()
}

// Get returns the object with the given name, or [ErrNotFound].
func (c Collection[T]) Get(ctx context.Context, name string) (Object[T], error) {
	return c.get(ctx, c.db.read, name)
}

// Add adds an object. The error is [ErrExists] if the name is in use.
func (c Collection[T]) Add(ctx context.Context, name string, value T) (Object[T], error) {
	doc, err := json.Marshal(value)
	if err != nil {
		return Object[T]{}, err
	}
	var id int64
	err = c.db.tx(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, "INSERT INTO objects (kind, name, doc) VALUES (?, ?, ?)", c.kind, name, string(doc))
		if err != nil {
			return err
		}
		id, err = r.LastInsertId()
		return err
	})
	if isDuplicate(err) {
		return Object[T]{}, fmt.Errorf("%s %q: %w", c.kind, name, ErrExists)
	}
	return Object[T]{ID: id, Name: name, Value: value}, err
}

// Update calls change with an object and stores the result in the same
// transaction. The function may also change the name. If it returns an error,
// Update returns that error and stores nothing.
func (c Collection[T]) Update(ctx context.Context, name string, change func(*Object[T]) error) (Object[T], error) {
	var o Object[T]
	err := c.db.tx(ctx, func(tx *sql.Tx) error {
		var err error
		if o, err = c.get(ctx, tx, name); err != nil {
			return err
		}
		if err := change(&o); err != nil {
			return err
		}
		doc, err := json.Marshal(o.Value)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE objects SET name = ?, doc = ? WHERE id = ?", o.Name, string(doc), o.ID)
		return err
	})
	if isDuplicate(err) {
		err = fmt.Errorf("%s %q: %w", c.kind, o.Name, ErrExists)
	}
	return o, err
}

// Delete removes the object with the given name and returns it, or [ErrNotFound].
func (c Collection[T]) Delete(ctx context.Context, name string) (Object[T], error) {
	var o Object[T]
	err := c.db.tx(ctx, func(tx *sql.Tx) error {
		var err error
		if o, err = c.get(ctx, tx, name); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM objects WHERE id = ?", o.ID)
		return err
	})
	return o, err
}

// A querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func (c Collection[T]) get(ctx context.Context, q querier, name string) (Object[T], error) {
	o, err := c.scan(q.QueryRowContext(ctx, "SELECT id, name, doc FROM objects WHERE kind = ? AND name = ?", c.kind, name))
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("%s %q: %w", c.kind, name, ErrNotFound)
	}
	return o, err
}

// A scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

func (c Collection[T]) scan(row scanner) (Object[T], error) {
	var o Object[T]
	var doc string
	if err := row.Scan(&o.ID, &o.Name, &doc); err != nil {
		return o, err
	}
	if err := json.Unmarshal([]byte(doc), &o.Value); err != nil {
		return o, fmt.Errorf("%s %q: %w", c.kind, o.Name, err)
	}
	return o, nil
}
