// Package sandbox implements the sandbox:* commands.
package sandbox

import "github.com/td-cli/td/cmd/internal/argv"

// Commands returns the sandbox:* commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "sandbox:serve", New: NewServe, ReadOnly: true},
		{Name: "sandbox:show", New: NewShow, ReadOnly: true},
		{Name: "sandbox:reset", New: NewReset},
	}
}
