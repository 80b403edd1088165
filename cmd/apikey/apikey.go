// Package apikey is the commands on the API key that td itself uses.
package apikey

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
)

// NewShow returns the command apikey:show.
func NewShow(e *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "apikey:show",
		Aliases: []string{"apikey"},
		Short:   "Print the API key in use",
		Example: "  td apikey:show",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return show(e)
		},
	}
}

func show(e *cli.Env) error {
	c, err := e.Config()
	if err != nil {
		return err
	}
	if c.APIKey == "" {
		return cli.WithHint(config.ErrNoAPIKey, "'td apikey:set' saves one")
	}
	e.Print("%s", c.APIKey)
	return nil
}

// NewSet returns the command apikey:set.
func NewSet(e *cli.Env) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "apikey:set [KEY | -]",
		Short: "Save an API key",
		Long: `Save an API key. Without an argument it is asked for; - reads it from standard input.
A key that is given as an argument can be seen in the list of processes.`,
		Example: "  td apikey:set\n  td apikey:set - < key.txt",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return set(e, args, force)
		},
	}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "replace a key that is already saved")
	return cmd
}

// set saves the key, and drops the saved user, whose key it may not be.
func set(e *cli.Env, args []string, force bool) error {
	path := config.Path(e.Flags.Flags, e.Getenv)
	saved, err := config.Load(config.Flags{Path: path}, func(string) string { return "" })
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if saved.APIKey != "" && !force {
		return cli.WithHint(cli.StateError{Err: fmt.Errorf("an API key is already saved in %s", path)}, "-f replaces it")
	}
	key, err := read(e, args)
	if err != nil {
		return err
	}
	if key = strings.TrimSpace(key); key == "" {
		return cli.Usagef("the API key is empty; nothing was saved")
	}
	if strings.ContainsFunc(key, unicode.IsControl) {
		return cli.Usagef("the API key holds a control character; nothing was saved")
	}
	if err := config.Set(path, map[string]string{"apikey": key, "user": ""}); err != nil {
		return err
	}
	e.Say("API key is set.")
	e.Say("Use 'td db:list' to see whether it works.")
	return nil
}

func read(e *cli.Env, args []string) (string, error) {
	switch {
	case len(args) == 1 && args[0] != "-":
		return args[0], nil
	case len(args) == 1:
		b, err := io.ReadAll(io.LimitReader(e.In, 1<<16))
		return string(b), err
	}
	key, err := e.Password("API key (typing will be hidden): ")
	if err != nil {
		return "", cli.UsageError{Err: errors.New("no API key; give it as an argument, or - for standard input")}
	}
	return key, nil
}
