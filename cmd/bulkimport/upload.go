package bulkimport

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

type uploadOptions struct {
	readFlags
	autoCreate               string
	perform, commit, discard bool
	parallel                 int
	poolName                 string
}

func (o *uploadOptions) add(fs *pflag.FlagSet) {
	o.readFlags.add(fs, "import")
	fs.StringVar(&o.autoCreate, "auto-create", "", "create a session for `DB.TABLE` instead of using NAME")
	fs.IntVar(&o.parallel, "parallel", 2, "upload `N` parts concurrently, at most 8")
	fs.StringVarP(&o.poolName, "pool-name", "O", "", "check the parts in the resource pool `NAME`")
	complete.Flags(fs, complete.DatabaseAndTable, "auto-create")
	complete.Flags(fs, complete.Any, "pool-name")
	addIgnored(fs, "retry-count", "bulk-import-timeout")
}

// NewUpload returns the command import:upload.
func NewUpload(env *cli.Env) *cobra.Command {
	var o uploadOptions
	cmd := &cobra.Command{
		Use:         "import:upload NAME FILE…",
		Short:       "Convert files and upload them to a bulk import session",
		Long:        "Convert files and upload them to a bulk import session. Files that end in .msgpack.gz are\nuploaded as they are. Repeating an interrupted upload resumes it.",
		Example:     "  td import:upload logs_201201 logs/*.csv --column-header --auto-perform",
		Args:        cobra.MinimumNArgs(1),
		Annotations: complete.Args(complete.BulkImport, complete.File, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			warnIgnored(env, cmd.Flags())
			return importFiles(cmd.Context(), env, o, args)
		},
	}
	o.add(cmd.Flags())
	cmd.Flags().BoolVar(&o.perform, "auto-perform", false, "start the job that checks the parts")
	cmd.Flags().BoolVar(&o.commit, "auto-commit", false, "wait for the job and add the records to the table")
	cmd.Flags().BoolVar(&o.discard, "auto-delete", false, "delete the session after the commit")
	return cmd
}

// NewAuto returns the command import:auto.
func NewAuto(env *cli.Env) *cobra.Command {
	o := uploadOptions{perform: true, commit: true, discard: true}
	var implied bool
	cmd := &cobra.Command{
		Use:         "import:auto NAME FILE…",
		Short:       "Upload files to a bulk import session, check and commit it",
		Long:        "Convert files, upload them to a bulk import session, check and commit it, and delete it.\nRepeating an interrupted import resumes it.",
		Example:     "  td import:auto --auto-create web.access logs/*.csv --column-header\n  td import:auto logs_201201 access.log -f apache",
		Args:        cobra.MinimumNArgs(1),
		Annotations: complete.Args(complete.BulkImport, complete.File, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			warnIgnored(env, cmd.Flags())
			return importFiles(cmd.Context(), env, o, args)
		},
	}
	o.add(cmd.Flags())
	for _, name := range []string{"auto-perform", "auto-commit", "auto-delete"} {
		cmd.Flags().BoolVar(&implied, name, true, "no effect: always on")
		_ = cmd.Flags().MarkHidden(name)
	}
	return cmd
}

// importFiles uploads files to a session and performs the steps that the flags ask for.
func importFiles(ctx context.Context, env *cli.Env, o uploadOptions, args []string) error {
	read, err := o.options()
	if err != nil {
		return err
	}
	name, paths, err := o.check(env, args)
	if err != nil {
		return err
	}
	var sources, parts []string
	for _, path := range paths {
		if isPrepared(path) {
			parts = append(parts, path)
		} else {
			sources = append(sources, path)
		}
	}
	if err := checkOptions(ctx, read, sources); err != nil {
		return err
	}
	names, err := fileParts(parts, "", 0)
	if err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	if o.autoCreate != "" {
		database, table, _ := strings.Cut(o.autoCreate, ".")
		if name, err = createUnique(ctx, env, client, name, database, table); api.IgnoreDryRun(err) != nil {
			return err
		}
	}
	planned := err != nil // the session does not exist, because this is a dry run
	before := uploading
	if !planned {
		finished := false
		if before, finished, err = o.continueSession(ctx, env, client, name); err != nil || finished {
			return err
		}
	}
	r := newReport(env, o.progress)
	defer r.stop()
	s := newSession(env, client, name, o.parallel, r)
	if !planned {
		if err := s.open(ctx); err != nil {
			return err
		}
	}
	if err = s.sendPrepared(ctx, names); err == nil {
		err = s.sendFiles(ctx, sources, read)
	}
	r.stop()
	if err != nil {
		s.printResumeHint(o.autoCreate != "")
		return err
	}
	s.printUploaded()
	if s.uploaded+s.skipped == 0 {
		err := errors.New("no valid records")
		if o.autoCreate != "" {
			err = cli.WithHint(err, "'td import:delete %s' deletes the new session", name)
		}
		return err
	}
	isChecked := before == ready && s.uploaded+s.removed == 0
	if env.Flags.DryRun {
		return o.planCompletion(ctx, client, name, isChecked)
	}
	return o.completeSession(ctx, env, client, name, isChecked)
}

