package trino

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/td-cli/td/internal/sandbox/engine/trino/protocol"
)

// A fakeCluster is a coordinator that answers statements from a list of rules.
type fakeCluster struct {
	*httptest.Server
	mu         sync.Mutex
	rules      []rule
	statements []string // those that ran
	queries    map[string]string
	canceled   int
	version    string
	hook       func(method, sql string) // see intercept
}

// A rule is the answer to the statements that match a pattern. The first rule that matches is used.
type rule struct {
	pattern *regexp.Regexp
	columns []string // name:type
	rows    [][]any
	err     *protocol.Error
	lost    bool // the cluster runs the statement, and then no longer has its result
}

func newFakeCluster(t *testing.T) *fakeCluster {
	t.Helper()
	f := &fakeCluster{queries: map[string]string{}, version: "476"}
	f.answer("system.metadata.catalogs", rule{columns: []string{"c:varchar"}, rows: [][]any{{"iceberg"}}})
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

// answer adds a rule that precedes the others.
func (f *fakeCluster) answer(pattern string, r rule) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r.pattern = regexp.MustCompile(pattern)
	f.rules = slices.Insert(f.rules, 0, r)
}

// setTable makes the table db1.t1 exist with the columns, and without rows.
func (f *fakeCluster) setTable(columns ...string) {
	var rows [][]any
	for _, c := range columns {
		name, typ, _ := strings.Cut(c, ":")
		rows = append(rows, []any{"t1", name, typ})
	}
	f.answer("information_schema.columns", rule{columns: []string{"a:varchar", "b:varchar", "c:varchar"}, rows: rows})
	f.answer("information_schema.schemata", rule{columns: []string{"a:varchar"}, rows: [][]any{{"db1"}}})
}

// intercept makes f be called with the method and the statement of each request; nil ends that.
func (f *fakeCluster) intercept(hook func(method, sql string)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hook = hook
}

// ran returns the statements that ran and match a pattern.
func (f *fakeCluster) ran(pattern string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []string
	for _, s := range f.statements {
		if regexp.MustCompile(pattern).MatchString(s) {
			list = append(list, s)
		}
	}
	return list
}

// ServeHTTP implements the protocol. A statement runs when its result is requested, as in Trino.
func (f *fakeCluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	id := strings.TrimPrefix(r.URL.Path, "/v1/next/")
	if r.Method == http.MethodPost {
		id = fmt.Sprint("q", len(f.queries)+1)
		f.queries[id] = string(body)
	}
	sql, hook := f.queries[id], f.hook
	f.mu.Unlock()
	if hook != nil {
		hook(r.Method, sql)
	}
	switch {
	case r.URL.Path == "/v1/info":
		fmt.Fprintf(w, `{"nodeVersion":{"version":"%s"},"starting":false}`, f.version)
	case r.Method == http.MethodPost:
		fmt.Fprintf(w, `{"id":"%s","nextUri":"%s/v1/next/%s","stats":{"state":"QUEUED"}}`, id, f.URL, id)
	case r.Method == http.MethodDelete:
		f.mu.Lock()
		f.canceled++
		f.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	default:
		f.sendResult(w, id, sql)
	}
}

func (f *fakeCluster) sendResult(w http.ResponseWriter, id, sql string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	page := map[string]any{"id": id, "columns": []any{}, "stats": map[string]any{"state": "FINISHED"}}
	for _, r := range f.rules {
		if !r.pattern.MatchString(sql) {
			continue
		}
		var columns []map[string]string
		for _, c := range r.columns {
			name, typ, _ := strings.Cut(c, ":")
			columns = append(columns, map[string]string{"name": name, "type": typ})
		}
		page["columns"], page["data"] = columns, r.rows
		if r.err != nil {
			page["error"] = map[string]any{
				"message": r.err.Message, "errorName": r.err.Name, "errorType": r.err.Type,
				"errorLocation": map[string]int{"lineNumber": r.err.Line, "columnNumber": r.err.Column},
			}
		}
		if r.lost {
			f.statements = append(f.statements, sql)
			http.Error(w, "Query not found", http.StatusNotFound)
			return
		}
		break
	}
	if page["error"] == nil {
		f.statements = append(f.statements, sql)
	}
	_ = json.NewEncoder(w).Encode(page)
}

func (f *fakeCluster) options() Options {
	return Options{URL: strings.Replace(f.URL, "http://", "trino://ann@", 1) + "/cat"}
}

// open opens an engine on the cluster.
func (f *fakeCluster) open(t *testing.T, dir string) *Engine {
	t.Helper()
	return openEngine(t, dir, f.options())
}

// openEngine opens an engine, which is closed at the end of the test.
func openEngine(t *testing.T, dir string, o Options) *Engine {
	t.Helper()
	e, err := Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}
