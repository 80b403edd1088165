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
	short                     map[string]*bool // of --apache and so on
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
input, and gzip is recognized. Records that are wrong are named and left out.

A file that is imported again, after an interruption say, adds only what is not in the table
yet: each part has an id that the server knows again. --again imports it a second time.`,
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
		o.short[name] = fs.Bool(name, false, "the same as --format "+name)
	}
	fs.StringVarP(&o.timeKey, "time-key", "t", "time", "`NAME` of the column that holds the time, in json and msgpack")
	fs.BoolVar(&o.create, "auto-create-table", false, "create the database and the table if they do not exist")
	fs.StringVar(&o.handling, "error-records-handling", "skip", "`MODE`: skip records that are wrong, or abort at the first")
	fs.IntVar(&o.parallel, "parallel", 2, "send `N` parts at a time")
	fs.BoolVar(&o.again, "again", false, "import files once more that were imported already")
	fs.BoolVar(&o.progress, "progress", false, "say every few seconds how far reading is, on a terminal instead of a bar")
	complete.Flags(fs, complete.OneOf("apache", "syslog", "msgpack", "json"), "format")
	complete.Flags(fs, complete.Any, "time-key")
	complete.Flags(fs, complete.OneOf("skip", "abort"), "error-records-handling")
	return cmd
}

func formats() []string { return []string{"apache", "syslog", "msgpack", "json"} }

func importTable(ctx context.Context, env *cli.Env, o tableOptions, database, table string, paths []string) error {
	read, err := o.read(paths)
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
	defer r.end()
	read.OnBad = r.tell
	sent, err := partupload.SendFiles(ctx, paths, partupload.Options{
		Stdin: env.In, Parallel: o.parallel, Progress: r.bar.Update,
		Read: func(path string) ingest.Options { r.say("importing %s...", path); return read },
		Send: func(ctx context.Context, p partupload.Part) error {
			_, err := client.ImportTable(ctx, database, table, run.id(p), "msgpack.gz", p.Upload())
			if err == nil {
				r.bar.Count(p.Records)
			}
			return err
		},
		Done: func(path string, s ingest.Stats) error { r.summary(path, s); return nil },
	})
	r.end()
	switch {
	case err != nil:
		return o.broken(ctx, env, client, database, table, sent, err)
	case sent == 0 && r.bad > 0:
		return errors.New("no valid records")
	}
	env.Say("done.")
	return nil
}

// read checks the flags and says how the files are read.
func (o tableOptions) read(paths []string) (ingest.Options, error) {
	r := ingest.Options{SplitSize: tableSplit, Abort: o.handling == "abort"}
	format := o.format
	for _, name := range formats() {
		if !*o.short[name] {
			continue
		}
		if format != "" && format != name {
			return r, cli.Usagef("the files are %s or %s, not both", format, name)
		}
		format = name
	}
	if format == "" {
		format = "apache"
	}
	switch {
	case !slices.Contains(formats(), format):
		return r, cli.WithHint(cli.Usagef("unknown format %q; it is apache, syslog, msgpack or json", format), "'td import:auto' reads csv and tsv")
	case o.handling != "skip" && o.handling != "abort":
		return r, cli.Usagef("--error-records-handling is skip or abort, not %q", o.handling)
	case o.parallel < 1 || o.parallel > partupload.MaxParallel:
		return r, cli.Usagef("--parallel is 1 to %d, not %d", partupload.MaxParallel, o.parallel)
	case o.timeKey == "":
		return r, cli.Usagef("-t/--time-key is empty")
	}
	r.Format = formatOf(format)
	if r.Format == ingest.JSON || r.Format == ingest.MsgPack {
		r.TimeColumn = o.timeKey
	}
	return r, readable(paths, true)
}

// check looks the table up before anything is read, or makes it. A key that may only
// write cannot ask; the import itself will tell.
func (o tableOptions) check(ctx context.Context, env *cli.Env, client *api.Client, database, table string) error {
	var err error
	if o.create {
		err = tablecmd.Ensure(ctx, env, client, database, table)
	} else {
		_, err = tablecmd.Find(ctx, client, database, table)
	}
	if errors.Is(err, api.ErrForbidden) {
		env.Warn("whether table '%s.%s' exists cannot be asked with this key", database, table)
		return nil
	}
	if errors.Is(err, api.ErrNotFound) {
		return cli.WithHint(err, "--auto-create-table creates it")
	}
	return err
}

// broken says how far an import came that did not end well.
func (o tableOptions) broken(ctx context.Context, env *cli.Env, client *api.Client, database, table string, sent int64, err error) error {
	if sent > 0 {
		env.Say("%s of it are in the table; the same command goes on from there.", counted(sent, "record"))
	}
	if ctx.Err() != nil {
		return err
	}
	return readError(tablecmd.ExplainNotFound(ctx, client, database, table, err))
}

// A run gives parts their ids.
type run struct{ again, stdin string }

func newRun(again bool) run {
	r := run{stdin: rand.Text()}
	if again {
		r.again = rand.Text()
	}
	return r
}

// id is 32 hexadecimal digits by which the server knows a part that it has: the same for
// the same part of the same file. Standard input is another file each time.
func (r run) id(p partupload.Part) string {
	from := r.stdin
	if p.Path != partupload.Stdin {
		from = absolute(p.Path)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s", r.again, from, p.ID))
	return hex.EncodeToString(sum[:16])
}

// absolute is a path that means the same from everywhere.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
