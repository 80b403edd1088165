package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// level returns the depth of a query: the number of scopes of queries from s on.
func (s *scope) level() (n int) {
	for ; s != nil; s = s.parent {
		if !s.lambda {
			n++
		}
	}
	return n
}

// A reference records to which query the name of a column belongs.
type reference struct {
	level int
	typ   types.Type
}

// A correlation finds the columns of outer queries in a subquery that has been translated.
type correlation struct {
	references map[*sqlsyntax.Expr]reference
	level      int // of the query around the subquery
}

// in reports whether an expression contains a column of an outer query.
func (c correlation) in(n *sqlsyntax.Expr) bool {
	return containsExpr(n, func(e *sqlsyntax.Expr) bool {
		r, ok := c.references[e]
		return ok && r.level <= c.level
	})
}

// only reports whether all columns of an expression are those of outer queries.
func (c correlation) only(n *sqlsyntax.Expr) bool {
	return !containsExpr(n, func(e *sqlsyntax.Expr) bool {
		r, ok := c.references[e]
		return ok && r.level > c.level
	})
}

func (c correlation) inAny(list []*sqlsyntax.Expr) bool { return slices.ContainsFunc(list, c.in) }

// inQuery reports whether a query contains a column of an outer query.
func (c correlation) inQuery(q *sqlsyntax.Query) bool {
	return c.in(&sqlsyntax.Expr{Kind: sqlsyntax.ScalarQuery, Query: q})
}

// isLookup reports whether a condition compares a column of the subquery for equality with a value of the outer query.
func (c correlation) isLookup(n *sqlsyntax.Expr) bool {
	if n.Kind != sqlsyntax.Binary || n.Text != "=" {
		return false
	}
	for i, side := range n.Args {
		own, other := c.references[side], n.Args[1-i]
		if side.Kind != sqlsyntax.Column || own.level <= c.level || !c.only(other) || !c.in(other) {
			continue
		}
		if r, ok := c.references[other]; ok && r.typ.String() != own.typ.String() {
			continue // the column is converted
		}
		return true
	}
	return false
}

// conjuncts returns the operands of a chain of AND.
func conjuncts(n *sqlsyntax.Expr) []*sqlsyntax.Expr {
	if n == nil {
		return nil
	}
	if n.Kind == sqlsyntax.Binary && n.Text == "AND" {
		return append(conjuncts(n.Args[0]), conjuncts(n.Args[1])...)
	}
	return []*sqlsyntax.Expr{n}
}

// containsExpr reports whether an expression or a query in it contains an expression with a property.
func containsExpr(n *sqlsyntax.Expr, has func(*sqlsyntax.Expr) bool) bool {
	if n == nil {
		return false
	}
	contains := func(e *sqlsyntax.Expr) bool { return containsExpr(e, has) }
	if has(n) || slices.ContainsFunc(n.Args, contains) || n.Query != nil && queryContains(n.Query, contains) {
		return true
	}
	c := n.Call
	return c != nil && (contains(c.Filter) || keysContain(c.OrderBy, contains) || windowContains(c.Window, contains))
}

func keysContain(keys []sqlsyntax.SortKey, contains func(*sqlsyntax.Expr) bool) bool {
	return slices.ContainsFunc(keys, func(k sqlsyntax.SortKey) bool { return contains(k.Expr) })
}

func windowContains(w *sqlsyntax.Window, contains func(*sqlsyntax.Expr) bool) bool {
	return w != nil && (slices.ContainsFunc(w.PartitionBy, contains) || keysContain(w.OrderBy, contains))
}

func queryContains(q *sqlsyntax.Query, contains func(*sqlsyntax.Expr) bool) bool {
	return slices.ContainsFunc(q.With, func(t sqlsyntax.CommonTable) bool { return queryContains(t.Query, contains) }) ||
		bodyContains(q.Body, contains) || keysContain(q.OrderBy, contains)
}

