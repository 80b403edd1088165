// Package apikey implements the apikey:* commands, which show and save the API key of td.
package apikey

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/account"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/console"
)

// Commands returns the apikey:* commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "apikey:show", Aliases: []string{"apikey"}, New: NewShow, ReadOnly: true},
		{Name: "apikey:set", New: NewSet},
	}
}

// NewShow returns the command apikey:show.
func NewShow(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "apikey:show",
		Short:   "Print the API key in use",
		Long:    "Print the API key in use. It comes from a flag, TD_API_KEY, td.conf, the OS keyring or a command.",
		Example: "  td apikey:show",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return show(env)
		},
	}
}

func show(env *cli.Env) error {
	key, err := env.Account.Key()
	if err != nil {
		return err
	}
	env.Print("%s", key)
	return nil
}

type setOptions struct {
	force, keyring bool
}

// NewSet returns the command apikey:set.
func NewSet(env *cli.Env) *cobra.Command {
	var o setOptions
	cmd := &cobra.Command{
		Use:   "apikey:set [KEY | -]",
		Short: "Save an API key",
		Long: `Save an API key. Without an argument td asks for it; - reads it from standard input.
A key given as an argument is visible in the process list.

With --profile the key is saved for that profile, which is created if necessary, and -e
saves its endpoint too. With --keyring the key is stored in the OS keyring (Secret
Service, Keychain, Credential Manager) and td.conf only refers to it.`,
		Example:     "  td apikey:set\n  td apikey:set - < key.txt\n  td apikey:set --keyring\n  td -e jp01 --profile japan apikey:set",
		Args:        cobra.MaximumNArgs(1),
		Annotations: complete.Args(complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			return set(cmd.Context(), env, args, o)
		},
	}
	cmd.Flags().BoolVarP(&o.force, "force", "f", false, "replace a key that is already saved")
	cmd.Flags().BoolVar(&o.keyring, "keyring", false, "store the key in the OS keyring")
	return cmd
}

// set saves the key. It removes the saved user name, which may belong to another key.
func set(ctx context.Context, env *cli.Env, args []string, o setOptions) error {
	settings, saved, err := env.ConfigToSave()
	if err != nil {
		return err
	}
	if saved.HasKey() && !o.force {
		return cli.WithHint(cli.StateError{Err: fmt.Errorf("an API key is already saved in %s", saved.Path)}, "use -f to replace it")
	}
	key, err := readKey(env, args)
	if err != nil {
		return err
	}
	if key = strings.TrimSpace(key); key == "" {
		return cli.Usagef("the API key is empty; nothing was saved")
	}
	if strings.ContainsFunc(key, unicode.IsControl) {
		return cli.Usagef("the API key contains a control character; nothing was saved")
	}
	if strings.ContainsFunc(key, unicode.IsSpace) {
		return cli.Usagef("the API key contains a space; nothing was saved")
	}
	if err := config.CheckKey(key); err != nil {
		return cli.Usagef("the API key %w; nothing was saved", err)
	}
	if env.PlanLocal("write", settings.Path) {
		return nil
	}
	named := settings.Profile != config.DefaultProfile
	if err := env.Account.SaveKey(ctx, settings, saved, account.NewKey{Key: key, Keyring: o.keyring, Endpoint: named && env.Flags.Endpoint != ""}); err != nil {
		return err
	}
	env.Say("API key is set.")
	env.Say("Use 'td db:list' to check that it works.")
	return nil
}

// readKey returns the key given as an argument, or reads it from standard input or the
// terminal.
func readKey(env *cli.Env, args []string) (string, error) {
	switch {
	case len(args) == 1 && args[0] != "-":
		return args[0], nil
	case len(args) == 1:
		b, err := io.ReadAll(io.LimitReader(env.In, 1<<16))
		return string(b), err
	}
	key, err := env.Password("API key (typing will be hidden): ")
	if errors.Is(err, console.ErrNotTerminal) {
		err = cli.UsageError{Err: errors.New("an API key is required: give it as an argument, or use - to read standard input")}
	}
	return key, err
}
