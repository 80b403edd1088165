package trino

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
	"github.com/td-cli/td/internal/sandbox/engine/sqlite"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// realURL returns the address of a real cluster with an Iceberg catalog, which .ci/oracle starts.
func realURL(t *testing.T) string {
	t.Helper()
	url := os.Getenv("TD_TEST_TRINO")
	if url == "" {
		t.Skip("TD_TEST_TRINO is not set: make oracle runs this test")
	}
	return url
}

// openReal opens an engine on the real cluster.
func openReal(t *testing.T, dir string) *Engine {
	t.Helper()
	return openEngine(t, dir, Options{URL: realURL(t)})
}

// schemaPrefix returns the start of the names of a test's schemas.
func schemaPrefix(t *testing.T) string {
	return "cl_" + strings.ToLower(strings.Map(func(r rune) rune {
		if r == '/' {
			return '_'
		}
		return r
	}, t.Name())) + "_"
}

func TestRealEngine(t *testing.T) {
	realURL(t)
	enginetest.Run(t, enginetest.Options{
		Prefix: schemaPrefix(t),
		Open:   func(t *testing.T) engine.Engine { return openReal(t, t.TempDir()) },
	})
}

// TestRealFunctions compares TD functions on the real cluster with those of the sandbox, whose results are those of the
// service.
func TestRealFunctions(t *testing.T) {
	cluster := openReal(t, t.TempDir())
	local, err := sqlite.Open(t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	database := schemaPrefix(t) + "db"
	for _, e := range []engine.Engine{cluster, local} {
		if err := e.CreateDatabase(t.Context(), database); err != nil && !errors.Is(err, engine.ErrExists) {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = e.DropDatabase(context.WithoutCancel(t.Context()), database) })
	}
	text, err := os.ReadFile("testdata/functions.txt")
	if err != nil {
		t.Fatal(err)
	}
	run := func(e engine.Engine, sql string) string {
		var rows enginetest.Rows
		at := time.Date(2020, 3, 4, 5, 6, 7, 0, time.UTC)
		err := e.Run(t.Context(), engine.Statement{SQL: sql, Database: database, Scheduled: at}, &rows)
		if err != nil {
			return "error"
		}
		return fmt.Sprint(rows.Columns, rows.Rows)
	}
	for sql := range strings.Lines(string(text)) {
		sql = strings.TrimSpace(sql)
		if sql == "" || strings.HasPrefix(sql, "--") {
			continue
		}
		if want, got := run(local, sql), run(cluster, sql); got != want {
			t.Errorf("%s\n cluster %s\n sandbox %s", sql, got, want)
		}
	}
}

// TestRealCancel cancels statements after various times. No query is left running.
func TestRealCancel(t *testing.T) {
	e := openReal(t, t.TempDir())
	owner := strings.TrimPrefix(filepath.Base(e.owner.File().Name()), ownerPrefix)
	sql := "SELECT count(*) FROM tpch.sf100.lineitem a JOIN tpch.sf100.lineitem b ON a.comment < b.comment"
	delay := time.Millisecond
	for range 40 {
		ctx, cancel := context.WithTimeout(t.Context(), delay)
		if err := e.Run(ctx, engine.Statement{SQL: sql}, &enginetest.Rows{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("canceled after %v: %v", delay, err)
		}
		cancel()
		delay = min(delay*5/4, 2*time.Second)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(time.Second) {
		rows, err := e.query(t.Context(), "", "SELECT query_id, state FROM system.runtime.queries WHERE query LIKE 'SELECT count(*) FROM tpch.sf100%' AND state NOT IN ('FINISHED', 'FAILED') AND source = "+literal("td-sandbox/"+owner))
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("queries are still running: %v", rows)
		}
	}
}

// TestRealFileImport imports the same records as statements and as a file.
func TestRealFileImport(t *testing.T) {
	warehouse := os.Getenv("TD_TEST_TRINO_FILES")
	if warehouse == "" {
		t.Skip("TD_TEST_TRINO_FILES is not set: make oracle runs this test")
	}
	const rows = 20_000
	records := func(yield func(engine.Record, error) bool) {
		for i := range rows {
			r := engine.Record{
				{Key: "time", Value: int64(1_500_000_000 + i)},
				{Key: "n", Value: int64(i)},
				{Key: "f", Value: float64(i) / 3},
				{Key: "Text", Value: fmt.Sprint("it's é😀 ", i)},
				{Key: "list", Value: []any{int64(i), nil}},
				{Key: "map", Value: engine.Map{{Key: "k", Value: int64(i)}, {Key: "k", Value: int64(-i)}}},
			}
			if i%7 == 0 {
				r = r[:2]
			}
			if !yield(r, nil) {
				return
			}
		}
	}
	options := map[string]string{"statements": "", "file": "?files=" + warehouse + "/imports&location=local:///imports"}
	var results []string
	for _, name := range []string{"statements", "file"} {
		e, err := Open(t.Context(), t.TempDir(), Options{URL: realURL(t) + options[name]})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = e.Close() })
		database := schemaPrefix(t) + name
		_ = e.DropDatabase(t.Context(), database)
		if err := errors.Join(e.CreateDatabase(t.Context(), database), e.CreateTable(t.Context(), database, "t1", engine.TableOptions{})); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = e.DropDatabase(context.WithoutCancel(t.Context()), database) })
		start := time.Now()
		for _, want := range []int64{rows, 0} {
			if n, err := e.Append(t.Context(), database, "t1", "id", records); n != want || err != nil {
				t.Fatalf("%s: %d, %v", name, n, err)
			}
		}
		t.Logf("%s: %v", name, time.Since(start))
		var got enginetest.Rows
		sql := `SELECT count(*), count(n), sum(n), sum(f), count("list"), sum("list"[1]), sum("map"['k']), checksum(text), max("time") FROM t1`
		if err := e.Run(t.Context(), engine.Statement{SQL: sql, Database: database}, &got); err != nil {
			t.Fatal(err)
		}
		results = append(results, fmt.Sprint(got.Rows))
	}
	if results[0] != results[1] {
		t.Errorf("statements %s\nfile %s", results[0], results[1])
	}
	if left, err := filepath.Glob(warehouse + "/imports/*"); len(left) > 0 || err != nil {
		t.Errorf("files that were left: %v, %v", left, err)
	}
}