// check validates the arguments and returns the session's name and the files.
func (o uploadOptions) check(env *cli.Env, args []string) (name string, paths []string, err error) {
	if err := checkParallel(o.parallel); err != nil {
		return "", nil, err
	}
	if o.autoCreate == "" {
		if len(args) < 2 {
			return "", nil, cli.WithHint(cli.Usagef("no files to import"), "use a session name and files, or --auto-create DB.TABLE and files")
		}
		return args[0], args[1:], checkFiles(args[1:], false)
	}
	database, table, ok := strings.Cut(o.autoCreate, ".")
	if !ok || database == "" || table == "" {
		return "", nil, cli.Usagef("--auto-create must be DB.TABLE, not %q", o.autoCreate)
	}
	id := env.Now().UTC().Format("20060102_150405.000")
	if env.Flags.DryRun {
		id = api.UnknownID
	}
	name = strings.ReplaceAll(database+"_"+table+"_"+id, ".", "_")
	return name, args, checkFiles(args, false)
}

// continueSession continues a session of an interrupted import. It waits for a running
// check, or for a running commit, which finishes the import. It returns the session's status.
func (o uploadOptions) continueSession(ctx context.Context, env *cli.Env, client *api.Client, name string) (status string, finished bool, err error) {
	info, err := client.BulkImport(ctx, name)
	if err != nil {
		return "", false, withName(name, err)
	}
	switch {
	case info.Status == performing && o.commit && info.JobID != "":
		env.Say("Job %s is already checking the session.", info.JobID)
		if err := waitChecked(ctx, env, client, info.JobID, jobcmd.WaitFlags{OnInterrupt: "leave"}); err != nil {
			return "", false, err
		}
		info, err = client.BulkImport(ctx, name)
		return info.Status, false, err
	case info.Status == committing && o.commit:
		if err := waitCommitted(ctx, env, client, name); err != nil {
			return "", false, err
		}
		return committed, true, o.discardSession(ctx, env, client, info)
	}
	return info.Status, false, nil
}

// completeSession checks and commits a session as the flags ask for. A session that is
// already checked and has no new parts is not checked again.
func (o uploadOptions) completeSession(ctx context.Context, env *cli.Env, client *api.Client, name string, isChecked bool) error {
	if !o.commit {
		if !o.perform {
			return nil
		}
		return perform(ctx, env, client, performOptions{force: true, poolName: o.poolName}, name)
	}
	if !isChecked {
		if err := performAndWait(ctx, env, client, name, o.poolName, jobcmd.WaitFlags{OnInterrupt: "leave"}); err != nil {
			return err
		}
	}
	info, err := summarize(ctx, env, client, name)
	if err != nil {
		return err
	}
	if o.handling == "abort" && info.ErrorRecords.Value+info.ErrorParts.Value > 0 {
		return cli.WithHint(errors.New("there are error records; nothing was committed"), "use 'td bulk_import:commit -w %s' to commit the valid records", name)
	}
	if err := commit(ctx, env, client, name, true); err != nil {
		return err
	}
	return o.discardSession(ctx, env, client, info)
}

// planCompletion sends the requests of completeSession in a dry run. It assumes that all records are valid.
func (o uploadOptions) planCompletion(ctx context.Context, client *api.Client, name string, isChecked bool) error {
	var err error
	if (o.perform || o.commit) && (!isChecked || !o.commit) {
		_, err = client.PerformBulkImport(ctx, name, o.poolName, nil)
	}
	if api.IgnoreDryRun(err) == nil && o.commit {
		_, err = client.CommitBulkImport(ctx, name)
	}
	if api.IgnoreDryRun(err) == nil && o.commit && o.discard {
		err = client.DeleteBulkImport(ctx, name)
	}
	return err
}

// discardSession deletes a committed session unless it has error records.
func (o uploadOptions) discardSession(ctx context.Context, env *cli.Env, client *api.Client, info api.BulkImport) error {
	if !o.discard {
		return nil
	}
	if info.ErrorRecords.Value+info.ErrorParts.Value > 0 {
		env.Say("The session is kept for its error records. Use 'td bulk_import:delete %s' to delete it.", info.Name)
		return nil
	}
	return remove(ctx, env, client, info.Name)
}
