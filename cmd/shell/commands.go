package shell

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// A command is a command of the shell.
type command struct {
	name, args string // args describes the arguments: "[FILE]"
	help       string
	kind       complete.Kind           // of the arguments
	candidates func(*session) []string // for the arguments, unless kind has them
	needsSQL   bool                    // it applies to the buffer, or to the last statement if that is empty
	run        func(s *session, ctx context.Context, sql, args string) error
}

// commands returns the commands in the order of the help.
func commands() []command {
	return []command{
		{name: "l", help: "list the databases", run: (*session).listDatabases},
		{name: "dt", args: "[DB]", kind: complete.Database, help: "list the tables", run: (*session).listTables},
		{name: "d", args: "[TABLE]", kind: complete.Table, help: "list the columns of a table, or the tables", run: (*session).describe},
		{name: "c", args: "[DB]", kind: complete.Database, help: "use another database, or show the current one", run: (*session).connect},
		{name: "T", args: "[TYPE]", kind: complete.JobType, help: "use another type of query (hive, trino, presto), or show it", run: (*session).setType},
		{name: "f", args: "[FORMAT]", kind: complete.RowFormat, help: "use another format, and print the last result in it", run: (*session).setFormat},
		{name: "g", args: "[FILE | | COMMAND]", kind: complete.File, needsSQL: true, help: "run the statement, and write its rows to a file or a command", run: (*session).runTo},
		{name: "G", needsSQL: true, help: "run the statement, and print each row as a block of lines", run: (*session).runVertical},
		{name: "bg", needsSQL: true, help: "submit the statement without waiting for it", run: (*session).runInBackground},
		{name: "chart", args: "[bar | line] [COLUMN…]", candidates: (*session).chartWords, help: "draw the last result: labels, and columns of numbers", run: (*session).drawChart},
		{name: "fg", args: "[JOB]", candidates: (*session).jobIDs, help: "wait for a job, by default the last one, and print its rows", run: (*session).resume},
		{name: "jobs", help: "list the jobs of this session", run: (*session).listJobs},
		{name: "watch", args: "[SECONDS]", needsSQL: true, help: "run the statement every 2 or N seconds until Ctrl-C", run: (*session).watch},
		{name: "o", args: "[FILE]", kind: complete.File, help: "write the rows to files: {} is a number; without FILE, print them", run: (*session).setOutput},
		{name: "e", needsSQL: true, help: "edit the statement with $VISUAL or $EDITOR", run: (*session).edit},
		{name: "i", args: "FILE", kind: complete.File, help: "run the statements of a file", run: (*session).include},
		{name: "set", args: "[NAME[:TYPE] VALUE]", candidates: (*session).paramNames, help: "set a parameter, which replaces :NAME, or list them", run: (*session).set},
		{name: "unset", args: "NAME", candidates: (*session).paramNames, help: "remove a parameter", run: (*session).unset},
		{name: "t", args: "[on | off]", kind: complete.OneOf("on", "off"), help: "print only rows, without the column names in csv, tsv and json", run: (*session).setRowsOnly},
		{name: "timing", args: "[on | off]", kind: complete.OneOf("on", "off"), help: "print the time of each statement", run: (*session).setTiming},
		{name: "!", args: "COMMAND", help: "run a command of the system's shell", run: (*session).runProgram},
		{name: "h", args: "[COMMAND]", candidates: func(*session) []string { return commandNames() }, help: "list the commands, or describe one", run: (*session).help},
		{name: "q", help: "leave the shell", run: (*session).quit},
	}
}

// runCommand runs a command. One that does not apply to SQL leaves the SQL before it in the buffer.
func (s *session) runCommand(ctx context.Context, in input) error {
	name, args := in.command, ""
	if i := strings.IndexAny(name, " \t"); i >= 0 {
		name, args = name[:i], name[i:]
	}
	if pipe := strings.Index(name, "|"); pipe > 0 { // \g|wc
		name, args = name[:pipe], name[pipe:]+" "+args
	}
	if program, ok := strings.CutPrefix(in.command, "!"); ok { // \!ls
		name, args = "!", program
	}
	name = strings.TrimSuffix(name, ";")
	if name == "?" {
		name = "h"
	}
	list := commands()
	i := slices.IndexFunc(list, func(c command) bool { return c.name == name })
	if i < 0 {
		return unknownCommand(name)
	}
	c := list[i]
	args = strings.TrimSpace(args)
	switch {
	case c.args == "" && args != "":
		return cli.Usagef(`\%s takes no argument, but got %q`, name, args)
	case c.args != "" && c.args[0] != '[' && args == "":
		return cli.Usagef(`\%s requires an argument: \%s %s`, name, name, c.args)
	case !c.needsSQL:
		if !jobcmd.IsBlank(in.sql) {
			s.buffer = in.sql + "\n" + s.buffer
		}
		return c.run(s, ctx, "", args)
	}
	sql := in.sql
	if jobcmd.IsBlank(sql) {
		sql = s.lastSQL
	}
	if jobcmd.IsBlank(sql) && name != "e" {
		return cli.Usagef(`\%s requires a statement: none was entered yet`, name)
	}
	return c.run(s, ctx, sql, args)
}

