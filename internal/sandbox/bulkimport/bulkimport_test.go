package bulkimport

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
	"github.com/td-cli/td/internal/sandbox/state"
	"github.com/td-cli/td/internal/sandbox/tables"
)

func TestCheckRecord(t *testing.T) {
	wide := engine.Record{{Key: "time", Value: int64(1)}}
	for range tables.MaxBulkColumns {
		wide = append(wide, wide[0])
	}
	tests := []struct {
		name   string
		record engine.Record
		err    string
	}{
		{"valid", engine.Record{{Key: "a", Value: "x"}, {Key: "time", Value: int64(1)}}, ""},
		{"no time", engine.Record{{Key: "a", Value: "x"}}, "no time"},
		{"null time", engine.Record{{Key: "time"}}, "no time"},
		{"empty", engine.Record{}, "no time"},
		{"invalid time", engine.Record{{Key: "time", Value: "noon"}}, "noon"},
		{"too many columns", wide, strconv.Itoa(tables.MaxBulkColumns)},
	}
	for _, test := range tests {
		err := checkRecord(test.record)
		if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: %v; want %q", test.name, err, test.err)
		}
	}
}

// An appendedEngine has the records of sessions for some tables.
type appendedEngine struct {
	engine.Engine
	uploads []string
}

func (e appendedEngine) Appended(_ context.Context, _, table, _ string) (bool, error) {
	return slices.Contains(e.uploads, table), nil
}

// TestReap checks which sessions are reverted: those of dead servers, and those
// whose job has ended.
func TestReap(t *testing.T) {
	db, err := state.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	queue := jobqueue.New(t.Context(), jobqueue.Options{State: db, Owner: "live", Workers: 1, Report: func(error) {}})
	defer queue.Close()
	h := New(db, Options{
		Dir: t.TempDir(), Owner: "live", IsAlive: func(id string) bool { return id != "dead" }, Queue: queue,
		Engine: appendedEngine{uploads: []string{"t_1", "t_2"}},
	})
	running, ended := &state.Job{}, &state.Job{}
	for _, j := range []*state.Job{running, ended} {
		if err := queue.Store(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := queue.Kill(t.Context(), ended.ID); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		session session
		want    string
	}{
		{"live performs", session{Status: performing, Owner: "live", JobID: running.ID}, performing},
		{"live begins to perform", session{Status: performing, Owner: "live"}, performing},
		{"live failed to perform", session{Status: performing, Owner: "live"}, uploading},
		{"other performs without a job", session{Status: performing, Owner: "other"}, performing},
		{"live job has ended", session{Status: performing, Owner: "live", JobID: ended.ID}, uploading},
		{"live commits", session{Status: committing, Owner: "live", JobID: ended.ID}, committing},
		{"live failed to commit", session{Status: committing, Owner: "live"}, ready},
		{"live failed to record", session{Status: committing, Owner: "live", Table: "t_1"}, committed},
		{"other commits", session{Status: committing, Owner: "other", Table: "t_1"}, committing},
		{"dead failed to record", session{Status: committing, Owner: "dead", Table: "t_2"}, committed},
		{"dead performed", session{Status: performing, Owner: "dead", JobID: running.ID}, uploading},
		{"dead committed", session{Status: committing, Owner: "dead"}, ready},
		{"dead uploaded", session{Status: uploading, Owner: "dead"}, uploading},
		{"dead was done", session{Status: committed, Owner: "dead"}, committed},
		{"dead was ready", session{Status: ready, Owner: "dead"}, ready},
	}
	for _, test := range tests {
		o, err := h.sessions.Add(t.Context(), test.name, test.session)
		if err != nil {
			t.Fatal(err)
		}
		if test.name == "live commits" || test.name == "live begins to perform" {
			defer h.working.add(o.ID)()
		}
	}
	if err := h.Reap(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		o, err := h.sessions.Get(t.Context(), test.name)
		if err != nil || o.Value.Status != test.want {
			t.Errorf("%s: %s, %v; want %s", test.name, o.Value.Status, err, test.want)
		}
	}
}
