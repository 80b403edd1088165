// Package job implements the job:* commands and open.
package job

import (
	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/cli"
)

// Commands returns the commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "job:list", Aliases: []string{"jobs"}, New: NewList},
		{Name: "job:show", Aliases: []string{"job"}, New: NewShow},
		{Name: "job:status", New: NewStatus},
		{Name: "job:wait", New: NewWait},
		{Name: "job:diff", New: NewDiff},
		{Name: "job:logs", New: NewLogs},
		{Name: "job:result", New: NewResult},
		{Name: "job:kill", Aliases: []string{"kill"}, New: NewKill},
		{Name: "open", New: NewOpen},
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
