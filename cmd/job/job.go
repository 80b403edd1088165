// Package job is the commands on jobs.
package job

import "github.com/td-cli/td/internal/cli"

// keepFirst keeps the first error for the exit status and says the later ones at once.
func keepFirst(e *cli.Env, first, err error) error {
	if first == nil {
		return err
	}
	e.Say("td: %v", err)
	return first
}
