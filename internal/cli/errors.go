package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/td-cli/td/internal/api"
)

// A UsageError reports a command line that is invalid. Nothing was done.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }
func (e UsageError) Unwrap() error { return e.Err }

// Usagef returns a UsageError.
func Usagef(format string, a ...any) error {
	return UsageError{fmt.Errorf(format, a...)}
}

// CannotRead returns the UsageError for an input file that err prevents from being read. The name - is standard input.
func CannotRead(name string, err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err // without the operation and the path
	}
	if name == "-" {
		name = "standard input"
	}
	return Usagef("cannot read %s: %w", name, err)
}

// A StateError reports an object whose state does not allow the operation. Nothing was done.
type StateError struct{ Err error }

func (e StateError) Error() string { return e.Err.Error() }
func (e StateError) Unwrap() error { return e.Err }

// A JobError reports a job that ended without success, or has not ended.
type JobError struct {
	ID, Status string
	Message    string // the server's message; may be empty
	Detail     string // lines to print below the message, such as the position in the SQL; may be empty
	Reason     string // why td killed the job; may be empty
}

func (e JobError) Error() string {
	switch e.Status {
	case "error":
		if e.Message != "" {
			return fmt.Sprintf("job %s failed: %s", e.ID, e.Message)
		}
		return fmt.Sprintf("job %s failed", e.ID)
	case "killed":
		if e.Reason != "" {
			return fmt.Sprintf("job %s was killed: %s", e.ID, e.Reason)
		}
		return fmt.Sprintf("job %s was killed", e.ID)
	}
	return fmt.Sprintf("job %s is still %s", e.ID, e.Status)
}

// Hint returns the commands that show, follow or kill the job.
func (e JobError) Hint() string {
	switch e.Status {
	case "error", "killed":
		return fmt.Sprintf("'td job:show -v %s' shows its log", e.ID)
	}
	return fmt.Sprintf("'td job:show -w %s' waits for it, 'td job:kill %s' ends it", e.ID, e.ID)
}

// A TimeoutError reports a job that was killed because it had not ended within the time limit and its server, the
// sandbox, ends with this process.
type TimeoutError struct{ ID string }

func (e TimeoutError) Error() string {
	return fmt.Sprintf("job %s did not end in time and was killed, because the sandbox ends with this command", e.ID)
}

// A JobContextError attaches a job to an error that is not the job's own failure, such as an interrupt
// while td waited for it.
type JobContextError struct {
	Err        error
	ID, Status string
}

func (e JobContextError) Error() string { return e.Err.Error() }
func (e JobContextError) Unwrap() error { return e.Err }

// Hint returns the commands that follow or kill the job, or "" once it has ended.
func (e JobContextError) Hint() string {
	if (api.Job{Status: e.Status}).Finished() || e.Status == "" {
		return ""
	}
	return JobError{ID: e.ID, Status: e.Status}.Hint()
}

// An ExpectationError reports a result that was delivered but does not satisfy --expect.
type ExpectationError struct{ Err error }

func (e ExpectationError) Error() string { return e.Err.Error() }
func (e ExpectationError) Unwrap() error { return e.Err }

// A TooLargeError reports a result that was not delivered because it exceeds a limit of the user.
type TooLargeError struct {
	JobID  string
	Reason string // such as "2,000 rows, more than the 1,000 of --max-rows"
	Flag   string // flag that sets the limit
}

func (e TooLargeError) Error() string {
	return fmt.Sprintf("the result of job %s has %s", e.JobID, e.Reason)
}

// Hint returns the command that delivers the result.
func (e TooLargeError) Hint() string {
	return fmt.Sprintf("'td job:result %s %s 0' downloads it without this limit", e.JobID, e.Flag)
}

// A LintError reports SQL that was not submitted because of the findings of the lint.
type LintError struct{ Findings int }

func (e LintError) Error() string {
	if e.Findings == 1 {
		return "the SQL has 1 finding of --lint error; nothing was submitted"
	}
	return fmt.Sprintf("the SQL has %d findings of --lint error; nothing was submitted", e.Findings)
}

