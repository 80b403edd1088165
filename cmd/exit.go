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

// Exit statuses. They are stable: scripts depend on them. "td help exit-status" documents
// them.
const (
	exitOK         = 0
	exitFailure    = 1
	exitUsage      = 2
	exitJobFailed  = 3
	exitJobKilled  = 4
	exitJobRunning = 5
	exitAuth       = 6
	exitForbidden  = 7
	exitNotFound   = 8
	exitConflict   = 9
	exitNetwork    = 10
	exitLocalIO    = 11
	exitIncomplete = 12
	exitUnmet      = 13
	exitSignal     = 128 // plus the number of the signal
)

// exitStatus returns the exit status of td for an error of a command.
func exitStatus(err error) int {
	switch {
	case err == nil:
		return exitOK
	case is[cli.CommandError](err):
		failed, _ := errors.AsType[cli.CommandError](err)
		return failed.Status
	case is[signalError](err):
		return signalStatus(err)
	case is[cli.UsageError](err), errors.Is(err, api.ErrNoName), errors.Is(err, console.ErrNotTerminal):
		return exitUsage
	case is[cli.TimeoutError](err):
		return exitJobRunning
	case is[cli.JobError](err):
		return jobStatus(err)
	case is[cli.LintError](err):
		return exitJobFailed
	case is[cli.ExpectationError](err):
		return exitUnmet
	case is[*download.IncompleteError](err), is[*jobresult.CorruptError](err), is[*jobresult.ValueError](err), is[*jobresult.SchemaError](err), is[cli.TooLargeError](err):
		return exitIncomplete
	case is[outputError](err), is[*download.FileError](err), is[*jobresult.WriteError](err):
		return exitLocalIO
	case is[config.Error](err), errors.Is(err, config.ErrNoAPIKey), errors.Is(err, api.ErrUnauthorized):
		return exitAuth
	case errors.Is(err, api.ErrForbidden):
		return exitForbidden
	case errors.Is(err, api.ErrNotFound):
		return exitNotFound
	case errors.Is(err, api.ErrConflict), is[cli.StateError](err):
		return exitConflict
	case is[*api.NetworkError](err), errors.Is(err, api.ErrServer), errors.Is(err, api.ErrAnswer):
		return exitNetwork
	case is[*fs.PathError](err), is[*os.LinkError](err), errors.Is(err, syscall.ENOSPC):
		return exitLocalIO
	}
	return exitFailure
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func jobStatus(err error) int {
	switch job, _ := errors.AsType[cli.JobError](err); job.Status {
	case "error":
		return exitJobFailed
	case "killed":
		return exitJobKilled
	}
	return exitJobRunning
}

func signalStatus(err error) int {
	e, _ := errors.AsType[signalError](err)
	if s, ok := e.signal.(syscall.Signal); ok {
		return exitSignal + int(s)
	}
	return exitFailure
}
