package sqllint

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// A block is a SELECT.
type block struct {
	selection *sqlsyntax.Selection
	query     *sqlsyntax.Query // whose body is the SELECT or contains it
	source    *source          // source that contains the block
	leaves    []*leaf
}

// A source is a query in FROM or WITH, with the blocks that read its rows. Conditions of these blocks can apply to the
// query, because the engines push them down.
type source struct{ readers []*block }

// A leaf is a relation in FROM that is not a join.
type leaf struct {
	*sqlsyntax.Relation

	names  []string    // names by which conditions refer to it, in lower case
	common *definition // definition of a name in WITH
}

// isTable reports whether the leaf is a table.
func (f *leaf) isTable() bool { return f.Kind == sqlsyntax.TableRelation && f.common == nil }

// A definition is a query in WITH.
type definition struct {
	query  *sqlsyntax.Query
	scope  *scope
	source *source
}

// A scope holds the definitions that a query can use. A nil scope has none.
type scope struct {
	outer *scope
	name  string
	*definition
}

// find returns the definition of a name, or nil.
func (s *scope) find(name []string) *definition {
	for ; s != nil && len(name) == 1; s = s.outer {
		if s.name == strings.ToLower(name[0]) {
			return s.definition
		}
	}
	return nil
}

// addQuery adds the blocks of a query, and returns the scope of its body.
func (l *linter) addQuery(q *sqlsyntax.Query, outer *scope, from *source) *scope {
	inner := outer
	for i := range q.With {
		c := &q.With[i]
		d := &definition{query: c.Query, scope: inner, source: &source{}}
		defined := &scope{inner, strings.ToLower(c.Name), d}
		if q.Recursive {
			d.scope = defined
		}
		l.addQuery(c.Query, d.scope, d.source)
		inner = defined
	}
	l.addBody(q, q.Body, inner, from)
	for _, k := range q.OrderBy {
		l.addSubqueries(k.Expr, inner)
	}
	return inner
}

// addBody adds the blocks of the body of a query.
func (l *linter) addBody(q *sqlsyntax.Query, b *sqlsyntax.Body, s *scope, from *source) {
	switch {
	case b == nil:
	case b.Op != "":
		l.addBody(q, b.Left, s, from)
		l.addBody(q, b.Right, s, from)
	case b.Query != nil:
		l.addQuery(b.Query, s, from)
	case b.Selection != nil:
		l.addSelection(q, b.Selection, s, from)
	}
}

// addSelection adds the block of a SELECT and those of its subqueries.
func (l *linter) addSelection(q *sqlsyntax.Query, sel *sqlsyntax.Selection, s *scope, from *source) {
	b := &block{selection: sel, query: q, source: from}
	for _, r := range sel.From {
		l.addRelation(b, r, s, nil)
	}
	l.blocks = append(l.blocks, b)
	for _, item := range sel.Items {
		l.addSubqueries(item.Expr, s)
	}
	l.addSubqueries(sel.Where, s)
	l.addSubqueries(sel.Having, s)
	for _, k := range sel.GroupKeys {
		l.addSubqueries(k, s)
	}
}

// addRelation adds the leaves of a relation to a block. names are aliases of the parentheses around it.
func (l *linter) addRelation(b *block, r *sqlsyntax.Relation, s *scope, names []string) {
	switch r.Kind {
	case sqlsyntax.JoinRelation:
		l.addRelation(b, r.Left, s, names)
		l.addRelation(b, r.Right, s, names)
		l.addSubqueries(r.On, s)
		return
	case sqlsyntax.ParenthesizedRelation:
		l.addRelation(b, r.Left, s, append(slices.Clip(names), strings.ToLower(r.Alias)))
		return
	}
	f := &leaf{Relation: r, names: names}
	switch {
	case r.Alias != "":
		f.names = append(slices.Clip(names), strings.ToLower(r.Alias))
	case r.Kind == sqlsyntax.TableRelation:
		f.names = append(slices.Clip(names), strings.ToLower(r.Name[len(r.Name)-1]))
	}
	switch r.Kind {
	case sqlsyntax.TableRelation:
		if f.common = s.find(r.Name); f.common != nil {
			f.common.source.readers = append(f.common.source.readers, b)
		}
	case sqlsyntax.QueryRelation:
		inner := l.addQuery(r.Query, s, &source{readers: []*block{b}})
		f.common = &definition{query: r.Query, scope: inner}
	}
	for _, a := range r.Arguments {
		l.addSubqueries(a, s)
	}
	b.leaves = append(b.leaves, f)
}

// addSubqueries adds the blocks of the subqueries in an expression.
func (l *linter) addSubqueries(e *sqlsyntax.Expr, s *scope) {
	e.Walk(func(o *sqlsyntax.Expr) {
		if o.Query != nil {
			l.addQuery(o.Query, s, &source{})
		}
	})
}

// conditions returns the conditions of WHERE and ON that must all hold.
func (b *block) conditions() []*sqlsyntax.Expr {
	list := b.selection.Where.Conjuncts()
	var add func(*sqlsyntax.Relation)
	add = func(r *sqlsyntax.Relation) {
		if r != nil {
			add(r.Left)
			add(r.Right)
			list = append(list, r.On.Conjuncts()...)
		}
	}
	for _, r := range b.selection.From {
		add(r)
	}
	return list
}

// isPlainScan reports whether a block returns rows of its relations one by one, so that LIMIT ends it early.
func (b *block) isPlainScan() bool {
	s, q := b.selection, b.query
	if q.Body.Selection != s || q.OrderBy != nil || s.Distinct || s.Grouped || s.Having != nil {
		return false
	}
	return !slices.ContainsFunc(s.Items, func(i sqlsyntax.Item) bool { return computesRows(i.Expr) })
}

// computesRows reports whether an expression has an aggregate or window function.
func computesRows(e *sqlsyntax.Expr) bool {
	return e.HasOperand(func(e *sqlsyntax.Expr) bool {
		return e.Kind == sqlsyntax.Call && (isWindowed(e) || isAggregate(e.Text))
	})
}

// isWindowed reports whether a call has a window.
func isWindowed(e *sqlsyntax.Expr) bool {
	return e.Call != nil && (e.Call.Window != nil || e.Call.WindowName != "")
}

// isAggregate reports whether a function is one of the usual aggregate functions.
func isAggregate(name string) bool {
	switch name {
	case "count", "sum", "min", "max", "avg", "approx_distinct", "approx_percentile", "percentile", "percentile_approx", "array_agg", "collect_list",
		"collect_set", "max_by", "min_by", "count_if", "arbitrary", "any_value", "stddev", "stddev_pop", "stddev_samp", "variance", "var_pop",
		"var_samp", "map_agg", "histogram", "bool_and", "bool_or", "every", "corr", "checksum", "geometric_mean", "listagg", "set_agg", "multimap_agg",
		"numeric_histogram", "merge", "approx_set", "regr_slope", "regr_intercept", "covar_pop", "covar_samp", "bitwise_and_agg", "bitwise_or_agg":
		return true
	}
	return false
}
