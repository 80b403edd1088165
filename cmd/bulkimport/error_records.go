package bulkimport

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/pkg/jobresult"
)

func newErrorRecords(env *cli.Env, noun string) *cobra.Command {
	return &cobra.Command{
		Use:         noun + ":error_records NAME",
		Short:       "Print the invalid records, one JSON object per line",
		Example:     "  td " + noun + ":error_records logs_201201 | jq .",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.BulkImport),
		RunE: func(cmd *cobra.Command, args []string) error {
			return errorRecords(cmd.Context(), env, args[0])
		},
	}
}

func errorRecords(ctx context.Context, env *cli.Env, name string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	session, err := client.BulkImport(ctx, name)
	if err != nil {
		return withName(name, err)
	}
	if session.Status == uploading || session.Status == performing {
		return wrongState(name, session.Status, fmt.Sprintf("use 'td bulk_import:perform -w %s' to check its records", name))
	}
	body, err := client.BulkImportErrorRecords(ctx, name)
	if err != nil {
		return withName(name, err)
	}
	defer func() { _ = body.Close() }() // read only
	err = jobresult.CopyJSON(ctx, env.Out, body)
	if _, ok := errors.AsType[*jobresult.CorruptError](err); err == nil || ok {
		return err
	}
	return fmt.Errorf("cannot read the records: %w: %w", api.ErrAnswer, err)
}
