package translate

import (
	"math/big"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A value is a translated expression.
type value struct {
	sql  string
	typ  types.Type
	node *sqlsyntax.Expr // what it was translated from
	// fixed is the value of a whole number that the statement spells out.
	fixed *big.Int
}

// literal is the node of a string that is written out in the statement.
func (v value) literal() (string, bool) {
	if v.node != nil && v.node.Kind == sqlsyntax.String {
		return v.node.Text, true
	}
	return "", false
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

// column resolves a name such as a, t.a, db.t.a or a.field.
func (e *emitter) column(n *sqlsyntax.Expr, s *scope) value {
	if v, ok := e.tryColumn(n, s); ok {
		return v
	}
	if own := s.selection(); e.hive && own != nil && own.grouping != nil && len(n.Path) == 1 && strings.EqualFold(n.Path[0], "grouping__id") {
		all := &sqlsyntax.Expr{Pos: n.Pos}
		for _, k := range own.grouping.keys {
			all.Args = append(all.Args, k.expr)
		}
		return value{sql: own.grouping.groupingCall(e, all), typ: types.Named("bigint")}
	}
	fail(SemanticError, n.Pos, "Column '"+strings.Join(n.Path, ".")+"' cannot be resolved")
	return value{}
}

// tryColumn is column for a name that may mean nothing.
func (e *emitter) tryColumn(n *sqlsyntax.Expr, s *scope) (value, bool) {
	for at := s; at != nil; at = at.parent {
		if v, ok := e.columnIn(n, at, s); ok {
			return v, true
		}
	}
	return value{}, false
}

// columnIn looks a name up in one scope; from is the scope that uses it.
func (e *emitter) columnIn(n *sqlsyntax.Expr, s, from *scope) (value, bool) {
	if s.first {
		if v, ok := e.aliased(n, s); ok {
			return v, true
		}
	}
	for k := min(3, len(n.Path)); k > 0; k-- {
		found := s.find(n.Path[:k])
		if len(found) > 1 {
			fail(SemanticError, n.Pos, "Column '"+strings.Join(n.Path, ".")+"' is ambiguous")
		}
		if len(found) == 1 {
			v := value{sql: found[0].sql, typ: found[0].typ, node: n}
			if s.grouping != nil {
				v.sql = s.grouping.column(e, found[0], n, s == from.selection())
			}
			return e.fields(v, n.Path[k:], n), true
		}
	}
	if !s.first {
		return e.aliased(n, s)
	}
	return value{}, false
}

// aliased looks up a plain name among the select list's.
func (e *emitter) aliased(n *sqlsyntax.Expr, s *scope) (value, bool) {
	if len(n.Path) != 1 || s.aliases == nil {
		return value{}, false
	}
	expr, ok := s.aliases[strings.ToLower(n.Path[0])]
	if !ok || expr == nil {
		return value{}, false
	}
	inner := *s
	inner.aliases = nil
	return e.expr(expr, &inner), true
}

// fields follows the names of row fields.
func (e *emitter) fields(v value, names []string, n *sqlsyntax.Expr) value {
	for _, name := range names {
		v = e.field(v, name, n)
	}
	return v
}

// field is v.name.
func (e *emitter) field(v value, name string, n *sqlsyntax.Expr) value {
	if v.typ.Is("row") {
		for i := range v.typ.Args {
			if strings.EqualFold(v.typ.FieldName(i), name) {
				return value{sql: elementOf(v.sql, itoa(i), v.typ.Args[i]), typ: v.typ.Args[i], node: n}
			}
		}
	}
	if v.node != nil && v.node.Kind == sqlsyntax.Column {
		name = strings.Join(v.node.Path, ".")
	}
	fail(SemanticError, n.Pos, "Column '"+name+"' cannot be resolved")
	return value{}
}
