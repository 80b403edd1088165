package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/correlated"
	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// A nameResolver finds the columns that names refer to.
type nameResolver struct {
	*state

	exprs *exprTranslator
}

// sameExpr reports whether two expressions are equal. Names are resolved in s.
func (nr *nameResolver) sameExpr(a, b *sqlsyntax.Expr, s *scope) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil || a.Query != nil || b.Query != nil {
		return false
	}
	if a.Kind == sqlsyntax.Column && b.Kind == sqlsyntax.Column {
		if len(a.Path) == len(b.Path) && strings.EqualFold(strings.Join(a.Path, "."), strings.Join(b.Path, ".")) {
			return true
		}
		base := *s
		base.grouping, base.aliases = nil, nil
		x, ok := nr.tryResolve(a, &base)
		y, ok2 := nr.tryResolve(b, &base)
		return ok && ok2 && x.sql == y.sql
	}
	if a.Kind != b.Kind || a.Text != b.Text || a.Unit != b.Unit || len(a.Args) != len(b.Args) || !equalTypeNames(a.Type, b.Type) ||
		strings.Join(a.Params, ",") != strings.Join(b.Params, ",") {
		return false
	}
	if !nr.sameCall(a.Call, b.Call, s) {
		return false
	}
	for i := range a.Args {
		if !nr.sameExpr(a.Args[i], b.Args[i], s) {
			return false
		}
	}
	return true
}

// maxFactored limits the operands of OR and AND that factorOr compares.
const maxFactored = 32

// factorOr changes (a AND b) OR (a AND c) to a AND (b OR c), so that the engine can join by a.
func (nr *nameResolver) factorOr(n *sqlsyntax.Expr, s *scope) *sqlsyntax.Expr {
	if n.Kind != sqlsyntax.Binary || n.Text != "AND" && n.Text != "OR" {
		return n
	}
	if n.Text == "AND" {
		both := *n
		both.Args = []*sqlsyntax.Expr{nr.factorOr(n.Args[0], s), nr.factorOr(n.Args[1], s)}
		return &both
	}
	branches := n.Disjuncts()
	terms := make([][]*sqlsyntax.Expr, len(branches))
	for i, b := range branches {
		if terms[i] = b.Conjuncts(); len(terms[i]) > maxFactored || len(branches) > maxFactored {
			return n
		}
	}
	var common []*sqlsyntax.Expr
	for _, t := range terms[0] {
		same := func(other *sqlsyntax.Expr) bool { return nr.sameExpr(t, other, s) }
		if !slices.ContainsFunc(terms[1:], func(branch []*sqlsyntax.Expr) bool { return !slices.ContainsFunc(branch, same) }) {
			common = append(common, t)
			for i := range terms {
				terms[i] = slices.DeleteFunc(slices.Clone(terms[i]), same)
			}
		}
	}
	if len(common) == 0 {
		return n
	}
	var rest []*sqlsyntax.Expr
	for _, branch := range terms {
		if len(branch) == 0 { // a OR (a AND b) is a
			return chain("AND", common)
		}
		rest = append(rest, chain("AND", branch))
	}
	return chain("AND", append(common, chain("OR", rest)))
}

// chain connects expressions with AND or OR.
func chain(operator string, list []*sqlsyntax.Expr) *sqlsyntax.Expr {
	n := list[0]
	for _, next := range list[1:] {
		n = &sqlsyntax.Expr{Kind: sqlsyntax.Binary, Text: operator, Pos: next.Pos, Args: []*sqlsyntax.Expr{n, next}}
	}
	return n
}

func equalTypeNames(a, b *sqlsyntax.TypeName) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Name == b.Name && slices.Equal(a.Numbers, b.Numbers) && slices.EqualFunc(a.Args, b.Args, equalTypeNames)
}

// sameCall reports whether the clauses of two calls are equal.
func (nr *nameResolver) sameCall(a, b *sqlsyntax.CallParts, s *scope) bool {
	if a == nil || b == nil {
		return isPlainCall(a) && isPlainCall(b)
	}
	if (a.JSON == nil) != (b.JSON == nil) || a.JSON != nil && !sameJSON(a.JSON, b.JSON) {
		return false
	}
	if a.Distinct != b.Distinct || a.WindowName != b.WindowName || a.IgnoreNulls != b.IgnoreNulls || (a.Window == nil) != (b.Window == nil) {
		return false
	}
	if (a.Filter == nil) != (b.Filter == nil) || a.Filter != nil && !nr.sameExpr(a.Filter, b.Filter, s) {
		return false
	}
	if !nr.sameKeys(a.OrderBy, b.OrderBy, s) {
		return false
	}
	return a.Window == nil || a.Window == b.Window
}

