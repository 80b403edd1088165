package translate

import "strings"

// An output is a column of a query. In SQL it is c1, c2, …: names may be given twice.
type output struct {
	name string // empty when the statement gives none
	typ  typ
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

func (c *commonScope) find(name string) *commonScope {
	for ; c != nil; c = c.outer {
		if strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

// query translates a query; its columns are c1, c2, ….
func (e *emitter) query(q *query, outer *scope) (sql string, outputs []output) {
	defer e.enter(q.pos)()
	tables, windows, clause := e.tables, e.windows, e.clause
	defer func() { e.tables, e.windows, e.clause = tables, windows, clause }()
	e.windows, e.clause = nil, ""
	with := e.with(q, outer)
	switch b := q.body; {
	case b.selection != nil:
		sql, outputs = e.selection(b.selection, q, outer)
	case b.query != nil && len(q.order) == 0 && q.limit == nil && q.offset == nil:
		sql, outputs = e.query(b.query, outer)
		if with != "" && len(b.query.with) > 0 {
			sql = "SELECT * FROM (" + sql + ")"
		}
	default:
		sql, outputs = e.body(b, outer)
		sql = e.orderedBody(sql, outputs, q, outer)
	}
	return with + sql, outputs
}

// with translates WITH and makes its tables visible.
func (e *emitter) with(q *query, outer *scope) string {
	var parts []string
	seen := map[string]bool{}
	for i := range q.with {
		c := &q.with[i]
		if name := strings.ToLower(c.name); seen[name] {
			fail(SemanticError, c.pos, "WITH query name '"+c.name+"' specified more than once")
		} else {
			seen[name] = true
		}
		parts = append(parts, e.commonTable(c, q.recursive, outer))
	}
	if len(parts) == 0 {
		return ""
	}
	keyword := "WITH "
	if q.recursive {
		keyword = "WITH RECURSIVE "
	}
	return keyword + strings.Join(parts, ", ") + " "
}

func (e *emitter) commonTable(c *commonTable, recursive bool, outer *scope) string {
	table := &commonScope{name: c.name, sql: e.alias("w"), outer: e.tables}
	var sql string
	if b := c.query.body; recursive && b.op == "UNION" && len(c.query.with) == 0 && mentions(b, c.name) {
		sql = e.recursive(c, table, outer)
	} else {
		sql, table.outputs = e.query(c.query, outer)
		e.renameOutputs(table.outputs, c)
	}
	e.tables = table
	return table.sql + columnNames(len(table.outputs)) + " AS (" + sql + ")"
}

// columnNames is (c1, c2, …).
func columnNames(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = "c" + itoa(i+1)
	}
	return "(" + strings.Join(names, ", ") + ")"
}

// recursive translates a recursive table: the first branch gives its types.
func (e *emitter) recursive(c *commonTable, table *commonScope, outer *scope) string {
	b := c.query.body
	if len(c.query.order) > 0 || c.query.limit != nil {
		fail(NotSupported, c.pos, "ORDER BY or LIMIT in a recursive query is not supported by the sandbox")
	}
	left, outputs := e.operand(b.left, outer)
	table.outputs = outputs
	e.renameOutputs(outputs, c)
	table.self = true
	e.tables = table
	right, next := e.operand(b.right, outer)
	table.self = false
	if !table.used {
		fail(SemanticError, b.pos, "WITH table name is referenced in the base relation of recursion")
	}
	e.sameWidth(b, outputs, next)
	for i := range outputs {
		if _, ok := coercible(next[i].typ, outputs[i].typ, true); !ok {
			fail(SemanticError, b.pos, "recursion step relation output type ("+next[i].typ.String()+") is not coercible to recursion base relation output type ("+outputs[i].typ.String()+") at column "+itoa(i+1))
		}
	}
	op := " UNION "
	if b.all {
		op = " UNION ALL "
	}
	return left + op + right
}

// mentions tells whether a table of that name stands in a FROM of the body.
func mentions(b *body, name string) bool {
	if b == nil {
		return false
	}
	if b.query != nil {
		return mentions(b.query.body, name)
	}
	if b.selection != nil {
		for _, r := range b.selection.from {
			if relationMentions(r, name) {
				return true
			}
		}
	}
	return mentions(b.left, name) || mentions(b.right, name)
}

func relationMentions(r *relation, name string) bool {
	if r == nil {
		return false
	}
	if r.query != nil {
		return mentions(r.query.body, name)
	}
	return len(r.name) == 1 && strings.EqualFold(r.name[0], name) || relationMentions(r.left, name) || relationMentions(r.right, name)
}

// renameOutputs gives a WITH table the column names that stand after its own.
func (e *emitter) renameOutputs(outputs []output, c *commonTable) {
	if c.columns == nil {
		return
	}
	if len(c.columns) != len(outputs) {
		fail(SemanticError, c.pos, "Column alias list has "+itoa(len(c.columns))+" entries but relation has "+itoa(len(outputs))+" columns")
	}
	for i, name := range c.columns {
		outputs[i].name = name
	}
}

// orderedBody adds ORDER BY and LIMIT to a set operation or VALUES.
func (e *emitter) orderedBody(sql string, outputs []output, q *query, outer *scope) string {
	if len(q.order) == 0 && q.limit == nil && q.offset == nil {
		return sql
	}
	alias := e.alias("u")
	s := &scope{parent: outer}
	for i, o := range outputs {
		s.fields = append(s.fields, field{name: o.name, sql: alias + ".c" + itoa(i+1), typ: o.typ})
	}
	sql = "SELECT * FROM (" + sql + ") AS " + alias
	return sql + e.orderBy(q.order, nil, outputs, s) + e.limit(q)
}

// limit writes LIMIT and OFFSET.
func (e *emitter) limit(q *query) string {
	if q.ties {
		fail(NotSupported, q.pos, "FETCH FIRST … WITH TIES is not supported by the sandbox")
	}
	if q.limit == nil && q.offset == nil {
		return ""
	}
	sql := " LIMIT -1"
	if q.limit != nil {
		sql = " LIMIT " + q.limit.text
	}
	if q.offset != nil {
		sql += " OFFSET " + q.offset.text
	}
	return sql
}
