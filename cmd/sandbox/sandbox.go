// Package sandbox implements the sandbox:* commands.
package sandbox

import "github.com/td-cli/td/cmd/internal/argv"

// Commands returns the sandbox:* commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "sandbox:serve", New: NewServe},
		{Name: "sandbox:show", New: NewShow},
		{Name: "sandbox:reset", New: NewReset},
	}
}
