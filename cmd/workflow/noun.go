package workflow

import (
	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/help"
	"github.com/td-cli/td/internal/cli"
)

// New returns the command workflow. It lists the workflow:* commands; argv.Normalize
// translates "workflow VERB" to "workflow:VERB".
func New(env *cli.Env, tree *argv.Tree) *cobra.Command {
	return &cobra.Command{
		Use:         "workflow [COMMAND]",
		Short:       "Run a workflow:… command, as in td workflow start",
		Long:        "Run a workflow:… command: td workflow start is td workflow:start. Without one, list them.",
		Example:     "  td workflow\n  td wf push sales\n  td wf start sales daily --session daily",
		Args:        cobra.ArbitraryArgs,
		Annotations: complete.Args(complete.WorkflowVerb, complete.Repeat),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return argv.UnknownCommand(tree, "workflow:"+args[0])
			}
			defer env.Page()()
			help.WriteNoun(env.Out, tree, "workflow")
			return nil
		},
	}
}
