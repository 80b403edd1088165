package user

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewList returns the command user:list.
func NewList(env *cli.Env) *cobra.Command {
	return listcmd.New(env, listcmd.Spec[api.User]{
		Use:     "user:list",
		Short:   "List the users of the account",
		Example: "  td user:list\n  td user:list -f jsonl",
		Fetch: func(ctx context.Context, _ []string) ([]api.User, error) {
			client, err := env.Client()
			if err != nil {
				return nil, err
			}
			return client.Users(ctx)
		},
		Columns: []listcmd.Column[api.User]{
			{Title: "Name", Cell: func(u api.User) any { return u.Name }},
			{Title: "Email", Cell: func(u api.User) any { return u.Email }},
		},
		Raw: raw,
		Empty: func([]string) {
			env.Say("There are no users.")
			env.Say("Use 'td user:create <name>' to create a user.")
		},
	})
}

// raw returns a user as format jsonl shows it: with the API's names and types.
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
