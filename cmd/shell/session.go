package shell

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sqlfile"
	"github.com/td-cli/td/internal/sqlparam"
	"github.com/td-cli/td/internal/sqlsyntax"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// A session is the state of a shell.
type session struct {
	env     *cli.Env
	client  *api.Client
	request api.IssueRequest // settings of all statements
	rows    jobcmd.RowFlags  // format, and the file of \o

	wantsHeader bool     // for the formats that need not have one: -c was given, or there is a terminal
	params      []string // in the form of -D
	written     []string // files of \o that have rows
	timing      bool
	depth       int // number of files that are being included

	scanned strings.Builder // start of the incomplete statement, which has no end
	closer  string          // ends the comment or the quote at the end of the buffer, if any
	buffer  string          // rest of the incomplete statement
	lastSQL string          // last submitted statement, with parameters
	last    api.Job         // last job with rows; its ID is "" before the first one
	newest  string          // ID of the job that was submitted or waited for last
	jobs    []string        // IDs of the submitted jobs, the newest last
	asker   asker           // nil without a terminal
	catch   <-chan struct{} // receives Ctrl-C; nil without a terminal
}

// An asker asks questions on a terminal.
type asker interface {
	// Choose returns the answer to a question: one of the letters of choices.
	Choose(ctx context.Context, question, choices string) (rune, error)

	// ReadAhead keeps what the user types until stop is called. Ctrl-C calls interrupt.
	ReadAhead(interrupt func()) (stop func())

	// Edit lets the user edit the next input, starting with a text.
	Edit(initial string)
}

// errQuit ends the session.
var errQuit = errors.New("the session has ended")

// dialect returns the dialect of the statements.
func (s *session) dialect() sqlsyntax.Dialect {
	if s.request.Type == "hive" {
		return sqlsyntax.Hive
	}
	return sqlsyntax.Trino
}

// runScript runs the statements of a script until the first failure. The last one needs no semicolon. A first line with
// "#!" is ignored.
func (s *session) runScript(ctx context.Context, script io.Reader) error {
	r := bufio.NewReader(script)
	var lines strings.Builder // after the buffer
	for isFirst := true; ; isFirst = false {
		line, err := r.ReadString('\n')
		if err != nil && err != io.EOF {
			return fmt.Errorf("cannot read the statements: %w", err)
		}
		if isFirst {
			line = sqlfile.RemoveInterpreter(line)
		}
		lines.WriteString(line)
		if strings.Contains(line, s.closer) { // also if there is none
			s.closer = ""
		}
		if s.closer == "" && mayEnd(line) {
			s.buffer += lines.String()
			lines.Reset()
			if err := s.runInputs(ctx); err != nil {
				return ignoreQuit(err)
			}
		}
		if err == io.EOF {
			s.buffer += lines.String()
			return ignoreQuit(s.runSQL(ctx, s.takeBuffer(), s.rows))
		}
	}
}

// takeBuffer returns the incomplete statement and removes it from the buffer.
func (s *session) takeBuffer() string {
	text := s.scanned.String() + s.buffer
	s.scanned.Reset()
	s.buffer, s.closer = "", ""
	return text
}

func ignoreQuit(err error) error {
	if errors.Is(err, errQuit) {
		return nil
	}
	return err
}

// runInputs runs the complete inputs of the buffer until the first failure. It removes those that it has run.
func (s *session) runInputs(ctx context.Context) error {
	for {
		in, rest, open, ok := findInput(s.buffer, s.dialect())
		if !ok {
			isBlank := s.scanned.Len() == 0 && open.closer == "" && jobcmd.IsBlank(s.buffer)
			if isBlank && !strings.Contains(s.buffer, "--") { // a comment may be a hint
				s.buffer = ""
				return nil
			}
			s.scanned.WriteString(s.buffer[:open.scanned])
			s.buffer, s.closer = s.buffer[open.scanned:], open.closer
			return nil
		}
		end := s.scanned.Len() + len(in.sql)
		in.sql = s.takeBuffer()[:end]
		s.buffer = rest
		var err error
		if in.isSQL {
			err = s.runSQL(ctx, in.sql, s.rows)
		} else {
			err = s.runCommand(ctx, in)
		}
		if ferr := s.flush(); err == nil {
			err = ferr
		}
		if err != nil {
			return err
		}
	}
}

// flush passes the rows on to a reader that may act on them.
func (s *session) flush() error {
	if s.env.Flush() != nil {
		return errQuit // reported when the process ends
	}
	return nil
}

