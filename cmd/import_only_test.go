package cmd

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/cli"
)

// TestImportOnly checks listing with a write-only database: its tables cannot be listed,
// which is not a failure if all databases are listed.
func TestImportOnly(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v3/database/list" {
			_, _ = io.WriteString(w, `{"databases":[{"name":"drop_box","permission":"import_only"}]}`)
			return
		}
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"error":"Forbidden"}`)
	}))
	defer srv.Close()
	for _, line := range []string{
		"table:list drop_box", "db:show drop_box", "table:show drop_box in", "schema:show drop_box in", "table:swap drop_box in out",
	} {
		status, stdout, stderr := runLine(strings.Fields("-k 1/test -e " + srv.URL + " " + line)...)
		if status != cli.ExitForbidden || stdout != "" || !strings.HasPrefix(stderr, "td: database 'drop_box' is import only, cannot list: ") {
			t.Errorf("%s: status %d, %q, %q", line, status, stdout, stderr)
		}
	}
	status, stdout, stderr := runLine("-k", "1/test", "-e", srv.URL, "table:list")
	if status != cli.ExitOK || stdout != "0 rows in set\n" || !strings.Contains(stderr, "no permission to read database 'drop_box'") {
		t.Errorf("table:list: status %d, %q, %q", status, stdout, stderr)
	}
}