func bodyContains(b *sqlsyntax.Body, contains func(*sqlsyntax.Expr) bool) bool {
	switch {
	case b.Query != nil:
		return queryContains(b.Query, contains)
	case b.Op != "":
		return bodyContains(b.Left, contains) || bodyContains(b.Right, contains)
	case b.Selection == nil:
		return slices.ContainsFunc(b.Values, contains)
	}
	s := b.Selection
	return slices.ContainsFunc(s.Items, func(it sqlsyntax.Item) bool { return contains(it.Expr) }) ||
		slices.ContainsFunc(s.From, func(r *sqlsyntax.Relation) bool { return relationContains(r, contains) }) ||
		contains(s.Where) || slices.ContainsFunc(s.GroupKeys, contains) || contains(s.Having)
}

func relationContains(r *sqlsyntax.Relation, contains func(*sqlsyntax.Expr) bool) bool {
	if r == nil {
		return false
	}
	return r.Query != nil && queryContains(r.Query, contains) || slices.ContainsFunc(r.Arguments, contains) || contains(r.On) ||
		relationContains(r.Left, contains) || relationContains(r.Right, contains)
}

// A subqueryKind is the way in which a subquery is used.
type subqueryKind int

const (
	scalarSubquery subqueryKind = iota
	existsSubquery
	inSubquery
	quantifiedSubquery
	lateralSubquery
)

// checkCorrelated rejects the correlated subqueries that Trino does not support. The scope s is the one around the
// subquery, whose translation has been completed.
func (st *state) checkCorrelated(q *sqlsyntax.Query, kind subqueryKind, s *scope, at sqlsyntax.Position) {
	if st.hive {
		return
	}
	c := correlation{references: st.references, level: s.level()}
	if (c.inQuery(q) || isStarOnly(q)) && !c.isSupported(q, kind) {
		fail(NotSupported, at, "Given correlated subquery is not supported")
	}
}

// isStarOnly reports whether a query has no FROM, so that its * is of a relation of the outer query.
func isStarOnly(q *sqlsyntax.Query) bool {
	sel := q.Body.Selection
	return sel != nil && len(sel.From) == 0 && hasStar(sel)
}

func (c correlation) isSupported(q *sqlsyntax.Query, kind subqueryKind) bool {
	b := q.Body
	switch {
	case b.Query != nil:
		return c.isSupported(b.Query, kind)
	case b.Op != "":
		return false
	case b.Selection == nil:
		return kind == existsSubquery || (kind == scalarSubquery || kind == lateralSubquery) && len(b.Values) == 1
	}
	sel := b.Selection
	items := make([]*sqlsyntax.Expr, len(sel.Items))
	for i, it := range sel.Items {
		items[i] = it.Expr
	}
	aggregated := !sel.Grouped && slices.ContainsFunc(items, containsAggregate)
	where := slices.DeleteFunc(conjuncts(sel.Where), func(n *sqlsyntax.Expr) bool { return !c.in(n) })
	switch {
	case len(sel.From) == 0:
		return !c.inAny(items) && !hasStar(sel) || (kind == scalarSubquery || kind == lateralSubquery) && sel.Where == nil || kind == existsSubquery
	case c.inAny(sel.GroupKeys) && !slices.ContainsFunc(sel.From, containsTable), c.inAny(sortExprs(q)) && q.Limit != nil:
		return false
	case c.projects(sel.From) && c.readsProjection(q, kind):
		return kind == scalarSubquery && sel.Where == nil && !aggregated && !sel.Grouped && q.Limit == nil && !slices.ContainsFunc(sel.From, isSeveralRows)
	case kind != inSubquery && sel.Where == nil && isSingleRow(sel.From):
		return true
	case c.unnests(sel.From):
		filtered := slices.ContainsFunc(items, func(n *sqlsyntax.Expr) bool { return n != nil && n.Call != nil && n.Call.Filter != nil })
		return sel.Where == nil && !filtered && kind != inSubquery
	}
	items = slices.DeleteFunc(items, isUnqualified)
	inRelation := func(r *sqlsyntax.Relation) bool { return relationContains(r, c.in) }
	switch {
	case len(where) == 0 && !c.inAny(items) && !c.in(sel.Having) && !slices.ContainsFunc(sel.From, inRelation):
		return true
	case kind == inSubquery && (aggregated || sel.Grouped || sel.Distinct || q.Limit != nil):
		return false
	case aggregated && (sel.Having != nil && len(where) > 0 || c.inAggregates(items) || slices.ContainsFunc(sel.From, c.isAggregated)):
		return false
	case !aggregated && kind != existsSubquery && c.inAny(items):
		return false
	case len(where) > 0 && slices.ContainsFunc(items, containsWindow):
		return false
	case q.Limit != nil && len(where) > 0:
		lookups := slices.DeleteFunc(where, c.only)
		return !slices.ContainsFunc(lookups, func(n *sqlsyntax.Expr) bool { return !c.isLookup(n) }) && c.groupedBy(sel, lookups)
	}
	return true
}

