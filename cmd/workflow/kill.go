package workflow

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewKill returns the command workflow:kill.
func NewKill(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "workflow:kill ATTEMPT_ID",
		Short:       "Kill an attempt",
		Example:     "  td workflow kill 123",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Attempt),
		RunE: func(cmd *cobra.Command, args []string) error {
			return kill(cmd.Context(), env, args[0])
		},
	}
}

func kill(ctx context.Context, env *cli.Env, id string) error {
	if err := checkAttempt(id); err != nil {
		return err
	}
	client, err := env.Workflows()
	if err != nil {
		return err
	}
	err = client.Kill(ctx, id)
	switch {
	case errors.Is(err, api.ErrConflict):
		return cli.StateError{Err: fmt.Errorf("attempt %s was not killed: %w", id, err)}
	case err != nil:
		return noAttempt(id, err)
	}
	env.Say("Killing attempt %s is requested.", id)
	return nil
}
