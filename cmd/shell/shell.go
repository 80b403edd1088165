// Package shell implements the shell command, a prompt for SQL.
package shell

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/download"
	"github.com/td-cli/td/internal/lineedit"
	"github.com/td-cli/td/pkg/jobresult"
)

// Commands returns the commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "shell", Aliases: []string{"sql"}, New: New},
	}
}

type options struct {
	jobType, format        string
	header                 bool
	null                   string
	defines                []string
	priority, pool, engine string
}

// New returns the shell command.
func New(env *cli.Env) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "shell [DB]",
		Short: "Run SQL statements interactively or from a pipe",
		Long: `Run SQL statements interactively or from a pipe. A statement ends with a semicolon, or with \G to
print each row as a block of lines. Lines that start with a backslash are commands of the shell;
\h lists them. Ctrl-C asks whether to kill the job that is running.

Without a terminal there is no prompt: the shell prints only rows, as tsv unless -f is given, and stops
at the first failure with its exit status.`,
		Example: "  td shell sample_datasets\n" +
			"  td sql web -T trino\n" +
			"  td shell web -f csv -D day=2026-01-02 < report.sql",
		Args:        cobra.MaximumNArgs(1),
		Annotations: complete.Args(complete.Database),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := newSession(env, o, args)
			if err != nil {
				return err
			}
			return s.run(cmd.Context())
		},
	}
	fs := cmd.Flags()
	fs.StringVarP(&o.jobType, "type", "T", "", "`TYPE` of the queries: hive, trino or presto (default hive)")
	fs.StringVarP(&o.format, "format", "f", "", "`FORMAT` of the rows: "+formatNames())
	fs.BoolVarP(&o.header, "column-header", "c", false, "include the column names in csv, tsv and json")
	fs.StringVar(&o.null, "null", jobresult.DefaultNull, "print `TEXT` for NULL in csv, tsv and tables")
	fs.StringArrayVarP(&o.defines, "define", "D", nil, "replace :NAME in the SQL with the value: `NAME[:TYPE]=VALUE`")
	fs.StringVarP(&o.priority, "priority", "P", "", "`PRIORITY`: very-low, low, normal, high, very-high, or -2 to 2")
	fs.StringVarP(&o.pool, "pool-name", "O", "", "run in the resource pool `NAME`")
	fs.StringVar(&o.engine, "engine-version", "", "run on this `VERSION` of the engine")
	argv.AllowEmpty(fs, "null")
	complete.Flags(fs, complete.JobType, "type")
	complete.Flags(fs, complete.RowFormat, "format")
	complete.Flags(fs, complete.Priority, "priority")
	complete.Flags(fs, complete.Any, "null", "define", "pool-name", "engine-version")
	return cmd
}

// newSession checks the flags.
func newSession(env *cli.Env, o options, args []string) (*session, error) {
	settings, err := env.Config()
	if err != nil {
		return nil, err
	}
	s := &session{env: env, rows: jobcmd.NewRowFlags(), request: api.IssueRequest{
		Database: settings.Database, Type: cmp.Or(o.jobType, settings.Type, "hive"), PoolName: o.pool, EngineVersion: o.engine,
	}}
	s.rows.Format, s.rows.Null, s.rows.Copy = o.format, o.null, download.NewCopy(maxCopy)
	s.wantsHeader = o.header
	if len(args) == 1 {
		s.request.Database = args[0]
	}
	if err := jobcmd.CheckQueryType(s.request.Type); err != nil {
		return nil, err
	}
	if o.priority != "" {
		p, err := cli.ParsePriority(o.priority)
		if err != nil {
			return nil, cli.UsageError{Err: err}
		}
		s.request.Priority = &p
	}
	for _, text := range o.defines {
		if err := s.checkParam(text); err != nil {
			return nil, cli.Usagef("-D/--define: %w", err)
		}
		s.setParam(text)
	}
	if _, err := s.plan(s.rows); err != nil {
		return nil, err
	}
	return s, nil
}

// maxCopy is the size in bytes, compressed, up to which the last result is kept in a temporary file. The system may keep
// such files in memory.
const maxCopy = 256 << 20

// run reads statements until the end of the input or \q.
func (s *session) run(ctx context.Context) (err error) {
	defer func() { _ = s.rows.Copy.Close() }() // a leftover is harmless
	if s.client, err = s.env.Client(); err != nil {
		return err
	}
	if in, out, ok := s.env.Terminal(); ok {
		return s.runPrompt(ctx, lineedit.New(in, out))
	}
	if s.env.InTTY {
		s.env.Say("td shell: without a prompt, because standard error is no terminal or TERM is dumb; Ctrl-D ends the input")
	}
	return s.runScript(ctx, s.env.In)
}
