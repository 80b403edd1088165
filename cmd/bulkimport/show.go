package bulkimport

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

func newShow(env *cli.Env, noun string) *cobra.Command {
	return &cobra.Command{
		Use:         noun + ":show NAME",
		Short:       "Show a bulk import session and the names of its parts",
		Long:        "Print a bulk import session on standard error and the names of its parts on standard output.",
		Example:     "  td " + noun + ":show logs_201201",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.BulkImport),
		RunE: func(cmd *cobra.Command, args []string) error {
			return show(cmd.Context(), env, args[0])
		},
	}
}

func show(ctx context.Context, env *cli.Env, name string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	session, err := client.BulkImport(ctx, name)
	if err != nil {
		return withName(name, err)
	}
	parts, err := client.BulkImportParts(ctx, name)
	if err != nil {
		return withName(name, err)
	}
	describe(env.Err, session)
	env.Say("Uploaded Parts :")
	for _, p := range parts {
		env.Print("  %s", p)
	}
	return nil
}

func describe(w io.Writer, s api.BulkImport) {
	line := func(label, value string) { fmt.Fprintf(w, "%-13s: %s\n", label, value) }
	line("Name", s.Name)
	line("Database", s.Database)
	line("Table", s.Table)
	line("Status", formatStatus(s.Status))
	line("Frozen", strconv.FormatBool(s.UploadFrozen))
	line("JobID", s.JobID)
	line("Valid Records", strconv.FormatInt(s.ValidRecords.Value, 10))
	line("Error Records", strconv.FormatInt(s.ErrorRecords.Value, 10))
	line("Valid Parts", strconv.FormatInt(s.ValidParts.Value, 10))
	line("Error Parts", strconv.FormatInt(s.ErrorParts.Value, 10))
}
