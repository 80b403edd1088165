package db

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

// TestDeleteProtected checks that a database is not deleted, even with -f, if it or a table is protected from deletion.
// Without the right to list its tables, -f lets the server decide.
func TestDeleteProtected(t *testing.T) {
	const (
		free      = `{"databases":[{"name":"web"}]}`
		protected = `{"databases":[{"name":"web","delete_protected":true}]}`
		none      = `{"tables":[]}`
		forbidden = "403"
	)
	for _, tt := range []struct {
		name, databases, tables string
		force                   bool
		deleted                 bool
		failure                 string
	}{
		{"the database", protected, none, false, false, "database 'web' is protected from deletion; nothing was deleted"},
		{"the database, -f", protected, none, true, false, "database 'web' is protected from deletion; nothing was deleted"},
		{"a table, -f", free, `{"tables":[{"name":"a","delete_protected":true},{"name":"b"}]}`, true, false, "table 'web.a' is protected from deletion; nothing was deleted"},
		{"nothing", free, none, false, true, ""},
		{"tables, -f", free, `{"tables":[{"name":"b"}]}`, true, true, ""},
		{"not allowed to list", free, forbidden, false, false, "forbidden"},
		{"not allowed to list, -f", free, forbidden, true, true, ""},
	} {
		deleted := false
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := map[string]string{"/v3/database/list": tt.databases, "/v3/table/list/web": tt.tables}[r.URL.Path]
			if answer == forbidden {
				http.Error(w, "", http.StatusForbidden)
				return
			}
			deleted = deleted || r.URL.Path == "/v3/database/delete/web"
			_, _ = io.WriteString(w, answer)
		}))
		var errs bytes.Buffer
		c := &console.Console{In: strings.NewReader(""), Out: io.Discard, Err: &errs}
		environment := map[string]string{"TD_API_KEY": "1/key", "TD_API_SERVER": server.URL}
		err := remove(t.Context(), cli.NewEnv(t.Context(), c, func(name string) string { return environment[name] }, "test"), "web", tt.force)
		server.Close()
		failure := ""
		if err != nil {
			failure = err.Error()
		}
		if !strings.Contains(failure, tt.failure) || tt.failure == "" && failure != "" || deleted != tt.deleted {
			t.Errorf("%s: deleted %t, error %q", tt.name, deleted, failure)
		}
	}
}
