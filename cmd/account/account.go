// Package account implements the account:* commands and password:change.
package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/account"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/console"
)

// Commands returns the account commands and password:change.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "account", New: New},
		{Name: "account:usage", New: NewUsage, ReadOnly: true},
		{Name: "password:change", New: NewPasswordChange},
	}
}

// New returns the command account.
func New(env *cli.Env) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "account [EMAIL]",
		Short: "Log in, and save the account's API key",
		Long: `Log in with an e-mail address and a password, and save the account's API key. With -e
the endpoint is saved too, and with --profile the key belongs to that profile. If you log
in through single sign-on (SSO), save a key with apikey:set instead.`,
		Example:     "  td account\n  td -e eu01 account alice@example.com\n  td -e jp01 --profile japan account",
		Args:        cobra.MaximumNArgs(1),
		Annotations: complete.Args(complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runAccount(cmd.Context(), env, args, force)
		},
	}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "replace an account that is already saved")
	return cmd
}

func runAccount(ctx context.Context, env *cli.Env, args []string, force bool) error {
	settings, saved, err := env.ConfigToSave()
	if err != nil {
		return err
	}
	if err := checkUnsaved(saved, force); err != nil {
		return err
	}
	if err := env.CheckSecrecy(); err != nil {
		return err
	}
	if !env.InTTY {
		return cli.WithHint(console.ErrNotTerminal, "'td apikey:set -' reads an API key from standard input")
	}
	client, err := env.Anonymous(ctx, "")
	if err != nil {
		return err
	}
	env.Say("Enter your Treasure Data credentials.")
	email, err := readEmail(env, args)
	if err != nil {
		return err
	}
	key, err := logIn(ctx, env, client, email)
	if err != nil {
		return err
	}
	env.Say("Authenticated successfully.")
	if env.PlanLocal("write", settings.Path) {
		return nil
	}
	foreign := settings.Profile != config.DefaultProfile && settings.Setting("endpoint").Origin > config.File
	if err := env.Account.SaveKey(ctx, settings, saved, account.NewKey{
		User: email, Key: key, Endpoint: env.Flags.Endpoint != "" || foreign,
	}); err != nil {
		return err
	}
	env.Say("Use 'td db:create <db_name>' to create a database.")
	return nil
}

// checkUnsaved returns an error if a key is already saved, unless force is set.
func checkUnsaved(saved config.Config, force bool) error {
	if !saved.HasKey() || force {
		return nil
	}
	err := fmt.Errorf("an API key is already saved in %s", saved.Path)
	if saved.User != "" {
		err = fmt.Errorf("an account is already saved in %s: %s", saved.Path, saved.User)
	}
	return cli.WithHint(cli.StateError{Err: err}, "use -f to replace it")
}

// readEmail returns the argument, or asks for the e-mail address.
func readEmail(env *cli.Env, args []string) (string, error) {
	if len(args) == 1 && args[0] != "" {
		return args[0], nil
	}
	email, err := env.Ask("Email: ")
	if err == nil && email == "" {
		err = env.Canceled()
	}
	return email, err
}

// logIn asks for the password, at most three times, and returns the API key.
func logIn(ctx context.Context, env *cli.Env, client *api.Client, email string) (key string, err error) {
	for range 3 {
		password, perr := env.OldPassword("Password (typing will be hidden): ")
		if perr != nil {
			return "", perr
		}
		key, err = client.Authenticate(ctx, email, password)
		if !errors.Is(err, api.ErrUnauthorized) {
			return key, err
		}
		env.Say("User name or password mismatched.")
	}
	return "", cli.WithHint(fmt.Errorf("not logged in: %w", err), "with single sign-on (SSO), save a key with 'td apikey:set'")
}
