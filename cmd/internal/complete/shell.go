package cmd

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/names"
)

// What TAB does. The script of a shell runs "td __complete WORD…": the words of the line up
// to the cursor, the last of them perhaps "". The answer is a line for each word that fits,
// a tab before what is said of it, and at the end ":" and a number that says how the shell
// goes on: cobra's protocol, which its script for PowerShell speaks. complete_line.go reads
// the words, complete_rules.go says what may stand where, and complete_values.go and
// complete_live.go what there is of it.
//
// TAB asks nobody for more than a second, prints no error and ends well, whatever happens.

const (
	askFor  = 800 * time.Millisecond // how long the service may take
	waitFor = 850 * time.Millisecond // and everything else besides; td has to start and end, too
)

// An answer is what TAB offers.
type answer struct {
	names []names.Name
	then  cobra.ShellCompDirective
}

// tabPressed returns the words up to the cursor, when it is a shell that asks, and
// whether it wants to know more than the words that fit.
func tabPressed(args []string) (words []string, described, ok bool) {
	if len(args) < 2 {
		return nil, false, false
	}
	switch args[0] {
	case cobra.ShellCompRequestCmd:
		return args[1:], true, true
	case cobra.ShellCompNoDescRequestCmd:
		return args[1:], false, true
	}
	return nil, false, false
}

// complete prints what fits at the cursor, and returns the exit status.
func answerShell(ctx context.Context, c *console.Console, getenv func(string) string, words []string, described bool) int {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	done := make(chan answer, 1)
	go func() { done <- ask(ctx, getenv, words) }() // what takes too long ends with the process
	a := answer{then: cobra.ShellCompDirectiveNoFileComp}
	select {
	case a = <-done:
	case <-time.After(waitFor):
	}
	for _, n := range a.names {
		if described && n.About != "" {
			c.Print("%s\t%s", n.Text, n.About)
		} else {
			c.Print("%s", n.Text)
		}
	}
	c.Print(":%d", a.then)
	_ = c.Flush() // a shell that does not listen misses nothing
	return exitOK
}

// ask finds out what fits. It talks to nobody but the service.
func ask(ctx context.Context, getenv func(string) string, words []string) answer {
	silent := &console.Console{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	e := cli.NewEnv(ctx, silent, getenv, Version())
	local := &embedded{console: silent, getenv: getenv, passive: true}
	e.Sandbox = local.transport
	l := readLine(newRoot(e), words)
	e.Flags.Debug, e.Flags.RetryMaxTime = false, 0
	a := l.answer(ctx, e)
	local.close(ctx)
	return a
}

// answer finds what fits at the cursor.
func (l *line) answer(ctx context.Context, e *cli.Env) answer {
	a := answer{then: cobra.ShellCompDirectiveNoFileComp}
	switch {
	case l.lost:
	case l.flag != nil:
		a = l.offer(ctx, e, complete.FlagKind(l.flag))
	case !l.ended && strings.HasPrefix(l.word, "-"):
		a.names = l.flags()
	case l.command == l.root:
		a.names = commandNames(l.root)
	default:
		a = l.offer(ctx, e, complete.ArgumentKind(l.command, len(l.args)))
	}
	fit := a.names[:0]
	for _, n := range a.names {
		if strings.HasPrefix(n.Text, l.word) {
			fit = append(fit, names.Name{Text: l.glued + n.Text, About: n.About})
		}
	}
	a.names = fit
	return a
}

// flags are those that may still be given. Those that every command has are offered before
// a command, and behind it only where no other fits.
func (l *line) flags() (own []names.Name) {
	var global []names.Name
	l.command.Flags().VisitAll(func(f *pflag.Flag) {
		_, usage := pflag.UnquoteUsage(f)
		more := strings.HasSuffix(f.Value.Type(), "Slice") || strings.HasSuffix(f.Value.Type(), "Array")
		long := names.Name{Text: "--" + f.Name, About: usage}
		switch {
		case f.Changed && !more || !strings.HasPrefix(long.Text, l.word) && l.word != "-"+f.Shorthand:
		case !f.Hidden:
			own = append(own, long)
			if f.Shorthand != "" && len(l.word) < 3 && l.word != "--" {
				own = append(own, names.Name{Text: "-" + f.Shorthand, About: usage})
			}
		case l.root.Flags().Lookup(f.Name) != nil:
			global = append(global, long)
		}
	})
	if len(own) == 0 {
		return global
	}
	return own
}

// commandNames are the commands under the names that td calls them by.
func commandNames(root *cobra.Command) (l []names.Name) {
	for _, c := range root.Commands() {
		if !c.Hidden {
			l = append(l, names.Name{Text: c.Name(), About: c.Short})
		}
	}
	return l
}

// workflowVerbs are what may follow "td workflow".
func workflowVerbs(root *cobra.Command) (l []names.Name) {
	for _, n := range commandNames(root) {
		if verb, ok := strings.CutPrefix(n.Text, "workflow:"); ok {
			l = append(l, names.Name{Text: verb, About: n.About})
		}
	}
	return l
}

// helpTopics are what "td help" explains.
func helpTopics(root *cobra.Command) []names.Name {
	l := plain(helpWords(root)...)
	for i := range l {
		if c := find(root, l[i].Text); c != nil {
			l[i].About = c.Short
		}
	}
	return l
}
