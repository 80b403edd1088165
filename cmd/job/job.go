// Package job is the commands on jobs.
package job

import (
	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/cli"
)

// Commands returns the job:* commands.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{
		NewList(env), NewShow(env), NewStatus(env), NewWait(env), NewResult(env), NewKill(env),
	}
}

// checkIDs refuses, before any request, what cannot be the IDs of jobs.
func checkIDs(ids []string) error {
	for _, id := range ids {
		if err := jobcmd.CheckID(id); err != nil {
			return err
		}
	}
	return nil
}

// keepFirst keeps the first error for the exit status and says the later ones at once.
func keepFirst(e *cli.Env, first, err error) error {
	if first == nil {
		return err
	}
	e.PrintError("%v", err)
	return first
}
