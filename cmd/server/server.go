package server

import (
	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
)

// Commands returns the server:* commands.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{NewStatus(env), NewEndpoint(env)}
}
