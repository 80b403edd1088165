package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sandbox/sql/tablefunc"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A selectTranslator translates SELECT with its clauses.
type selectTranslator struct {
	*state

	queries   *queryTranslator
	relations *fromTranslator
	groups    *groupTranslator
	exprs     *exprTranslator
	names     *nameResolver
	order     *orderTranslator
}

// hasAggregates reports whether a SELECT or its ORDER BY contains an aggregate.
func (se *selectTranslator) hasAggregates(sel *sqlsyntax.Selection, q *sqlsyntax.Query) bool {
	return slices.ContainsFunc(sel.Items, func(it sqlsyntax.Item) bool { return se.hasAggregate(it.Expr) }) || se.hasSortedAggregate(q.OrderBy)
}

func (se *selectTranslator) hasSortedAggregate(keys []sqlsyntax.SortKey) bool {
	return slices.ContainsFunc(keys, func(k sqlsyntax.SortKey) bool { return se.hasAggregate(k.Expr) })
}

// hasAggregate reports whether an expression contains an aggregate without OVER, subqueries excluded.
func (se *selectTranslator) hasAggregate(n *sqlsyntax.Expr) bool {
	if n == nil {
		return false
	}
	if n.Kind == sqlsyntax.Call && n.Call != nil {
		if w := se.windowOf(n); w != nil {
			if slices.ContainsFunc(w.PartitionBy, se.hasAggregate) || se.hasSortedAggregate(w.OrderBy) {
				return true
			}
		} else if n.Text == "grouping" || registry.IsAggregate(n.Text, se.hive) {
			return true
		}
	}
	return slices.ContainsFunc(n.Args, se.hasAggregate)
}

// A selectedItem is an item of the select list, or a column of *.
type selectedItem struct {
	expr *sqlsyntax.Expr // nil for a column of *
	name string
	value
}

// translate translates a SELECT with the ORDER BY and LIMIT of its query.
func (se *selectTranslator) translate(sel *sqlsyntax.Selection, q *sqlsyntax.Query, outer *scope) (string, []output) {
	saved := se.windows
	defer func() { se.windows = saved }()
	se.windows = sel.Windows
	if se.hive {
		if err := tablefunc.MoveToFrom(sel, se.newAlias); err != nil {
			panic(err)
		}
	}
	s := &scope{parent: outer}
	source := se.translateSource(sel, s)
	se.checkStars(sel, s)
	having := ""
	if sel.Grouped || sel.Having != nil || se.hasAggregates(sel, q) {
		g := se.groups.translate(sel, s, source)
		s = &scope{parent: outer, fields: s.fields, grouping: g, aliases: s.aliases}
		having = se.translateHaving(sel, s)
	}
	items := se.translateItems(sel, s)
	outputs := make([]output, len(items))
	columns := make([]string, len(items))
	for i, it := range items {
		outputs[i] = output{name: it.name, typ: it.typ}
		columns[i] = it.sql + " AS c" + itoa(i+1)
	}
	s.aliases, s.first = itemAliases(sel), true
	for i, it := range items {
		if se.hive && it.name == "" && it.expr != nil {
			s.aliases[se.unnamedColumn(i)] = it.expr
		}
	}
	se.checkOrder(sel, q, items, outputs, s)
	keyword := "SELECT "
	if sel.Distinct {
		keyword = "SELECT DISTINCT "
	}
	grouped := sel.Distinct && slices.ContainsFunc(outputs, output.hasIdentity)
	if grouped {
		for i := range items {
			items[i].sql = "c" + itoa(i+1)
		}
	}
	order := se.order.translate(q.OrderBy, items, outputs, s)
	if s.grouping != nil {
		source = s.grouping.innerQuery()
		if having != "" {
			source += " WHERE " + having
		}
	}
	selected := keyword + strings.Join(columns, ", ")
	if grouped {
		selected, source = "SELECT *", " FROM ("+groupEqual("SELECT "+strings.Join(columns, ", ")+source, outputs)+")"
	}
	if q.WithTies {
		return se.queries.limitWithTies(selected, source, q, items, outputs, s), outputs
	}
	return selected + source + order + se.queries.translateLimit(q), outputs
}

// translateSource translates FROM and WHERE, and adds the columns to s.
func (se *selectTranslator) translateSource(sel *sqlsyntax.Selection, s *scope) string {
	f := se.relations.translate(sel.From, s)
	where := f.where
	source := f.sql
	if sel.Where != nil {
		se.withClause("WHERE clause", func() {
			terms := se.names.factorOr(sel.Where, s).Conjuncts()
			conditions := se.exprs.predicates.translateTerms(terms, s)
			source, conditions = se.speedUpSubquery(f, terms, conditions, s)
			where = append(where, conditions...)
		})
	}
	if len(where) == 0 {
		return source
	}
	if source == "" {
		source = " FROM (SELECT 1)"
	}
	return source + " WHERE " + joinBalanced(where, " AND ")
}

