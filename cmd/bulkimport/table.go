package bulkimport

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/ingest"
	"github.com/td-cli/td/internal/partupload"
	"github.com/td-cli/td/internal/text"
)

// tableSplit is the size of a part of a table import in bytes.
const tableSplit = 4 << 20

type tableOptions struct {
	format, timeKey, handling string
	columns                   []string
	short                     map[string]*bool // the flags --apache, --json, …
	create, ifNew, progress   bool
	parallel                  int
}

// NewTable returns the command table:import.
func NewTable(env *cli.Env) *cobra.Command {
	o := tableOptions{short: map[string]*bool{}}
	cmd := &cobra.Command{
		Use:   "table:import DB TABLE FILE…",
		Short: "Import files into a table",
		Long: `Import files of JSON lines, MessagePack, csv, tsv, Apache logs or syslog into a table; - is
standard input, and gzip is detected. Invalid records are printed and skipped.

Each successful import adds all records of the files, also of a log that has grown since it
was imported: rotate it first. Repeating an interrupted import of unchanged files imports
only the rest of them. --if-new skips files whose content is already in the table.`,
		Example:     "  td table:import web access access.log\n  td table:import web events --json -t created_at events.json.gz",
		Args:        cobra.MinimumNArgs(3),
		Annotations: complete.Args(complete.Database, complete.Table, complete.File, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			return importTable(cmd.Context(), env, o, args[0], args[1], args[2:])
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&o.format, "format", "", "`FORMAT` of the files: "+text.JoinOr(formats())+" (default apache, or parquet for names that end in .parquet)")
	for _, name := range shortFormats() {
		o.short[name] = fs.Bool(name, false, "same as --format "+name)
	}
	fs.StringVarP(&o.timeKey, "time-key", "t", "time", "`NAME` of the time column, in json, parquet, msgpack, csv and tsv")
	fs.StringSliceVar(&o.columns, "columns", nil, "`NAMES` of the columns of csv and tsv (default from the first line)")
	fs.BoolVar(&o.create, "auto-create-table", false, "create the database and the table if they do not exist")
	fs.StringVar(&o.handling, "error-records-handling", "skip", "`MODE`: skip invalid records, or abort at the first")
	fs.IntVar(&o.parallel, "parallel", 2, "send `N` parts concurrently")
	fs.BoolVar(&o.ifNew, "if-new", false, "skip files whose content was already imported into the table")
	fs.BoolVar(&o.progress, "progress", false, "print progress lines instead of a bar")
	complete.Flags(fs, complete.OneOf(formats()...), "format")
	complete.Flags(fs, complete.Any, "time-key", "columns")
	complete.Flags(fs, complete.OneOf("skip", "abort"), "error-records-handling")
	return cmd
}

// shortFormats returns the formats that have a flag.
func shortFormats() []string { return []string{"apache", "syslog", "msgpack", "json"} }

func formats() []string { return append(shortFormats(), "parquet", "csv", "tsv") }

func importTable(ctx context.Context, env *cli.Env, o tableOptions, database, table string, paths []string) error {
	read, err := o.readOptions(paths)
	if err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	tableID, err := o.check(ctx, env, client, database, table)
	if err != nil {
		return err
	}
	i, err := startImport(env, o, database, table, tableID, paths)
	if err != nil {
		return err
	}
	defer i.run.Close()
	r := newReport(env, o.progress)
	defer r.stop()
	read.OnBad = r.printBad
	sent, err := partupload.SendFiles(ctx, i.paths, partupload.Options{
		Stdin: env.In, Parallel: o.parallel, Progress: r.bar.Update, Digest: i.addDigest,
		Read: func(path string) ingest.Options { r.print("importing %s...", path); return read },
		Send: func(ctx context.Context, p partupload.Part) error {
			if err := i.send(ctx, client, p); err != nil {
				return err
			}
			r.bar.Count(p.Records)
			return nil
		},
		Done: func(path string, s ingest.Stats) error { r.printSummary(path, s); return nil },
	})
	r.stop()
	if err != nil {
		return i.explain(ctx, client, sent, err)
	}
	if env.Flags.DryRun {
		return nil
	}
	i.finish()
	env.Say("%s", i.summary(sent, r.bad))
	return nil
}

// readOptions checks the flags and returns how the files are read.
func (o tableOptions) readOptions(paths []string) (ingest.Options, error) {
	r := ingest.Options{SplitSize: tableSplit, Abort: o.handling == "abort"}
	format := o.format
	for _, name := range shortFormats() {
		if !*o.short[name] {
			continue
		}
		if format != "" && format != name {
			return r, cli.Usagef("the formats %s and %s cannot be used together", format, name)
		}
		format = name
	}
	if format == "" {
		format = "apache"
		if !slices.ContainsFunc(paths, func(path string) bool { return !strings.HasSuffix(strings.ToLower(path), ".parquet") }) {
			format = "parquet"
		}
	}
	switch {
	case !slices.Contains(formats(), format):
		return r, cli.Usagef("unknown format %q: it must be %s", format, text.JoinOr(formats()))
	case o.handling != "skip" && o.handling != "abort":
		return r, cli.Usagef("--error-records-handling must be skip or abort, not %q", o.handling)
	case o.parallel < 1 || o.parallel > partupload.MaxParallel:
		return r, cli.Usagef("--parallel must be between 1 and %d, not %d", partupload.MaxParallel, o.parallel)
	case o.timeKey == "":
		return r, cli.Usagef("-t/--time-key must not be empty")
	case o.ifNew && slices.Contains(paths, partupload.Stdin):
		return r, cli.Usagef("--if-new cannot be used with standard input")
	}
	switch r.Format = parseFormat(format); r.Format {
	case ingest.CSV, ingest.TSV:
		r.Columns, r.Header = o.columns, len(o.columns) == 0
		r.TimeColumn = o.timeKey
	case ingest.JSON, ingest.Parquet, ingest.MsgPack:
		r.TimeColumn = o.timeKey
	}
	if len(o.columns) > 0 && r.Format != ingest.CSV && r.Format != ingest.TSV {
		return r, cli.Usagef("--columns can only be used with csv and tsv")
	}
	return r, checkFiles(paths, true)
}

// check looks up the table, or creates it, before any file is read. It returns the table's
// ID if it is known. A write-only key is not allowed to look it up; then a missing table is
// an error of the import.
func (o tableOptions) check(ctx context.Context, env *cli.Env, client *api.Client, database, table string) (id string, err error) {
	if o.create {
		err = tablecmd.Ensure(ctx, env, client, database, table)
	}
	var found api.Table
	if err == nil {
		found, err = tablecmd.Find(ctx, client, database, table)
	}
	if errors.Is(err, api.ErrForbidden) {
		env.Warn("this key is not allowed to check whether table '%s.%s' exists", database, table)
		return "", nil
	}
	if errors.Is(err, api.ErrNotFound) && o.create && env.Flags.DryRun {
		return "", nil
	}
	if errors.Is(err, api.ErrNotFound) {
		return "", cli.WithHint(err, "use --auto-create-table to create it")
	}
	return found.ID, err
}

// absolute returns the absolute path, or path if the working directory is unknown.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
