package workflow

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// NewRun returns the command workflow:run.
func NewRun(*cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "workflow:run [WORKFLOW…]",
		Short:       "Run a workflow locally (not supported)",
		Long:        "Running a workflow locally requires digdag, which is not part of td. Use workflow:start to run it on the server.",
		Example:     "  td workflow start sales daily --session now",
		Args:        cobra.ArbitraryArgs,
		Annotations: complete.Args(complete.File, complete.Repeat),
		RunE: func(*cobra.Command, []string) error {
			return cli.WithHint(cli.Usagef("running a workflow locally requires digdag, which is not part of td"),
				"use 'td workflow push' and 'td workflow start' to run it on the server")
		},
	}
}

// NewReset returns the command workflow:reset.
func NewReset(env *cli.Env) *cobra.Command {
	return noModule(env, "workflow:reset", "No-op: td has no separate workflow module", cobra.NoArgs)
}

// NewUpdate returns the command workflow:update.
func NewUpdate(env *cli.Env) *cobra.Command {
	return noModule(env, "workflow:update [VERSION]", "No-op: td has no separate workflow module", cobra.MaximumNArgs(1), complete.Any)
}

// NewVersion returns the command workflow:version.
func NewVersion(env *cli.Env) *cobra.Command {
	return noModule(env, "workflow:version", "No-op: td has no separate workflow module", cobra.NoArgs)
}

// noModule returns a command that managed the Java workflow module in the Ruby toolbelt.
func noModule(env *cli.Env, use, short string, args cobra.PositionalArgs, kinds ...complete.Kind) *cobra.Command {
	return &cobra.Command{
		Use:         use,
		Short:       short,
		Example:     "  td " + strings.Fields(use)[0],
		Args:        args,
		Annotations: complete.Args(kinds...),
		RunE: func(*cobra.Command, []string) error {
			env.Say("td %s needs neither Java nor a workflow module.", env.Version)
			return nil
		},
	}
}
