package export

import "github.com/td-cli/td/cmd/internal/argv"

// Commands returns the export:* commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "export:table", Aliases: []string{"table:export"}, New: NewTable},
		{Name: "export:result", New: NewResult},
	}
}
