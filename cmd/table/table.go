package table

import "github.com/td-cli/td/cmd/internal/argv"

// Commands returns the table:* commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "table:list", Aliases: []string{"tables", "show-tables"}, New: NewList, ReadOnly: true},
		{Name: "table:show", Aliases: []string{"table", "show-table"}, New: NewShow, ReadOnly: true},
		{Name: "table:swap", New: NewSwap},
		{Name: "table:create", Aliases: []string{"create-log-table", "create-table"}, New: NewCreate},
		{Name: "table:delete", Aliases: []string{"drop-log-table", "drop-table", "delete-log-table", "delete-table"}, New: NewDelete},
		{Name: "table:deleted", New: NewDeleted, ReadOnly: true},
		{Name: "table:undelete", New: NewUndelete},
		{Name: "table:rename", New: NewRename},
		{Name: "table:tail", New: NewTail, ReadOnly: true},
		{Name: "table:expire", New: NewExpire},
		{Name: "table:update", New: NewUpdate},
	}
}
