package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// TestCreateAndDropConcurrently creates and drops the same database and table in several goroutines,
// through two engines, while others read them. All errors must name the conflict.
func TestCreateAndDropConcurrently(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	var engines []*Engine
	for range 2 {
		e, err := Open(dir, Options{})
		must(t, err)
		engines = append(engines, e)
	}
	expected := func(err error) bool {
		if e, ok := errors.AsType[*translate.Error](err); ok {
			return e.Kind == translate.SemanticError
		}
		return err == nil || errors.Is(err, engine.ErrExists) || errors.Is(err, engine.ErrNotFound)
	}
	actions := map[string]func(*Engine) error{
		"create database": func(e *Engine) error { return e.CreateDatabase(ctx, "db1") },
		"drop database":   func(e *Engine) error { return e.DropDatabase(ctx, "db1") },
		"create table":    func(e *Engine) error { return e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}) },
		"drop table":      func(e *Engine) error { return e.DropTable(ctx, "db1", "t1") },
		"append": func(e *Engine) error {
			_, err := e.Append(ctx, "db1", "t1", "", enginetest.Records(enginetest.Record("a", int64(1))))
			return err
		},
		"databases": func(e *Engine) error { _, err := e.Databases(ctx); return err },
		"tables":    func(e *Engine) error { _, err := e.Tables(ctx, "db1"); return err },
		"query": func(e *Engine) error {
			return e.Run(ctx, engine.Statement{SQL: "SELECT count(*) FROM t1", Database: "db1"}, &rowsSink{})
		},
		"insert": func(e *Engine) error {
			return e.Run(ctx, engine.Statement{SQL: "CREATE TABLE IF NOT EXISTS t1 AS SELECT 1 AS a", Database: "db1"}, &rowsSink{})
		},
	}
	const rounds = 100
	var wg sync.WaitGroup
	for name, action := range actions {
		for i, e := range engines {
			goroutines := 1
			if strings.HasSuffix(name, " database") {
				goroutines = 4
			}
			for range goroutines {
				wg.Go(func() {
					for range rounds {
						if err := action(e); !expected(err) {
							t.Errorf("%s in engine %d: %v", name, i, err)
							return
						}
					}
				})
			}
		}
	}
	wg.Wait()
	if err := engines[0].CreateDatabase(ctx, "db1"); err != nil && !errors.Is(err, engine.ErrExists) {
		t.Error(err)
	}
	checkIntegrity(t, engines[0])
}

// TestDropDatabaseTwice drops a database while another call waits to drop it, and creates it again. The
// second drop must not remove the new database.
func TestDropDatabaseTwice(t *testing.T) {
	e, ctx := newDB(t, nil), t.Context()
	s, err := e.openDatabase(ctx, e.plain, "db1")
	must(t, err)
	lock, err := s.begin(ctx, write)
	must(t, err)
	errs := make(chan error, 2)
	for range 2 {
		go func() { errs <- e.DropDatabase(ctx, "db1") }()
	}
	lock.rollback()
	s.close()
	first, second := <-errs, <-errs
	if first != nil {
		first, second = second, first
	}
	if first != nil || !errors.Is(second, engine.ErrNotFound) {
		t.Errorf("errors %v, %v", first, second)
	}
}

func TestFileModes(t *testing.T) {
	e, dir := newDB(t, nil), ""
	dir = string(e.files)
	must(t, e.CreateTable(t.Context(), "db1", "t1", engine.TableOptions{}))
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm() != 0o600 {
			err = fmt.Errorf("%s has mode %o", path, info.Mode().Perm())
		}
		return err
	}))
}