// translateHaving translates the condition of HAVING, or returns "" if there is none. In Hive it may use aliases.
func (se *selectTranslator) translateHaving(sel *sqlsyntax.Selection, s *scope) (having string) {
	if sel.Having == nil {
		return ""
	}
	if se.hive {
		se.requireGroups(sel)
		s.aliases = itemAliases(sel)
	}
	se.withClause("HAVING clause", func() { having = se.exprs.translateCondition(sel.Having, s) })
	s.aliases = nil
	return having
}

// checkOrder rejects keys of ORDER BY that the dialect does not accept.
func (se *selectTranslator) checkOrder(sel *sqlsyntax.Selection, q *sqlsyntax.Query, items []selectedItem, outputs []output, s *scope) {
	for _, k := range q.OrderBy {
		switch {
		case se.hive:
			se.order.checkHive(k.Expr, sel, outputs)
		case s.grouping != nil:
			se.checkSortedAggregate(k.Expr, outputs)
		}
	}
	se.checkDistinctOrder(sel, q, items, outputs, s)
}

// requireGroups rejects HAVING without GROUP BY.
func (se *selectTranslator) requireGroups(sel *sqlsyntax.Selection) {
	if !sel.Grouped {
		fail(SemanticError, sel.Having.Pos, "HAVING specified without GROUP BY")
	}
}

// speedUpSubquery changes the FROM and the WHERE of a correlated subquery, which the engine plans as if it ran once. If
// a term compares a column with a value of the outer query, FROM starts with a table that seems to have many rows, so that
// the engine makes an index. Otherwise the rows that fulfil the other terms become a table.
func (se *selectTranslator) speedUpSubquery(f fromClause, terms []*sqlsyntax.Expr, conditions []string, s *scope) (string, []string) {
	if s.parent == nil || f.sql == "" {
		return f.sql, conditions
	}
	c := se.correlationIn(s.parent)
	var fixed, correlated []string
	lookup := false
	for i, n := range terms {
		if !c.In(n) {
			fixed = append(fixed, conditions[i])
			continue
		}
		correlated = append(correlated, conditions[i])
		lookup = lookup || n.Kind == sqlsyntax.Binary && n.Text == "="
	}
	rest := strings.TrimPrefix(f.sql, " FROM ")
	switch {
	case lookup:
	case len(correlated) > 0 && len(fixed) > 0 && f.alias != "":
		rest = "(SELECT * FROM " + rest + " WHERE " + joinBalanced(fixed, " AND ") + " LIMIT -1) AS " + f.alias
		conditions = correlated
	default:
		return f.sql, conditions
	}
	return " FROM json_each('[0]') AS " + se.newAlias("j") + " CROSS JOIN " + rest, conditions
}

// checkDistinctOrder fails if a SELECT DISTINCT is ordered by something that is not in its select list.
func (se *selectTranslator) checkDistinctOrder(sel *sqlsyntax.Selection, q *sqlsyntax.Query, items []selectedItem, outputs []output, s *scope) {
	if !sel.Distinct || se.hive {
		return
	}
	for _, k := range q.OrderBy {
		_, number := k.Expr.WholeNumber()
		_, named := se.order.findOutput(k.Expr, outputs)
		known := number || named
		for _, it := range items {
			known = known || it.expr != nil && !mentionsOutput(k.Expr, outputs) && se.names.sameExpr(it.expr, k.Expr, s)
			if it.expr == nil && k.Expr.Kind == sqlsyntax.Column {
				v, ok := se.names.tryResolve(k.Expr, s)
				known = known || ok && v.sql == it.sql
			}
		}
		if !known {
			fail(SemanticError, sel.Pos, "For SELECT DISTINCT, ORDER BY expressions must appear in select list")
		}
	}
}

// checkSortedAggregate rejects an aggregate in ORDER BY that refers to a column of the result.
func (se *selectTranslator) checkSortedAggregate(n *sqlsyntax.Expr, outputs []output) {
	switch {
	case n == nil:
		return
	case n.Kind == sqlsyntax.Call && n.Text == "grouping" && mentionsOutput(n, outputs):
		fail(SemanticError, n.Pos, "Invalid reference to output of SELECT clause from grouping() expression in ORDER BY")
	case registry.IsAggregateCall(n) && mentionsOutput(n, outputs):
		fail(SemanticError, n.Pos, "Invalid reference to output projection attribute from ORDER BY aggregation")
	}
	for _, a := range n.Args {
		se.checkSortedAggregate(a, outputs)
	}
}

// mentionsOutput reports whether an expression that is not a name contains the name of an output column. In ORDER BY it
// refers to that column, so the expression is not the one in the select list.
func mentionsOutput(n *sqlsyntax.Expr, outputs []output) bool {
	return slices.ContainsFunc(n.Args, func(a *sqlsyntax.Expr) bool {
		if a == nil {
			return false
		}
		if a.Kind == sqlsyntax.Column && len(a.Path) == 1 {
			return slices.ContainsFunc(outputs, func(o output) bool { return strings.EqualFold(o.name, a.Path[0]) })
		}
		return mentionsOutput(a, outputs)
	})
}

