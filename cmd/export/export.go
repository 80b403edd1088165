// Package export is the commands that take records and results out of the service.
package export

import (
	"context"

	"github.com/td-cli/td/cmd/rows"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// follow waits for an export if that is asked for.
func follow(ctx context.Context, e *cli.Env, client *api.Client, id string, f rows.WaitFlags) error {
	if !f.Wait.On {
		e.Say("Use 'td job:show %s' to show the status.", id)
		return nil
	}
	return rows.Finish(ctx, e, client, id, f)
}
