package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// An output is a column of a query. In SQL it is c1, c2, …: names may be given twice.
type output struct {
	name string // empty when the statement gives none
	typ  types.Type
}

// A commonScope is a WITH table and those before it.
type commonScope struct {
	name    string
	sql     string
	outputs []output
	outer   *commonScope
	// self is set while a recursive table's own query is translated; used says that it was read.
	self, used bool
}

// A field is a column that names can resolve to.
type field struct {
	database string // of a table, lower case
	relation string // the alias or the table's name, lower case
	name     string
	sql      string
	typ      types.Type
	joined   bool // merged by USING: found with its relation's name only
}

// A scope is what names mean in a part of a statement. A name that is not found
// is looked for in the parent: the query around a subquery, the SELECT around a lambda.
type scope struct {
	parent *scope
	fields []field
	lambda bool
	// aliases are the select list's names; they are tried before fields when first is set.
	aliases map[string]*sqlsyntax.Expr
	first   bool
	// grouping is set where only grouping expressions and aggregates have a value.
	grouping *grouping
}

// selection is the scope of the SELECT that s belongs to.
func (s *scope) selection() *scope {
	for s != nil && s.lambda {
		s = s.parent
	}
	return s
}

// find returns the fields with a name and qualifiers.
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
	return found
}

// hasRelation tells whether a relation of that name is in scope.
func (s *scope) hasRelation(of []string) bool {
	for i := range s.fields {
		if s.fields[i].of(of) {
			return true
		}
	}
	return false
}

// of tells whether the field belongs to the relation t or db.t.
func (f *field) of(name []string) bool {
	if !strings.EqualFold(f.relation, name[len(name)-1]) {
		return false
	}
	return len(name) == 1 || strings.EqualFold(f.database, name[len(name)-2])
}