// TestRealKillQuery kills the query of a job as an administrator does. The error contains the reason and is final.
func TestRealKillQuery(t *testing.T) {
	e := openReal(t, t.TempDir())
	id := make(chan string, 1)
	done := make(chan error, 1)
	go func() {
		done <- e.Run(t.Context(), engine.Statement{
			SQL: "SELECT count(*) FROM tpch.sf100.lineitem a JOIN tpch.sf100.lineitem b ON a.comment < b.comment",
			Progress: func(p engine.QueryProgress) {
				if p.State == "RUNNING" && len(id) == 0 {
					id <- p.ID
				}
			},
		}, &enginetest.Rows{})
	}()
	select {
	case query := <-id:
		if err := e.exec(t.Context(), "", "CALL system.runtime.kill_query(query_id => "+literal(query)+", message => 'for lunch')"); err != nil {
			t.Fatal(err)
		}
	case err := <-done:
		t.Fatal(err)
	}
	err := <-done
	if x, ok := errors.AsType[*translate.Error](err); !ok || !strings.Contains(x.Message, "for lunch") {
		t.Errorf("the error of a killed query: %#v", err)
	}
}

// TestRealMemoryConnector uses the catalog memory, whose connector supports fewer operations.
func TestRealMemoryConnector(t *testing.T) {
	address, _, _ := strings.Cut(realURL(t), "?")
	e := openEngine(t, t.TempDir(), Options{URL: address[:strings.LastIndex(address, "/")] + "/memory"})
	database := schemaPrefix(t) + "db"
	_ = e.DropDatabase(t.Context(), database)
	if err := errors.Join(e.CreateDatabase(t.Context(), database), e.CreateTable(t.Context(), database, "t1", engine.TableOptions{})); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.DropDatabase(context.WithoutCancel(t.Context()), database) })
	record := func(value any) engine.Record {
		return engine.Record{{Key: "time", Value: int64(1)}, {Key: "n", Value: value}}
	}
	for range 2 {
		if _, err := e.Append(t.Context(), database, "t1", "id", one(record(int64(5)))); err != nil {
			t.Fatal(err)
		}
	}
	_, widen := e.Append(t.Context(), database, "t1", "", one(record("text")))
	for name, err := range map[string]error{
		"widen":         widen,
		"change a type": e.UpdateTable(t.Context(), database, "t1", engine.TableOptions{Schema: &[]engine.Column{{Name: "n", Type: "string"}}}),
		"remove":        e.UpdateTable(t.Context(), database, "t1", engine.TableOptions{Schema: &[]engine.Column{}}),
	} {
		if !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), "the connector memory ") || !strings.Contains(err.Error(), "t1") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := e.Run(t.Context(), engine.Statement{SQL: "DELETE FROM t1 WHERE n = 5", Database: database}, &enginetest.Rows{}); err == nil || !strings.Contains(err.Error(), "does not support modifying table rows") {
		t.Errorf("DELETE: %v", err)
	}
	var got enginetest.Rows
	if err := e.Run(t.Context(), engine.Statement{SQL: "SELECT n, time FROM t1", Database: database}, &got); err != nil || fmt.Sprint(got.Rows) != "[[5 1]]" {
		t.Errorf("rows %v, %v", got.Rows, err)
	}
}
