// Package job implements the job:* commands and open.
package job

import (
	"context"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// Commands returns the commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "job:list", Aliases: []string{"jobs"}, New: NewList, ReadOnly: true},
		{Name: "job:show", Aliases: []string{"job"}, New: NewShow},
		{Name: "job:status", New: NewStatus, ReadOnly: true},
		{Name: "job:wait", New: NewWait, ReadOnly: true},
		{Name: "job:diff", New: NewDiff, ReadOnly: true},
		{Name: "job:logs", New: NewLogs, ReadOnly: true},
		{Name: "job:result", New: NewResult},
		{Name: "job:kill", Aliases: []string{"kill"}, New: NewKill},
		{Name: "open", New: NewOpen, ReadOnly: true},
	}
}

// fetchJob returns the job to which an ID or a reference leads, and the client of its account.
func fetchJob(ctx context.Context, env *cli.Env, ref string) (*api.Client, api.Job, error) {
	id, err := jobcmd.ResolveID(env, ref)
	if err != nil {
		return nil, api.Job{}, err
	}
	client, err := env.Client()
	if err != nil {
		return nil, api.Job{}, err
	}
	job, err := jobcmd.FetchJob(ctx, env, client, id)
	return client, job, err
}

// keepFirst returns the first error, which determines the exit status, and prints err if it is a later one.
func keepFirst(env *cli.Env, first, err error) error {
	if first == nil {
		return err
	}
	env.PrintError("%v", err)
	return first
}
