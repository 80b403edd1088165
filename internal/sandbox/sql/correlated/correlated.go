// Package correlated decides whether Trino supports a correlated subquery, which refers to columns of the queries around it.
// See https://trino.io/docs/current/sql/select.html#subqueries.
package correlated

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A Kind is the way in which a subquery is used.
type Kind int

// The uses of a subquery.
const (
	Scalar     Kind = iota // a value
	Exists                 // EXISTS (q)
	In                     // x IN (q)
	Quantified             // x > ALL (q), x > ANY (q)
	Lateral                // LATERAL (q) in FROM
)

// A Reference records to which query the name of a column belongs.
type Reference struct {
	Level int // nesting depth of the query
	Type  types.Type
}

// An Analysis finds the columns of outer queries in a subquery that has been translated.
type Analysis struct {
	References map[*sqlsyntax.Expr]Reference
	Level      int // level of the query around the subquery
}

// Supports reports whether Trino supports a subquery.
func (an Analysis) Supports(q *sqlsyntax.Query, kind Kind) bool {
	return !an.InQuery(q) && !isStarOnly(q) || an.supportsCorrelated(q, kind)
}

// In reports whether an expression contains a column of an outer query.
func (an Analysis) In(n *sqlsyntax.Expr) bool { return n.Contains(an.isOuter) }

// isOuter reports whether an expression is a column of an outer query.
func (an Analysis) isOuter(n *sqlsyntax.Expr) bool {
	r, ok := an.References[n]
	return ok && r.Level <= an.Level
}

// only reports whether all columns of an expression are those of outer queries.
func (an Analysis) only(n *sqlsyntax.Expr) bool {
	return !n.Contains(func(e *sqlsyntax.Expr) bool {
		r, ok := an.References[e]
		return ok && r.Level > an.Level
	})
}

func (an Analysis) inAny(list []*sqlsyntax.Expr) bool { return slices.ContainsFunc(list, an.In) }

// InQuery reports whether a query contains a column of an outer query.
func (an Analysis) InQuery(q *sqlsyntax.Query) bool { return q.Contains(an.isOuter) }

// isLookup reports whether a condition compares a column of the subquery for equality with a value of the outer query.
func (an Analysis) isLookup(n *sqlsyntax.Expr) bool {
	if n.Kind != sqlsyntax.Binary || n.Text != "=" {
		return false
	}
	for i, side := range n.Args {
		own, other := an.References[side], n.Args[1-i]
		if side.Kind != sqlsyntax.Column || own.Level <= an.Level || !an.only(other) || !an.In(other) {
			continue
		}
		if r, ok := an.References[other]; ok && r.Type.String() != own.Type.String() {
			continue // the column is converted
		}
		return true
	}
	return false
}

// isStarOnly reports whether a query has no FROM, so that its * is of a relation of the outer query.
func isStarOnly(q *sqlsyntax.Query) bool {
	sel := q.Body.Selection
	return sel != nil && len(sel.From) == 0 && sel.HasStar()
}

// supportsCorrelated reports whether Trino supports a correlated subquery.
func (an Analysis) supportsCorrelated(q *sqlsyntax.Query, kind Kind) bool {
	b := q.Body
	switch {
	case b.Query != nil:
		return an.supportsCorrelated(b.Query, kind)
	case b.Op != "":
		return false
	case b.Selection == nil:
		return kind == Exists || (kind == Scalar || kind == Lateral) && len(b.Values) == 1
	}
	sel := b.Selection
	items := make([]*sqlsyntax.Expr, len(sel.Items))
	for i, it := range sel.Items {
		items[i] = it.Expr
	}
	aggregated := !sel.Grouped && slices.ContainsFunc(items, registry.ContainsAggregate)
	where := slices.DeleteFunc(sel.Where.Conjuncts(), func(n *sqlsyntax.Expr) bool { return !an.In(n) })
	switch {
	case len(sel.From) == 0:
		return !an.inAny(items) && !sel.HasStar() || (kind == Scalar || kind == Lateral) && sel.Where == nil || kind == Exists
	case an.inAny(sel.GroupKeys) && !slices.ContainsFunc(sel.From, containsTable), an.inAny(sortExprs(q)) && q.Limit != nil:
		return false
	case an.projects(sel.From) && an.readsProjection(q, kind):
		return kind == Scalar && sel.Where == nil && !aggregated && !sel.Grouped && q.Limit == nil && !slices.ContainsFunc(sel.From, isSeveralRows)
	case kind != In && sel.Where == nil && isSingleRow(sel.From):
		return true
	case an.unnests(sel.From):
		filtered := slices.ContainsFunc(items, func(n *sqlsyntax.Expr) bool { return n != nil && n.Call != nil && n.Call.Filter != nil })
		return sel.Where == nil && !filtered && kind != In
	}
	items = slices.DeleteFunc(items, isUnqualified)
	inRelation := func(r *sqlsyntax.Relation) bool { return r.Contains(an.isOuter) }
	switch {
	case len(where) == 0 && !an.inAny(items) && !an.In(sel.Having) && !slices.ContainsFunc(sel.From, inRelation):
		return true
	case kind == In && (aggregated || sel.Grouped || sel.Distinct || q.Limit != nil):
		return false
	case aggregated && (sel.Having != nil && len(where) > 0 || an.inAggregates(items) || slices.ContainsFunc(sel.From, an.isAggregated)):
		return false
	case !aggregated && kind != Exists && an.inAny(items):
		return false
	case len(where) > 0 && slices.ContainsFunc(items, (*sqlsyntax.Expr).HasWindow):
		return false
	case q.Limit != nil && len(where) > 0:
		lookups := slices.DeleteFunc(where, an.only)
		return !slices.ContainsFunc(lookups, func(n *sqlsyntax.Expr) bool { return !an.isLookup(n) }) && an.groupedBy(sel, lookups)
	}
	return true
}

