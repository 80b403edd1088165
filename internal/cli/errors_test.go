package cli

import (
	"errors"
	"fmt"
	"testing"

	"github.com/td-cli/td/internal/api"
)

func TestNotFound(t *testing.T) {
	missing := func(message string) error { return &api.Error{Status: 404, Message: message} }
	for _, tt := range []struct {
		name, kind string
		err        error
		want, hint string
	}{
		{"web", "database", api.ErrNotFound, "database 'web' does not exist", "'td x:list' lists the databases"},
		{"web", "database", missing("Database web doesn't exist."), "database 'web' does not exist", "'td x:list' lists the databases"},
		{"web", "database", missing("Couldn't find it"), "database 'web' does not exist: Couldn't find it", "'td x:list' lists the databases"},
		{"12", "job", api.ErrNotFound, "job 12 does not exist", "'td x:list' lists the jobs"},
		{"web", "database", errors.New("other"), "other", ""},
	} {
		err := NotFound(tt.kind, tt.name, "x:list", tt.err)
		if err.Error() != tt.want || Hint(err) != tt.hint {
			t.Errorf("%v: %q, hint %q; want %q, %q", tt.err, err, Hint(err), tt.want, tt.hint)
		}
		if !errors.Is(err, tt.err) || errors.Is(err, api.ErrNotFound) != errors.Is(tt.err, api.ErrNotFound) {
			t.Errorf("%v is not wrapped", tt.err)
		}
	}
	if err := NotFound("job", "1", "", nil); err != nil {
		t.Errorf("no error became %v", err)
	}
}

func TestAlreadyExists(t *testing.T) {
	err := AlreadyExists("database", "web", &api.Error{Status: 409, Message: "Database web already exists"})
	if err.Error() != "database 'web' already exists" || !errors.Is(err, api.ErrConflict) {
		t.Errorf("%v", err)
	}
	err = AlreadyExists("table", "a.b", &api.Error{Status: 409, Message: "in use"})
	if err.Error() != "table 'a.b' already exists: in use" {
		t.Errorf("%v", err)
	}
	other := errors.New("other")
	if err := AlreadyExists("table", "a.b", other); err != other {
		t.Errorf("%v", err)
	}
}

func TestJobErrors(t *testing.T) {
	for _, tt := range []struct {
		err        error
		want, hint string
	}{
		{JobError{ID: "5", Status: "error", Message: "line 1"}, "job 5 failed: line 1", "'td job:show -v 5' shows its log"},
		{JobError{ID: "5", Status: "error"}, "job 5 failed", "'td job:show -v 5' shows its log"},
		{JobError{ID: "5", Status: "killed"}, "job 5 was killed", "'td job:show -v 5' shows its log"},
		{JobError{ID: "5", Status: "running"}, "job 5 is still running", "'td job:show -w 5' waits for it, 'td job:kill 5' ends it"},
		{JobContextError{Err: errors.New("interrupt"), ID: "5", Status: "queued"}, "interrupt", "'td job:show -w 5' waits for it, 'td job:kill 5' ends it"},
		{JobContextError{Err: errors.New("interrupt"), ID: "5", Status: "killed"}, "interrupt", ""},
		{JobContextError{Err: errors.New("interrupt"), ID: "5"}, "interrupt", ""},
		{TimeoutError{ID: "5"}, "job 5 did not end in time and was killed, because the sandbox ends with this command", ""},
		{WithHint(UsageError{JobError{ID: "5", Status: "error"}}, "try %d", 6), "job 5 failed", "try 6"},
		{StateError{fmt.Errorf("busy: %w", api.ErrConflict)}, "busy: already exists", ""},
		{ExpectationError{errors.New("no rows")}, "no rows", ""},
		{SilentError{errors.New("quiet")}, "quiet", ""},
	} {
		if tt.err.Error() != tt.want || Hint(tt.err) != tt.hint {
			t.Errorf("%#v: %q, hint %q; want %q, %q", tt.err, tt.err, Hint(tt.err), tt.want, tt.hint)
		}
	}
}
