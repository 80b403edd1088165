package complete_test

import (
	"strings"
	"testing"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/history"
)

func TestReferences(t *testing.T) {
	a := newAccount(t)
	home := t.TempDir()
	e := a.env(t, home)
	for _, job := range []history.Job{
		{ID: "1", Name: "daily", SQL: "SELECT 1"},
		{ID: "2", Name: "daily", SQL: "SELECT 2"},
		{ID: "3", Command: "export:table"},
		{ID: "4", Name: "bad\x1b", SQL: "SELECT\n4"},
	} {
		e.RecordJob(t.Context(), job, job.SQL)
	}
	e.RecordEnd(t.Context(), api.Job{ID: "4", Status: "success"})
	for _, tt := range []struct{ line, want string }{
		{"job:show ", "last 12 11"},
		{"job:show la", "last"},
		{"job:show @", "@last @-1 @-2 @-3 @-4 @daily"},
		{"job:status last @da", "@daily"},
		{"job:kill ", "12"}, // the last job has ended
		{"job:kill @", "@-2 @-3 @-4 @daily"},
		{"rerun ", "last @last @-1 @-3 @-4 @daily"},
		{"rerun @-", "@-1 @-3 @-4"},
		{"rerun last ", ""},
	} {
		if got := strings.Join(a.complete(t, home, tt.line), " "); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.line, got, tt.want)
		}
	}
	// Another account has no jobs, and a history that is off none at all.
	if got := a.complete(t, t.TempDir(), "rerun "); len(got) > 0 {
		t.Errorf("without a history: %q", got)
	}
}
