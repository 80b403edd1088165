package translate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/correlated"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// windowOf returns the window of a call, an empty one if its name is unknown, or nil if it has no OVER.
func (st *state) windowOf(n *sqlsyntax.Expr) *sqlsyntax.Window {
	if n.Call.WindowName != "" {
		if w := st.windows[n.Call.WindowName]; w != nil {
			return w
		}
		return &sqlsyntax.Window{}
	}
	return n.Call.Window
}

// unnamedColumn returns the name of the i-th column if the statement gives none.
func (st *state) unnamedColumn(i int) string {
	if st.hive {
		return "_c" + itoa(i)
	}
	return "_col" + itoa(i)
}

// A state is shared by the translators of one statement. They report an error by panicking with an *Error, which
// Translate returns.
type state struct {
	request    Request
	hive       bool
	aliases    int                                      // number of aliases in use
	reads      map[string]bool                          // databases that the statement reads
	withTables *withTable                               // the visible tables of WITH
	windows    map[string]*sqlsyntax.Window             // the named windows of the current SELECT
	clause     string                                   // the clause that is being translated, for aggregates and errors
	trying     bool                                     // inside TRY: failures become NULL
	queryDepth int                                      // nesting depth of queries
	depth      int                                      // nesting depth
	references map[*sqlsyntax.Expr]correlated.Reference // the columns that have been resolved
	views      map[TableName]bool                       // the views around the current query
}

// Translate translates one statement. Its error is an *Error.
func Translate(r Request) (plan *Plan, err error) {
	defer recoverError(&err)
	s, err := sqlsyntax.Parse(r.SQL, r.Dialect)
	if err != nil {
		return nil, err
	}
	if s.Database != "" {
		r.Database = strings.ToLower(s.Database)
	}
	st := &state{request: r, hive: r.Dialect == Hive, reads: map[string]bool{}, references: map[*sqlsyntax.Expr]correlated.Reference{}, views: map[TableName]bool{}}
	plan = newPlanner(st).plan(s)
	plan.Reads = slices.Sorted(maps.Keys(st.reads))
	return plan, nil
}

// newPlanner connects the translators. Subqueries and expressions contain each other, so the pointers
// form cycles.
func newPlanner(st *state) *planner {
	conversions := &converter{state: st}
	literals := &literalTranslator{state: st, conversions: conversions}
	catalog := &tableResolver{state: st}
	exprs := &exprTranslator{state: st, conversions: conversions, literals: literals}
	exprs.names = &nameResolver{state: st, exprs: exprs}
	order := &orderTranslator{state: st, exprs: exprs, names: exprs.names}
	exprs.comparisons = &comparer{state: st, conversions: conversions, order: order}
	arguments := &argumentTranslator{state: st, exprs: exprs, conversions: conversions, order: order}
	exprs.nested = &nestedTranslator{state: st, exprs: exprs, names: exprs.names, conversions: conversions, arguments: arguments}
	exprs.arithmetic = &arithmetic{state: st, conversions: conversions, nested: exprs.nested}
	aggregates := &aggregateTranslator{state: st, exprs: exprs, arguments: arguments, order: order}
	exprs.calls = &callTranslator{
		state: st, names: exprs.names, exprs: exprs, arithmetic: exprs.arithmetic, comparisons: exprs.comparisons,
		conversions: conversions, arguments: arguments, nested: exprs.nested,
		lambdas:     &lambdaTranslator{state: st, exprs: exprs, conversions: conversions, arguments: arguments},
		times:       &timeTranslator{state: st, exprs: exprs, conversions: conversions, arguments: arguments, aggregates: aggregates},
		aggregates:  aggregates,
		windowCalls: &windowTranslator{state: st, exprs: exprs, arguments: arguments, aggregates: aggregates, order: order},
	}
	exprs.calls.json = &jsonTranslator{state: st, exprs: exprs, conversions: conversions}
	queries := &queryTranslator{state: st, exprs: exprs, conversions: conversions, order: order}
	exprs.queries = queries
	exprs.predicates = &predicateTranslator{state: st, queries: queries, exprs: exprs, comparisons: exprs.comparisons, conversions: conversions}
	relations := &fromTranslator{state: st, catalog: catalog, queries: queries, exprs: exprs, comparisons: exprs.comparisons, conversions: conversions, json: exprs.calls.json}
	queries.selects = &selectTranslator{state: st, queries: queries, relations: relations, exprs: exprs, names: exprs.names, order: order}
	queries.selects.groups = &groupTranslator{state: st, selects: queries.selects, exprs: exprs, names: exprs.names}
	return &planner{state: st, catalog: catalog, queries: queries, relations: relations, exprs: exprs, conversions: conversions}
}

// maxNesting limits the nesting of expressions and queries.
const maxNesting = 400

// newAlias returns a name that is unique in the statement.
func (st *state) newAlias(prefix string) string {
	st.aliases++
	return prefix + itoa(st.aliases)
}

// enter enters a level of nesting. The returned function leaves it.
func (st *state) enter(at sqlsyntax.Position) func() {
	if st.depth++; st.depth > maxNesting {
		fail(SyntaxError, at, "the statement is nested too deeply")
	}
	return func() { st.depth-- }
}

// withClause runs f with clause set, for the checks on aggregates and for error messages.
func (st *state) withClause(clause string, f func()) {
	saved := st.clause
	st.clause = clause
	f()
	st.clause = saved
}

// checkCorrelated rejects the correlated subqueries that Trino does not support. The scope s is the one around the
// subquery, whose translation has been completed.
func (st *state) checkCorrelated(q *sqlsyntax.Query, kind correlated.Kind, s *scope, at sqlsyntax.Position) {
	if !st.hive && !st.correlationIn(s).Supports(q, kind) {
		fail(NotSupported, at, "Given correlated subquery is not supported")
	}
}

// correlationIn finds the columns of outer queries in a subquery. The scope s is the one around it.
func (st *state) correlationIn(s *scope) correlated.Analysis {
	return correlated.Analysis{References: st.references, Level: s.level()}
}

// internalError starts the message of a panic that is a fault of this package.
const internalError = "this statement cannot be translated: "

// recoverError, deferred, turns a panic into an error, so that a statement cannot stop the server.
func recoverError(err *error) {
	switch r := recover().(type) {
	case nil:
	case *Error:
		*err = r
	default:
		*err = &Error{Kind: NotSupported, Message: internalError + fmt.Sprint(r)}
	}
}

// fail panics with an error at a position.
func fail(kind ErrorKind, at sqlsyntax.Position, message string) {
	panic(sqlsyntax.NewError(kind, at, message))
}
