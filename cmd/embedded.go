package cmd

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/sandbox"
)

// killTimeout limits the wait for jobs of the sandbox that were killed.
const killTimeout = 5 * time.Second

// embedded is the sandbox that "-e sandbox" uses. It runs in this process and starts on
// first use.
type embedded struct {
	console *console.Console
	getenv  func(string) string
	passive bool // do not run schedules
	server  *sandbox.Server
}

// transport returns a transport to the server, which it starts if necessary.
func (e *embedded) transport(ctx context.Context) (http.RoundTripper, error) {
	if e.server != nil {
		return e.server.Transport(), nil
	}
	dir, err := cli.SandboxDir(e.getenv)
	if err != nil {
		return nil, err
	}
	scheduled, err := cli.SandboxScheduledTime(e.getenv)
	if err != nil {
		return nil, cli.UsageError{Err: err}
	}
	if !e.passive {
		ctx = context.WithoutCancel(ctx) // jobs outlive the request
	}
	e.server, err = sandbox.Open(ctx, sandbox.Options{Dir: dir, ScheduledTime: scheduled, Passive: e.passive})
	if err != nil {
		return nil, err
	}
	return e.server.Transport(), nil
}

// close waits for the jobs of this process, or kills them if ctx is done, and closes the
// server.
func (e *embedded) close(ctx context.Context) {
	if e.server == nil {
		return
	}
	if n := e.server.Busy(); n > 0 && ctx.Err() == nil {
		spin := e.console.Spin(fmt.Sprintf("finishing %s in the sandbox", countJobs(n)))
		_ = e.server.Wait(ctx) // ends with the jobs or ctx
		spin.Stop()
	}
	if ctx.Err() != nil {
		e.server.KillAll()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), killTimeout)
		defer cancel()
		_ = e.server.Wait(ctx) // closing the server is possible with jobs, too
	}
	if err := e.server.Close(); err != nil {
		e.console.Warn("cannot close the sandbox: %v", err)
	}
}

func countJobs(n int) string {
	if n == 1 {
		return "1 job"
	}
	return fmt.Sprintf("%d jobs", n)
}
