// Package job is the commands on jobs.
package job

import (
	"strings"

	"github.com/td-cli/td/internal/cli"
)

// checkIDs refuses what cannot be a job's ID, before any request: the service answers it
// with a failure of its own, which looks as if it might pass.
func checkIDs(ids []string) error {
	for _, id := range ids {
		if id == "" || strings.Trim(id, "0123456789") != "" {
			return cli.Usagef("%q is not the ID of a job, which is a number", id)
		}
	}
	return nil
}

// keepFirst keeps the first error for the exit status and says the later ones at once.
func keepFirst(e *cli.Env, first, err error) error {
	if first == nil {
		return err
	}
	e.Complain("td: %v", err)
	return first
}