// itemAliases returns the expressions of the aliases in the select list, or nil for an ambiguous one.
func itemAliases(sel *sqlsyntax.Selection) map[string]*sqlsyntax.Expr {
	aliases := map[string]*sqlsyntax.Expr{}
	for _, it := range sel.Items {
		if it.Alias == "" || it.Expr == nil {
			continue
		}
		name := strings.ToLower(it.Alias)
		if _, twice := aliases[name]; twice {
			aliases[name] = nil
			continue
		}
		aliases[name] = it.Expr
	}
	return aliases
}

// checkStars rejects * without FROM and q.* with an unknown q.
func (se *selectTranslator) checkStars(sel *sqlsyntax.Selection, s *scope) {
	for _, it := range sel.Items {
		switch {
		case !it.Star:
		case it.Expr != nil:
		case len(it.Qualifier) > 0:
			if _, ok := se.findStar(it, s); !ok {
				fail(SemanticError, it.Pos, "Unable to resolve reference "+strings.Join(it.Qualifier, "."))
			}
		case len(sel.From) == 0:
			fail(SemanticError, it.Pos, "SELECT * not allowed in queries without FROM clause")
		}
	}
}

// translateItems translates the select list.
func (se *selectTranslator) translateItems(sel *sqlsyntax.Selection, s *scope) (items []selectedItem) {
	for _, it := range sel.Items {
		if it.Star {
			columns := se.expandStar(it, s)
			if it.Aliases != nil && len(it.Aliases) != len(columns) {
				fail(SemanticError, it.Pos, "Column alias list has "+itoa(len(it.Aliases))+" entries but relation has "+itoa(len(columns))+" columns")
			}
			for i, name := range it.Aliases {
				columns[i].name = name
			}
			items = append(items, columns...)
			continue
		}
		v := se.exprs.translate(it.Expr, s)
		if se.hive && v.typ.Is("decimal") && se.isConstant(it.Expr) { // evaluated in advance, without trailing zeros
			v.sql = call("h_cast_varchar_decimal", v.sql)
		}
		name := it.Alias
		if name == "" {
			name = se.ownName(it.Expr)
		}
		items = append(items, selectedItem{expr: it.Expr, name: name, value: v})
	}
	return items
}

// findStar returns the scope with the relation q of q.*, or nil if q is a column of type row.
func (se *selectTranslator) findStar(it sqlsyntax.Item, s *scope) (of *scope, ok bool) {
	for of = s; of != nil; of = of.parent {
		if of.hasRelation(it.Qualifier) {
			return of, true
		}
	}
	if se.hive {
		return nil, false
	}
	v, ok := se.names.tryResolve(&sqlsyntax.Expr{Kind: sqlsyntax.Column, Pos: it.Pos, Path: it.Qualifier}, s)
	return nil, ok && v.typ.Is("row")
}

// expandStar returns the columns of *, q.* or (row).*.
func (se *selectTranslator) expandStar(it sqlsyntax.Item, s *scope) (items []selectedItem) {
	of := s
	if it.Expr == nil && it.Qualifier != nil {
		if of, _ = se.findStar(it, s); of == nil {
			it.Expr = &sqlsyntax.Expr{Kind: sqlsyntax.Column, Pos: it.Pos, Path: it.Qualifier}
		}
	}
	if it.Expr != nil {
		return se.expandRow(it, s)
	}
	for i := range of.fields {
		f := &of.fields[i]
		if f.hidden || it.Qualifier == nil && f.joined || it.Qualifier != nil && !f.belongsTo(it.Qualifier) {
			continue
		}
		v := value{sql: f.sql, typ: f.typ}
		if of.grouping != nil {
			v.sql = of.grouping.keyOfColumn(se.names, f, &sqlsyntax.Expr{Kind: sqlsyntax.Column, Path: []string{f.name}, Pos: it.Pos}, of == s)
		}
		items = append(items, selectedItem{name: f.name, value: v})
	}
	return items
}

// expandRow returns the fields of (row).*.
func (se *selectTranslator) expandRow(it sqlsyntax.Item, s *scope) (items []selectedItem) {
	v := se.exprs.translate(it.Expr, s)
	if !v.typ.Is("row") {
		fail(SemanticError, it.Pos, "expected expression of type Row")
	}
	for i, field := range fieldsOf(v) {
		items = append(items, selectedItem{name: v.typ.FieldName(i), value: field})
	}
	return items
}

// ownName returns the name of an item without an alias, or "" if it is not a column or a field.
func (se *selectTranslator) ownName(n *sqlsyntax.Expr) string {
	switch n.Kind {
	case sqlsyntax.Column:
		return n.Path[len(n.Path)-1]
	case sqlsyntax.Field:
		return n.Text
	}
	return ""
}

// isConstant reports whether an expression depends neither on columns nor on rows.
func (se *selectTranslator) isConstant(n *sqlsyntax.Expr) bool {
	return !refersToColumn(n) && !se.hasAggregate(n) && (n.Call == nil || n.Call.Window == nil && n.Call.WindowName == "")
}
