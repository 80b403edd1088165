package complete_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/cmd"
	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

// An account is a server that records its requests.
type account struct {
	url string

	mu       sync.Mutex
	requests []string
}

// newAccount serves an account with one or two objects of each kind.
func newAccount(t *testing.T) *account {
	t.Helper()
	bodies := map[string]string{
		"/v3/database/list":              `{"databases":[{"name":"sales","count":1},{"name":"web","count":20}]}`,
		"/v3/table/list/sales":           `{"tables":[{"name":"items","count":0,"schema":"[[\"price\",\"double\"],[\"name\",\"string\"]]"},{"name":"orders","count":2,"schema":"[]"}]}`,
		"/v3/job/list":                   `{"jobs":[{"job_id":"12","status":"running","query":"SELECT 2","type":"presto"},{"job_id":"11","status":"success","query":"SELECT 1","type":"hive"}]}`,
		"/v3/schedule/list":              `{"schedules":[{"name":"daily","cron":"@daily","query":"SELECT 1"}]}`,
		"/v3/result/list":                `{"results":[{"name":"crm","url":"mysql://example.com/db"}]}`,
		"/v3/bulk_loads":                 `[{"name":"load","database":"sales","table":"items","cron":"@hourly"}]`,
		"/v3/bulk_import/list":           `{"bulk_imports":[{"name":"imp","status":"ready","database":"sales","table":"items"}]}`,
		"/v3/bulk_import/list_parts/imp": `{"parts":["part_1","part_2"]}`,
		"/v3/user/list":                  `{"users":[{"name":"Ann","email":"ann@example.com"}]}`,
	}
	a := &account{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		a.requests = append(a.requests, r.URL.Path)
		a.mu.Unlock()
		if body, ok := bodies[r.URL.Path]; ok {
			fmt.Fprint(w, body)
		} else {
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	a.url = server.URL
	return a
}

// asked returns the paths of the requests so far.
func (a *account) asked() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.requests)
}

// env returns an environment of the account with a cache in home.
func (a *account) env(t *testing.T, home string) *cli.Env {
	t.Helper()
	vars := map[string]string{"HOME": home, "TD_API_SERVER": a.url, "TD_API_KEY": "1/test"}
	c := &console.Console{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	e := cli.NewEnv(t.Context(), c, func(name string) string { return vars[name] }, "test")
	e.Flags.RetryMaxTime = 0
	return e
}

// complete returns the candidates for a line.
func (a *account) complete(t *testing.T, home, line string) []string {
	t.Helper()
	e := a.env(t, home)
	found, _, _ := complete.ParseLine(cmd.NewTree(e), strings.Split(line, " ")).Candidates(t.Context(), e)
	return found
}

// TestObjects checks which objects of an account are offered.
func TestObjects(t *testing.T) {
	a := newAccount(t)
	home := t.TempDir()
	for _, tt := range []struct{ line, want string }{
		{"db:show ", "sales web"},
		{"db:show w", "web"},
		{"db:show --form", "--format"},
		{"table:show sales ", "items orders"},
		{"table:show absent ", ""},
		{"table:swap sales items ", "orders"}, // no table twice
		{"table:rename sales items ", ""},     // a new name
		{"query -d ", "sales web"},
		{"query -dsa", "-dsales"},
		{"connector:issue a.yml --database sales --table o", "orders"},
		{"connector:issue a.yml --table o", ""},
		{"import:auto --auto-create sa", "sales."},
		{"import:auto --auto-create sales.", "sales.items sales.orders"},
		{"schema:remove sales items ", "price name"},
		{"schema:remove sales items price ", "name"},
		{"schema:remove sales absent ", ""},
		{"job:show ", "12 11"},
		{"job:status 12 ", "11"},
		{"job:kill ", "12"}, // 11 has ended
		{"sched:history ", "daily"},
		{"export:result 11 ", "crm"},
		{"query -r ", "crm"},
		{"connector:run ", "load"},
		{"import:freeze ", "imp"},
		{"bulk_import:delete_parts imp ", "part_1 part_2"},
		{"bulk_import:delete_parts imp part_1 ", "part_2"},
		{"user:show ", "Ann"},
		{"user:apikey:remove Ann ", ""}, // keys are secrets
	} {
		if diff := cmp.Diff(tt.want, strings.Join(a.complete(t, home, tt.line), " ")); diff != "" {
			t.Errorf("%q: %s", tt.line, diff)
		}
	}
}

// TestForgetNames checks that lists are cached per account until they are cleared.
func TestForgetNames(t *testing.T) {
	a := newAccount(t)
	home := t.TempDir()
	for range 3 {
		a.complete(t, home, "db:show ")
	}
	if diff := cmp.Diff([]string{"/v3/database/list"}, a.asked()); diff != "" {
		t.Errorf("the list is not cached: %s", diff)
	}
	complete.ForgetNames(a.env(t, home))
	if got := a.complete(t, home, "db:show "); len(got) != 2 || len(a.asked()) != 2 {
		t.Errorf("after ForgetNames: %q, requests %q", got, a.asked())
	}
	a.complete(t, home, "-k 1/other db:show ")
	if len(a.asked()) != 3 {
		t.Errorf("another account: requests %q", a.asked())
	}
}

// TestParseRequest checks the protocol of the shells' scripts.
func TestParseRequest(t *testing.T) {
	for _, args := range [][]string{nil, {"__complete"}, {"db:list", "__complete", ""}} {
		if _, ok := complete.ParseRequest(args, func(string) string { return "" }); ok {
			t.Errorf("%q is a request", args)
		}
	}
	a := newAccount(t)
	home := t.TempDir()
	for command, want := range map[string]string{
		"__complete":       "sales\t1 record\nweb\t20 records\n:4\n",
		"__completeNoDesc": "sales\nweb\n:4\n",
	} {
		r, ok := complete.ParseRequest([]string{command, "db:show", ""}, func(string) string { return "1m" })
		if !ok {
			t.Fatalf("%s is not a request", command)
		}
		var out strings.Builder
		released := false
		newTree := func(_ context.Context, _ *console.Console) (*cli.Env, *argv.Tree, func()) {
			e := a.env(t, home)
			return e, cmd.NewTree(e), func() { released = true }
		}
		r.Answer(t.Context(), &console.Console{Out: &out}, newTree)
		if out.String() != want || !released {
			t.Errorf("%s: %q, want %q; released: %t", command, out.String(), want, released)
		}
	}
}
