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

// embedded is the sandbox in this process, which "-e sandbox" talks to. It starts
// when a command first needs it.
type embedded struct {
	console *console.Console
	getenv  func(string) string
	passive bool // only has a look: it starts no job of a schedule
	server  *sandbox.Server
}

// transport starts the server, the first time, and returns the way to it.
func (l *embedded) transport(ctx context.Context) (http.RoundTripper, error) {
	if l.server != nil {
		return l.server.Transport(), nil
	}
	dir, err := cli.SandboxDir(l.getenv)
	if err != nil {
		return nil, err
	}
	scheduled, err := cli.SandboxScheduledTime(l.getenv)
	if err != nil {
		return nil, cli.UsageError{Err: err}
	}
	if !l.passive {
		ctx = context.WithoutCancel(ctx) // only a look may be given up
	}
	l.server, err = sandbox.Open(ctx, sandbox.Options{Dir: dir, ScheduledTime: scheduled, Passive: l.passive})
	if err != nil {
		return nil, fmt.Errorf("the sandbox in %s cannot be opened: %w", dir, err)
	}
	return l.server.Transport(), nil
}

// close finishes the jobs that this process submitted, or kills them when ctx has
// ended, and closes the server.
func (l *embedded) close(ctx context.Context) {
	if l.server == nil {
		return
	}
	if n := l.server.Busy(); n > 0 && ctx.Err() == nil {
		spin := l.console.Spin(fmt.Sprintf("finishing %d jobs in the sandbox", n))
		_ = l.server.Wait(ctx) // it ends with the jobs or with ctx
		spin.Stop()
	}
	if ctx.Err() != nil {
		l.server.KillAll()
		patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = l.server.Wait(patience)
	}
	if err := l.server.Close(); err != nil {
		l.console.Warn("the sandbox was not closed well: %v", err)
	}
}
