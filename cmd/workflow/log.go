package workflow

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// NewLog returns the command workflow:log.
func NewLog(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "workflow:log ATTEMPT_ID [+TASK]",
		Short:       "Print the log of an attempt",
		Long:        "Print the log of an attempt by task, optionally only of tasks with the given name prefix.",
		Example:     "  td workflow log 123\n  td workflow log 123 +daily+load",
		Args:        cobra.RangeArgs(1, 2),
		Annotations: complete.Args(complete.Attempt, complete.Any),
		RunE: func(cmd *cobra.Command, args []string) error {
			task := ""
			if len(args) == 2 {
				task = args[1]
			}
			return printLog(cmd.Context(), env, args[0], task)
		},
	}
}

func printLog(ctx context.Context, env *cli.Env, id, task string) error {
	if err := checkAttempt(id); err != nil {
		return err
	}
	client, err := env.Workflows()
	if err != nil {
		return err
	}
	files, err := client.LogFiles(ctx, id, task)
	if err != nil {
		return noAttempt(id, err)
	}
	sortByTask(files)
	for _, f := range files {
		part, err := client.LogFile(ctx, id, f.Name)
		if err != nil {
			return fmt.Errorf("log of %s: %w", f.Task, err)
		}
		text, err := gunzip(part)
		if err != nil {
			return fmt.Errorf("cannot read the log of %s: %w: %w", f.Task, api.ErrAnswer, err)
		}
		if _, err := env.Out.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// sortByTask groups the parts by task and orders the tasks by start time.
func sortByTask(files []api.LogFile) {
	began := map[string]time.Time{}
	for _, f := range files {
		if t, ok := began[f.Task]; !ok || f.Time.Before(t) {
			began[f.Task] = f.Time.Time
		}
	}
	slices.SortStableFunc(files, func(a, b api.LogFile) int {
		return cmp.Or(began[a.Task].Compare(began[b.Task]), cmp.Compare(a.Task, b.Task), a.Time.Compare(b.Time.Time))
	})
}

// gunzip decompresses data. A truncated stream is not an error: the service is still writing
// the last part.
func gunzip(part []byte) ([]byte, error) {
	if len(part) == 0 {
		return nil, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(part))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(z)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return text, err
}