// plan returns the plan for rows.
func (s *session) plan(rows jobcmd.RowFlags) (jobcmd.RowPlan, error) {
	format := jobresult.TSV
	if rows.To == nil && s.env.OutTTY {
		format = jobresult.Table
	}
	defaults := jobcmd.RowDefaults{Stdout: format, File: jobresult.TSV, ByName: true}
	if _, known := jobresult.FormatOf(rows.Output); known {
		rows.Format = "" // that of other results
	}
	plan, err := rows.Plan(s.env, defaults)
	if err != nil || !s.wantsHeader {
		return plan, err
	}
	rows.Header = slices.Contains([]jobresult.Format{jobresult.CSV, jobresult.TSV, jobresult.JSON}, plan.Format)
	return rows.Plan(s.env, defaults)
}

// runSQL runs a statement and writes its rows. USE selects the database of the following statements.
func (s *session) runSQL(ctx context.Context, sql string, rows jobcmd.RowFlags) error {
	sql = strings.TrimSpace(sql)
	if jobcmd.IsBlank(sql) {
		return nil
	}
	if name, ok := parseUse(sql, s.dialect()); ok {
		return s.selectDatabase(ctx, name)
	}
	plan, err := s.plan(rows)
	if err != nil {
		return err
	}
	if plan, err = s.choosePath(plan); err != nil {
		return err
	}
	start := time.Now()
	id, err := s.submit(ctx, sql, plan.Path != "")
	if err != nil {
		return api.IgnoreDryRun(err)
	}
	if err := s.finish(ctx, id, plan); err != nil {
		return err
	}
	if s.timing {
		s.env.Say("Time: %s", text.Elapsed(time.Since(start), true))
	}
	return nil
}

// parseUse returns the database of a statement USE.
func parseUse(sql string, d sqlsyntax.Dialect) (name string, ok bool) {
	var words []sqlsyntax.Token
	for _, t := range sqlsyntax.ScanText(sql, d) {
		if t.Kind != sqlsyntax.Comment {
			words = append(words, t)
		}
	}
	if len(words) != 2 || words[0].Upper != "USE" || words[1].Kind != sqlsyntax.Word && words[1].Kind != sqlsyntax.QuotedName {
		return "", false
	}
	return words[1].Text, true
}

// choosePath inserts a number into the file of \o, and rejects a file that has rows already.
func (s *session) choosePath(plan jobcmd.RowPlan) (jobcmd.RowPlan, error) {
	if plan.Path == "" {
		return plan, nil
	}
	plan.Path = strings.ReplaceAll(plan.Path, "{}", fmt.Sprint(len(s.jobs)+1))
	if slices.Contains(s.written, plan.Path) {
		return plan, cli.WithHint(cli.Usagef("%s already has the rows of another statement of this session", plan.Path),
			`use {} for a number in the name, as in '\o out-{}.csv', or end the output to files with '\o'`)
	}
	return plan, plan.CheckPath()
}

// bind replaces the parameters of a statement.
func (s *session) bind(sql string) (bound string, used []string, err error) {
	var params []sqlparam.Param
	for _, text := range s.params {
		p, err := sqlparam.Parse(text)
		if err != nil {
			return "", nil, cli.UsageError{Err: err}
		}
		params = append(params, p.ResolveDates(time.Now()))
	}
	bound, names, err := sqlparam.Bind(sql, s.dialect() == sqlsyntax.Hive, params)
	if err != nil && len(params) == 0 { // it may be valid SQL
		s.env.Warn(`%v; use '\set NAME VALUE'`, err)
		return sql, nil, nil
	}
	if err != nil {
		return "", nil, cli.WithHint(cli.UsageError{Err: err}, `'\set NAME VALUE' sets a parameter`)
	}
	for _, p := range params {
		if slices.Contains(names, p.Name) {
			used = append(used, p.String())
		}
	}
	return bound, used, nil
}

// checkParam checks a parameter in the form of -D, and whether its value has its type.
func (s *session) checkParam(text string) error {
	p, err := sqlparam.Parse(text)
	if err == nil {
		_, _, err = sqlparam.Bind(":"+p.Name, s.dialect() == sqlsyntax.Hive, []sqlparam.Param{p.ResolveDates(time.Now())})
	}
	return err
}

// setParam sets a parameter in the form of -D.
func (s *session) setParam(text string) {
	s.unsetParam(paramName(text))
	s.params = append(s.params, text)
}

// unsetParam removes a parameter. It reports whether there was one.
func (s *session) unsetParam(name string) bool {
	n := len(s.params)
	s.params = slices.DeleteFunc(s.params, func(text string) bool { return paramName(text) == name })
	return len(s.params) < n
}

func paramName(text string) string {
	p, _ := sqlparam.Parse(text) // was checked
	return p.Name
}

func formatNames() string { return text.JoinOr(jobresult.Formats()) }
