// Package cmd is the td command line: its tree of commands, and what stands between
// them and the process. Only here and below is cobra known.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

// Main runs td with the process's arguments, environment and streams, and returns
// its exit status. The first signal ends the command in good order, the second at once, unless it is
// the first one's echo. One that td was started to ignore, as nohup has it ignore the end of the
// session, does nothing.
func Main() int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	caught := make(chan os.Signal, 1)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // Notify would bring it back
			signal.Notify(caught, s)
		}
	}
	go func() { // ends with the process
		s := <-caught
		cancel(signalError{s})
		time.Sleep(time.Second / 2) // timeout(1) signals td, and then the group that td is in
		signal.Stop(caught)
	}()
	return Run(ctx, console.System(), os.Getenv, os.Args[1:]) //nolint:forbidigo // the one place that hands the process in
}

// Run is Main with everything that it takes from the process handed in.
func Run(ctx context.Context, c *console.Console, getenv func(string) string, args []string) int {
	if words, described, ok := tabPressed(args); ok {
		return answerShell(ctx, c, getenv, words, described)
	}
	c.Done = ctx.Done()
	e := cli.NewEnv(ctx, c, getenv, Version())
	local := &embedded{console: c, getenv: getenv}
	e.Sandbox = local.transport
	e.Changed = func() {
		if cache, ok := accountNames(e); ok {
			cache.Forget() // TAB asks anew
		}
	}
	root := newRoot(e)
	plain, err := normalize(root, args)
	if err == nil {
		root.SetArgs(plain)
		err = globalFlagError(root.ExecuteContext(ctx))
	} else {
		err = cli.UsageError{Err: err}
	}
	local.close(ctx)
	if ferr := c.Flush(); err == nil && ferr != nil {
		err = outputError{ferr}
	}
	if ctx.Err() != nil && err != nil && !errors.Is(err, context.Cause(ctx)) {
		err = context.Cause(ctx)
	}
	if errors.Is(err, console.ErrPagerQuit) {
		err = nil
	}
	return end(e, args, err)
}

// A signalError is the cause of a context that a signal ended.
type signalError struct{ signal os.Signal }

func (e signalError) Error() string { return fmt.Sprintf("%v", e.signal) }

// An outputError says that standard output cannot be written.
type outputError struct{ error }

func (e outputError) Unwrap() error { return e.error }
