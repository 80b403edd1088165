package tablecmd

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/grid"
)

// A server answers each "METHOD /path" with a status and a body, and others with 404.
type server struct {
	responses map[string]response
	requests  []string
}

type response struct {
	status int
	body   string
}

// RoundTrip implements http.RoundTripper.
func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	line := r.Method + " " + r.URL.Path
	s.requests = append(s.requests, line)
	answer, ok := s.responses[line]
	if !ok {
		answer = response{http.StatusNotFound, `{"error":"no route"}`}
	}
	w := httptest.NewRecorder()
	w.WriteHeader(answer.status)
	_, _ = w.WriteString(answer.body)
	return w.Result(), nil
}

func newClient(t *testing.T, responses map[string]response) (*api.Client, *server) {
	t.Helper()
	s := &server{responses: responses}
	c, err := api.New(api.Options{Endpoint: "http://server", APIKey: "1/key", Transport: s})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, s
}

const (
	listWeb      = "GET /v3/table/list/web"
	listAll      = "GET /v3/database/list"
	createWeb    = "POST /v3/database/create/web"
	createAccess = "POST /v3/table/create/web/access/log"
)

var (
	noTables   = response{200, `{"database":"web","tables":[]}`}
	withAccess = response{200, `{"database":"web","tables":[{"name":"other"},{"name":"access","count":5,"schema":"[[\"a\",\"string\"]]"}]}`}
	created    = response{200, `{"database":"web","table":"access"}`}
	conflict   = response{409, `{"error":"exists"}`}
	forbidden  = response{403, `{"error":"not authorized"}`}
)

func TestFind(t *testing.T) {
	for _, tt := range []struct {
		name      string
		responses map[string]response
		is        error  // nil: found
		want      string // message
		hint      string
	}{
		{"found", map[string]response{listWeb: withAccess}, nil, "", ""},
		{"no table", map[string]response{listWeb: noTables}, api.ErrNotFound, "table 'web.access' does not exist", "'td table:list web' lists the tables"},
		{"no database", nil, api.ErrNotFound, "database 'web' does not exist: no route", "'td db:list' lists the databases"},
		{"forbidden", map[string]response{listWeb: forbidden, listAll: {200, `{"databases":[{"name":"web","permission":"query_only"}]}`}}, api.ErrForbidden, "not authorized", ""},
		{
			"import only",
			map[string]response{listWeb: forbidden, listAll: {200, `{"databases":[{"name":"web","permission":"import_only"}]}`}},
			api.ErrForbidden, "database 'web' is import only, cannot list: not authorized", "",
		},
		{"forbidden, and so are the databases", map[string]response{listWeb: forbidden, listAll: forbidden}, api.ErrForbidden, "not authorized", ""},
	} {
		c, _ := newClient(t, tt.responses)
		table, err := Find(t.Context(), c, "web", "access")
		if tt.is == nil {
			if err != nil || table.Name != "access" || table.Count != 5 {
				t.Errorf("%s: %+v, %v", tt.name, table, err)
			}
			continue
		}
		if !errors.Is(err, tt.is) || err.Error() != tt.want || cli.Hint(err) != tt.hint {
			t.Errorf("%s: %v, hint %q; want %s, %q", tt.name, err, cli.Hint(err), tt.want, tt.hint)
		}
	}
}

