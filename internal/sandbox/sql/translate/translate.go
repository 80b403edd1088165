package translate

import (
	"maps"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// emitter translates one statement. Its methods stop at the first fault by panicking with
// an *Error, which Translate returns.
type emitter struct {
	request Request
	hive    bool
	aliases int // given out so far
	reads   map[string]bool
	tables  *commonScope // the WITH tables that are visible
	depth   int
	clause  string // which clause is being translated: where aggregates may not stand
	windows map[string]*sqlsyntax.Window
	trying  bool // inside TRY: what fails is NULL
}

// Translate reads one statement and says what to do for it. Its error is an *Error.
func Translate(r Request) (plan *Plan, err error) {
	defer recoverError(&err)
	s, err := sqlsyntax.Parse(r.SQL, r.Dialect)
	if err != nil {
		return nil, err
	}
	if s.Database != "" {
		r.Database = strings.ToLower(s.Database)
	}
	e := &emitter{request: r, hive: r.Dialect == Hive, reads: map[string]bool{}}
	plan = e.statement(s)
	plan.Reads = slices.Sorted(maps.Keys(e.reads))
	return plan, nil
}

// maxNesting bounds the nesting of what is translated.
const maxNesting = 400

// alias makes a name that is used once in the statement.
func (e *emitter) alias(prefix string) string {
	e.aliases++
	return prefix + itoa(e.aliases)
}

// enter counts a level of nesting; the function that it returns leaves it.
func (e *emitter) enter(at sqlsyntax.Position) func() {
	if e.depth++; e.depth > maxNesting {
		fail(SyntaxError, at, "the statement is nested too deeply")
	}
	return func() { e.depth-- }
}

// in translates f as part of a clause.
func (e *emitter) in(clause string, f func()) {
	saved := e.clause
	e.clause = clause
	f()
	e.clause = saved
}

// tableName completes and lowers a name: t, db.t or catalog.db.t.
func (e *emitter) tableName(name []string) TableName {
	n := TableName{Database: strings.ToLower(e.request.Database), Table: strings.ToLower(name[len(name)-1])}
	if len(name) > 1 {
		n.Database = strings.ToLower(name[len(name)-2])
	}
	return n
}

// sql is how a table is written.
func (n TableName) sql() string { return quoteName(n.Database) + "." + quoteName(n.Table) }

func (n TableName) String() string { return n.Database + "." + n.Table }

// existing is the columns of a table that must be there.
func (e *emitter) existing(n TableName, at sqlsyntax.Position) []Column {
	columns, ok := e.request.Catalog.Columns(n.Database, n.Table)
	if ok {
		return columns
	}
	if n.Database == "" {
		fail(SemanticError, at, "Schema must be specified when session schema is not set")
	}
	e.database(n.Database, at)
	fail(SemanticError, at, "Table '"+n.String()+"' does not exist")
	return nil
}

// database requires that a database exists.
func (e *emitter) database(name string, at sqlsyntax.Position) {
	if _, ok := e.request.Catalog.Tables(name); !ok && name != informationSchema {
		fail(SemanticError, at, "Schema '"+name+"' does not exist")
	}
}

// columnType is the type of a catalog's column. What cannot be read is text.
func columnType(c Column) types.Type {
	t, err := types.Parse(c.Type)
	if err != nil {
		return types.Named("varchar")
	}
	return t
}