// groupedBy reports whether a query has no groups, or only groups by columns that the lookups compare.
func (an Analysis) groupedBy(sel *sqlsyntax.Selection, lookups []*sqlsyntax.Expr) bool {
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
func (an Analysis) projects(from []*sqlsyntax.Relation) bool {
	return slices.ContainsFunc(from, func(r *sqlsyntax.Relation) bool {
		if r.Kind == sqlsyntax.JoinRelation {
			return an.projects([]*sqlsyntax.Relation{r.Left, r.Right})
		}
		if r.Kind != sqlsyntax.QueryRelation || r.Lateral {
			return false
		}
		if sel := r.Query.Body.Selection; sel != nil {
			return slices.ContainsFunc(sel.Items, func(it sqlsyntax.Item) bool { return an.In(it.Expr) })
		}
		return an.inAny(r.Query.Body.Values)
	})
}

// readsProjection reports whether a query reads a column of its relations that is computed from the outer query. The names of
// the others are not.
func (an Analysis) readsProjection(q *sqlsyntax.Query, kind Kind) bool {
	sel := q.Body.Selection
	names := map[string]bool{}
	for _, r := range sel.From {
		an.addProjected(r, names)
	}
	reads := func(n *sqlsyntax.Expr) bool {
		return n.Contains(func(e *sqlsyntax.Expr) bool {
			r, ok := an.References[e]
			return ok && r.Level > an.Level && names[strings.ToLower(e.Path[len(e.Path)-1])]
		})
	}
	return reads(sel.Where) || slices.ContainsFunc(sel.GroupKeys, reads) || reads(sel.Having) || slices.ContainsFunc(q.OrderBy, func(k sqlsyntax.SortKey) bool { return reads(k.Expr) }) ||
		kind != Exists && (sel.HasStar() || slices.ContainsFunc(sel.Items, func(it sqlsyntax.Item) bool { return reads(it.Expr) }))
}

// addProjected adds the names of a relation's columns that are computed from the outer query.
func (an Analysis) addProjected(r *sqlsyntax.Relation, names map[string]bool) {
	switch {
	case r == nil:
	case r.Kind == sqlsyntax.JoinRelation:
		an.addProjected(r.Left, names)
		an.addProjected(r.Right, names)
	case r.Kind != sqlsyntax.QueryRelation || r.Lateral:
	case r.Query.Body.Selection != nil:
		for i, it := range r.Query.Body.Selection.Items {
			switch {
			case !an.In(it.Expr):
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
				return row.Kind != sqlsyntax.Row && an.In(row) || row.Kind == sqlsyntax.Row && i < len(row.Args) && an.In(row.Args[i])
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
func (an Analysis) unnests(from []*sqlsyntax.Relation) bool {
	return len(from) == 1 && from[0].Kind == sqlsyntax.UnnestRelation && an.inAny(from[0].Arguments)
}

// isAggregated reports whether a relation is a correlated subquery with aggregates.
func (an Analysis) isAggregated(r *sqlsyntax.Relation) bool {
	if r.Kind != sqlsyntax.QueryRelation || r.Lateral || !an.InQuery(r.Query) {
		return false
	}
	sel := r.Query.Body.Selection
	return sel != nil && !sel.Grouped && slices.ContainsFunc(sel.Items, func(it sqlsyntax.Item) bool { return registry.ContainsAggregate(it.Expr) })
}

// inAggregates reports whether the arguments of an aggregate contain a column of the outer query.
func (an Analysis) inAggregates(items []*sqlsyntax.Expr) bool {
	return slices.ContainsFunc(items, func(n *sqlsyntax.Expr) bool {
		return n != nil && (registry.IsAggregateCall(n) && an.inAny(n.Args) || !registry.IsAggregateCall(n) && an.inAggregates(n.Args))
	})
}