// Hint returns how to submit the SQL.
func (LintError) Hint() string { return LintAdvice }

// LintAdvice describes how to suppress findings of the lint.
const LintAdvice = "a comment '-- td:ignore RULE' in the SQL, or --lint off, suppresses findings; \"td help lint\" lists the rules"

// A CommandError reports that a command which td ran as a process failed. Its exit status becomes that of td.
type CommandError struct {
	Err    error
	Status int
}

func (e CommandError) Error() string { return e.Err.Error() }
func (e CommandError) Unwrap() error { return e.Err }

// A KillJobsError is an interrupt after which the jobs that the command waits for are to be killed.
type KillJobsError struct{ Err error }

func (e KillJobsError) Error() string { return e.Err.Error() }
func (e KillJobsError) Unwrap() error { return e.Err }

// A SilentError sets the exit status without printing a message.
type SilentError struct{ Err error }

func (e SilentError) Error() string { return e.Err.Error() }
func (e SilentError) Unwrap() error { return e.Err }

// A NotFoundError reports an object that the server does not have. It matches [api.ErrNotFound].
type NotFoundError struct {
	Kind, Name  string // such as "table", "web.access"
	ListCommand string // lists the objects that exist: "table:list web"
	Err         error
}

func (e NotFoundError) Error() string {
	name := "'" + e.Name + "'"
	if strings.Trim(e.Name, "0123456789") == "" { // an ID
		name = e.Name
	}
	return withCause(fmt.Sprintf("%s %s does not exist", e.Kind, name), e.Err)
}

func (e NotFoundError) Unwrap() error { return e.Err }

// Hint returns the command that lists the objects that exist.
func (e NotFoundError) Hint() string {
	return fmt.Sprintf("'td %s' lists the %ss", e.ListCommand, e.Kind)
}

// NotFound returns a NotFoundError if err is an [api.ErrNotFound], and err otherwise. A command that finds out by
// itself that an object does not exist passes api.ErrNotFound.
func NotFound(kind, name, listCommand string, err error) error {
	if !errors.Is(err, api.ErrNotFound) {
		return err
	}
	return NotFoundError{Kind: kind, Name: name, ListCommand: listCommand, Err: err}
}

// AlreadyExists names the object in err if err is an [api.ErrConflict], and returns err unchanged otherwise.
func AlreadyExists(kind, name string, err error) error {
	if !errors.Is(err, api.ErrConflict) {
		return err
	}
	return conflictError{kind, name, err}
}

type conflictError struct {
	kind, name string
	err        error
}

func (e conflictError) Error() string {
	return withCause(fmt.Sprintf("%s '%s' already exists", e.kind, e.name), e.err)
}

func (e conflictError) Unwrap() error { return e.err }

// withCause appends the message of err to text, unless it only repeats text in other words or is one of the
// api package's sentinels.
func withCause(text string, err error) string {
	if err == nil || err == api.ErrNotFound || err == api.ErrConflict {
		return text
	}
	message := err.Error()
	if normalize(message) == normalize(text) {
		return text
	}
	return text + ": " + message
}

// normalize returns the words of a message in lower case, without punctuation.
func normalize(s string) string {
	s = strings.NewReplacer("doesn't", "does not", "'", "", `"`, "").Replace(strings.ToLower(s))
	return strings.Trim(s, ". ")
}

// WithHint adds a hint to err: what to try next.
func WithHint(err error, format string, a ...any) error {
	return hintError{err, fmt.Sprintf(format, a...)}
}

type hintError struct {
	error
	hint string
}

func (e hintError) Unwrap() error { return e.error }
func (e hintError) Hint() string  { return e.hint }

// A hinter is an error that has a hint.
type hinter interface {
	error
	Hint() string
}

// Hint returns the hint of err, or "".
func Hint(err error) string {
	if h, ok := errors.AsType[hinter](err); ok {
		return h.Hint()
	}
	return ""
}
