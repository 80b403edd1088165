package server

import "github.com/td-cli/td/cmd/internal/argv"

// Commands returns the server:* commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "server:status", Aliases: []string{"server"}, New: NewStatus, ReadOnly: true},
		{Name: "server:endpoint", New: NewEndpoint},
	}
}
