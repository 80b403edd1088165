package connector

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/connectorconfig"
)

type guessOptions struct {
	out     string
	plugins []string
}

// NewGuess returns the command connector:guess.
func NewGuess(env *cli.Env) *cobra.Command {
	var o guessOptions
	var obsolete string
	cmd := &cobra.Command{
		Use:   "connector:guess CONFIG",
		Short: "Complete a connector configuration",
		Long: `Complete a connector configuration in YAML or JSON: the service reads the source and
guesses the missing settings. The result is written to a file and printed without secrets.`,
		Example:     "  td connector:guess seed.yml -o load.yml\n  td connector:guess seed.yml -g json,time -o - | less",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.File),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, name := range []string{"type", "access-id", "access-secret", "source"} {
				if cmd.Flags().Changed(name) {
					return cli.Usagef("--%s is obsolete: set it in the configuration file", name)
				}
			}
			return guess(cmd.Context(), env, o, args[0])
		},
	}
	fs := cmd.Flags()
	fs.StringVarP(&o.out, "out", "o", "config.yml", "write to `FILE`, as JSON if it ends in .json (- is standard output, with secrets)")
	fs.StringSliceVarP(&o.plugins, "guess", "g", nil, "use these guess plugins: `NAME,NAME`")
	complete.Flags(fs, complete.File, "out")
	complete.Flags(fs, complete.Any, "guess")
	for _, name := range []string{"type", "access-id", "access-secret", "source"} {
		fs.StringVar(&obsolete, name, "", "obsolete")
		_ = fs.MarkHidden(name)
	}
	return cmd
}

func guess(ctx context.Context, env *cli.Env, o guessOptions, path string) error {
	config, err := readConfig(env, path)
	if err != nil {
		return err
	}
	if len(o.plugins) > 0 {
		config.SetTexts(o.plugins, "exec", "guess_plugins")
	}
	raw, err := config.JSON()
	if err != nil {
		return cli.UsageError{Err: err}
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	if raw, err = client.GuessBulkLoad(ctx, raw); err != nil {
		return err
	}
	guessed, err := connectorconfig.FromJSON(raw)
	if err != nil {
		return err
	}
	text, err := guessed.Text(o.out)
	if err != nil {
		return err
	}
	if o.out == "-" {
		_, err := env.Out.Write([]byte(text))
		return err
	}
	kept, err := connectorconfig.WriteFile(o.out, text)
	if err != nil {
		return err
	}
	shown, hidden := guessed.Hide()
	if text, err = shown.Text(o.out); err != nil {
		return err
	}
	env.Print("%s", text[:len(text)-1])
	if kept != "" {
		env.Say("The previous %s was renamed to %s.", o.out, kept)
	}
	if hidden {
		env.Say("Created %s file, which contains the secrets omitted here.", o.out)
	} else {
		env.Say("Created %s file.", o.out)
	}
	env.Say("Use 'td connector:preview %s' to see bulk load preview.", o.out)
	return nil
}
