package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
)

// newWorkflow returns the command workflow, which stands for the commands workflow:VERB:
// normalize writes "workflow VERB" and "wf VERB" so.
func newWorkflow(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:         "workflow [COMMAND]",
		Aliases:     []string{"wf"},
		Short:       "Run a workflow:… command, as in td workflow start",
		Long:        "Run a workflow:… command: td workflow start is td workflow:start. Without one, list them.",
		Example:     "  td workflow\n  td wf push sales\n  td wf start sales daily --session daily",
		Args:        cobra.ArbitraryArgs,
		Annotations: complete.Args(complete.WorkflowVerb, complete.Repeat),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(root, "workflow:"+args[0])
			}
			for _, g := range root.Groups() {
				if g.ID == "workflow" {
					groupHelp(root.OutOrStdout(), root, g)
				}
			}
			return nil
		},
	}
}

// workflowVerb returns "workflow:start" for the arguments "workflow start" or "wf start",
// and "" when they name no such command.
func workflowVerb(root *cobra.Command, args []string) string {
	if len(args) < 2 || args[0] != "workflow" && args[0] != "wf" || strings.HasPrefix(args[1], "-") {
		return ""
	}
	if c := find(root, "workflow:"+args[1]); c != nil {
		return c.Name()
	}
	return ""
}
