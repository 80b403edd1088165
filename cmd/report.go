package cmd

import (
	"cmp"
	"errors"
	"strings"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/redact"
	"github.com/td-cli/td/internal/statusfile"
)

// Formats of errors: one line and a hint, or one line of JSON.
const (
	errorText = "text"
	errorJSON = "json"
)

func checkErrorFormat(format string) error {
	if format != errorText && format != errorJSON {
		return cli.Usagef("--error-format must be text or json, not %q", format)
	}
	return nil
}

// finish reports err on standard error and in the status file and returns the exit
// status. If the arguments could not be parsed, it looks for --error-format and
// --status-file itself.
func finish(env *cli.Env, args []string, err error) int {
	if err != nil && env.StatusFile == nil {
		env.Flags.ErrorFormat = cmp.Or(findValue(args, "--error-format"), env.Flags.ErrorFormat)
		_ = createStatusFile(env, findValue(args, "--status-file")) // err is more important
	}
	status := exitStatus(err)
	report(env.Console, env.Flags.ErrorFormat, status, env.CompleteHint(err))
	var masked error
	if err != nil {
		masked = errors.New(redact.Text(err.Error()))
	}
	if ferr := env.StatusFile.Finish(status, masked); ferr != nil && err == nil {
		status = exitStatus(ferr)
		report(env.Console, env.Flags.ErrorFormat, status, ferr)
	}
	return status
}

// createStatusFile does nothing if path is empty.
func createStatusFile(env *cli.Env, path string) (err error) {
	if path != "" {
		env.StatusFile, err = statusfile.Create(path)
	}
	return err
}

// findValue returns the value of a flag in the arguments before a "--", or "".
func findValue(args []string, flag string) string {
	for i, a := range args {
		if a == "--" {
			return ""
		}
		if value, ok := strings.CutPrefix(a, flag+"="); ok {
			return value
		}
		if a == flag && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// report prints err on standard error.
func report(c *console.Console, format string, status int, err error) {
	if err == nil || is[cli.SilentError](err) {
		return
	}
	if format == errorJSON {
		reportJSON(c, status, err)
		return
	}
	if is[signalError](err) {
		c.EraseInterrupt()
		return
	}
	c.Fail("%s", redact.Text(err.Error()))
	if job, ok := errors.AsType[cli.JobError](err); ok && job.Detail != "" {
		c.Complain("%s", job.Detail)
	}
	if hint := cli.Hint(err); hint != "" {
		c.Complain("hint: %s", redact.Text(hint))
	}
}

// reportJSON prints err as a JSON object on one line.
func reportJSON(c *console.Console, status int, err error) {
	o := struct {
		Error      string `json:"error"`
		ExitStatus int    `json:"exit_status"`
		Hint       string `json:"hint,omitempty"`
		JobID      string `json:"job_id,omitempty"`
		JobStatus  string `json:"job_status,omitempty"`
		Detail     string `json:"detail,omitempty"`
		HTTPStatus int    `json:"http_status,omitempty"`
	}{Error: redact.Text(err.Error()), ExitStatus: status, Hint: redact.Text(cli.Hint(err))}
	if job, ok := errors.AsType[cli.JobError](err); ok {
		o.JobID, o.JobStatus, o.Detail = job.ID, job.Status, job.Detail
	}
	if about, ok := errors.AsType[cli.JobContextError](err); ok {
		o.JobID, o.JobStatus = about.ID, about.Status
	}
	if e, ok := errors.AsType[*api.Error](err); ok {
		o.HTTPStatus = e.Status
	}
	line, _ := grid.Marshal(o) // strings and numbers cannot fail
	c.Complain("%s", line)
}