// oneWord returns the only argument of a command.
func oneWord(name, args string) (string, error) {
	switch words := splitWords(args); len(words) {
	case 0:
		return "", nil
	case 1:
		return words[0], nil
	}
	return "", cli.Usagef(`\%s takes one argument, but got %q`, name, args)
}

func (s *session) connect(ctx context.Context, _, args string) error {
	name, err := oneWord("c", args)
	switch {
	case err != nil:
		return err
	case name == "":
		s.env.Say("Database: %s", cmp.Or(s.request.Database, "none"))
		return nil
	}
	return s.selectDatabase(ctx, strings.TrimSuffix(name, ";"))
}

// selectDatabase uses a database, which must exist, for the following statements.
func (s *session) selectDatabase(ctx context.Context, name string) error {
	databases, err := s.client.Databases(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(databases, func(d api.Database) bool { return d.Name == name }) {
		return tablecmd.DatabaseNotFound(name, api.ErrNotFound)
	}
	s.request.Database = name
	return nil
}

func (s *session) runTo(ctx context.Context, sql, args string) error {
	rows := s.rows
	program, isPipe := strings.CutPrefix(args, "|")
	if !isPipe {
		name, err := oneWord("g", args)
		if err != nil {
			return err
		}
		if name != "" {
			rows.Output = s.expandHome(name)
		}
		return s.runSQL(ctx, sql, rows)
	}
	if strings.TrimSpace(program) == "" {
		return cli.Usagef(`\g | requires a command`)
	}
	rows.Output = ""
	return s.pipeRows(ctx, sql, program, rows)
}

func (s *session) runVertical(ctx context.Context, sql, _ string) error {
	rows := s.rows
	rows.Format, rows.Output = string(jobresult.Vertical), ""
	return s.runSQL(ctx, sql, rows)
}

func (s *session) runInBackground(ctx context.Context, sql, _ string) error {
	id, err := s.submit(ctx, sql, false)
	if err != nil {
		return err
	}
	s.env.Say("Job %s is queued.", id)
	deadline, err := jobcmd.MaxTime{}.Start(s.env)
	deadline.ReportUnenforced(s.env, id)
	return err
}

func (s *session) resume(ctx context.Context, _, args string) error {
	id, err := oneWord("fg", args)
	if err != nil {
		return err
	}
	if id == "" && len(s.jobs) == 0 {
		return cli.Usagef(`\fg requires a job: this session has submitted none`)
	}
	if id == "" {
		id = s.jobs[len(s.jobs)-1]
	}
	if id, err = jobcmd.ResolveID(s.env, id); err != nil {
		return err
	}
	if _, err := s.client.Job(ctx, id); err != nil { // waiting would go on
		return jobcmd.NotFound(id, err)
	}
	plan, err := s.plan(s.rows)
	if err != nil {
		return err
	}
	if plan, err = s.choosePath(plan); err != nil {
		return err
	}
	return s.finish(ctx, id, plan)
}

func (s *session) watch(ctx context.Context, sql, args string) error {
	pause := 2 * time.Second
	if args != "" {
		n, err := strconv.ParseFloat(args, 64)
		if err != nil || !(n >= 1 && n <= 86400) {
			return cli.Usagef(`\watch requires a number of seconds from 1 to 86400, not %q`, args)
		}
		pause = time.Duration(n * float64(time.Second))
	}
	rows := s.rows
	rows.Output = ""
	for {
		s.env.Say("%s, every %s", text.LocalTime(time.Now()), pause)
		if err := s.runSQL(ctx, sql, rows); err != nil {
			return err // also after Ctrl-C
		}
		if err := s.flush(); err != nil {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-s.catch:
			timer.Stop()
			return nil
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

// include runs a file. The statement that is being entered is not part of it.
func (s *session) include(ctx context.Context, _, args string) error {
	name, err := oneWord("i", args)
	if err != nil {
		return err
	}
	name = s.expandHome(name)
	b, err := os.ReadFile(name)
	if err != nil {
		return cli.CannotRead(name, err)
	}
	sql, err := text.Decode(b)
	if err != nil {
		return cli.CannotRead(name, err)
	}
	if err := jobcmd.CheckFrontMatter(s.env, name, sql); err != nil {
		return err
	}
	const maxDepth = 16
	if s.depth == maxDepth {
		return cli.Usagef(`\i %s: more than %d files include each other`, name, maxDepth)
	}
	s.depth++
	outer := s.takeBuffer()
	err = s.runScript(ctx, bytes.NewReader([]byte(sql)))
	_ = s.takeBuffer() // after a failure
	s.buffer = outer
	s.depth--
	return err
}

func (s *session) quit(context.Context, string, string) error { return errQuit }