// sameJSON reports whether the clauses of two SQL/JSON calls are equal.
func sameJSON(a, b *sqlsyntax.JSONClauses) bool {
	return a.InputEncoding == b.InputEncoding && slices.Equal(a.Passing, b.Passing) && equalTypeNames(a.Returning, b.Returning) &&
		a.OutputEncoding == b.OutputEncoding && a.Wrapper == b.Wrapper && a.OmitQuotes == b.OmitQuotes && a.OnEmpty == b.OnEmpty &&
		a.OnError == b.OnError && slices.Equal(a.Formatted, b.Formatted) && a.OnNull == b.OnNull && a.UniqueKeys == b.UniqueKeys
}

func isPlainCall(c *sqlsyntax.CallParts) bool {
	return c == nil || !c.Distinct && c.Filter == nil && len(c.OrderBy) == 0 && c.Window == nil && c.WindowName == ""
}

func (nr *nameResolver) sameKeys(a, b []sqlsyntax.SortKey, s *scope) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Descending != b[i].Descending || a[i].Nulls != b[i].Nulls || !nr.sameExpr(a[i].Expr, b[i].Expr, s) {
			return false
		}
	}
	return true
}

// resolve returns the column that a, t.a, db.t.a or a.field refers to.
func (nr *nameResolver) resolve(n *sqlsyntax.Expr, s *scope) value {
	if v, ok := nr.tryResolve(n, s); ok {
		return v
	}
	if own := s.selection(); nr.hive && own != nil && own.grouping != nil && len(n.Path) == 1 && strings.EqualFold(n.Path[0], "grouping__id") {
		all := &sqlsyntax.Expr{Pos: n.Pos}
		for _, k := range own.grouping.keys {
			all.Args = append(all.Args, k.expr)
		}
		return value{sql: own.grouping.addMask(nr, all), typ: types.Named("integer")}
	}
	fail(SemanticError, n.Pos, "Column '"+strings.Join(n.Path, ".")+"' cannot be resolved")
	return value{}
}

// tryResolve is like resolve, but returns false if there is no such column.
func (nr *nameResolver) tryResolve(n *sqlsyntax.Expr, s *scope) (value, bool) {
	fenced := false
	for at := s; at != nil; at = at.parent {
		if v, ok := nr.resolveIn(n, at, s); ok {
			if fenced || at.fenced && at.level() < s.level() {
				fail(SemanticError, n.Pos, "Reference to column '"+strings.Join(n.Path, ".")+"' from outer scope not allowed in this context")
			}
			nr.references[n] = correlated.Reference{Level: at.level(), Type: v.typ}
			return v, true
		}
		fenced = fenced || at.fenced
	}
	return value{}, false
}

// resolveIn looks up a name in the scope s. The name is used in the scope from.
func (nr *nameResolver) resolveIn(n *sqlsyntax.Expr, s, from *scope) (value, bool) {
	if s.first {
		if v, ok := nr.resolveAlias(n, s); ok {
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
				v.sql = s.grouping.keyOfColumn(nr, found[0], n, s == from.selection())
			}
			return nr.selectFields(v, n.Path[k:], n), true
		}
	}
	if !s.first {
		return nr.resolveAlias(n, s)
	}
	return value{}, false
}

// resolveAlias looks up a name among the aliases of the select list.
func (nr *nameResolver) resolveAlias(n *sqlsyntax.Expr, s *scope) (value, bool) {
	if s.aliases == nil || len(n.Path) > 1 && (!nr.hive || s.hasRelation(n.Path[:1])) {
		return value{}, false
	}
	expr, ok := s.aliases[strings.ToLower(n.Path[0])]
	if !ok || expr == nil {
		return value{}, false
	}
	inner := *s
	inner.aliases = nil
	return nr.selectFields(nr.exprs.translate(expr, &inner), n.Path[1:], n), true
}

// selectFields selects fields of nested rows.
func (nr *nameResolver) selectFields(v value, names []string, n *sqlsyntax.Expr) value {
	for _, name := range names {
		v = nr.selectField(v, name, n)
	}
	return v
}

// selectField translates v.name.
func (nr *nameResolver) selectField(v value, name string, n *sqlsyntax.Expr) value {
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
