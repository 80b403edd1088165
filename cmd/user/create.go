package user

import (
	"context"
	"crypto/rand"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

type createOptions struct {
	email  string
	random bool
}

// NewCreate returns the command user:create.
func NewCreate(env *cli.Env) *cobra.Command {
	var o createOptions
	cmd := &cobra.Command{
		Use:         "user:create NAME",
		Short:       "Create a user",
		Long:        "Create a user. td asks for the password, or generates and prints one (-R).",
		Example:     "  td user:create alice --email alice@example.com\n  td user:create alice -e alice@example.com -R",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			return create(cmd.Context(), env, o, args[0])
		},
	}
	cmd.Flags().StringVarP(&o.email, "email", "e", "", "the user's e-mail `ADDRESS` (required)")
	cmd.Flags().BoolVarP(&o.random, "random-password", "R", false, "generate a password and print it")
	complete.Flags(cmd.Flags(), complete.Any, "email")
	return cmd
}

func create(ctx context.Context, env *cli.Env, o createOptions, name string) error {
	if o.email == "" {
		return cli.Usagef("-e/--email is required")
	}
	if err := env.CheckSecrecy(); err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	password, err := choose(env, o.random)
	if err != nil {
		return err
	}
	if err := client.CreateUser(ctx, name, o.email, password); err != nil {
		return withName(name, err)
	}
	if o.random {
		env.Print("Password: %s", password)
	}
	env.Say("User '%s' is created.", name)
	env.Say("Use 'td user:apikeys %s' to show the API key.", name)
	return nil
}

func choose(env *cli.Env, random bool) (string, error) {
	if random {
		return randomPassword(), nil
	}
	password, err := env.NewPassword("Password (typing will be hidden): ", "Retype password: ")
	if err != nil {
		return "", cli.WithHint(err, "use -R to generate a password")
	}
	return password, nil
}

// randomPassword returns 20 random characters, followed by the character classes that
// password rules require.
func randomPassword() string { return rand.Text()[:20] + "a7_" }
