package table

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

// runOn runs f with a server that gives each "METHOD /path" an answer: "STATUS BODY", or a body with status 200. It returns
// the messages, the requests that may change something, and the error.
func runOn(t *testing.T, answers map[string]string, f func(context.Context, *cli.Env) error) (messages string, changes []string, err error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line := r.Method + " " + r.URL.Path
		if r.Method != http.MethodGet {
			b, _ := io.ReadAll(r.Body)
			changes = append(changes, strings.TrimSpace(line+" "+string(b)))
		}
		answer, ok := answers[line]
		status := http.StatusOK
		for code, prefix := range map[int]string{http.StatusForbidden: "403 ", http.StatusConflict: "409 "} {
			if rest, found := strings.CutPrefix(answer, prefix); found {
				status, answer = code, rest
			}
		}
		if !ok {
			status, answer = http.StatusNotFound, `{"error":"no route"}`
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	var errs bytes.Buffer
	c := &console.Console{In: strings.NewReader(""), Out: io.Discard, Err: &errs}
	environment := map[string]string{"TD_API_KEY": "1/key", "TD_API_SERVER": server.URL}
	err = f(t.Context(), cli.NewEnv(t.Context(), c, func(name string) string { return environment[name] }, "test"))
	server.Close() // no handler changes the requests any more
	return errs.String(), changes, err
}

func TestUndelete(t *testing.T) {
	const (
		list = "GET /v3/table/list/web"
		gone = "GET /v3/table/deleted"
	)
	deleted := `{"tables":[{"id":5,"name":"a","database_name":"web","deleted_at":"2026-01-02 00:00:00 UTC","count":50},` +
		`{"id":6,"name":"a","database_name":"web","deleted_at":"2026-01-03 00:00:00 UTC","count":1},` +
		`{"id":7,"name":"a","database_name":"other","deleted_at":"2026-01-04 00:00:00 UTC"},` +
		`{"id":8,"name":"b","database_name":"web","deleted_at":"2026-01-01 00:00:00 UTC"}]}`
	none := `{"tables":[]}`
	for _, tt := range []struct {
		name     string
		answers  map[string]string
		o        undeleteOptions
		args     []string
		changes  string
		messages string
		failure  string
	}{
		{
			"the last deleted",
			map[string]string{list: none, gone: deleted, "POST /v3/table/recover/6": `{}`},
			undeleteOptions{},
			[]string{"web", "a"},
			"POST /v3/table/recover/6", "2 deleted tables have this name; the one that was deleted last is restored.", "",
		},
		{
			"an older one",
			map[string]string{list: none, gone: deleted, "POST /v3/table/recover/5": `{}`},
			undeleteOptions{id: "5", name: "copy"},
			nil,
			"POST /v3/table/recover/5 table_name=copy", "Table 'web.copy' is restored with 50 records.", "",
		},
		{
			"a database without the right to list",
			map[string]string{list: `403 {"error":"no"}`, gone: deleted, "POST /v3/table/recover/8": `{}`},
			undeleteOptions{},
			[]string{"web", "b"},
			"POST /v3/table/recover/8", "Table 'web.b' is restored", "",
		},
		{"the name is taken", map[string]string{list: `{"tables":[{"name":"b"}]}`, gone: deleted}, undeleteOptions{}, []string{"web", "b"}, "", "", "table 'web.b' already exists; nothing was restored"},
		{
			"the name is taken meanwhile",
			map[string]string{list: none, gone: deleted, "POST /v3/table/recover/8": `409 {"error":"exists"}`},
			undeleteOptions{},
			[]string{"web", "b"},
			"POST /v3/table/recover/8", "", "table 'web.b' already exists; nothing was restored",
		},
		{"not allowed", map[string]string{gone: `403 {"error":"no"}`}, undeleteOptions{}, []string{"web", "b"}, "", "", "no"},
	} {
		messages, changes, err := runOn(t, tt.answers, func(ctx context.Context, env *cli.Env) error {
			return undelete(ctx, env, tt.o, tt.args)
		})
		failure := ""
		if err != nil {
			failure = err.Error()
		}
		if strings.Join(changes, "; ") != tt.changes || !strings.Contains(messages, tt.messages) || failure != tt.failure {
			t.Errorf("%s: requests %q, messages %q, error %q", tt.name, changes, messages, failure)
		}
	}
}

// TestDeleteProtected checks that a table that is protected from deletion is not deleted, with and without --force, and
// that the command to restore a table is printed if its ID is unknown.
func TestDeleteProtected(t *testing.T) {
	const list, drop = "GET /v3/table/list/web", "POST /v3/table/delete/web/a"
	for _, force := range []bool{false, true} {
		_, changes, err := runOn(t, map[string]string{list: `{"tables":[{"name":"a","delete_protected":true}]}`}, func(ctx context.Context, env *cli.Env) error {
			return remove(ctx, env, "web", "a", force)
		})
		if err == nil || err.Error() != "table 'web.a' is protected from deletion; nothing was deleted" || len(changes) > 0 {
			t.Errorf("force %t: %v, %q", force, err, changes)
		}
	}
	_, renames, err := runOn(t, map[string]string{list: `{"tables":[{"name":"new"},{"name":"abc","delete_protected":true}]}`}, func(ctx context.Context, env *cli.Env) error {
		return rename(ctx, env, move{"web", "new", "abc"}, true)
	})
	if err == nil || err.Error() != "table 'web.abc' is protected from deletion; nothing was deleted" || len(renames) > 0 {
		t.Errorf("rename --overwrite: %v, %q", err, renames)
	}
	for answer, want := range map[string]string{
		`{"tables":[{"name":"a"}]}`:         "Use 'td table:undelete web a' to restore it.",
		`403 {"error":"no"}`:                "Use 'td table:undelete web a' to restore it.",
		`{"tables":[{"name":"a","id":12}]}`: "Use 'td table:undelete --id 12' to restore it.",
	} {
		messages, changes, err := runOn(t, map[string]string{list: answer, drop: `{}`, "GET /v3/database/list": `403 {}`}, func(ctx context.Context, env *cli.Env) error {
			return remove(ctx, env, "web", "a", true)
		})
		if err != nil || len(changes) != 1 || !strings.Contains(messages, want) {
			t.Errorf("%s: %v, %q, %q", answer, err, changes, messages)
		}
	}
	_, changes, err := runOn(t, map[string]string{list: `403 {"error":"no"}`, "GET /v3/database/list": `403 {}`}, func(ctx context.Context, env *cli.Env) error {
		return remove(ctx, env, "web", "a", false)
	})
	if api.IgnoreDryRun(err) == nil || len(changes) > 0 {
		t.Errorf("%v, %q", err, changes)
	}
}
