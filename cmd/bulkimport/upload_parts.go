package bulkimport

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

type partsOptions struct {
	prefix      string
	dots        int
	autoPerform bool
	parallel    int
	poolName    string
	progress    bool
}

// NewUploadParts returns the command bulk_import:upload_parts.
func NewUploadParts(env *cli.Env) *cobra.Command {
	var o partsOptions
	cmd := &cobra.Command{
		Use:   "bulk_import:upload_parts NAME FILE…",
		Short: "Upload parts to a bulk import session",
		Long: `Upload the files of bulk_import:prepare_parts to a bulk import session. The name of a part
is its file name up to the first dot. Repeating an interrupted upload resumes it.`,
		Example:     "  td bulk_import:upload_parts logs_201201 parts/*\n  td bulk_import:upload_parts logs_201201 parts/* --parallel 4 --auto-perform",
		Args:        cobra.MinimumNArgs(2),
		Annotations: complete.Args(complete.BulkImport, complete.File, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			return uploadParts(cmd.Context(), env, o, args[0], args[1:])
		},
	}
	fs := cmd.Flags()
	fs.StringVarP(&o.prefix, "prefix", "P", "", "prepend `TEXT` to the part names")
	fs.IntVarP(&o.dots, "use-suffix", "s", 0, "keep `N` dots of the file name in the part name")
	fs.BoolVar(&o.autoPerform, "auto-perform", false, "start the job that checks the parts")
	fs.IntVar(&o.parallel, "parallel", 2, "upload `N` parts concurrently, at most 8")
	fs.StringVarP(&o.poolName, "pool-name", "O", "", "run that job in the resource pool `NAME`")
	fs.BoolVar(&o.progress, "progress", false, "print progress lines instead of a bar")
	complete.Flags(fs, complete.Any, "prefix", "pool-name")
	argv.AllowEmpty(fs, "prefix")
	return cmd
}

func uploadParts(ctx context.Context, env *cli.Env, o partsOptions, name string, paths []string) error {
	if err := checkParallel(o.parallel); err != nil {
		return err
	}
	if o.dots < 0 {
		return cli.Usagef("-s/--use-suffix must be 0 or more, not %d", o.dots)
	}
	if err := checkFiles(paths, false); err != nil {
		return err
	}
	names, err := fileParts(paths, o.prefix, o.dots)
	if err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	r := newReport(env, o.progress)
	defer r.stop()
	s := newSession(env, client, name, o.parallel, r)
	if err := s.open(ctx); err != nil {
		return err
	}
	err = s.sendPrepared(ctx, names)
	r.stop()
	if err != nil {
		s.printResumeHint(false)
		return err
	}
	s.printUploaded()
	if !o.autoPerform {
		return nil
	}
	return perform(ctx, env, client, performOptions{force: true, poolName: o.poolName}, name)
}

func checkParallel(n int) error {
	if n < 1 || n > 8 {
		return cli.Usagef("--parallel must be between 1 and 8, not %d", n)
	}
	return nil
}
