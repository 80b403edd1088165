package bulkimport

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/partupload"
)

// NewUploadPart returns the command bulk_import:upload_part.
func NewUploadPart(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "bulk_import:upload_part NAME PART FILE",
		Short:       "Upload one part of a bulk import session",
		Long:        "Upload one part of a bulk import session. A part with the same name is replaced.",
		Example:     "  td bulk_import:upload_part logs_201201 logs_csv_0 parts/logs_csv_0.msgpack.gz",
		Hidden:      true,
		Args:        cobra.ExactArgs(3),
		Annotations: complete.Args(complete.BulkImport, complete.Any, complete.File),
		RunE: func(cmd *cobra.Command, args []string) error {
			return uploadPart(cmd.Context(), env, args[0], args[1], args[2])
		},
	}
}

func uploadPart(ctx context.Context, env *cli.Env, name, part, path string) error {
	if err := checkFiles([]string{path}, false); err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	r := newReport(env, false)
	defer r.stop()
	err = sendFile(ctx, client, name, part, path, partupload.NewProgress([]string{path}, r.bar.Update))
	r.stop()
	if err != nil {
		return withName(name, err)
	}
	env.Say("Part '%s' is uploaded.", part)
	return nil
}

// sendFile uploads a file as a part. It streams the file.
func sendFile(ctx context.Context, client *api.Client, name, part, path string, tally *partupload.Progress) error {
	file, err := tally.FileUpload(path)
	if err != nil {
		return err
	}
	return client.UploadBulkImportPart(ctx, name, part, file)
}

// NewDeletePart returns the command bulk_import:delete_part.
func NewDeletePart(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "bulk_import:delete_part NAME PART",
		Short:       "Delete one part of a bulk import session",
		Example:     "  td bulk_import:delete_part logs_201201 logs_csv_0",
		Hidden:      true,
		Args:        cobra.ExactArgs(2),
		Annotations: complete.Args(complete.BulkImport, complete.Part),
		RunE: func(cmd *cobra.Command, args []string) error {
			return deleteParts(cmd.Context(), env, args[0], "", args[1:])
		},
	}
}

// NewDeleteParts returns the command bulk_import:delete_parts.
func NewDeleteParts(env *cli.Env) *cobra.Command {
	var prefix string
	cmd := &cobra.Command{
		Use:         "bulk_import:delete_parts NAME PART…",
		Short:       "Delete parts of a bulk import session",
		Example:     "  td bulk_import:delete_parts logs_201201 logs_csv_0 logs_csv_1\n  td bulk_import:delete_parts logs_201201 -P logs_csv_ 0 1",
		Args:        cobra.MinimumNArgs(2),
		Annotations: complete.Args(complete.BulkImport, complete.Part, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			return deleteParts(cmd.Context(), env, args[0], prefix, args[1:])
		},
	}
	cmd.Flags().StringVarP(&prefix, "prefix", "P", "", "prepend `TEXT` to the part names")
	complete.Flags(cmd.Flags(), complete.Any, "prefix")
	argv.AllowEmpty(cmd.Flags(), "prefix")
	return cmd
}

// deleteParts deletes all parts that it can and returns the first error.
func deleteParts(ctx context.Context, env *cli.Env, name, prefix string, parts []string) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	if _, err := client.BulkImport(ctx, name); err != nil {
		return withName(name, err)
	}
	var failed error
	for _, part := range parts {
		err := client.DeleteBulkImportPart(ctx, name, prefix+part)
		switch {
		case errors.Is(err, api.ErrDryRun):
			continue
		case err == nil:
			env.Say("Part '%s' is deleted.", prefix+part)
			continue
		case errors.Is(err, api.ErrNotFound):
			err = cli.WithHint(fmt.Errorf("part '%s' does not exist: %w", prefix+part, err), "'td bulk_import:show %s' lists the parts", name)
		}
		if failed == nil {
			failed = err
		} else {
			env.Say("td: %v", err)
		}
	}
	return failed
}
