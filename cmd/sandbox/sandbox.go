// Package sandbox implements the sandbox:* commands.
package sandbox

import (
	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
)

// Commands returns the sandbox:* commands.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{NewServe(env), NewShow(env), NewReset(env)}
}
