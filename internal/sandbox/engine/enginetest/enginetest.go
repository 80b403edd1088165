// Package enginetest tests implementations of engine.Engine.
package enginetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// Options describe the engine under test.
type Options struct {
	// Open returns an engine without databases whose names have the prefix. It closes the engine at the end of t.
	Open func(t *testing.T) engine.Engine
	// Prefix is the start of the names of databases.
	Prefix string
}

// Run runs all tests.
func Run(t *testing.T, o Options) {
	for _, test := range []struct {
		name string
		run  func(*fixture)
	}{
		{"databases", testDatabases},
		{"table IDs", testTablesKeepTheirIDs},
		{"append types", testAppendTypes},
		{"append refuses", testAppendRefuses},
		{"upload IDs", testUploadIDs},
		{"update schema", testUpdateSchema},
		{"change column types", testChangeColumnTypes},
		{"widen on append", testWidenOnAppend},
		{"fixed schema", testFixedSchema},
		{"statements", testStatements},
		{"statement errors", testStatementErrors},
		{"canceled statement", testCanceledStatement},
		{"names", testNames},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := &fixture{T: t, engine: o.Open(t), db: o.Prefix + "db1", other: o.Prefix + "db2"}
			f.dropDatabases() // remove those of an interrupted test
			f.must(f.engine.CreateDatabase(t.Context(), f.db))
			t.Cleanup(f.dropDatabases)
			test.run(f)
		})
	}
}

// A fixture is an engine with an empty database.
type fixture struct {
	*testing.T
	engine    engine.Engine
	db, other string
}

// dropDatabases drops the databases of a test, because the engine may store them outside of the test's directory.
func (f *fixture) dropDatabases() {
	for _, name := range []string{f.db, f.other} {
		if err := f.engine.DropDatabase(context.WithoutCancel(f.Context()), name); err != nil && !errors.Is(err, engine.ErrNotFound) {
			f.Error(err)
		}
	}
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// second returns an error without the value that accompanies it.
func second[T any](_ T, err error) error { return err }

// Record returns a record of alternating keys and values.
func Record(pairs ...any) engine.Record {
	var r engine.Record
	for i := 0; i < len(pairs); i += 2 {
		r = append(r, engine.Field{Key: pairs[i].(string), Value: pairs[i+1]})
	}
	return r
}

// Records returns a sequence of records.
func Records(list ...engine.Record) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (f *fixture) append(table, id string, list ...engine.Record) int64 {
	f.Helper()
	n, err := f.engine.Append(f.Context(), f.db, table, id, Records(list...))
	f.must(err)
	return n
}

func (f *fixture) create(table string, columns ...engine.Column) {
	f.Helper()
	o := engine.TableOptions{}
	if columns != nil {
		o.Schema = &columns
	}
	f.must(f.engine.CreateTable(f.Context(), f.db, table, o))
}

func (f *fixture) table(name string) engine.Table {
	f.Helper()
	x, err := f.engine.Table(f.Context(), f.db, name)
	f.must(err)
	return x
}

func (f *fixture) compare(want, got any) {
	f.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		f.Errorf("(-want +got):\n%s", diff)
	}
}

// tableIDs returns the IDs of the tables by their names.
func (f *fixture) tableIDs(database string) map[string]int64 {
	f.Helper()
	list, err := f.engine.Tables(f.Context(), database)
	f.must(err)
	got := map[string]int64{}
	for _, x := range list {
		got[x.Name] = x.ID
	}
	return got
}

// A Rows is a Sink that stores a result.
type Rows struct {
	Columns []translate.Column
	Rows    [][]any
	calls   int
}

// Schema implements engine.Sink.
func (r *Rows) Schema(c []translate.Column) error {
	r.Columns = c
	r.calls++
	return nil
}

// Row implements engine.Sink.
func (r *Rows) Row(values []any) error {
	if r.calls != 1 {
		return fmt.Errorf("%d calls of Schema before a row", r.calls)
	}
	r.Rows = append(r.Rows, slices.Clone(values))
	return nil
}

// run runs a statement in which DB is replaced by the name of the database.
func (f *fixture) run(sql string) *Rows {
	f.Helper()
	rows, err := f.try(sql)
	if err != nil {
		f.Fatalf("%s: %v", sql, err)
	}
	return rows
}

func (f *fixture) try(sql string) (*Rows, error) {
	var rows Rows
	err := f.engine.Run(f.Context(), engine.Statement{SQL: strings.ReplaceAll(sql, "DB", f.db), Database: f.db}, &rows)
	return &rows, err
}
