package jobcmd

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// The error of a failed job shows a line of a query, but not the configuration of a load.
func TestNotSucceededErrorSecrets(t *testing.T) {
	const secret = "hunter2"
	for _, tt := range []struct{ kind, query, message, detail string }{
		{"presto", "SELECT x", "line 1:8: no x, said mysql://me:hunter2@host", "SELECT x\n       ^"},
		{"bulkload", `{\"in\":{\"password\":\"hunter2\"}}`, "(while parsing) line 1:8: no", ""},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"job_id":"1","status":"error","type":"` + tt.kind + `","query":"` + tt.query + `","debug":{"stderr":"` + tt.message + `"}}`))
		}))
		defer s.Close()
		c, err := api.New(api.Options{Endpoint: s.URL})
		if err != nil {
			t.Fatal(err)
		}
		err = NotSucceededError(t.Context(), c, api.Job{ID: "1", Status: "error"})
		failed, ok := err.(cli.JobError) //nolint:errorlint // it is not wrapped
		if !ok || failed.Detail != tt.detail || failed.Message == "" || strings.Contains(failed.Error()+failed.Detail, secret) {
			t.Errorf("%s: %+v", tt.kind, err)
		}
	}
}

func TestPrintLogSecrets(t *testing.T) {
	var out strings.Builder
	PrintLog(&out, "  ", "loading into mysql://me:hunter2@host/db\r\n")
	if want := "  loading into mysql://me:***@host/db\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}
