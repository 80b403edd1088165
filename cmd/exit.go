package cmd

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/download"
	"github.com/td-cli/td/pkg/jobresult"
)

// exitStatus returns the exit status of td for an error of a command.
func exitStatus(err error) int {
	switch {
	case err == nil:
		return cli.ExitOK
	case is[cli.CommandError](err):
		failed, _ := errors.AsType[cli.CommandError](err)
		return failed.Status
	case is[signalError](err):
		return signalStatus(err)
	case is[cli.UsageError](err), errors.Is(err, api.ErrNoName), errors.Is(err, console.ErrNotTerminal):
		return cli.ExitUsage
	case is[cli.TimeoutError](err):
		return cli.ExitJobRunning
	case is[cli.JobError](err):
		return jobStatus(err)
	case is[cli.LintError](err):
		return cli.ExitJobFailed
	case is[cli.ExpectationError](err):
		return cli.ExitUnmet
	case is[*download.IncompleteError](err), is[*jobresult.CorruptError](err), is[*jobresult.ValueError](err), is[*jobresult.SchemaError](err), is[cli.TooLargeError](err):
		return cli.ExitIncomplete
	case is[outputError](err), is[*download.FileError](err), is[*jobresult.WriteError](err):
		return cli.ExitLocalIO
	case is[config.Error](err), errors.Is(err, config.ErrNoAPIKey), errors.Is(err, api.ErrUnauthorized):
		return cli.ExitAuth
	case errors.Is(err, api.ErrForbidden):
		return cli.ExitForbidden
	case errors.Is(err, api.ErrNotFound):
		return cli.ExitNotFound
	case errors.Is(err, api.ErrConflict), is[cli.StateError](err):
		return cli.ExitConflict
	case is[*api.NetworkError](err), errors.Is(err, api.ErrServer), errors.Is(err, api.ErrAnswer):
		return cli.ExitNetwork
	case is[*fs.PathError](err), is[*os.LinkError](err), errors.Is(err, syscall.ENOSPC):
		return cli.ExitLocalIO
	}
	return cli.ExitFailure
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func jobStatus(err error) int {
	switch job, _ := errors.AsType[cli.JobError](err); job.Status {
	case "error":
		return cli.ExitJobFailed
	case "killed":
		return cli.ExitJobKilled
	}
	return cli.ExitJobRunning
}

func signalStatus(err error) int {
	e, _ := errors.AsType[signalError](err)
	if s, ok := e.signal.(syscall.Signal); ok {
		return cli.ExitSignal + int(s)
	}
	return cli.ExitFailure
}
