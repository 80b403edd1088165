package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// An output is a column of a query. Its name in SQL is c1, c2, …, because names need not be unique.
type output struct {
	name string // empty if the statement gives none
	typ  types.Type
}

// A withTable is a table of WITH and those before it.
type withTable struct {
	name    string
	sql     string
	outputs []output
	outer   *withTable
	// self is set during the translation of the recursive branch; used is set if it reads the table.
	self, used bool
	depth      int    // queryDepth of the recursive branch
	step       string // alias of the table in the recursive branch
	counted    bool   // the first column is the number of steps
}

// A field is a column in a scope.
type field struct {
	database string // lower case; empty if the relation has an alias
	relation string // alias or name of the table, in lower case
	name     string
	sql      string
	typ      types.Type
	hidden   bool // not one of the columns of *
	joined   bool // merged by USING, so that it needs the relation's name
	named    bool // a field with a name of a row in UNNEST
}

// A scope holds the columns that names in a part of a statement refer to. The parent is
// searched after the scope itself: the query around a subquery, or the SELECT around a lambda.
type scope struct {
	parent *scope
	fields []field
	lambda bool
	// aliases are those of the select list. They precede fields if first is set.
	aliases map[string]*sqlsyntax.Expr
	first   bool
	// fenced is set in the condition of an outer join, in which neither subqueries nor the condition can refer to outer
	// columns.
	fenced bool
	// grouping is set where only grouping expressions and aggregates are allowed.
	grouping *grouping
}

// selection returns the scope of the SELECT that s belongs to.
func (s *scope) selection() *scope {
	for s != nil && s.lambda {
		s = s.parent
	}
	return s
}

// prefersAlias reports whether an expression contains an alias of the select list that precedes the columns, as in
// ORDER BY.
func (s *scope) prefersAlias(n *sqlsyntax.Expr) bool {
	if n == nil || !s.first || len(s.aliases) == 0 {
		return false
	}
	if n.Kind == sqlsyntax.Column && len(n.Path) == 1 && s.aliases[strings.ToLower(n.Path[0])] != nil {
		return true
	}
	return slices.ContainsFunc(n.Args, s.prefersAlias)
}

// find returns the fields that match a qualified name.
func (s *scope) find(path []string) (found []*field) {
	name := path[len(path)-1]
	for i := range s.fields {
		f := &s.fields[i]
		if !strings.EqualFold(f.name, name) {
			continue
		}
		switch len(path) {
		case 1:
			if f.joined {
				continue
			}
		case 2:
			if !strings.EqualFold(f.relation, path[0]) {
				continue
			}
		default:
			if !strings.EqualFold(f.relation, path[len(path)-2]) || !strings.EqualFold(f.database, path[len(path)-3]) {
				continue
			}
		}
		found = append(found, f)
	}
	if len(found) > 1 { // a hidden column does not make a name ambiguous
		if visible := slices.DeleteFunc(slices.Clone(found), func(f *field) bool { return f.hidden }); len(visible) > 0 {
			return visible
		}
	}
	return found
}

// hasRelation reports whether a relation of that name is in scope.
func (s *scope) hasRelation(of []string) bool {
	for i := range s.fields {
		if s.fields[i].belongsTo(of) {
			return true
		}
	}
	return false
}

// belongsTo reports whether the field is a column of the relation t or db.t.
func (f *field) belongsTo(name []string) bool {
	if !strings.EqualFold(f.relation, name[len(name)-1]) {
		return false
	}
	return len(name) == 1 || strings.EqualFold(f.database, name[len(name)-2])
}

// level returns the depth of a query: the number of scopes of queries from s on.
func (s *scope) level() (n int) {
	for ; s != nil; s = s.parent {
		if !s.lambda {
			n++
		}
	}
	return n
}
