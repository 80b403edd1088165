package user

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
)

// NewList returns the command user:list.
func NewList(env *cli.Env) *cobra.Command {
	format := cli.TableList()
	cmd := &cobra.Command{
		Use:     "user:list",
		Aliases: []string{"users"},
		Short:   "List the users of the account",
		Example: "  td user:list\n  td user:list -f jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return list(cmd.Context(), env, format)
		},
	}
	cmd.Flags().VarP(&format, "format", "f", cli.ListFormatUsage)
	return cmd
}

func list(ctx context.Context, env *cli.Env, format cli.ListFormat) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	users, err := client.Users(ctx)
	if err != nil {
		return err
	}
	if len(users) == 0 {
		env.Say("There are no users.")
		env.Say("Use 'td user:create <name>' to create a user.")
	}
	l := grid.List{Columns: []string{"Name", "Email"}}
	for _, u := range users {
		l.Rows = append(l.Rows, grid.Row{Cells: []any{u.Name, u.Email}, Raw: raw(u)})
	}
	return env.PrintList(l, format)
}

// raw is a user as jsonl shows it: the API's names and types.
func raw(u api.User) any {
	return struct {
		ID            string   `json:"id"`
		Name          string   `json:"name"`
		Email         string   `json:"email"`
		FirstName     string   `json:"first_name"`
		LastName      string   `json:"last_name"`
		Administrator bool     `json:"administrator"`
		AccountOwner  bool     `json:"account_owner"`
		CreatedAt     api.Time `json:"created_at"`
		UpdatedAt     api.Time `json:"updated_at"`
	}{u.ID, u.Name, u.Email, u.FirstName, u.LastName, u.Administrator, u.AccountOwner, u.CreatedAt, u.UpdatedAt}
}
