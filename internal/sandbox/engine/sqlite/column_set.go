package sqlite

import (
	"fmt"
	"slices"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
)

// A columnSet is the columns of a table during a transaction that may add or widen them.
type columnSet struct {
	tx    *tx
	id    int64
	table string

	list     []column
	index    map[string]int // index in list, by the key in records
	sqlNames map[string]bool
	changed  bool // list differs from the stored description
}

func newColumnSet(t *tx, id int64, table string) (*columnSet, error) {
	list, err := t.columns(id)
	if err != nil {
		return nil, err
	}
	s := &columnSet{tx: t, id: id, table: table, list: list, index: map[string]int{}, sqlNames: map[string]bool{}}
	for i, c := range list {
		s.index[c.name], s.sqlNames[c.sql] = i, true
	}
	return s, nil
}

// add adds a column with the given name, SQL name and type after the others. A time column that
// follows all columns stays the last one.
func (s *columnSet) add(name, sql, typ string) error {
	if len(s.list) >= schema.MaxColumns {
		return fmt.Errorf("more than %d columns: %w", schema.MaxColumns, engine.ErrInvalid)
	}
	if _, ok := s.index[name]; ok {
		return fmt.Errorf("column '%s' %w under another name", name, engine.ErrExists)
	}
	c := column{name: name, sql: sql, typ: typ, position: 1}
	if name == "time" {
		c.position = timeLast
	}
	for _, other := range s.list {
		if other.position < timeLast && c.position < timeLast {
			c.position = max(c.position, other.position+1)
		}
	}
	if err := s.create(c); err != nil {
		return err
	}
	s.list = append(s.list, c)
	s.index[name], s.sqlNames[c.sql], s.changed = len(s.list)-1, true, true
	return nil
}

// create adds a column to the SQLite table. SQLite accepts its names for the row number in CREATE TABLE,
// but not in ALTER TABLE.
func (s *columnSet) create(c column) error {
	switch c.sql {
	case "oid", "rowid", "_rowid_":
		return s.tx.rebuild(s.id, s.table, s.list, append(slices.Clone(s.list), c))
	}
	return s.tx.exec(`ALTER TABLE @` + quote(s.table) + ` ADD COLUMN ` + quote(c.sql) + ` ` + affinity(c.typ))
}

// addTime adds a time column to a table that has none. Existing rows get the given time.
func (s *columnSet) addTime(seconds int64) error {
	if _, ok := s.index["time"]; ok {
		return nil
	}
	if err := s.add("time", "time", "bigint"); err != nil {
		return err
	}
	return s.tx.exec(`UPDATE @`+quote(s.table)+` SET "time" = ?`, seconds)
}

// widen changes the type of the column with index i and converts its values.
func (s *columnSet) widen(i int, typ string) error {
	want := slices.Clone(s.list)
	want[i].typ = typ
	s.changed = true
	if schema.ParseType(typ).Base != schema.ParseType(s.list[i].typ).Base {
		if err := s.tx.rebuild(s.id, s.table, s.list, want); err != nil {
			return err
		}
	}
	s.list = want
	return nil
}

// save stores the changed description of the columns.
func (s *columnSet) save() error {
	if !s.changed {
		return nil
	}
	if err := s.tx.writeColumns(s.id, s.list); err != nil {
		return err
	}
	if err := s.tx.indexTime(s.id, s.table, s.list); err != nil {
		return err
	}
	return s.tx.incrementGeneration()
}
