// Package cmd implements the command td: the process and the tree of commands. Only this
// package and the packages below it import cobra.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/childproc"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/text"
)

// Main runs td with the arguments, environment and streams of the process and returns the
// exit status.
//
// The first signal cancels the context so that the command can clean up; a second one
// kills the process. A command with a prompt handles Ctrl-C itself. Signals that td was started to ignore, for example by nohup, remain
// ignored.
func Main() int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	signals := make(chan os.Signal, 1)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // Notify would enable it
			signal.Notify(signals, s)
		}
	}
	c := console.System(os.LookupEnv)
	go func() { // runs until the process ends
		for s := range signals {
			if s == os.Interrupt && c.Interrupt() {
				continue
			}
			cancel(signalError{s})
			time.Sleep(time.Second / 2) // timeout(1) signals both td and its process group
			signal.Stop(signals)
			return
		}
	}()
	getenv := os.Getenv //nolint:forbidigo // only Main uses the process
	go func() {         // runs until the process ends
		if request := childproc.WaitRequest(getenv); request == childproc.EndAndKillJobs {
			cancel(cli.KillJobsError{Err: signalError{syscall.SIGTERM}})
		} else if request == childproc.End {
			cancel(signalError{syscall.SIGTERM})
		}
	}()
	if zone := text.Zone(getenv("TZ")); zone != nil {
		time.Local = zone
	}
	return Run(ctx, c, getenv, os.Args[1:])
}

// Run runs td with the given context, console, environment and arguments and returns the
// exit status.
func Run(ctx context.Context, c *console.Console, getenv func(string) string, args []string) int {
	if request, ok := complete.ParseRequest(args, getenv); ok {
		request.Answer(ctx, c, func(ctx context.Context, c *console.Console) (*cli.Env, *argv.Tree, func()) {
			env, tree, local := newProgram(ctx, c, getenv)
			local.passive = true
			return env, tree, func() { local.close(ctx) }
		})
		return cli.ExitOK
	}
	c.Done = ctx.Done()
	env, tree, local := newProgram(ctx, c, getenv)
	env.Changed = func() { complete.ForgetNames(env) }
	normalized, err := argv.Normalize(tree, args)
	if err == nil {
		tree.Root.SetArgs(normalized)
		err = argv.GlobalFlagError(tree.Root.ExecuteContext(ctx))
		if status := exitStatus(err); status == cli.ExitNotFound || status == cli.ExitUsage {
			err = argv.SuggestSpaced(tree, args, err)
		}
	} else {
		err = cli.UsageError{Err: err}
	}
	if env.Flags.DryRun {
		err = env.FinishDryRun(err)
	}
	local.close(ctx)
	if ferr := c.Flush(); ferr != nil && (err == nil || is[cli.SilentError](err)) { // else err is more important
		err = outputError{ferr}
	}
	if ctx.Err() != nil && err != nil && !errors.Is(err, context.Cause(ctx)) {
		err = context.Cause(ctx)
	}
	if errors.Is(err, console.ErrPagerQuit) {
		err = nil
	}
	return finish(env, args, err)
}

// newProgram returns the commands with their environment and embedded sandbox.
func newProgram(ctx context.Context, c *console.Console, getenv func(string) string) (*cli.Env, *argv.Tree, *embedded) {
	env := cli.NewEnv(ctx, c, getenv, Version())
	local := &embedded{console: c, getenv: getenv}
	env.Sandbox = local.transport
	return env, NewTree(env), local
}

// A signalError is the cause of a context that was canceled by a signal.
type signalError struct{ signal os.Signal }

func (e signalError) Error() string { return fmt.Sprintf("%v", e.signal) }

// An outputError is an error of writing to standard output.
type outputError struct{ error }

func (e outputError) Unwrap() error { return e.error }
