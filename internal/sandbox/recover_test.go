package sandbox_test

import (
	"context"
	"errors"
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

// TestRecoverCommittedJob opens a data directory whose server died while it ran an INSERT. A job whose
// statement was committed has succeeded, so that it is not repeated.
func TestRecoverCommittedJob(t *testing.T) {
	t.Parallel()
	dir, ctx := newDir(t), context.Background()
	first := start(t, sandbox.Options{Dir: dir})
	first.must(first.post("/v3/database/create/crash"))
	first.must(first.post("/v3/table/create/crash/t_t"))

	db, err := state.Open(ctx, filepath.Join(dir, "service.db"))
	if err != nil {
		t.Fatal(err)
	}
	tables, err := sqlite.Open(filepath.Join(dir, "tables"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, query := range []string{"INSERT INTO t_t SELECT 7 AS n", "INSERT INTO t_t SELECT 8 AS n", "SELECT n FROM t_t"} {
		j := &state.Job{Type: "presto", Database: "crash", Query: query, Owner: "dead"}
		if err := db.AddJob(ctx, j, time.Now()); err != nil {
			t.Fatal(err)
		}
		if _, err := db.StartJob(ctx, j.ID, time.Now()); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, strconv.FormatInt(j.ID, 10))
		if query != "INSERT INTO t_t SELECT 8 AS n" {
			if err := tables.Run(ctx, engine.Statement{SQL: query, Database: "crash", Job: j.ID}, brokenSink{}); err == nil {
				t.Fatal("the sink's error was not returned")
			}
		}
	}
	if err := errors.Join(db.Close(), tables.Close()); err != nil {
		t.Fatal(err)
	}

	s := start(t, sandbox.Options{Dir: dir})
	for i, want := range []string{"success", "error", "error"} {
		if got := s.get("/v3/job/status/"+ids[i]).text(t, "status"); got != want {
			t.Errorf("job %d is %s; want %s", i, got, want)
		}
	}
	if got := string(s.get("/v3/job/result/" + ids[0] + "?format=json").body); got != "[1]\n" {
		t.Errorf("result %q", got)
	}
	if got := s.query("presto", "SELECT count(*) FROM crash.t_t"); got != "[1]\n" {
		t.Errorf("%s records", got)
	}
}