// groupedBy reports whether a query has no groups, or only groups by columns that the lookups compare.
func (c correlation) groupedBy(sel *sqlsyntax.Selection, lookups []*sqlsyntax.Expr) bool {
	return !slices.ContainsFunc(sel.GroupKeys, func(k *sqlsyntax.Expr) bool {
		return !slices.ContainsFunc(lookups, func(n *sqlsyntax.Expr) bool {
			return slices.ContainsFunc(n.Args, func(side *sqlsyntax.Expr) bool {
				return k.Kind == sqlsyntax.Column && side.Kind == sqlsyntax.Column && k.Path[len(k.Path)-1] == side.Path[len(side.Path)-1]
			})
		})
	})
}

func sortExprs(q *sqlsyntax.Query) []*sqlsyntax.Expr {
	list := make([]*sqlsyntax.Expr, len(q.OrderBy))
	for i, k := range q.OrderBy {
		list[i] = k.Expr
	}
	return list
}

// containsTable reports whether a relation is a table or a join with one.
func containsTable(r *sqlsyntax.Relation) bool {
	return r != nil && (r.Kind == sqlsyntax.TableRelation || containsTable(r.Left) || containsTable(r.Right))
}

// projects reports whether a relation is a query with VALUES or a select list that contains a column of the outer query.
func (c correlation) projects(from []*sqlsyntax.Relation) bool {
	return slices.ContainsFunc(from, func(r *sqlsyntax.Relation) bool {
		if r.Kind == sqlsyntax.JoinRelation {
			return c.projects([]*sqlsyntax.Relation{r.Left, r.Right})
		}
		if r.Kind != sqlsyntax.QueryRelation || r.Lateral {
			return false
		}
		if sel := r.Query.Body.Selection; sel != nil {
			return slices.ContainsFunc(sel.Items, func(it sqlsyntax.Item) bool { return c.in(it.Expr) })
		}
		return c.inAny(r.Query.Body.Values)
	})
}

// readsProjection reports whether a query reads a column of its relations that is computed from the outer query. The names of
// the others are not.
func (c correlation) readsProjection(q *sqlsyntax.Query, kind subqueryKind) bool {
	sel := q.Body.Selection
	names := map[string]bool{}
	for _, r := range sel.From {
		c.addProjected(r, names)
	}
	reads := func(n *sqlsyntax.Expr) bool {
		return containsExpr(n, func(e *sqlsyntax.Expr) bool {
			r, ok := c.references[e]
			return ok && r.level > c.level && names[strings.ToLower(e.Path[len(e.Path)-1])]
		})
	}
	return reads(sel.Where) || slices.ContainsFunc(sel.GroupKeys, reads) || reads(sel.Having) || keysContain(q.OrderBy, reads) ||
		kind != existsSubquery && (hasStar(sel) || slices.ContainsFunc(sel.Items, func(it sqlsyntax.Item) bool { return reads(it.Expr) }))
}

