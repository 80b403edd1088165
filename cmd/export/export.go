package export

import (
	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
)

// Commands returns the export:* commands.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{NewTable(env), NewResult(env)}
}
