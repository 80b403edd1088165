package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/functions"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

func TestStatementError(t *testing.T) {
	e := openScript(t, t.TempDir(), nil)
	own := &translate.Error{Kind: translate.SyntaxError, Message: "own", Line: 1, Column: 2}
	other := errors.New("other")
	for _, tt := range []struct {
		err, want error
	}{
		{nil, nil},
		{other, other},
		{own, own},
		{fmt.Errorf("table 'a.b' %w", engine.ErrNotFound), &translate.Error{Kind: translate.SemanticError, Message: "Table 'a.b' does not exist"}},
		{fmt.Errorf("table 'a.b' %w", engine.ErrExists), &translate.Error{Kind: translate.SemanticError, Message: "Table 'a.b' already exists"}},
		{fmt.Errorf("column name 'v' is %w", engine.ErrInvalid), &translate.Error{Kind: translate.SemanticError, Message: "Column name 'v' is invalid"}},
	} {
		got := e.statementError(tt.err)
		if d, ok := errors.AsType[*translate.Error](tt.want); ok {
			if diff := cmp.Diff(d, got); diff != "" {
				t.Errorf("%v (-want +got):\n%s", tt.err, diff)
			}
		} else if !errors.Is(got, tt.want) {
			t.Errorf("%v: %v", tt.err, got)
		}
	}
}

// TestFunctionErrors checks that SQLite preserves the kind and the message of a function's error.
func TestFunctionErrors(t *testing.T) {
	e, ctx := newDB(t, script{
		"data":  query(`SELECT f_fail('no (1) '||char(9)||'x')`, "x", "bigint"),
		"count": query(`SELECT f_levenshtein_distance('a')`, "x", "bigint"),
		"sql":   query(`SELECT nosuch FROM "db1"."t1"`, "x", "bigint"),
		"big":   query(`SELECT zeroblob(500000000)`, "x", "varbinary"),
	}), t.Context()
	for sql, want := range map[string]translate.Error{
		"data": {Kind: translate.DataError, Message: "no (1) \tx"},
		"sql":  {Kind: translate.DataError, Message: "no such table: db1.t1"},
		"big":  {Kind: translate.DataError, Message: "Query exceeded per-node memory limit of 1GB"},
	} {
		err := e.Run(ctx, engine.Statement{SQL: sql, Database: "db1"}, &rowsSink{})
		if d, ok := errors.AsType[*translate.Error](err); !ok || *d != want {
			t.Errorf("%s: %v; want %v", sql, err, want)
		}
	}
	if err := e.Run(ctx, engine.Statement{SQL: "count", Database: "db1"}, &rowsSink{}); err == nil {
		t.Error("a missing argument was accepted")
	}
	if err := encodeError(&functions.Error{Message: "a\x00b"}); strings.Contains(err.Error(), "\x00") {
		t.Errorf("%q contains NUL", err)
	}
}

func TestDirectory(t *testing.T) {
	d := directory(t.TempDir())
	if _, err := d.databases(); err == nil {
		t.Error("databases of a missing directory")
	}
	must(t, os.Mkdir(filepath.Join(string(d), "databases"), 0o700))
	for _, name := range []string{"b.db", "a.db", "a.db-wal", "a.db-shm", "Upper.db", "x y.db", "other.txt", ".db"} {
		must(t, os.WriteFile(filepath.Join(string(d), "databases", name), nil, 0o600))
	}
	names, err := d.databases()
	must(t, err)
	if diff := cmp.Diff([]string{"a", "b"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, want := range map[string]bool{"a": true, "c": false, "Upper": false, "x y": false, "../databases/a": false, "": false} {
		if got := d.contains(name); got != want {
			t.Errorf("contains(%q) = %v", name, got)
		}
	}
	must(t, removeFiles(d.file("a")))
	must(t, removeFiles(d.file("a")))
	left, err := filepath.Glob(filepath.Join(string(d), "databases", "a*"))
	if err != nil || len(left) > 0 {
		t.Errorf("files %v, %v", left, err)
	}
	must(t, d.createSharedFile())
	must(t, os.Chmod(d.sharedFile(), 0o644))
	must(t, d.createSharedFile())
	info, err := os.Stat(d.sharedFile())
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
}

// TestTableIDs creates tables in two databases and in two engines. Every ID is used once.
func TestTableIDs(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	seen := map[int64]string{}
	for i := range 2 {
		e, err := Open(dir, Options{})
		must(t, err)
		db := fmt.Sprint("db", i)
		must(t, e.CreateDatabase(ctx, db))
		must(t, e.CreateTable(ctx, db, "t1", engine.TableOptions{}))
		must(t, e.Run(ctx, engine.Statement{SQL: "CREATE TABLE t2 AS SELECT 1 AS a", Database: db}, &rowsSink{}))
		tables, err := e.Tables(ctx, db)
		must(t, err)
		for _, x := range tables {
			if other, ok := seen[x.ID]; ok {
				t.Errorf("%s.%s and %s have ID %d", db, x.Name, other, x.ID)
			}
			seen[x.ID] = db + "." + x.Name
		}
		must(t, e.Close())
	}
	if len(seen) != 4 {
		t.Errorf("%d tables", len(seen))
	}
}

// TestSendWritten checks the result of a statement that writes.
func TestSendWritten(t *testing.T) {
	for dialect, want := range map[translate.Dialect]rowsSink{
		translate.Trino: {columns: columns("rows", "bigint"), rows: [][]any{{int64(3)}}},
		translate.Hive:  {},
	} {
		var got rowsSink
		must(t, engine.SendWritten(&got, dialect, 3))
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(rowsSink{})); diff != "" {
			t.Errorf("dialect %d (-want +got):\n%s", dialect, diff)
		}
	}
}
