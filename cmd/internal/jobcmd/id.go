package jobcmd

import (
	"strings"

	"github.com/td-cli/td/internal/cli"
)

// CheckID refuses what cannot be a job's ID, before any request: the service answers it
// with a failure of its own, which looks as if it might pass.
func CheckID(id string) error {
	if id == "" || strings.Trim(id, "0123456789") != "" {
		return cli.Usagef("%q is not the ID of a job, which is a number", id)
	}
	return nil
}
