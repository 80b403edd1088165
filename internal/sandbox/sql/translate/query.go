package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A queryTranslator translates queries: WITH, set operations, VALUES, and ORDER BY and LIMIT of these.
type queryTranslator struct {
	*state

	selects     *selectTranslator
	exprs       *exprTranslator
	conversions *converter
	order       *orderTranslator
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
func (qt *queryTranslator) query(q *sqlsyntax.Query, outer *scope) (sql string, outputs []output) {
	defer qt.enter(q.Pos)()
	tables, windows, clause := qt.withTables, qt.windows, qt.clause
	defer func() { qt.withTables, qt.windows, qt.clause = tables, windows, clause }()
	qt.windows, qt.clause = nil, ""
	with := qt.with(q, outer)
	switch b := q.Body; {
	case b.Selection != nil:
		sql, outputs = qt.selects.selection(b.Selection, q, outer)
	case b.Query != nil && len(q.OrderBy) == 0 && q.Limit == nil && q.Offset == nil:
		sql, outputs = qt.query(b.Query, outer)
		if with != "" && len(b.Query.With) > 0 {
			sql = "SELECT * FROM (" + sql + ")"
		}
	default:
		sql, outputs = qt.body(b, outer)
		sql = qt.orderedBody(sql, outputs, q, outer)
	}
	return with + sql, outputs
}

// with translates WITH and makes its tables visible.
func (qt *queryTranslator) with(q *sqlsyntax.Query, outer *scope) string {
	var parts []string
	seen := map[string]bool{}
	for i := range q.With {
		c := &q.With[i]
		if name := strings.ToLower(c.Name); seen[name] {
			fail(SemanticError, c.Pos, "WITH query name '"+c.Name+"' specified more than once")
		} else {
			seen[name] = true
		}
		parts = append(parts, qt.commonTable(c, q.Recursive, outer))
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

func (qt *queryTranslator) commonTable(c *sqlsyntax.CommonTable, recursive bool, outer *scope) string {
	table := &commonScope{name: c.Name, sql: qt.alias("w"), outer: qt.withTables}
	var sql string
	if b := c.Query.Body; recursive && b.Op == "UNION" && len(c.Query.With) == 0 && mentions(b, c.Name) {
		sql = qt.recursive(c, table, outer)
	} else {
		sql, table.outputs = qt.query(c.Query, outer)
		qt.renameOutputs(table.outputs, c)
	}
	qt.withTables = table
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
func (qt *queryTranslator) recursive(c *sqlsyntax.CommonTable, table *commonScope, outer *scope) string {
	b := c.Query.Body
	if len(c.Query.OrderBy) > 0 || c.Query.Limit != nil {
		fail(NotSupported, c.Pos, "ORDER BY or LIMIT in a recursive query is not supported by the sandbox")
	}
	left, outputs := qt.operand(b.Left, outer)
	table.outputs = outputs
	qt.renameOutputs(outputs, c)
	table.self = true
	qt.withTables = table
	right, next := qt.operand(b.Right, outer)
	table.self = false
	if !table.used {
		fail(SemanticError, b.Pos, "WITH table name is referenced in the base relation of recursion")
	}
	qt.sameWidth(b, outputs, next)
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
func (qt *queryTranslator) renameOutputs(outputs []output, c *sqlsyntax.CommonTable) {
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
func (qt *queryTranslator) orderedBody(sql string, outputs []output, q *sqlsyntax.Query, outer *scope) string {
	if len(q.OrderBy) == 0 && q.Limit == nil && q.Offset == nil {
		return sql
	}
	alias := qt.alias("u")
	s := &scope{parent: outer}
	for i, o := range outputs {
		s.fields = append(s.fields, field{name: o.name, sql: alias + ".c" + itoa(i+1), typ: o.typ})
	}
	sql = "SELECT * FROM (" + sql + ") AS " + alias
	return sql + qt.order.orderBy(q.OrderBy, nil, outputs, s) + qt.limit(q)
}

// limit writes LIMIT and OFFSET.
func (qt *queryTranslator) limit(q *sqlsyntax.Query) string {
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

// body translates a set operation or VALUES. The left side of a chain is written as it is;
// SQLite takes operators from left to right, so a right side that is one itself is wrapped.
func (qt *queryTranslator) body(b *sqlsyntax.Body, outer *scope) (sql string, outputs []output) {
	if b.Op == "" {
		return qt.leaf(b, outer)
	}
	left, leftOutputs := qt.side(b.Left, outer)
	right, rightOutputs := qt.operand(b.Right, outer)
	qt.sameWidth(b, leftOutputs, rightOutputs)
	outputs = make([]output, len(leftOutputs))
	for i := range outputs {
		t, ok := types.Common(leftOutputs[i].typ, rightOutputs[i].typ, qt.hive)
		if !ok {
			fail(SemanticError, b.Pos, "column "+itoa(i+1)+" in "+b.Op+" query has incompatible types: "+
				leftOutputs[i].typ.String()+", "+rightOutputs[i].typ.String())
		}
		outputs[i] = output{name: leftOutputs[i].name, typ: t}
	}
	left = qt.convertColumns(left, leftOutputs, outputs)
	right = qt.convertColumns(right, rightOutputs, outputs)
	if b.All && b.Op != "UNION" {
		return qt.numbered(b.Op, left, right, len(outputs)), outputs
	}
	op := b.Op
	if b.All {
		op += " ALL"
	}
	return left + " " + op + " " + right, outputs
}

// leaf translates what is no set operation.
func (qt *queryTranslator) leaf(b *sqlsyntax.Body, outer *scope) (sql string, outputs []output) {
	switch {
	case b.Selection != nil:
		return qt.selects.selection(b.Selection, &sqlsyntax.Query{Pos: b.Pos}, outer)
	case b.Query != nil:
		return qt.query(b.Query, outer)
	}
	return qt.values(b, outer)
}

// side translates the left operand of a set operation.
func (qt *queryTranslator) side(b *sqlsyntax.Body, outer *scope) (string, []output) {
	if b.Op == "" {
		return qt.operand(b, outer)
	}
	return qt.body(b, outer)
}

// operand translates an operand so that it can stand on either side.
func (qt *queryTranslator) operand(b *sqlsyntax.Body, outer *scope) (string, []output) {
	sql, outputs := qt.body(b, outer)
	if b.Op != "" || b.Query != nil || b.Values != nil {
		sql = "SELECT * FROM (" + sql + ")"
	}
	return sql, outputs
}

func (qt *queryTranslator) sameWidth(b *sqlsyntax.Body, left, right []output) {
	if len(left) != len(right) {
		fail(SemanticError, b.Pos, b.Op+" query has different number of fields: "+itoa(len(left))+", "+itoa(len(right)))
	}
}

// convertColumns wraps a query whose columns must be converted to others' types.
func (qt *queryTranslator) convertColumns(sql string, from, to []output) string {
	changed := false
	columns := make([]string, len(from))
	for i := range from {
		name := "c" + itoa(i+1)
		v := qt.conversions.convert(value{sql: name, typ: from[i].typ}, to[i].typ)
		changed = changed || v.sql != name
		columns[i] = v.sql + " AS " + name
	}
	if !changed {
		return sql
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM (" + sql + ")"
}

// numbered writes INTERSECT ALL and EXCEPT ALL: equal rows are told apart by a number.
func (qt *queryTranslator) numbered(op, left, right string, width int) string {
	list := strings.Trim(columnNames(width), "()")
	rows := func(sql string) string {
		return "SELECT " + list + ", row_number() OVER (PARTITION BY " + list + ") AS n FROM (" + sql + ")"
	}
	return "SELECT " + list + " FROM (" + rows(left) + " " + op + " " + rows(right) + ")"
}

// values translates VALUES.
func (qt *queryTranslator) values(b *sqlsyntax.Body, outer *scope) (string, []output) {
	rows := make([][]value, len(b.Values))
	var outputs []output
	for i, n := range b.Values {
		cells := []*sqlsyntax.Expr{n}
		if n.Kind == sqlsyntax.Row {
			cells = n.Args
		}
		for _, c := range cells {
			rows[i] = append(rows[i], qt.exprs.expr(c, qt.outside(outer)))
		}
		if i == 0 {
			outputs = make([]output, len(cells))
		}
		if len(cells) != len(outputs) {
			fail(SemanticError, n.Pos, "Values rows have mismatched sizes: "+itoa(len(outputs))+" vs "+itoa(len(cells)))
		}
		for j, v := range rows[i] {
			t, ok := types.Common(outputs[j].typ, v.typ, qt.hive)
			if !ok {
				fail(SemanticError, n.Pos, "Values rows have mismatched types: "+outputs[j].typ.String()+" vs "+v.typ.String())
			}
			outputs[j].typ = t
		}
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		cells := make([]string, len(row))
		for j, v := range row {
			cells[j] = qt.conversions.convert(v, outputs[j].typ).sql
		}
		lines[i] = "(" + strings.Join(cells, ", ") + ")"
	}
	names := make([]string, len(outputs))
	for j := range outputs {
		names[j] = "column" + itoa(j+1) + " AS c" + itoa(j+1)
	}
	return "SELECT " + strings.Join(names, ", ") + " FROM (VALUES " + strings.Join(lines, ", ") + ")", outputs
}

// outside is the scope of an expression that stands in no SELECT of its own.
func (qt *queryTranslator) outside(outer *scope) *scope { return &scope{parent: outer} }
