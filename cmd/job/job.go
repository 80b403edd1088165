// Package job is the commands on jobs.
package job

import (
	"errors"
	"fmt"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// noJob names the job that an error is about; nil stays nil.
func noJob(id string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, api.ErrNotFound):
		return cli.WithHint(fmt.Errorf("job %s does not exist: %w", id, err), "'td job:list' lists the newest jobs")
	}
	return err
}

// keepFirst keeps the first error for the exit status and says the later ones at once.
func keepFirst(e *cli.Env, first, err error) error {
	if first == nil {
		return err
	}
	e.Say("td: %v", err)
	return first
}
