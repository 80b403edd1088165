package cmd

import (
	"cmp"
	"errors"
	"regexp"
	"strings"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/statusfile"
)

// How errors are written: one line and a hint, or one line of JSON.
const (
	errorText = "text"
	errorJSON = "json"
)

func checkErrorFormat(format string) error {
	if format != errorText && format != errorJSON {
		return cli.Usagef("--error-format is text or json, not %q", format)
	}
	return nil
}

// end tells the person, and the status file, how the command ended, and returns its exit status.
// A command line that could not be read has not said yet how it wants to be told.
func end(e *cli.Env, args []string, err error) int {
	if err != nil && e.StatusFile == nil {
		e.Flags.ErrorFormat = cmp.Or(given(args, "--error-format"), e.Flags.ErrorFormat)
		if path := given(args, "--status-file"); path != "" {
			_ = beginStatus(e, path) // there is an error to tell already
		}
	}
	status := exitStatus(err)
	report(e.Console, e.Flags.ErrorFormat, status, err)
	var said error
	if err != nil {
		said = errors.New(hideKeys(err.Error()))
	}
	if failed := e.StatusFile.Finish(status, said); failed != nil && err == nil {
		status = exitStatus(failed)
		report(e.Console, e.Flags.ErrorFormat, status, failed)
	}
	return status
}

func beginStatus(e *cli.Env, path string) (err error) {
	if path != "" {
		e.StatusFile, err = statusfile.Create(path)
	}
	return err
}

// given returns what stands behind a flag among the arguments, or "". Behind a "--" no flag
// stands, but perhaps a file of that name.
func given(args []string, flag string) string {
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

// report says on standard error what went wrong.
func report(c *console.Console, format string, status int, err error) {
	if err == nil || is[cli.SilentError](err) {
		return
	}
	if format == errorJSON {
		reportJSON(c, status, err)
		return
	}
	if is[signalError](err) {
		c.Interrupted()
		return
	}
	c.Fail("%s", hideKeys(err.Error()))
	if job, ok := errors.AsType[cli.JobError](err); ok && job.Detail != "" {
		c.Complain("%s", job.Detail)
	}
	if hint := cli.Hint(err); hint != "" {
		c.Complain("hint: %s", hideKeys(hint))
	}
}

// hideKeys hides what has the shape of an API key. An error names the word that is wrong, and a
// key that stands where another word belongs is one.
func hideKeys(text string) string {
	return regexp.MustCompile(`\b[0-9]+/[0-9a-f]{40}\b`).ReplaceAllString(text, "***")
}

// reportJSON says it as an object on one line.
func reportJSON(c *console.Console, status int, err error) {
	o := struct {
		Error      string `json:"error"`
		ExitStatus int    `json:"exit_status"`
		Hint       string `json:"hint,omitempty"`
		JobID      string `json:"job_id,omitempty"`
		JobStatus  string `json:"job_status,omitempty"`
		Detail     string `json:"detail,omitempty"`
		HTTPStatus int    `json:"http_status,omitempty"`
	}{Error: hideKeys(err.Error()), ExitStatus: status, Hint: hideKeys(cli.Hint(err))}
	if job, ok := errors.AsType[cli.JobError](err); ok {
		o.JobID, o.JobStatus, o.Detail = job.ID, job.Status, job.Detail
	}
	if about, ok := errors.AsType[cli.JobContextError](err); ok {
		o.JobID, o.JobStatus = about.ID, about.Status
	}
	if answer, ok := errors.AsType[*api.Error](err); ok {
		o.HTTPStatus = answer.Status
	}
	line, _ := grid.Marshal(o) // texts and numbers always can be
	c.Complain("%s", line)
}
