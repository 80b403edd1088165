package sandbox_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/td-cli/td/internal/sandbox"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/sqlite"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
	"github.com/td-cli/td/internal/sandbox/state"
)

// A brokenSink fails like a full disk.
type brokenSink struct{}

func (brokenSink) Schema([]translate.Column) error { return errors.New("no space left on device") }
func (brokenSink) Row([]any) error                 { return nil }

// TestRecoverCommittedJob opens a data directory whose server died while it ran jobs. A job whose work was
// committed has succeeded, so that it is not repeated.
func TestRecoverCommittedJob(t *testing.T) {
	t.Parallel()
	dir, ctx := newDir(t), context.Background()
	first := start(t, sandbox.Options{Dir: dir})
	first.must(first.post("/v3/database/create/crash"))
	first.must(first.post("/v3/table/create/crash/t_t"))
	first.must(first.post("/v3/table/create/crash/t_old"))
	source := first.issue("presto", "SELECT 1 AS n")
	first.waitJob(source)
	sourceID, err := strconv.ParseInt(source, 10, 64)
	if err != nil {
		t.Fatal(err)
	}

	first.stop() // it would end the jobs of the dead server

	db, err := state.Open(ctx, filepath.Join(dir, "service.db"))
	if err != nil {
		t.Fatal(err)
	}
	tables, err := sqlite.Open(filepath.Join(dir, "tables"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	run := func(j *state.Job) error {
		err := tables.Run(ctx, engine.Statement{SQL: j.Query, Database: "crash", Job: j.ID}, brokenSink{})
		if err == nil {
			return errors.New("the sink's error was not returned")
		}
		return nil
	}
	load := func(j *state.Job) error {
		_, err := tables.Append(ctx, "crash", "t_t", fmt.Sprintf("job-%d", j.ID), func(func(engine.Record, error) bool) {})
		return err
	}
	nothing := func(*state.Job) error { return nil }
	const config = `{"in":{"type":"file","path":"/in.csv","parser":{"type":"csv","columns":[{"name":"n","type":"long"}]}}}`
	tests := []struct {
		name   string
		job    state.Job
		work   func(*state.Job) error
		want   string
		result string
	}{
		{"INSERT", state.Job{Query: "INSERT INTO t_t SELECT 7 AS n"}, run, "success", "[1]\n"},
		{"INSERT, not run", state.Job{Query: "INSERT INTO t_t SELECT 8 AS n"}, nothing, "error", ""},
		{"SELECT", state.Job{Query: "SELECT n FROM t_t"}, run, "error", ""},
		{"CREATE TABLE AS", state.Job{Query: "CREATE TABLE t_new AS SELECT 7 AS n UNION ALL SELECT 8"}, run, "success", "[2]\n"},
		{"CREATE TABLE", state.Job{Query: "CREATE TABLE t_empty (n bigint)"}, run, "success", ""},
		{"DROP TABLE", state.Job{Query: "DROP TABLE t_old"}, run, "success", ""},
		{"SELECT into a table", state.Job{Query: "SELECT 1 AS n", Result: "td://@/crash/t_t"}, load, "success", ""},
		{"SELECT into a table, not loaded", state.Job{Query: "SELECT 1 AS n", Result: "td://@/crash/t_t"}, nothing, "error", ""},
		{"SELECT into a missing table", state.Job{Query: "SELECT 1 AS n", Result: "td://@/crash/t_no"}, nothing, "error", ""},
		{"SELECT into a file", state.Job{Query: "SELECT 1 AS n", Result: "file:///a.csv"}, nothing, "error", ""},
		{"result export", state.Job{Type: "result_export", TargetID: sourceID, Result: "td://@/crash/t_t"}, load, "success", ""},
		{"result export, not loaded", state.Job{Type: "result_export", TargetID: sourceID, Result: "td://@/crash/t_t"}, nothing, "error", ""},
		{"bulk load", state.Job{Type: "bulkload", Query: config, Detail: `{"table":"t_t"}`}, load, "success", ""},
		{"bulk load, not loaded", state.Job{Type: "bulkload", Query: config, Detail: `{"table":"t_t"}`}, nothing, "error", ""},
		{"export", state.Job{Type: "export", Detail: `{}`}, nothing, "error", ""},
	}
	var ids []string
	for _, test := range tests {
		j := test.job
		j.Database, j.Owner = "crash", "dead"
		j.Type = cmp.Or(j.Type, "presto")
		if err := db.AddJob(ctx, &j, time.Now()); err != nil {
			t.Fatal(err)
		}
		if _, err := db.StartJob(ctx, j.ID, time.Now()); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, strconv.FormatInt(j.ID, 10))
		if err := test.work(&j); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
	}
	if err := errors.Join(db.Close(), tables.Close()); err != nil {
		t.Fatal(err)
	}

	s := start(t, sandbox.Options{Dir: dir})
	for i, test := range tests {
		if got := s.get("/v3/job/status/"+ids[i]).text(t, "status"); got != test.want {
			t.Errorf("%s: %s; want %s", test.name, got, test.want)
		}
		if a := s.get("/v3/job/result/" + ids[i] + "?format=json"); test.result != "" && string(a.body) != test.result {
			t.Errorf("%s: result %q; want %q", test.name, a.body, test.result)
		}
	}
	if got := s.query("presto", "SELECT count(*) FROM crash.t_t"); got != "[1]\n" {
		t.Errorf("%s records", got)
	}
}
