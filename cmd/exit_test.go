package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/download"
	"github.com/td-cli/td/pkg/jobresult"
)

func TestExitStatus(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("anything"), 1},
		{cli.Usagef("no"), 2},
		{console.ErrNotTerminal, 2},
		{api.ErrNoName, 2},
		{cli.JobError{Status: "error"}, 3},
		{cli.LintError{Findings: 1}, 3},
		{cli.JobError{Status: "killed"}, 4},
		{cli.JobError{Status: "running"}, 5},
		{cli.SilentError{Err: cli.JobError{Status: "queued"}}, 5},
		{config.ErrNoAPIKey, 6},
		{config.Error{Err: &fs.PathError{Op: "open", Err: fs.ErrNotExist}}, 6},
		{&api.Error{Status: 401}, 6},
		{&api.Error{Status: 403}, 7},
		{&api.Error{Status: 404}, 8},
		{cli.NotFoundError{Err: api.ErrNotFound}, 8},
		{&api.Error{Status: 409}, 9},
		{cli.StateError{Err: errors.New("saved already")}, 9},
		{&api.Error{Status: 503}, 10},
		{&api.Error{Status: 429}, 10},
		{&api.NetworkError{Err: errors.New("refused")}, 10},
		{&api.Error{Status: 422}, 1},
		{outputError{syscall.ENOSPC}, 11},
		{&download.FileError{Path: "x", Err: fs.ErrPermission}, 11},
		{&jobresult.WriteError{Err: syscall.ENOSPC}, 11},
		{cli.TooLargeError{JobID: "1"}, 12},
		{&fs.PathError{Op: "open", Err: fs.ErrPermission}, 11},
		{&os.LinkError{Op: "rename", Err: fs.ErrNotExist}, 11},
		{fmt.Errorf("cannot open the sandbox: %w", syscall.ENOSPC), 11},
		{&download.IncompleteError{JobID: "1", Err: errors.New("short")}, 12},
		{signalError{syscall.SIGHUP}, 129},
		{signalError{syscall.SIGINT}, 130},
		{signalError{syscall.SIGTERM}, 143},
	} {
		if got := exitStatus(tt.err); got != tt.want {
			t.Errorf("%v: got %d, want %d", tt.err, got, tt.want)
		}
		if tt.err == nil {
			continue
		}
		if got := exitStatus(fmt.Errorf("deep: %w", cli.WithHint(tt.err, "hint"))); got != tt.want {
			t.Errorf("wrapped %v: got %d, want %d", tt.err, got, tt.want)
		}
	}
}
