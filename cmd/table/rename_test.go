package table

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

// A fake server has one database. Its tables are known by what they hold, and it may be
// too old for the atomic rename, or fail at one kind of call.
type fakeServer struct {
	fails string // the call that fails, as in "swap"
	lost  string // the call that is carried out, without an answer
	old   bool

	mu     sync.Mutex        // guards tables and calls: a lost answer does not order the handler before the test
	tables map[string]string // name → what it holds
	calls  []string
}

func (s *fakeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.Split(r.URL.Path, "/") // "", v3, table, call, db, …
	call, names := path[3], path[5:]
	s.mu.Lock()
	defer s.mu.Unlock()
	if call != "list" {
		s.calls = append(s.calls, call)
	}
	switch {
	case call == s.fails:
		http.Error(w, `{"message":"not today"}`, http.StatusForbidden)
		return
	case call == "rename" && s.old:
		http.Error(w, `{"message":"Resource not found"}`, http.StatusNotFound)
		return
	}
	switch call {
	case "list":
		list := []map[string]string{}
		for name, holds := range s.tables {
			list = append(list, map[string]string{"name": name, "id": holds})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"tables": list})
		return
	case "create":
		s.tables[names[0]] = "nothing"
	case "swap":
		s.tables[names[0]], s.tables[names[1]] = s.tables[names[1]], s.tables[names[0]]
	case "delete":
		delete(s.tables, names[0])
	case "rename":
		s.tables[names[1]] = s.tables[names[0]]
		delete(s.tables, names[0])
	}
	if call == s.lost {
		panic(http.ErrAbortHandler) // the connection breaks
	}
	_, _ = w.Write([]byte("{}"))
}

func TestRename(t *testing.T) {
	for _, tt := range []struct {
		name      string
		server    *fakeServer
		overwrite bool
		calls     string
		tables    map[string]string
		err       string // a part of it; "": none
	}{
		{
			name: "atomic", server: &fakeServer{tables: map[string]string{"old": "1"}},
			calls: "rename", tables: map[string]string{"new": "1"},
		},
		{
			name: "the answer is lost, the rename was not", server: &fakeServer{tables: map[string]string{"old": "1"}, lost: "rename"},
			calls: "rename", tables: map[string]string{"new": "1"},
		},
		{
			name: "by steps", server: &fakeServer{tables: map[string]string{"old": "1"}, old: true},
			calls: "rename create swap delete", tables: map[string]string{"new": "1"},
		},
		{
			name: "by steps, over another", server: &fakeServer{tables: map[string]string{"old": "1", "new": "2"}, old: true},
			overwrite: true, calls: "rename swap delete", tables: map[string]string{"new": "1"},
		},
		{
			name: "the name is taken", server: &fakeServer{tables: map[string]string{"old": "1", "new": "2"}, old: true},
			tables: map[string]string{"old": "1", "new": "2"}, err: "'db1.new' already exists",
		},
		{
			name: "create fails", server: &fakeServer{tables: map[string]string{"old": "1"}, old: true, fails: "create"},
			calls: "rename create", tables: map[string]string{"old": "1"}, err: "nothing was renamed: not today",
		},
		{
			name: "swap fails", server: &fakeServer{tables: map[string]string{"old": "1"}, old: true, fails: "swap"},
			calls: "rename create swap", tables: map[string]string{"old": "1", "new": "nothing"},
			err: "not renamed: the empty table 'db1.new' was created but not swapped with 'old': not today",
		},
		{
			name: "the swap's answer is lost", server: &fakeServer{tables: map[string]string{"old": "1"}, old: true, lost: "swap"},
			calls: "rename create swap delete", tables: map[string]string{"new": "1"},
		},
		{
			name: "delete fails", server: &fakeServer{tables: map[string]string{"old": "1"}, old: true, fails: "delete"},
			calls: "rename create swap delete", tables: map[string]string{"old": "nothing", "new": "1"},
			err: "partly renamed: the records are in 'db1.new'; 'old', which is empty, was not deleted: not today",
		},
		{
			name: "delete fails after an exchange", server: &fakeServer{tables: map[string]string{"old": "1", "new": "2"}, old: true, fails: "delete"},
			overwrite: true, calls: "rename swap delete", tables: map[string]string{"old": "2", "new": "1"},
			err: "'old', which contains the previous records of 'new', was not deleted",
		},
		{
			name: "forbidden", server: &fakeServer{tables: map[string]string{"old": "1"}, fails: "rename"},
			calls: "rename", tables: map[string]string{"old": "1"}, err: "not today",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := httptest.NewServer(tt.server)
			defer srv.Close()
			e := testEnv(t.Context(), srv.URL)
			err := rename(t.Context(), e, move{"db1", "old", "new"}, tt.overwrite)
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("got the error %v, want %q", err, tt.err)
			}
			tt.server.mu.Lock()
			defer tt.server.mu.Unlock()
			if got := strings.Join(slices.Compact(tt.server.calls), " "); got != tt.calls {
				t.Errorf("got the calls %q, want %q", got, tt.calls)
			}
			if diff := cmp.Diff(tt.tables, tt.server.tables); diff != "" {
				t.Errorf("tables (-want +got):\n%s", diff)
			}
		})
	}
}

func testEnv(ctx context.Context, endpoint string) *cli.Env {
	var out, err strings.Builder
	e := cli.NewEnv(ctx, &console.Console{In: strings.NewReader(""), Out: &out, Err: &err}, func(string) string { return "" }, "test")
	e.Flags.Endpoint, e.Flags.APIKey, e.Flags.RetryMaxTime = endpoint, "1/test", 0
	return e
}

func TestSplit(t *testing.T) {
	for in, want := range map[string][]string{
		"":                           nil,
		" \n":                        nil,
		"[]":                         nil,
		`[{"a":1},{"a":2}]`:          {`{"a":1}`, `{"a":2}`},
		"{\"a\":1}\n{\"a\":2}\n":     {`{"a":1}`, `{"a":2}`},
		`[[1,"x"],[2,"y"]]`:          {`[1,"x"]`, `[2,"y"]`},
		`{"a":18446744073709551615}`: {`{"a":18446744073709551615}`},
		"\x81\xa1a\x01\x81\xa1a\x02": {`{"a":1}`, `{"a":2}`},
	} {
		got, err := split(t.Context(), []byte(in))
		if err != nil {
			t.Errorf("%q: %v", in, err)
		}
		var texts []string
		for _, r := range got {
			texts = append(texts, string(r))
		}
		if diff := cmp.Diff(want, texts); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
	for _, in := range []string{`[{"a":1}`, "not json", "\x81\xa1a"} {
		if got, err := split(t.Context(), []byte(in)); err == nil {
			t.Errorf("%q was read as %q", in, got)
		}
	}
}
