// Package account is the commands on the account that td works for, and on one's own
// password.
package account

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/console"
)

// New returns the command account.
func New(e *cli.Env) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "account [EMAIL]",
		Short: "Log in, and save the account's API key",
		Long: `Log in with an e-mail address and a password, and save the account's API key. With -e
the endpoint is saved too. Who logs in through another service (SSO) saves a key with
apikey:set instead.`,
		Example: "  td account\n  td -e eu01 account alice@example.com",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return account(cmd.Context(), e, args, force)
		},
	}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "replace an account that is already saved")
	return cmd
}

func account(ctx context.Context, e *cli.Env, args []string, force bool) error {
	path := config.Path(e.Flags.Flags, e.Getenv)
	if err := free(path, force); err != nil {
		return err
	}
	if err := e.CheckSecrecy(); err != nil {
		return err
	}
	if !e.InTTY {
		return cli.WithHint(console.ErrNotTerminal, "'td apikey:set -' reads an API key from standard input")
	}
	settings, err := e.Config()
	if err != nil {
		return err
	}
	client, err := e.Anonymous(ctx, "")
	if err != nil {
		return err
	}
	e.Say("Enter your Treasure Data credentials.")
	email, err := address(e, args)
	if err != nil {
		return err
	}
	key, err := logIn(ctx, e, client, email)
	if err != nil {
		return err
	}
	e.Say("Authenticated successfully.")
	saved := map[string]string{"user": email, "apikey": key}
	if e.Flags.Endpoint != "" {
		saved["endpoint"] = settings.Endpoint
	}
	if err := config.Set(path, saved); err != nil {
		return err
	}
	e.Say("Use 'td db:create <db_name>' to create a database.")
	return nil
}

// free refuses to replace what the file holds, unless that is forced.
func free(path string, force bool) error {
	saved, err := config.Load(config.Flags{Path: path}, func(string) string { return "" })
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return cli.ConfigError{Err: err}
	case saved.APIKey == "" || force:
		return nil
	case saved.User != "":
		err = fmt.Errorf("an account is already saved in %s: %s", path, saved.User)
	default:
		err = fmt.Errorf("an API key is already saved in %s", path)
	}
	return cli.WithHint(cli.StateError{Err: err}, "-f replaces it")
}

func address(e *cli.Env, args []string) (string, error) {
	if len(args) == 1 && args[0] != "" {
		return args[0], nil
	}
	email, err := e.Ask("Email: ")
	if err == nil && email == "" {
		err = e.Canceled()
	}
	return email, err
}

// logIn asks for the password, three times at most, and returns the API key.
func logIn(ctx context.Context, e *cli.Env, client *api.Client, email string) (key string, err error) {
	for range 3 {
		password, perr := e.OldPassword("Password (typing will be hidden): ")
		if perr != nil {
			return "", perr
		}
		key, err = client.Authenticate(ctx, email, password)
		if !errors.Is(err, api.ErrUnauthorized) {
			return key, err
		}
		e.Say("User name or password mismatched.")
	}
	return "", cli.WithHint(fmt.Errorf("not logged in: %w", err), "who logs in through another service saves a key with 'td apikey:set'")
}
