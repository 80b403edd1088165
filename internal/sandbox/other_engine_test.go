package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/sqlite"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// TestOtherEngine opens a directory whose tables belong to another engine.
func TestOtherEngine(t *testing.T) {
	dir := t.TempDir()
	opened := 0
	other := sandbox.EngineOptions{Address: "http://trino/cat", Open: func(_ context.Context, dir string) (engine.Engine, error) {
		opened++
		return sqlite.Open(dir, sqlite.Options{})
	}}
	open := func(o sandbox.EngineOptions, dir string) error {
		s, err := sandbox.Open(t.Context(), sandbox.Options{Dir: dir, Engine: o, Passive: true})
		if err != nil {
			return err
		}
		return s.Close()
	}
	for range 2 {
		if err := open(other, dir); err != nil {
			t.Fatal(err)
		}
	}
	if opened != 2 {
		t.Errorf("the engine was opened %d times", opened)
	}
	e, err := sqlite.Open(dir+"/tables", sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if list, err := e.Databases(t.Context()); len(list) != 0 || err != nil {
		t.Errorf("databases %v, %v; want no sample tables", list, err)
	}
	info, err := sandbox.Describe(t.Context(), dir)
	if err != nil || info.Engine != other.Address || !info.Exists || info.Databases != nil {
		t.Errorf("Describe = %+v, %v", info, err)
	}
	local := t.TempDir()
	if err := open(sandbox.EngineOptions{}, local); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		o    sandbox.EngineOptions
		dir  string
		want string
	}{
		{sandbox.EngineOptions{}, dir, "its tables are stored by http://trino/cat"},
		{sandbox.EngineOptions{Address: "http://trino/dog", Open: other.Open}, dir, "its tables are stored by http://trino/cat"},
		{other, local, "its tables are stored in the directory itself"},
	} {
		if err := open(tt.o, tt.dir); !errors.Is(err, sandbox.ErrOtherEngine) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("engine %q: %v, want %s", tt.o.Address, err, tt.want)
		}
	}
}

// A reportingEngine reports the progress of statements, as the engine of a cluster does.
type reportingEngine struct{ engine.Engine }

// Run reports the states of a query. It fails if the statement is that of a killed query.
func (e reportingEngine) Run(ctx context.Context, s engine.Statement, sink engine.Sink) error {
	for _, state := range []string{"QUEUED", "RUNNING", "RUNNING"} {
		s.Progress(engine.QueryProgress{ID: "20261128_132854_00040_7m224", State: state, Rows: 1234})
	}
	if strings.Contains(s.SQL, "killed") {
		s.Progress(engine.QueryProgress{ID: "20261128_132854_00040_7m224", State: "FAILED", Rows: 1234})
		return &translate.Error{Kind: translate.SemanticError, Message: "Query killed. Message: lunch"}
	}
	s.Progress(engine.QueryProgress{ID: "20261128_132854_00040_7m224", State: "FINISHED", Rows: 1234})
	return e.Engine.Run(ctx, s, sink)
}

// TestClusterJobLog checks that the log of a job contains the ID of the cluster's query, and no other.
func TestClusterJobLog(t *testing.T) {
	o := sandbox.EngineOptions{Address: "http://trino/cat", Open: func(_ context.Context, dir string) (engine.Engine, error) {
		e, err := sqlite.Open(dir, sqlite.Options{Translate: translate.Translate})
		return reportingEngine{e}, err
	}}
	s, err := sandbox.Open(t.Context(), sandbox.Options{Dir: t.TempDir(), Engine: o, HiveAsTrino: true, Passive: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	call := func(method, path string) map[string]any {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)
		r.Header.Set("Authorization", "TD1 x")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		var reply map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		return reply
	}
	call("POST", "/v3/database/create/db1")
	query := "Query 20261128_132854_00040_7m224"
	for _, tt := range []struct {
		kind, sql, status string
		want              []string // lines of cmdout and stderr; without the times
	}{
		{"trino", "SELECT 1", "success", []string{"executing query: SELECT 1", query + ", QUEUED, 1,234 rows read", query + ", RUNNING, 1,234 rows read", query + ", FINISHED, 1 stage, 1 rows"}},
		{"trino", "SELECT 'killed'", "error", []string{
			"executing query: SELECT 'killed'", query + ", QUEUED, 1,234 rows read", query + ", RUNNING, 1,234 rows read", query + ", FAILED, 1,234 rows read",
			query + " failed: Query killed. Message: lunch",
		}},
		{"hive", "SELECT 1", "success", []string{
			query + ", QUEUED, 1,234 rows read", query + ", RUNNING, 1,234 rows read", "Total jobs = 1", "Launching Job 1 out of 1",
			"The statement of this Hive job is run as a Trino statement (--hive-as-trino)", "Stage-1 map = 100%, reduce = 100%", "OK", "Fetched: 1 row(s)",
		}},
	} {
		id, _ := call("POST", "/v3/job/issue/"+tt.kind+"/db1?query="+url.QueryEscape(tt.sql))["job_id"].(string)
		if err := s.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		job := call("GET", "/v3/job/show/"+id)
		debug, _ := job["debug"].(map[string]any)
		cmdout, _ := debug["cmdout"].(string)
		stderr, _ := debug["stderr"].(string)
		var got []string
		for line := range strings.Lines(cmdout + stderr) {
			line = strings.TrimSpace(line)
			if rest, _, ok := strings.Cut(line, " rows, "); ok {
				line = rest + " rows"
			}
			if !strings.HasPrefix(line, "started at ") && !strings.HasPrefix(line, "finished at ") && !strings.HasPrefix(line, "MapReduce time") {
				got = append(got, line)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || job["status"] != tt.status {
			t.Errorf("%s job %q is %s: %s", tt.kind, tt.sql, job["status"], diff)
		}
	}
}