// addProjected adds the names of a relation's columns that are computed from the outer query.
func (c correlation) addProjected(r *sqlsyntax.Relation, names map[string]bool) {
	switch {
	case r == nil:
	case r.Kind == sqlsyntax.JoinRelation:
		c.addProjected(r.Left, names)
		c.addProjected(r.Right, names)
	case r.Kind != sqlsyntax.QueryRelation || r.Lateral:
	case r.Query.Body.Selection != nil:
		for i, it := range r.Query.Body.Selection.Items {
			switch {
			case !c.in(it.Expr):
			case i < len(r.Columns):
				names[strings.ToLower(r.Columns[i])] = true
			case it.Alias != "":
				names[strings.ToLower(it.Alias)] = true
			case it.Expr.Kind == sqlsyntax.Column:
				names[strings.ToLower(it.Expr.Path[len(it.Expr.Path)-1])] = true
			}
		}
	default:
		for i, name := range r.Columns {
			if slices.ContainsFunc(r.Query.Body.Values, func(row *sqlsyntax.Expr) bool {
				return row.Kind != sqlsyntax.Row && c.in(row) || row.Kind == sqlsyntax.Row && i < len(row.Args) && c.in(row.Args[i])
			}) {
				names[strings.ToLower(name)] = true
			}
		}
	}
}

// isSeveralRows reports whether a relation is VALUES with several rows.
func isSeveralRows(r *sqlsyntax.Relation) bool {
	return r.Kind == sqlsyntax.QueryRelation && len(r.Query.Body.Values) > 1
}

// isSingleRow reports whether FROM is VALUES with one row.
func isSingleRow(from []*sqlsyntax.Relation) bool {
	return len(from) == 1 && from[0].Kind == sqlsyntax.QueryRelation && len(from[0].Query.Body.Values) == 1
}

// isUnqualified reports whether an item is a name without that of its table. A table of the sandbox often lacks columns that
// the table of the service has, so a name that only the outer query has is accepted.
func isUnqualified(n *sqlsyntax.Expr) bool {
	return n != nil && n.Kind == sqlsyntax.Column && len(n.Path) == 1
}

// unnests reports whether FROM is UNNEST of a column of the outer query.
func (c correlation) unnests(from []*sqlsyntax.Relation) bool {
	return len(from) == 1 && from[0].Kind == sqlsyntax.UnnestRelation && c.inAny(from[0].Arguments)
}

// isAggregated reports whether a relation is a correlated subquery with aggregates.
func (c correlation) isAggregated(r *sqlsyntax.Relation) bool {
	if r.Kind != sqlsyntax.QueryRelation || r.Lateral || !c.inQuery(r.Query) {
		return false
	}
	sel := r.Query.Body.Selection
	return sel != nil && !sel.Grouped && slices.ContainsFunc(sel.Items, func(it sqlsyntax.Item) bool { return containsAggregate(it.Expr) })
}

// inAggregates reports whether the arguments of an aggregate contain a column of the outer query.
func (c correlation) inAggregates(items []*sqlsyntax.Expr) bool {
	return slices.ContainsFunc(items, func(n *sqlsyntax.Expr) bool {
		return n != nil && (isAggregateCall(n) && c.inAny(n.Args) || !isAggregateCall(n) && c.inAggregates(n.Args))
	})
}

func isAggregateCall(n *sqlsyntax.Expr) bool { return n.Kind == sqlsyntax.Call && isPlainAggregate(n) }

func containsAggregate(n *sqlsyntax.Expr) bool {
	return n != nil && (isAggregateCall(n) || slices.ContainsFunc(n.Args, containsAggregate))
}

func containsWindow(n *sqlsyntax.Expr) bool {
	return n != nil && (n.Call != nil && (n.Call.Window != nil || n.Call.WindowName != "") || slices.ContainsFunc(n.Args, containsWindow))
}
