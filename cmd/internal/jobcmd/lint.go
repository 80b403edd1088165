package jobcmd

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/sqllint"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// Lint is the flag --lint, which overrides the setting lint. Its default is warn on a terminal and off elsewhere.
type Lint struct{ mode string }

// Add defines the flag.
func (l *Lint) Add(fs *pflag.FlagSet) {
	fs.Var((*lintFlag)(l), "lint", "report probable mistakes in the SQL before it is submitted: `MODE` is warn, error (status 3) or off (default warn on a terminal, off elsewhere)")
	argv.MarkNew(fs, "lint")
	complete.Flags(fs, complete.OneOf(config.LintModes()...), "lint")
}

// A lintFlag is the value of --lint.
type lintFlag Lint

// Set implements pflag.Value.
func (l *lintFlag) Set(s string) (err error) {
	if l.mode, err = config.ParseLint(s); err != nil {
		return fmt.Errorf("it %w", err)
	}
	return nil
}

// String implements pflag.Value.
func (l *lintFlag) String() string { return l.mode }

// Type implements pflag.Value.
func (l *lintFlag) Type() string { return "string" }

// resolve returns the value of the flag, else of the setting, else the default.
func (l Lint) resolve(env *cli.Env, settings config.Config) string {
	mode := cmp.Or(l.mode, settings.Lint)
	switch {
	case mode == "" && env.ErrTTY:
		return config.LintWarn
	case mode == "":
		return config.LintOff
	}
	return mode
}

// A LintText is SQL that will be submitted.
type LintText struct {
	Mode     Lint
	Name     string // file name, or ""
	SQL      string // includes the values of the parameters
	Type     string // job type
	Database string
	ToFile   bool // the rows are written to a file
}

// CheckLint reports the findings in several texts on standard error. It returns a [cli.LintError] if texts with the mode
// error have any.
func CheckLint(env *cli.Env, texts []LintText) error {
	settings, err := env.Config()
	if err != nil {
		return err
	}
	findings := map[string]int{} // number of findings per mode
	sizes := complete.Sizes(env)
	for _, t := range texts {
		mode, report := t.Mode.resolve(env, settings), env.Warn
		switch mode {
		case config.LintOff:
			continue
		case config.LintError:
			report = env.PrintError
		}
		for _, f := range t.lint(sizes) {
			findings[mode]++
			report("%s: %s; %s (%s)", t.locate(f.Position), f.Message, f.Advice, f.Rule)
		}
	}
	if n := findings[config.LintError]; n > 0 {
		return cli.LintError{Findings: n}
	}
	if findings[config.LintWarn] > 0 {
		env.Say("hint: %s", cli.LintAdvice)
	}
	return nil
}

// lint returns the findings in the text. sizes returns the size of a table, if that is known.
func (t LintText) lint(sizes func(database, table string) (complete.Size, bool)) []sqllint.Finding {
	if !slices.Contains([]string{"hive", "trino", "presto"}, t.Type) {
		return nil // an old type
	}
	return sqllint.Check(t.SQL, sqllint.Options{
		Dialect: Dialect(t.Type), Database: t.Database, ToFile: t.ToFile,
		Table: func(database, name string) (sqllint.Table, bool) {
			s, ok := sizes(database, name)
			return sqllint.Table(s), ok
		},
	})
}

// locate describes a position: "report.sql:3:7", or "line 3:7" without a file.
func (t LintText) locate(p sqlsyntax.Position) string {
	switch {
	case t.Name == "" || t.Name == "-":
		return fmt.Sprintf("line %d:%d", p.Line, p.Column)
	case strings.Contains(t.Name, " "):
		return fmt.Sprintf("line %d:%d of %s", p.Line, p.Column, t.Name)
	}
	return fmt.Sprintf("%s:%d:%d", t.Name, p.Line, p.Column)
}

// Dialect returns the dialect of the SQL of a type of job.
func Dialect(jobType string) sqlsyntax.Dialect {
	if jobType == "hive" {
		return sqlsyntax.Hive
	}
	return sqlsyntax.Trino
}
