package bulkimport

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/ingest"
	"github.com/td-cli/td/internal/partupload"
)

// tableSplit is the size of a part of a table import in bytes.
const tableSplit = 4 << 20

type tableOptions struct {
	format, timeKey, handling string
	short                     map[string]*bool // the flags --apache, --json, …
	create, again, progress   bool
	parallel                  int
}

// NewTable returns the command table:import.
func NewTable(env *cli.Env) *cobra.Command {
	o := tableOptions{short: map[string]*bool{}}
	cmd := &cobra.Command{
		Use:   "table:import DB TABLE FILE…",
		Short: "Import files into a table",
		Long: `Import files of JSON lines, MessagePack, Apache logs or syslog into a table; - is standard
input, and gzip is detected. Invalid records are printed and skipped.

Importing a file again, for example after an interruption, only adds the records that are
not in the table yet: the server recognizes the parts. --again imports it a second time.`,
		Example:     "  td table:import web access access.log\n  td table:import web events --json -t created_at events.json.gz",
		Args:        cobra.MinimumNArgs(3),
		Annotations: complete.Args(complete.Database, complete.Table, complete.File, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			return importTable(cmd.Context(), env, o, args[0], args[1], args[2:])
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&o.format, "format", "", "`FORMAT` of the files: apache, syslog, msgpack or json (default apache)")
	for _, name := range formats() {
		o.short[name] = fs.Bool(name, false, "same as --format "+name)
	}
	fs.StringVarP(&o.timeKey, "time-key", "t", "time", "`NAME` of the time column, in json and msgpack")
	fs.BoolVar(&o.create, "auto-create-table", false, "create the database and the table if they do not exist")
	fs.StringVar(&o.handling, "error-records-handling", "skip", "`MODE`: skip invalid records, or abort at the first")
	fs.IntVar(&o.parallel, "parallel", 2, "send `N` parts concurrently")
	fs.BoolVar(&o.again, "again", false, "import files that were already imported")
	fs.BoolVar(&o.progress, "progress", false, "print progress lines instead of a bar")
	complete.Flags(fs, complete.OneOf("apache", "syslog", "msgpack", "json"), "format")
	complete.Flags(fs, complete.Any, "time-key")
	complete.Flags(fs, complete.OneOf("skip", "abort"), "error-records-handling")
	return cmd
}

func formats() []string { return []string{"apache", "syslog", "msgpack", "json"} }

func importTable(ctx context.Context, env *cli.Env, o tableOptions, database, table string, paths []string) error {
	read, err := o.readOptions(paths)
	if err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	if err := o.check(ctx, env, client, database, table); err != nil {
		return err
	}
	run := newRun(o.again)
	r := newReport(env, o.progress)
	defer r.stop()
	read.OnBad = r.printBad
	sent, err := partupload.SendFiles(ctx, paths, partupload.Options{
		Stdin: env.In, Parallel: o.parallel, Progress: r.bar.Update,
		Read: func(path string) ingest.Options { r.print("importing %s...", path); return read },
		Send: func(ctx context.Context, p partupload.Part) error {
			_, err := client.ImportTable(ctx, database, table, run.id(p), "msgpack.gz", p.Upload())
			if err == nil {
				r.bar.Count(p.Records)
			}
			return err
		},
		Done: func(path string, s ingest.Stats) error { r.printSummary(path, s); return nil },
	})
	r.stop()
	switch {
	case err != nil:
		return o.explain(ctx, env, client, database, table, sent, err)
	case sent == 0 && r.bad > 0:
		return errors.New("no valid records")
	}
	env.Say("done.")
	return nil
}

// readOptions checks the flags and returns how the files are read.
func (o tableOptions) readOptions(paths []string) (ingest.Options, error) {
	r := ingest.Options{SplitSize: tableSplit, Abort: o.handling == "abort"}
	format := o.format
	for _, name := range formats() {
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
	}
	switch {
	case !slices.Contains(formats(), format):
		return r, cli.WithHint(cli.Usagef("unknown format %q: it must be apache, syslog, msgpack or json", format), "use 'td import:auto' for csv and tsv")
	case o.handling != "skip" && o.handling != "abort":
		return r, cli.Usagef("--error-records-handling must be skip or abort, not %q", o.handling)
	case o.parallel < 1 || o.parallel > partupload.MaxParallel:
		return r, cli.Usagef("--parallel must be between 1 and %d, not %d", partupload.MaxParallel, o.parallel)
	case o.timeKey == "":
		return r, cli.Usagef("-t/--time-key must not be empty")
	}
	r.Format = parseFormat(format)
	if r.Format == ingest.JSON || r.Format == ingest.MsgPack {
		r.TimeColumn = o.timeKey
	}
	return r, checkFiles(paths, true)
}

// check looks up the table, or creates it, before any file is read. A write-only key is not
// allowed to look it up; then a missing table is an error of the import.
func (o tableOptions) check(ctx context.Context, env *cli.Env, client *api.Client, database, table string) error {
	var err error
	if o.create {
		err = tablecmd.Ensure(ctx, env, client, database, table)
	} else {
		_, err = tablecmd.Find(ctx, client, database, table)
	}
	if errors.Is(err, api.ErrForbidden) {
		env.Warn("this key is not allowed to check whether table '%s.%s' exists", database, table)
		return nil
	}
	if errors.Is(err, api.ErrNotFound) {
		return cli.WithHint(err, "use --auto-create-table to create it")
	}
	return err
}

// explain prints how much was imported before err and returns err with more context.
func (o tableOptions) explain(ctx context.Context, env *cli.Env, client *api.Client, database, table string, sent int64, err error) error {
	if sent > 0 {
		env.Say("%s already imported; repeat the command to import the rest.", counted(sent, "record"))
	}
	if ctx.Err() != nil {
		return err
	}
	return readError(tablecmd.ExplainNotFound(ctx, client, database, table, err))
}

// A run assigns IDs to parts.
type run struct{ again, stdin string }

func newRun(again bool) run {
	r := run{stdin: rand.Text()}
	if again {
		r.again = rand.Text()
	}
	return r
}

// id returns 32 hexadecimal digits that identify a part for the server: the same for the
// same part of the same file. Standard input is a different file each time.
func (r run) id(p partupload.Part) string {
	from := r.stdin
	if p.Path != partupload.Stdin {
		from = absolute(p.Path)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s", r.again, from, p.ID))
	return hex.EncodeToString(sum[:16])
}

// absolute returns the absolute path, or path if the working directory is unknown.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
