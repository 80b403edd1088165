// Package job implements the job:* commands.
package job

import (
	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
)

// Commands returns the job:* commands.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{
		NewList(env), NewShow(env), NewStatus(env), NewWait(env), NewResult(env), NewKill(env),
	}
}

// keepFirst returns the first error, which determines the exit status, and prints err if it is a later one.
func keepFirst(env *cli.Env, first, err error) error {
	if first == nil {
		return err
	}
	env.PrintError("%v", err)
	return first
}
