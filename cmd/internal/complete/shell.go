package complete

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

// Time limits of a completion, which must feel immediate.
const (
	defaultTimeout = 800 * time.Millisecond // limits requests
	extraTimeout   = 50 * time.Millisecond  // allowed for the rest
)

// A Request is a shell's request for the completion of a command line. The shell runs
// "td __complete WORD…" with the words up to the cursor, the last of which may be empty.
// This is the protocol of cobra, which its PowerShell script uses too:
// https://pkg.go.dev/github.com/spf13/cobra#hdr-Completions
type Request struct {
	words     []string
	described bool // the shell shows descriptions
	timeout   time.Duration
}

// ParseRequest returns the request in the arguments of td, if there is one.
// TD_COMPLETION_TIMEOUT changes the time limit.
func ParseRequest(args []string, getenv func(string) string) (r Request, ok bool) {
	if len(args) < 2 || args[0] != cobra.ShellCompRequestCmd && args[0] != cobra.ShellCompNoDescRequestCmd {
		return Request{}, false
	}
	r = Request{words: args[1:], described: args[0] == cobra.ShellCompRequestCmd, timeout: defaultTimeout}
	if d, err := time.ParseDuration(getenv("TD_COMPLETION_TIMEOUT")); err == nil && d > 0 {
		r.timeout = d
	}
	return r, true
}

// NewTree returns an Env that writes to a console, the command tree that uses it, and a
// function that releases its resources.
type NewTree func(ctx context.Context, c *console.Console) (e *cli.Env, tree *argv.Tree, release func())

// Answer prints a line for each candidate, with its description after a tab, and a last
// line ":N" with the directive for the shell. It prints no errors, and no candidates if
// they are not known in time.
func (r Request) Answer(ctx context.Context, c *console.Console, newTree NewTree) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	done := make(chan answer, 1)
	go func() { done <- r.find(ctx, newTree) }() // abandoned when the time is over
	a := answer{directive: cobra.ShellCompDirectiveNoFileComp}
	select {
	case a = <-done:
	case <-time.After(r.timeout + extraTimeout):
	}
	a.print(c, r.described)
	_ = c.Flush() // the shell may have stopped reading
}

func (r Request) find(ctx context.Context, newTree NewTree) answer {
	silent := &console.Console{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	e, tree, release := newTree(ctx, silent)
	defer release()
	l := parseLine(tree, r.words)
	e.Flags.Debug, e.Flags.RetryMaxTime = false, 0
	return l.answer(ctx, e)
}

// An answer is what a shell offers at the cursor.
type answer struct {
	candidates []candidate
	directive  cobra.ShellCompDirective
}

func (a answer) print(c *console.Console, described bool) {
	for _, n := range a.candidates {
		if described && n.description != "" {
			c.Print("%s\t%s", n.text, n.description)
		} else {
			c.Print("%s", n.text)
		}
	}
	c.Print(":%d", a.directive)
}
