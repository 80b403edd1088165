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
		Short:       "Run a workflow on this machine: not possible here",
		Long:        "To run a workflow on this machine takes the program digdag, which is no part of td. td starts it on the server.",
		Example:     "  td workflow start sales daily --session now",
		Args:        cobra.ArbitraryArgs,
		Annotations: complete.Args(complete.File, complete.Repeat),
		RunE: func(*cobra.Command, []string) error {
			return cli.WithHint(cli.Usagef("to run a workflow on this machine takes the program digdag, which is no part of td"),
				"'td workflow push' and 'td workflow start' run it on the server")
		},
	}
}

// NewReset returns the command workflow:reset.
func NewReset(env *cli.Env) *cobra.Command {
	return noModule(env, "workflow:reset", "Remove the workflow module: there is none to remove", cobra.NoArgs)
}

// NewUpdate returns the command workflow:update.
func NewUpdate(env *cli.Env) *cobra.Command {
	return noModule(env, "workflow:update [VERSION]", "Update the workflow module: td itself holds it", cobra.MaximumNArgs(1), complete.Any)
}

// NewVersion returns the command workflow:version.
func NewVersion(env *cli.Env) *cobra.Command {
	return noModule(env, "workflow:version", "Tell the workflow module's version: td itself holds it", cobra.NoArgs)
}

// noModule returns a command that managed the Java program behind workflows, which is
// not needed any more.
func noModule(env *cli.Env, use, short string, args cobra.PositionalArgs, kinds ...complete.Kind) *cobra.Command {
	return &cobra.Command{
		Use:         use,
		Short:       short,
		Example:     "  td " + strings.Fields(use)[0],
		Args:        args,
		Annotations: complete.Args(kinds...),
		RunE: func(*cobra.Command, []string) error {
			env.Say("No workflow module and no Java are needed: td %s speaks to the workflow service itself.", env.Version)
			return nil
		},
	}
}
