package workflow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

type secretsOptions struct {
	project     string
	set, delete []string
}

// NewSecrets returns the command workflow:secrets.
func NewSecrets(env *cli.Env) *cobra.Command {
	var o secretsOptions
	cmd := &cobra.Command{
		Use:   "workflow:secrets --project PROJECT [KEY…]",
		Short: "List, set or delete the secrets of a project",
		Long: `List the names of a project's secrets, set secrets, or delete them. The arguments are further
KEYs of --set or --delete. A secret to set is KEY (td asks for the value), KEY=VALUE,
KEY=@FILE, KEY=- (standard input), or @FILE or @- (YAML with several secrets). A VALUE on the
command line is visible in the process list.`,
		Example: "  td workflow secrets --project sales\n  td workflow secrets --project sales --set mysql.password\n" +
			"  td workflow secrets --project sales --delete mysql.password",
		Args:        cobra.ArbitraryArgs,
		Annotations: complete.Args(complete.Any, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			return secrets(cmd.Context(), env, o, args)
		},
	}
	cmd.Flags().StringVar(&o.project, "project", "", "the `PROJECT` (required)")
	cmd.Flags().StringArrayVar(&o.set, "set", nil, "set the secret `KEY` (repeatable)")
	cmd.Flags().StringArrayVar(&o.delete, "delete", nil, "delete the secret `KEY` (repeatable)")
	complete.Flags(cmd.Flags(), complete.Project, "project")
	complete.Flags(cmd.Flags(), complete.Any, "set", "delete")
	return cmd
}

func secrets(ctx context.Context, env *cli.Env, o secretsOptions, args []string) error {
	switch {
	case o.project == "":
		return cli.Usagef("--project is required")
	case len(o.set) > 0 && len(o.delete) > 0:
		return cli.Usagef("--set and --delete cannot be used together")
	case len(o.set) > 0:
		o.set = append(o.set, args...)
	case len(o.delete) > 0:
		o.delete = append(o.delete, args...)
	case len(args) > 0:
		return cli.Usagef("%q requires --set or --delete", args[0])
	}
	values, err := readSecrets(env, o.set)
	if err != nil {
		return err
	}
	client, err := env.Workflows()
	if err != nil {
		return err
	}
	p, err := project(ctx, client, o.project)
	if err != nil {
		return err
	}
	switch {
	case len(o.set) > 0:
		return setSecrets(ctx, env, client, p, values)
	case len(o.delete) > 0:
		return deleteSecrets(ctx, env, client, p, o.delete)
	}
	keys, err := client.Secrets(ctx, p.ID)
	for _, key := range keys {
		env.Print("%s", key)
	}
	return err
}

func setSecrets(ctx context.Context, env *cli.Env, client *api.Workflows, p api.Project, values map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		err := client.SetSecret(ctx, p.ID, key, values[key])
		if errors.Is(err, api.ErrDryRun) {
			continue
		}
		if err != nil {
			return fmt.Errorf("secret '%s' was not set: %w", key, err)
		}
		env.Say("Secret '%s' set", key)
	}
	return nil
}

func deleteSecrets(ctx context.Context, env *cli.Env, client *api.Workflows, p api.Project, keys []string) error {
	for _, key := range keys {
		err := client.DeleteSecret(ctx, p.ID, key)
		if errors.Is(err, api.ErrDryRun) {
			continue
		}
		if err != nil {
			return fmt.Errorf("secret '%s' was not deleted: %w", key, err)
		}
		env.Say("Secret '%s' deleted", key)
	}
	return nil
}

// readSecrets reads the values from the sources in the arguments. Errors contain no value.
func readSecrets(env *cli.Env, args []string) (map[string]string, error) {
	values := map[string]string{}
	for _, arg := range args {
		found := map[string]string{}
		key, value, given := strings.Cut(arg, "=")
		var err error
		switch {
		case strings.HasPrefix(arg, "@"):
			var b []byte
			if b, err = content(env, arg[1:]); err == nil && yaml.Unmarshal(b, &found) != nil {
				err = cli.Usagef("%s is not a YAML mapping", arg[1:])
			}
		case given && (value == "-" || strings.HasPrefix(value, "@")):
			var b []byte
			b, err = content(env, strings.TrimPrefix(value, "@"))
			found[key] = string(b)
		case given:
			found[key] = value
		default:
			found[key], err = env.Password(key + ": ")
			if err != nil {
				err = cli.WithHint(err, "use KEY=- for standard input, or KEY=@FILE for a file")
			}
		}
		if err != nil {
			return nil, err
		}
		for key, value := range found {
			if _, twice := values[key]; twice || key == "" {
				return nil, cli.Usagef("the secret %q is duplicated or has no name", key)
			}
			values[key] = value
		}
	}
	return values, nil
}

// content reads a file, or standard input if the name is -.
func content(env *cli.Env, file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(env.In)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, cli.CannotRead(file, err)
	}
	return b, nil
}