// TestCommittedJob runs statements of jobs and looks them up.
func TestCommittedJob(t *testing.T) {
	e, err := Open(t.TempDir(), Options{})
	must(t, err)
	ctx := t.Context()
	must(t, e.CreateDatabase(ctx, "db1"))
	must(t, e.CreateDatabase(ctx, "db2"))
	for i, tt := range []struct {
		sql     string
		written int64
		ok      bool
	}{
		{"CREATE TABLE db2.t AS SELECT 1 AS a UNION ALL SELECT 2", 2, true},
		{"INSERT INTO db2.t SELECT 3 AS a", 1, true},
		{"INSERT INTO db2.t SELECT a FROM db2.t WHERE a > 5", 0, true},
		{"DELETE FROM db2.t WHERE a < 3", 2, true},
		{"INSERT INTO db2.t SELECT 1 / 0 AS a", 0, false},
		{"SELECT * FROM db2.t", 0, false},
		{"CREATE TABLE db2.u (a bigint)", engine.NoRowCount, true},
		{"CREATE TABLE db2.u (a bigint)", 0, false},
		{"ALTER TABLE db2.u RENAME TO v", engine.NoRowCount, true},
		{"DROP TABLE db2.v", engine.NoRowCount, true},
		{"DROP TABLE IF EXISTS db2.v", 0, false},
		{"CREATE SCHEMA db3", engine.NoRowCount, true},
		{"CREATE SCHEMA db3", 0, false},
		{"DROP SCHEMA db3", engine.NoRowCount, true},
		{"DROP SCHEMA db3", 0, false},
	} {
		id := int64(i + 1)
		_ = e.Run(ctx, engine.Statement{SQL: tt.sql, Database: "db1", Job: id}, &rowsSink{})
		written, ok, err := e.CommittedJob(ctx, id)
		if written != tt.written || ok != tt.ok || err != nil {
			t.Errorf("%s: %d, %v, %v; want %d, %v", tt.sql, written, ok, err, tt.written, tt.ok)
		}
	}
	must(t, e.CreateDatabase(ctx, "db3")) // does not undo the drop
	if written, ok, err := e.CommittedJob(ctx, 14); written != engine.NoRowCount || !ok || err != nil {
		t.Errorf("dropped and created again: %d, %v, %v", written, ok, err)
	}
	must(t, e.update(ctx, "db3", func(x *tx) error { return e.recordDrop(ctx, x, "db3", 20) }))
	if _, ok, err := e.CommittedJob(ctx, 20); ok || err != nil {
		t.Errorf("an interrupted drop: %v, %v", ok, err)
	}
	must(t, e.update(ctx, "db2", func(x *tx) error {
		return x.exec(`UPDATE @"td$jobs" SET committed_at = committed_at - ? WHERE id = 1`, jobRetention.Milliseconds()+1)
	}))
	must(t, e.Run(ctx, engine.Statement{SQL: "INSERT INTO db2.t SELECT 4 AS a", Database: "db1", Job: 9}, &rowsSink{}))
	for id, want := range map[int64]bool{1: false, 2: true, 9: true, 0: false} {
		if _, ok, err := e.CommittedJob(ctx, id); ok != want || err != nil {
			t.Errorf("job %d: %v, %v", id, ok, err)
		}
	}
}

// TestInterruptedCreate creates databases whose files an interrupted create or drop has left.
func TestInterruptedCreate(t *testing.T) {
	e, ctx := newDB(t, nil), t.Context()
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}))
	s, err := e.openDatabase(ctx, e.plain, "db1") // keeps the log
	must(t, err)
	must(t, e.CreateTable(ctx, "db1", "t2", engine.TableOptions{}))
	for _, from := range []string{"", "-wal", "-shm"} {
		data, err := os.ReadFile(e.files.file("db1") + from)
		must(t, err)
		must(t, os.WriteFile(e.files.newFile()+from, data, 0o600))
		if from != "" {
			must(t, os.WriteFile(e.files.file("db2")+from, data, 0o600))
		}
	}
	s.close()
	must(t, e.CreateDatabase(ctx, "db2"))
	if tables, err := e.Tables(ctx, "db2"); err != nil || len(tables) != 0 {
		t.Errorf("a new database has tables %v, %v", tables, err)
	}
	left, err := filepath.Glob(e.files.newFile() + "*")
	if err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestOldLayout opens a database of version 1 of the layout.
func TestOldLayout(t *testing.T) {
	e, ctx := newDB(t, nil), t.Context()
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}))
	must(t, e.update(ctx, "db1", func(x *tx) error { return x.exec(`DROP TABLE @"td$jobs"; PRAGMA user_version = 1`) }))
	if _, ok, err := e.CommittedJob(ctx, 1); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	tables, err := e.Tables(ctx, "db1")
	if err != nil || len(tables) != 1 {
		t.Errorf("tables %v, %v", tables, err)
	}
}
