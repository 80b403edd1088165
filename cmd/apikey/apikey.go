// Package apikey is the commands on the API key that td itself uses.
package apikey

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/account"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/console"
)

// Commands returns the apikey:* commands.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{NewShow(env), NewSet(env)}
}

// NewShow returns the command apikey:show.
func NewShow(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "apikey:show",
		Aliases: []string{"apikey"},
		Short:   "Print the API key in use",
		Long:    "Print the API key in use, wherever it is kept: in td.conf, in the OS keyring, or with a command.",
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
		Long: `Save an API key. Without an argument it is asked for; - reads it from standard input.
A key that is given as an argument can be seen in the list of processes.

With --profile the key is saved for that profile, which need not exist yet, and -e saves
its endpoint too. With --keyring the key is kept by the OS (Secret Service, Keychain,
Credential Manager), and td.conf only says so.`,
		Example:     "  td apikey:set\n  td apikey:set - < key.txt\n  td apikey:set --keyring\n  td -e jp01 --profile japan apikey:set",
		Args:        cobra.MaximumNArgs(1),
		Annotations: complete.Args(complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			return set(cmd.Context(), env, args, o)
		},
	}
	cmd.Flags().BoolVarP(&o.force, "force", "f", false, "replace a key that is already saved")
	cmd.Flags().BoolVar(&o.keyring, "keyring", false, "keep the key in the OS keyring")
	return cmd
}

// set saves the key, and drops the saved user, whose key it may not be.
func set(ctx context.Context, env *cli.Env, args []string, o setOptions) error {
	settings, saved, err := env.ConfigToSave()
	if err != nil {
		return err
	}
	if saved.HasKey() && !o.force {
		return cli.WithHint(cli.StateError{Err: fmt.Errorf("an API key is already saved in %s", saved.Path)}, "-f replaces it")
	}
	key, err := read(env, args)
	if err != nil {
		return err
	}
	if key = strings.TrimSpace(key); key == "" {
		return cli.Usagef("the API key is empty; nothing was saved")
	}
	if strings.ContainsFunc(key, unicode.IsControl) {
		return cli.Usagef("the API key holds a control character; nothing was saved")
	}
	if strings.ContainsFunc(key, unicode.IsSpace) {
		return cli.Usagef("the API key holds a space; nothing was saved")
	}
	named := settings.Profile != config.DefaultProfile
	if err := env.Account.SaveKey(ctx, settings, saved, account.NewKey{Key: key, Keyring: o.keyring, Endpoint: named && env.Flags.Endpoint != ""}); err != nil {
		return err
	}
	env.Say("API key is set.")
	env.Say("Use 'td %sdb:list' to see whether it works.", env.Account.ProfileFlag())
	return nil
}

func read(env *cli.Env, args []string) (string, error) {
	switch {
	case len(args) == 1 && args[0] != "-":
		return args[0], nil
	case len(args) == 1:
		b, err := io.ReadAll(io.LimitReader(env.In, 1<<16))
		return string(b), err
	}
	key, err := env.Password("API key (typing will be hidden): ")
	if errors.Is(err, console.ErrNotTerminal) {
		err = cli.UsageError{Err: errors.New("no API key; give it as an argument, or - for standard input")}
	}
	return key, err
}
