package cmd

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// terminalFlags are the global flags that say how td behaves on a terminal.
type terminalFlags struct {
	color   string
	noPager bool
}

func (f *terminalFlags) add(fs *pflag.FlagSet) {
	fs.StringVar(&f.color, "color", "auto", "colour for status words and errors: `auto`, always or never")
	complete.Flags(fs, complete.OneOf("auto", "always", "never"), "color")
	fs.BoolVar(&f.noPager, "no-pager", false, "do not page long output on a terminal")
}

// set lets the console know of them.
func (f *terminalFlags) set(e *cli.Env) error {
	e.SetTerminal(e.Getenv)
	e.SetPager(e.Getenv, f.noPager)
	if err := e.SetColor(f.color, e.Getenv); err != nil {
		return cli.UsageError{Err: err}
	}
	return nil
}

// paged lets a command that prints a text go through the pager.
func paged(e *cli.Env, c *cobra.Command) *cobra.Command {
	run := c.RunE
	c.RunE = func(cmd *cobra.Command, args []string) error {
		defer e.Page()()
		return run(cmd, args)
	}
	return c
}
