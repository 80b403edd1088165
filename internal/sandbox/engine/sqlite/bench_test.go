package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"testing"

	"modernc.org/sqlite"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// accessLog returns n records of a web server's access log.
func accessLog(n int) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		for i := range n {
			r := enginetest.Record("time", int64(1412146800+i), "host", "192.168.1.1", "path", "/category/electronics", "user", "ann",
				"method", "GET", "code", int64(200), "size", int64(i), "agent", "Mozilla/5.0 (Windows NT 6.1)",
				"referer", "http://www.example.com/a?x=1")
			if !yield(r, nil) {
				return
			}
		}
	}
}

const accessRows = 100_000

func rate(b *testing.B) {
	b.ReportMetric(accessRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkAppend imports records. BenchmarkDriverInsert inserts the same rows with the driver, using
// one statement per row.
func BenchmarkAppend(b *testing.B) {
	ctx := context.Background()
	e, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := e.CreateDatabase(ctx, "db1"); err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		table := fmt.Sprint("t", i)
		if err := e.CreateTable(ctx, "db1", table, engine.TableOptions{}); err != nil {
			b.Fatal(err)
		}
		if _, err := e.Append(ctx, "db1", table, "", accessLog(accessRows)); err != nil {
			b.Fatal(err)
		}
	}
	rate(b)
}

func openDriver(b *testing.B) *sql.DB {
	b.Helper()
	db := sql.OpenDB(connector{&sqlite.Driver{}, b.TempDir() + "/driver.db?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)"})
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return db
}

func fillTable(b *testing.B, db *sql.DB, table string) {
	b.Helper()
	_, err := db.Exec(`CREATE TABLE ` + table + ` (time INTEGER, host TEXT, path TEXT, user TEXT, method TEXT, code INTEGER, size INTEGER, agent TEXT, referer TEXT);
		CREATE INDEX ` + table + `_time ON ` + table + ` (time)`)
	if err != nil {
		b.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		b.Fatal(err)
	}
	insert, err := tx.Prepare(`INSERT INTO ` + table + ` VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		b.Fatal(err)
	}
	for r := range accessLog(accessRows) {
		values := make([]any, len(r))
		for i, f := range r {
			values[i] = f.Value
		}
		if _, err := insert.Exec(values...); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkDriverInsert(b *testing.B) {
	db := openDriver(b)
	for i := 0; b.Loop(); i++ {
		fillTable(b, db, fmt.Sprint("t", i))
	}
	rate(b)
}

type countSink struct{ n int }

func (*countSink) Schema([]translate.Column) error { return nil }
func (s *countSink) Row([]any) error               { s.n++; return nil }

// BenchmarkScan reads a table into a sink. BenchmarkDriverScan reads it with the driver.
func BenchmarkScan(b *testing.B) {
	ctx := context.Background()
	e, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := e.CreateDatabase(ctx, "db1"); err != nil {
		b.Fatal(err)
	}
	if err := e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}); err != nil {
		b.Fatal(err)
	}
	if _, err := e.Append(ctx, "db1", "t1", "", accessLog(accessRows)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var sink countSink
		if err := e.Run(ctx, engine.Statement{SQL: "SELECT * FROM t1", Database: "db1"}, &sink); err != nil {
			b.Fatal(err)
		}
		if sink.n != accessRows {
			b.Fatal(sink.n)
		}
	}
	rate(b)
}

func BenchmarkDriverScan(b *testing.B) {
	db := openDriver(b)
	fillTable(b, db, "t1")
	for b.Loop() {
		if err := scanDriver(db); err != nil {
			b.Fatal(err)
		}
	}
	rate(b)
}

func scanDriver(db *sql.DB) error {
	rows, err := db.Query(`SELECT * FROM t1`)
	if err != nil {
		return err
	}
	defer rows.Close()
	values, targets := make([]any, 9), make([]any, 9)
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// BenchmarkConstant measures the engine's overhead for a statement that reads nothing.
func BenchmarkConstant(b *testing.B) {
	ctx := context.Background()
	e, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := e.CreateDatabase(ctx, "db1"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := e.Run(ctx, engine.Statement{SQL: "SELECT 1", Database: "db1"}, &countSink{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTables(b *testing.B) {
	ctx := context.Background()
	e, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := e.CreateDatabase(ctx, "db1"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := e.Tables(ctx, "db1"); err != nil {
			b.Fatal(err)
		}
	}
}