func TestExplainNotFound(t *testing.T) {
	missing := &api.Error{Status: 404, Message: "no"}
	for _, tt := range []struct {
		name string
		list response
		in   error
		want string
	}{
		{"the table", noTables, missing, "table 'web.access' does not exist"},
		{"the database", response{404, `{"error":"gone"}`}, missing, "database 'web' does not exist: gone"},
		{"neither", withAccess, missing, "no"},
		{"another error", noTables, errors.New("other"), "other"},
	} {
		c, _ := newClient(t, map[string]response{listWeb: tt.list})
		if err := ExplainNotFound(t.Context(), c, "web", "access", tt.in); err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestEnsure(t *testing.T) {
	for _, tt := range []struct {
		name      string
		responses map[string]response
		want      string // message on standard error, or of the error
		failed    bool
		sent      []string
	}{
		{"exists", map[string]response{listWeb: withAccess}, "", false, []string{listWeb}},
		{"no table", map[string]response{listWeb: noTables, createAccess: created}, "Table 'web.access' is created.\n", false, []string{listWeb, createAccess}},
		{
			"no database",
			map[string]response{createWeb: created, createAccess: created},
			"Database 'web' is created.\nTable 'web.access' is created.\n", false,
			[]string{listWeb, createWeb, createAccess},
		},
		{"created concurrently", map[string]response{createWeb: conflict, createAccess: conflict}, "", false, []string{listWeb, createWeb, createAccess}},
		{"the database is refused", map[string]response{createWeb: forbidden}, "not authorized", true, []string{listWeb, createWeb}},
		{"the table is refused", map[string]response{listWeb: noTables, createAccess: forbidden}, "not authorized", true, []string{listWeb, createAccess}},
		{"forbidden", map[string]response{listWeb: forbidden, listAll: forbidden}, "not authorized", true, []string{listWeb, listWeb, listAll}},
	} {
		c, s := newClient(t, tt.responses)
		var stderr strings.Builder
		env := cli.NewEnv(t.Context(), &console.Console{Err: &stderr}, func(string) string { return "" }, "test")
		err := Ensure(t.Context(), env, c, "web", "access")
		got := stderr.String()
		if err != nil {
			got = err.Error()
		}
		if (err != nil) != tt.failed || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.name, stderr.String(), err, tt.want)
		}
		if diff := cmp.Diff(tt.sent, s.requests); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestCheckName(t *testing.T) {
	for name, ok := range map[string]bool{
		"web": true, "a_1": true, "___": true, strings.Repeat("a", 255): true,
		"": false, "ab": false, strings.Repeat("a", 256): false, "Web": false, "a-b": false, "a b": false, "wéb": false, "web\n": false,
	} {
		err := CheckName("table", name)
		if (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
		if _, usage := errors.AsType[cli.UsageError](err); err != nil && (!usage || !strings.HasPrefix(err.Error(), "invalid table name ")) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestShow(t *testing.T) {
	table := api.Table{ID: "5", Name: "access", Type: "log", Count: 3, Schema: []api.Column{{Name: "a", Type: "string"}, {Name: "b", Type: "long", Alias: "c"}}}
	if got, want := SchemaText(table.Schema), "a:string, b:long"; got != want {
		t.Errorf("schema %q, want %q", got, want)
	}
	if got := SchemaText(nil); got != "" {
		t.Errorf("no schema: %q", got)
	}
	raw, err := grid.Marshal(RawTable("web", table))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"database":"web","id":"5","name":"access","type":"log","count":3,"estimated_storage_size":0,"counter_updated_at":null,` +
		`"last_log_timestamp":null,"expire_days":0,"created_at":null,"updated_at":null,"schema":[["a","string"],["b","long","c"]]}`
	if diff := cmp.Diff(want, strings.TrimSpace(string(raw))); diff != "" {
		t.Error(diff)
	}
}

func TestCheckDatabaseDeletable(t *testing.T) {
	protected := func(names ...string) (tables []api.Table) {
		for _, name := range names {
			tables = append(tables, api.Table{Name: name, DeleteProtected: true})
		}
		return append(tables, api.Table{Name: "free"})
	}
	for _, tt := range []struct {
		database bool
		tables   []api.Table
		want     string
	}{
		{false, protected(), ""},
		{true, protected("a"), "database 'web' is protected from deletion; nothing was deleted"},
		{false, protected("a"), "table 'web.a' is protected from deletion; nothing was deleted"},
		{false, protected("a", "b"), "tables 'web.a', 'web.b' are protected from deletion; nothing was deleted"},
	} {
		err := CheckDatabaseDeletable(api.Database{Name: "web", DeleteProtected: tt.database}, tt.tables)
		if tt.want == "" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if _, ok := errors.AsType[cli.StateError](err); !ok || err.Error() != tt.want || cli.Hint(err) == "" {
			t.Errorf("%v, hint %q; want %s", err, cli.Hint(err), tt.want)
		}
	}
}

func TestUndeleteCommand(t *testing.T) {
	for _, tt := range []struct{ id, want string }{{"7", "td table:undelete --id 7"}, {"", "td table:undelete web access"}} {
		if got := UndeleteCommand("web", "access", tt.id); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}
