package translate

import (
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// A selected is an item of the select list, * being several.
type selected struct {
	expr *sqlsyntax.Expr // nil for a column of *
	name string
	value
}

// selection translates a SELECT with the ORDER BY and LIMIT of the query that it is.
func (e *emitter) selection(sel *sqlsyntax.Selection, q *sqlsyntax.Query, outer *scope) (string, []output) {
	saved := e.windows
	defer func() { e.windows = saved }()
	e.windows = sel.Windows
	e.explodeItems(sel)
	s := &scope{parent: outer}
	f := e.from(sel.From, s)
	where := f.where
	if sel.Where != nil {
		e.in("WHERE clause", func() { where = append(where, e.condition(sel.Where, s)) })
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
	if grouped := sel.Grouped || sel.Having != nil || e.aggregates(sel, q); grouped {
		g := e.group(sel, s, source)
		s = &scope{parent: outer, fields: s.fields, grouping: g, aliases: s.aliases}
		if sel.Having != nil {
			if e.hive {
				s.aliases = aliasesOf(sel)
			}
			e.in("HAVING clause", func() { having = e.condition(sel.Having, s) })
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
	if sel.Distinct {
		keyword = "SELECT DISTINCT "
	}
	return keyword + strings.Join(columns, ", ") + source + order + e.limit(q), outputs
}

// selectionOrder writes a SELECT's ORDER BY.
func (e *emitter) selectionOrder(sel *sqlsyntax.Selection, q *sqlsyntax.Query, items []selected, outputs []output, s *scope) string {
	order := e.orderBy(q.OrderBy, items, outputs, s)
	if !sel.Distinct || e.hive {
		return order
	}
	for _, k := range q.OrderBy {
		_, number := wholeNumber(k.Expr)
		_, named := e.outputNamed(k.Expr, outputs)
		known := number || named
		for _, it := range items {
			known = known || it.expr != nil && e.sameExpr(it.expr, k.Expr, s)
			if it.expr == nil && k.Expr.Kind == sqlsyntax.Column {
				v, ok := e.tryColumn(k.Expr, s)
				known = known || ok && v.sql == it.sql
			}
		}
		if !known {
			fail(SemanticError, k.Expr.Pos, "For SELECT DISTINCT, ORDER BY expressions must appear in select list")
		}
	}
	return order
}

// aliasesOf is the names of the select list; one that is given twice is nil.
func aliasesOf(sel *sqlsyntax.Selection) map[string]*sqlsyntax.Expr {
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

// starsOf requires that * and q.* have something to stand for.
func (e *emitter) starsOf(sel *sqlsyntax.Selection, s *scope) {
	for _, it := range sel.Items {
		switch {
		case !it.Star:
		case len(it.Qualifier) > 0 && !s.hasRelation(it.Qualifier):
			fail(SemanticError, it.Pos, "Unable to resolve reference "+strings.Join(it.Qualifier, "."))
		case len(sel.From) == 0:
			fail(SemanticError, it.Pos, "SELECT * not allowed in queries without FROM clause")
		}
	}
}

// items translates the select list.
func (e *emitter) items(sel *sqlsyntax.Selection, s *scope) (items []selected) {
	for _, it := range sel.Items {
		if it.Star {
			items = append(items, e.star(it, s)...)
			continue
		}
		v := e.expr(it.Expr, s)
		name := it.Alias
		if name == "" {
			name = e.ownName(it.Expr)
		}
		items = append(items, selected{expr: it.Expr, name: name, value: v})
	}
	return items
}

// star is the columns of * or q.*.
func (e *emitter) star(it sqlsyntax.Item, s *scope) (items []selected) {
	for i := range s.fields {
		f := &s.fields[i]
		if it.Qualifier == nil && f.joined || it.Qualifier != nil && !f.of(it.Qualifier) {
			continue
		}
		v := value{sql: f.sql, typ: f.typ}
		if s.grouping != nil {
			v.sql = s.grouping.column(e, f, &sqlsyntax.Expr{Kind: sqlsyntax.Column, Path: []string{f.name}, Pos: it.Pos}, true)
		}
		items = append(items, selected{name: f.name, value: v})
	}
	return items
}

// ownName is the name of a column or a field that stands by itself.
func (e *emitter) ownName(n *sqlsyntax.Expr) string {
	switch n.Kind {
	case sqlsyntax.Column:
		return n.Path[len(n.Path)-1]
	case sqlsyntax.Field:
		return n.Text
	}
	return ""
}

// explodeItems makes Hive's SELECT explode(x) AS a a LATERAL VIEW.
func (e *emitter) explodeItems(sel *sqlsyntax.Selection) {
	if !e.hive {
		return
	}
	for i := range sel.Items {
		it := &sel.Items[i]
		if it.Expr == nil || it.Expr.Kind != sqlsyntax.Call {
			continue
		}
		switch it.Expr.Text {
		case "explode", "posexplode", "inline", "stack", "json_tuple", "parse_url_tuple":
		default:
			continue
		}
		if len(sel.Items) > 1 {
			fail(SemanticError, it.Pos, "Only a single expression in the SELECT clause is supported with UDTF's")
		}
		view := &sqlsyntax.Relation{Kind: sqlsyntax.UnnestRelation, Pos: it.Pos, Function: it.Expr.Text, Arguments: it.Expr.Args, Alias: e.alias("udtf"), Columns: it.Aliases}
		if it.Alias != "" {
			view.Columns = []string{it.Alias}
		}
		if len(sel.From) == 0 {
			sel.From = []*sqlsyntax.Relation{view}
		} else {
			last := len(sel.From) - 1
			sel.From[last] = &sqlsyntax.Relation{Kind: sqlsyntax.JoinRelation, Pos: it.Pos, Join: "CROSS", Left: sel.From[last], Right: view}
		}
		*it = sqlsyntax.Item{Pos: it.Pos, Star: true, Qualifier: []string{view.Alias}}
	}
}

// wholeNumber is the value of a node that is a whole number: a position in ORDER BY and GROUP BY.
func wholeNumber(n *sqlsyntax.Expr) (int, bool) {
	if n.Kind != sqlsyntax.Number {
		return 0, false
	}
	v, err := strconv.Atoi(n.Text)
	return v, err == nil
}
