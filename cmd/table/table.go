package table

import (
	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
)

// Commands returns the table:* commands.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{
		NewList(env), NewShow(env), NewSwap(env), NewCreate(env), NewDelete(env), NewRename(env),
		NewTail(env), NewExpire(env), NewUpdate(env),
	}
}
