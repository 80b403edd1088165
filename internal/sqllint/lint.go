// Package sqllint finds probable mistakes in SQL without running it. It knows the text of the SQL and, for some rules, the
// sizes of tables. A rule that cannot decide reports nothing.
package sqllint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// A Rule is the name of a kind of findings.
type Rule string

// The rules. UnknownRule concerns the comments that suppress the others.
const (
	NoTimeRange       Rule = "no-time-range"
	CrossJoin         Rule = "cross-join"
	SelectStar        Rule = "select-star"
	HiveSyntax        Rule = "hive-syntax"
	TrinoSyntax       Rule = "trino-syntax"
	LimitWithoutOrder Rule = "limit-without-order"
	UnknownRule       Rule = "unknown-rule"
)

// Rules returns the names of all rules.
func Rules() []Rule {
	return []Rule{NoTimeRange, CrossJoin, SelectStar, HiveSyntax, TrinoSyntax, LimitWithoutOrder, UnknownRule}
}

// Sizes from which tables are the subject of rules.
const (
	LargeRows   = 1_000_000 // a scan of a table with more rows should be limited to a range of time
	WideColumns = 50        // columns of a table with more should be selected by name
)

// maxStatements is the number of statements whose syntax trees are checked.
const maxStatements = 200

// A Table is the size of a table. A number that is not known is 0.
type Table struct {
	Rows    int64
	Columns int
}

// Options are the circumstances of the SQL.
type Options struct {
	Dialect  sqlsyntax.Dialect
	Database string // database of unqualified names

	// Table returns the size of a table, in lower case, if that is known. It may be nil.
	Table func(database, name string) (Table, bool)

	// ToFile is set if the rows are written to a file.
	ToFile bool
}

// A Finding is a probable mistake.
type Finding struct {
	Rule Rule
	sqlsyntax.Position
	Message string // what is wrong
	Advice  string // what to do instead
}

// Check returns the findings in the order of their positions. SQL that cannot be parsed has only findings that need no
// syntax tree.
func Check(sql string, o Options) []Finding {
	tokens := sqlsyntax.ScanText(sql, o.Dialect)
	ignored, findings := readIgnored(tokens)
	for i, statement := range sqlsyntax.SplitStatements(tokens) {
		findings = append(findings, checkTokens(sql, statement, o.Dialect)...)
		if i >= maxStatements {
			continue
		}
		found, database := checkTree(sql, statement, o)
		findings = append(findings, found...)
		o.Database = cmp.Or(database, o.Database)
	}
	findings = slices.DeleteFunc(findings, func(f Finding) bool { return ignored[f.Rule] })
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(findings, func(a, b Finding) bool { return a == b })
}

// checkTree returns the findings in the syntax tree of a statement. If the statement is USE, it returns the database.
func checkTree(sql string, tokens []sqlsyntax.Token, o Options) (findings []Finding, database string) {
	first, last := tokens[0], tokens[len(tokens)-1]
	blanks := strings.Repeat("\n", first.Line-1) + strings.Repeat(" ", first.Column-1) // keep the positions
	s, err := sqlsyntax.Parse(blanks+sql[first.Start:last.End], o.Dialect)
	if err != nil {
		return nil, ""
	}
	if s.Kind == sqlsyntax.SetStatement && s.Table != nil {
		return nil, s.Table[len(s.Table)-1]
	}
	l := &linter{options: o}
	for _, part := range append([]*sqlsyntax.Statement{s}, s.Inserts...) {
		if part.Query == nil || part.Kind == sqlsyntax.CreateViewStatement || part.Kind == sqlsyntax.ExplainStatement {
			continue
		}
		root := l.addQuery(part.Query, nil, &source{})
		for _, b := range l.blocks {
			l.checkTime(b)
			l.checkJoins(b)
		}
		if part.Kind == sqlsyntax.QueryStatement {
			l.checkStar(part.Query, root)
			l.checkLimit(part.Query, root)
		}
		l.blocks = nil
	}
	return l.findings, ""
}

// A linter collects the findings in a statement.
type linter struct {
	options  Options
	blocks   []*block
	findings []Finding
	steps    int // calls of countStep
}

// maxSteps limits the number of definitions that are resolved in a statement: definitions that refer to each other several
// times take exponential time.
const maxSteps = 20_000

// countStep counts a definition that is resolved. It reports whether there are at most maxSteps.
func (l *linter) countStep() bool {
	l.steps++
	return l.steps <= maxSteps
}

// report adds a finding.
func (l *linter) report(rule Rule, at sqlsyntax.Position, message, advice string) {
	l.findings = append(l.findings, Finding{rule, at, message, advice})
}

// lookUp returns the qualified name and the size of a table.
func (l *linter) lookUp(name []string) (qualified string, t Table) {
	database, table := l.options.Database, name[len(name)-1]
	if len(name) > 1 {
		database = name[len(name)-2]
	}
	database, table = strings.ToLower(database), strings.ToLower(table)
	if l.options.Table != nil && database != "information_schema" {
		t, _ = l.options.Table(database, table)
	}
	return database + "." + table, t
}
