package bulkimport

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/partupload"
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
	if err := partupload.Records(body, func(record []partupload.Field) error { return printRecord(env, record) }); err != nil {
		return fmt.Errorf("cannot parse the records: %w: %w", api.ErrAnswer, err)
	}
	return nil
}

func printRecord(env *cli.Env, record []partupload.Field) error {
	columns := make([]jobresult.Column, len(record))
	values := make([]any, len(record))
	for i, f := range record {
		columns[i].Name, values[i] = f.Name, f.Value
	}
	if len(columns) == 0 {
		env.Print("{}")
		return nil
	}
	w, err := jobresult.NewWriter(env.Out, jobresult.Options{Format: jobresult.JSONL, Columns: columns})
	if err != nil {
		return err
	}
	if err := w.Write(values); err != nil {
		return err
	}
	return w.Close()
}
