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

func (c *commonScope) find(name string) *commonScope {
	for ; c != nil; c = c.outer {
		if strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

// query translates a query; its columns are c1, c2, ….
func (e *emitter) query(q *sqlsyntax.Query, outer *scope) (sql string, outputs []output) {
	defer e.enter(q.Pos)()
	tables, windows, clause := e.tables, e.windows, e.clause
	defer func() { e.tables, e.windows, e.clause = tables, windows, clause }()
	e.windows, e.clause = nil, ""
	with := e.with(q, outer)
	switch b := q.Body; {
	case b.Selection != nil:
		sql, outputs = e.selection(b.Selection, q, outer)
	case b.Query != nil && len(q.OrderBy) == 0 && q.Limit == nil && q.Offset == nil:
		sql, outputs = e.query(b.Query, outer)
		if with != "" && len(b.Query.With) > 0 {
			sql = "SELECT * FROM (" + sql + ")"
		}
	default:
		sql, outputs = e.body(b, outer)
		sql = e.orderedBody(sql, outputs, q, outer)
	}
	return with + sql, outputs
}

// with translates WITH and makes its tables visible.
func (e *emitter) with(q *sqlsyntax.Query, outer *scope) string {
	var parts []string
	seen := map[string]bool{}
	for i := range q.With {
		c := &q.With[i]
		if name := strings.ToLower(c.Name); seen[name] {
			fail(SemanticError, c.Pos, "WITH query name '"+c.Name+"' specified more than once")
		} else {
			seen[name] = true
		}
		parts = append(parts, e.commonTable(c, q.Recursive, outer))
	}
	if len(parts) == 0 {
		return ""
	}
	keyword := "WITH "
	if q.Recursive {
		keyword = "WITH RECURSIVE "
	}
	return keyword + strings.Join(parts, ", ") + " "
}

func (e *emitter) commonTable(c *sqlsyntax.CommonTable, recursive bool, outer *scope) string {
	table := &commonScope{name: c.Name, sql: e.alias("w"), outer: e.tables}
	var sql string
	if b := c.Query.Body; recursive && b.Op == "UNION" && len(c.Query.With) == 0 && mentions(b, c.Name) {
		sql = e.recursive(c, table, outer)
	} else {
		sql, table.outputs = e.query(c.Query, outer)
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
func (e *emitter) recursive(c *sqlsyntax.CommonTable, table *commonScope, outer *scope) string {
	b := c.Query.Body
	if len(c.Query.OrderBy) > 0 || c.Query.Limit != nil {
		fail(NotSupported, c.Pos, "ORDER BY or LIMIT in a recursive query is not supported by the sandbox")
	}
	left, outputs := e.operand(b.Left, outer)
	table.outputs = outputs
	e.renameOutputs(outputs, c)
	table.self = true
	e.tables = table
	right, next := e.operand(b.Right, outer)
	table.self = false
	if !table.used {
		fail(SemanticError, b.Pos, "WITH table name is referenced in the base relation of recursion")
	}
	e.sameWidth(b, outputs, next)
	for i := range outputs {
		if _, ok := types.Coercible(next[i].typ, outputs[i].typ, true); !ok {
			fail(SemanticError, b.Pos, "recursion step relation output type ("+next[i].typ.String()+") is not coercible to recursion base relation output type ("+outputs[i].typ.String()+") at column "+itoa(i+1))
		}
	}
	op := " UNION "
	if b.All {
		op = " UNION ALL "
	}
	return left + op + right
}

// mentions tells whether a table of that name stands in a FROM of the body.
func mentions(b *sqlsyntax.Body, name string) bool {
	if b == nil {
		return false
	}
	if b.Query != nil {
		return mentions(b.Query.Body, name)
	}
	if b.Selection != nil {
		for _, r := range b.Selection.From {
			if relationMentions(r, name) {
				return true
			}
		}
	}
	return mentions(b.Left, name) || mentions(b.Right, name)
}

func relationMentions(r *sqlsyntax.Relation, name string) bool {
	if r == nil {
		return false
	}
	if r.Query != nil {
		return mentions(r.Query.Body, name)
	}
	return len(r.Name) == 1 && strings.EqualFold(r.Name[0], name) || relationMentions(r.Left, name) || relationMentions(r.Right, name)
}

// renameOutputs gives a WITH table the column names that stand after its own.
func (e *emitter) renameOutputs(outputs []output, c *sqlsyntax.CommonTable) {
	if c.Columns == nil {
		return
	}
	if len(c.Columns) != len(outputs) {
		fail(SemanticError, c.Pos, "Column alias list has "+itoa(len(c.Columns))+" entries but relation has "+itoa(len(outputs))+" columns")
	}
	for i, name := range c.Columns {
		outputs[i].name = name
	}
}

// orderedBody adds ORDER BY and LIMIT to a set operation or VALUES.
func (e *emitter) orderedBody(sql string, outputs []output, q *sqlsyntax.Query, outer *scope) string {
	if len(q.OrderBy) == 0 && q.Limit == nil && q.Offset == nil {
		return sql
	}
	alias := e.alias("u")
	s := &scope{parent: outer}
	for i, o := range outputs {
		s.fields = append(s.fields, field{name: o.name, sql: alias + ".c" + itoa(i+1), typ: o.typ})
	}
	sql = "SELECT * FROM (" + sql + ") AS " + alias
	return sql + e.orderBy(q.OrderBy, nil, outputs, s) + e.limit(q)
}

// limit writes LIMIT and OFFSET.
func (e *emitter) limit(q *sqlsyntax.Query) string {
	if q.WithTies {
		fail(NotSupported, q.Pos, "FETCH FIRST … WITH TIES is not supported by the sandbox")
	}
	if q.Limit == nil && q.Offset == nil {
		return ""
	}
	sql := " LIMIT -1"
	if q.Limit != nil {
		sql = " LIMIT " + q.Limit.Text
	}
	if q.Offset != nil {
		sql += " OFFSET " + q.Offset.Text
	}
	return sql
}
