// Package export is the commands that take records and results out of the service.
package export

import (
	"context"

	"github.com/td-cli/td/cmd/rows"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// follow waits for an export if that is asked for, and prints how it ended behind the label.
func follow(ctx context.Context, e *cli.Env, client *api.Client, id, label string, f rows.WaitFlags) error {
	if !f.Wait.On {
		e.Say("Use 'td job:show %s' to show the status.", id)
		return nil
	}
	job, err := rows.Follow(ctx, e, client, id, f, e.Flags.Verbose)
	if err != nil {
		return err
	}
	e.Print("%-11s: %s", label, job.Status)
	return rows.Unfinished(ctx, client, job)
}
