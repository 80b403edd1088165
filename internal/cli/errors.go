package cli

import (
	"errors"
	"fmt"

	"github.com/td-cli/td/internal/api"
)

// A UsageError says that the command line makes no sense, or that it asks for
// what cannot be: nothing was done.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }
func (e UsageError) Unwrap() error { return e.Err }

// Usagef returns a UsageError.
func Usagef(format string, a ...any) error {
	return UsageError{fmt.Errorf(format, a...)}
}

// A ConfigError says that the settings cannot be used.
type ConfigError struct{ Err error }

func (e ConfigError) Error() string { return e.Err.Error() }
func (e ConfigError) Unwrap() error { return e.Err }

// A StateError says that the state of things forbids what was asked: nothing was done.
type StateError struct{ Err error }

func (e StateError) Error() string { return e.Err.Error() }
func (e StateError) Unwrap() error { return e.Err }

// A JobError says that a job ended without success, or has not ended.
type JobError struct {
	ID, Status string
	Message    string // the server's, may be empty
	Detail     string // lines to print below, such as the place in the SQL; may be empty
}

func (e JobError) Error() string {
	switch e.Status {
	case "error":
		if e.Message != "" {
			return fmt.Sprintf("job %s failed: %s", e.ID, e.Message)
		}
		return fmt.Sprintf("job %s failed", e.ID)
	case "killed":
		return fmt.Sprintf("job %s was killed", e.ID)
	}
	return fmt.Sprintf("job %s is still %s", e.ID, e.Status)
}

// Hint says what to do next.
func (e JobError) Hint() string {
	switch e.Status {
	case "error", "killed":
		return fmt.Sprintf("'td job:show -v %s' shows its log", e.ID)
	}
	return fmt.Sprintf("'td job:show -w %s' waits for it, 'td job:kill %s' ends it", e.ID, e.ID)
}

// An UnmetError says that the rows are there and not what the caller expected of them.
type UnmetError struct{ Err error }

func (e UnmetError) Error() string { return e.Err.Error() }
func (e UnmetError) Unwrap() error { return e.Err }

// An AboutJob is an error that concerns a job and is no failure of it: that td was interrupted while it
// waited, say.
type AboutJob struct {
	Err        error
	ID, Status string
}

func (e AboutJob) Error() string { return e.Err.Error() }
func (e AboutJob) Unwrap() error { return e.Err }

// Hint says what to do with a job that has not ended.
func (e AboutJob) Hint() string {
	if (api.Job{Status: e.Status}).Finished() || e.Status == "" {
		return ""
	}
	return JobError{ID: e.ID, Status: e.Status}.Hint()
}

// ErrMissing says that something named on the command line does not exist on the server.
var ErrMissing = errors.New("does not exist")

// WithHint adds to err what to try next; Hint finds it.
func WithHint(err error, format string, a ...any) error {
	return hintError{err, fmt.Sprintf(format, a...)}
}

type hintError struct {
	error
	hint string
}

func (e hintError) Unwrap() error { return e.error }
func (e hintError) Hint() string  { return e.hint }

// A hinter is an error that knows what to try next.
type hinter interface {
	error
	Hint() string
}

// Hint returns what err says to try next, or "".
func Hint(err error) string {
	if h, ok := errors.AsType[hinter](err); ok {
		return h.Hint()
	}
	return ""
}

// Quiet is an error that says everything by its exit status.
type Quiet struct{ Err error }

func (e Quiet) Error() string { return e.Err.Error() }
func (e Quiet) Unwrap() error { return e.Err }
