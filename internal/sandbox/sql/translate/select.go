package translate

import (
	"strconv"
	"strings"
)

// A selected is an item of the select list, * being several.
type selected struct {
	expr *node // nil for a column of *
	name string
	value
}

// selection translates a SELECT with the ORDER BY and LIMIT of the query that it is.
func (e *emitter) selection(sel *selection, q *query, outer *scope) (string, []output) {
	saved := e.windows
	defer func() { e.windows = saved }()
	e.windows = sel.windows
	e.explodeItems(sel)
	s := &scope{parent: outer}
	f := e.from(sel.from, s)
	where := f.where
	if sel.where != nil {
		e.in("WHERE clause", func() { where = append(where, e.condition(sel.where, s)) })
	}
	source := f.sql
	if len(where) > 0 {
		if source == "" {
			source = " FROM (SELECT 1)"
		}
		source += " WHERE " + strings.Join(where, " AND ")
	}
	e.starsOf(sel, s)
	having := ""
	if grouped := sel.grouped || sel.having != nil || e.aggregates(sel, q); grouped {
		g := e.group(sel, s, source)
		s = &scope{parent: outer, fields: s.fields, grouping: g, aliases: s.aliases}
		if sel.having != nil {
			if e.hive {
				s.aliases = aliasesOf(sel)
			}
			e.in("HAVING clause", func() { having = e.condition(sel.having, s) })
			s.aliases = nil
		}
	}
	items := e.items(sel, s)
	outputs := make([]output, len(items))
	columns := make([]string, len(items))
	for i, it := range items {
		outputs[i] = output{name: it.name, typ: it.typ}
		columns[i] = it.sql + " AS c" + itoa(i+1)
	}
	s.aliases, s.first = aliasesOf(sel), true
	order := e.selectionOrder(sel, q, items, outputs, s)
	if s.grouping != nil {
		source = s.grouping.source()
		if having != "" {
			source += " WHERE " + having
		}
	}
	keyword := "SELECT "
	if sel.distinct {
		keyword = "SELECT DISTINCT "
	}
	return keyword + strings.Join(columns, ", ") + source + order + e.limit(q), outputs
}

// selectionOrder writes a SELECT's ORDER BY.
func (e *emitter) selectionOrder(sel *selection, q *query, items []selected, outputs []output, s *scope) string {
	order := e.orderBy(q.order, items, outputs, s)
	if !sel.distinct || e.hive {
		return order
	}
	for _, k := range q.order {
		_, number := wholeNumber(k.expr)
		_, named := e.outputNamed(k.expr, outputs)
		known := number || named
		for _, it := range items {
			known = known || it.expr != nil && e.sameExpr(it.expr, k.expr, s)
			if it.expr == nil && k.expr.kind == nodeColumn {
				v, ok := e.tryColumn(k.expr, s)
				known = known || ok && v.sql == it.sql
			}
		}
		if !known {
			fail(SemanticError, k.expr.pos, "For SELECT DISTINCT, ORDER BY expressions must appear in select list")
		}
	}
	return order
}

// aliasesOf is the names of the select list; one that is given twice is nil.
func aliasesOf(sel *selection) map[string]*node {
	aliases := map[string]*node{}
	for _, it := range sel.items {
		if it.alias == "" || it.expr == nil {
			continue
		}
		name := strings.ToLower(it.alias)
		if _, twice := aliases[name]; twice {
			aliases[name] = nil
			continue
		}
		aliases[name] = it.expr
	}
	return aliases
}

// starsOf requires that * and q.* have something to stand for.
func (e *emitter) starsOf(sel *selection, s *scope) {
	for _, it := range sel.items {
		switch {
		case !it.star:
		case len(it.of) > 0 && !s.hasRelation(it.of):
			fail(SemanticError, it.pos, "Unable to resolve reference "+strings.Join(it.of, "."))
		case len(sel.from) == 0:
			fail(SemanticError, it.pos, "SELECT * not allowed in queries without FROM clause")
		}
	}
}

// items translates the select list.
func (e *emitter) items(sel *selection, s *scope) (items []selected) {
	for _, it := range sel.items {
		if it.star {
			items = append(items, e.star(it, s)...)
			continue
		}
		v := e.expr(it.expr, s)
		name := it.alias
		if name == "" {
			name = e.ownName(it.expr)
		}
		items = append(items, selected{expr: it.expr, name: name, value: v})
	}
	return items
}

// star is the columns of * or q.*.
func (e *emitter) star(it item, s *scope) (items []selected) {
	for i := range s.fields {
		f := &s.fields[i]
		if it.of == nil && f.joined || it.of != nil && !f.of(it.of) {
			continue
		}
		v := value{sql: f.sql, typ: f.typ}
		if s.grouping != nil {
			v.sql = s.grouping.column(e, f, &node{kind: nodeColumn, path: []string{f.name}, pos: it.pos}, true)
		}
		items = append(items, selected{name: f.name, value: v})
	}
	return items
}

// ownName is the name of a column or a field that stands by itself.
func (e *emitter) ownName(n *node) string {
	switch n.kind {
	case nodeColumn:
		return n.path[len(n.path)-1]
	case nodeField:
		return n.text
	}
	return ""
}

// explodeItems makes Hive's SELECT explode(x) AS a a LATERAL VIEW.
func (e *emitter) explodeItems(sel *selection) {
	if !e.hive {
		return
	}
	for i := range sel.items {
		it := &sel.items[i]
		if it.expr == nil || it.expr.kind != nodeCall {
			continue
		}
		switch it.expr.text {
		case "explode", "posexplode", "inline", "stack", "json_tuple", "parse_url_tuple":
		default:
			continue
		}
		if len(sel.items) > 1 {
			fail(SemanticError, it.pos, "Only a single expression in the SELECT clause is supported with UDTF's")
		}
		view := &relation{kind: relationUnnest, pos: it.pos, explode: it.expr.text, arrays: it.expr.args, alias: e.alias("udtf"), columns: it.aliases}
		if it.alias != "" {
			view.columns = []string{it.alias}
		}
		if len(sel.from) == 0 {
			sel.from = []*relation{view}
		} else {
			last := len(sel.from) - 1
			sel.from[last] = &relation{kind: relationJoin, pos: it.pos, join: "CROSS", left: sel.from[last], right: view}
		}
		*it = item{pos: it.pos, star: true, of: []string{view.alias}}
	}
}

// wholeNumber is the value of a node that is a whole number: a position in ORDER BY and GROUP BY.
func wholeNumber(n *node) (int, bool) {
	if n.kind != nodeNumber {
		return 0, false
	}
	v, err := strconv.Atoi(n.text)
	return v, err == nil
}
