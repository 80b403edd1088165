package translate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/lazyregexp"
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

func (c *withTable) find(name string) *withTable {
	for ; c != nil; c = c.outer {
		if strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

// translate translates a query. Its columns are c1, c2, ….
func (qt *queryTranslator) translate(q *sqlsyntax.Query, outer *scope) (sql string, outputs []output) {
	defer qt.enter(q.Pos)()
	qt.queryDepth++
	defer func() { qt.queryDepth-- }()
	tables, windows, clause := qt.withTables, qt.windows, qt.clause
	defer func() { qt.withTables, qt.windows, qt.clause = tables, windows, clause }()
	qt.windows, qt.clause = nil, ""
	with := qt.translateWith(q, outer)
	switch b := q.Body; {
	case b.Selection != nil:
		sql, outputs = qt.selects.translate(b.Selection, q, outer)
	case b.Query != nil && len(q.OrderBy) == 0 && q.Limit == nil && q.Offset == nil:
		sql, outputs = qt.translate(b.Query, outer)
		if with != "" && len(b.Query.With) > 0 {
			sql = "SELECT * FROM (" + sql + ")"
		}
	default:
		sql, outputs = qt.translateBody(b, outer)
		sql = qt.orderBody(sql, outputs, q, outer)
	}
	return with + sql, outputs
}

// translateWith translates WITH and makes its tables visible.
func (qt *queryTranslator) translateWith(q *sqlsyntax.Query, outer *scope) string {
	var parts []string
	seen := map[string]bool{}
	for i := range q.With {
		c := &q.With[i]
		if name := strings.ToLower(c.Name); seen[name] {
			fail(SemanticError, c.Pos, "WITH query name '"+c.Name+"' specified more than once")
		} else {
			seen[name] = true
		}
		parts = append(parts, qt.translateCommonTable(c, q.Recursive, outer))
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

func (qt *queryTranslator) translateCommonTable(c *sqlsyntax.CommonTable, recursive bool, outer *scope) string {
	table := &withTable{name: c.Name, sql: qt.newAlias("w"), outer: qt.withTables}
	var sql string
	if b := c.Query.Body; recursive && b.Op == "UNION" && len(c.Query.With) == 0 && bodyMentions(b, c.Name) {
		sql = qt.translateRecursive(c, table, outer)
	} else {
		sql, table.outputs = qt.translate(c.Query, outer)
		qt.renameOutputs(table.outputs, c)
	}
	qt.withTables = table
	columns := columnList(len(table.outputs))
	if table.counted {
		columns = "(depth, " + columns[1:]
	}
	return table.sql + columns + " AS (" + sql + ")"
}

// columnList returns (c1, c2, …).
func columnList(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = "c" + itoa(i+1)
	}
	return "(" + strings.Join(names, ", ") + ")"
}

// translateRecursive translates a recursive table. The first branch determines the types.
func (qt *queryTranslator) translateRecursive(c *sqlsyntax.CommonTable, table *withTable, outer *scope) string {
	b := c.Query.Body
	if len(c.Query.OrderBy) > 0 || c.Query.Limit != nil {
		fail(NotSupported, c.Pos, "ORDER BY or LIMIT in a recursive query is not supported by the sandbox")
	}
	left, outputs := qt.translateOperand(b.Left, outer)
	table.outputs = outputs
	qt.renameOutputs(outputs, c)
	table.self = true
	qt.withTables = table
	step := b.Right
	for step.Query != nil && len(step.Query.With) == 0 && len(step.Query.OrderBy) == 0 && step.Query.Limit == nil && step.Query.Offset == nil {
		step = step.Query.Body
	}
	table.depth = qt.queryDepth
	right, next := qt.translateOperand(step, outer)
	if qt.castItems(step, next, outputs) {
		right, next = qt.translateOperand(step, outer)
	}
	table.self = false
	if !table.used {
		fail(SemanticError, b.Pos, "WITH table name is referenced in the base relation of recursion")
	}
	qt.checkWidth(b, outputs, next)
	for i := range outputs {
		if _, ok := types.Coercible(next[i].typ, outputs[i].typ, qt.hive); !ok {
			fail(SemanticError, b.Pos, "recursion step relation output type ("+next[i].typ.String()+") is not coercible to recursion base relation output type ("+outputs[i].typ.String()+") at column "+itoa(i+1))
		}
	}
	op := " UNION "
	if b.All {
		op = " UNION ALL "
	}
	if rest, ok := strings.CutPrefix(right, "SELECT "); ok && b.All {
		table.counted = true
		left, right = "SELECT 0, * FROM ("+left+")", "SELECT "+qt.countStep(table)+", "+rest
		if distinct, ok := strings.CutPrefix(rest, "DISTINCT "); ok {
			right = "SELECT DISTINCT " + qt.countStep(table) + ", " + distinct
		}
	}
	return left + op + right
}

// recursionDepth matches the session property with the greatest number of steps of a recursive query. A comment can set
// it, too. See https://trino.io/docs/current/sql/select.html.
var recursionDepth = lazyregexp.New(`(?i)set\s+session\s+max_recursion_depth\s*=\s*'?(\d{1,9})`)

// countStep returns the number of the step that makes a row of a recursive table. It fails after the greatest number.
func (qt *queryTranslator) countStep(table *withTable) string {
	depth := "10"
	if m := recursionDepth().FindStringSubmatch(qt.request.SQL); m != nil {
		depth = m[1]
	}
	column := table.step + ".depth"
	message := "Recursion depth limit exceeded (" + depth + "). Use 'max_recursion_depth' session property to modify the limit."
	return "CASE WHEN " + column + " < " + depth + " THEN " + column + " + 1 ELSE " + call("f_fail", quoteString(message), column) + " END"
}

// castItems casts the items of a recursion step to the types of the base relation, if they are different. It reports
// whether it did.
func (qt *queryTranslator) castItems(step *sqlsyntax.Body, from, to []output) (changed bool) {
	if step.Selection == nil || len(step.Selection.Items) != len(from) || len(from) != len(to) || step.Selection.HasStar() {
		return false
	}
	for i := range from {
		t, err := sqlsyntax.ParseType(to[i].typ.String())
		if _, ok := types.Coercible(from[i].typ, to[i].typ, qt.hive); !ok || err != nil || from[i].typ.String() == to[i].typ.String() {
			continue
		}
		it := &step.Selection.Items[i]
		it.Expr = &sqlsyntax.Expr{Kind: sqlsyntax.Cast, Text: "cast", Pos: it.Expr.Pos, Args: []*sqlsyntax.Expr{it.Expr}, Type: t}
		changed = true
	}
	return changed
}

// bodyMentions reports whether a table of that name is in FROM.
func bodyMentions(b *sqlsyntax.Body, name string) bool {
	if b == nil {
		return false
	}
	if b.Query != nil {
		return queryMentions(b.Query, name)
	}
	if b.Selection != nil {
		for _, r := range b.Selection.From {
			if relationMentions(r, name) {
				return true
			}
		}
	}
	return bodyMentions(b.Left, name) || bodyMentions(b.Right, name)
}

// queryMentions reports whether a table of that name, which the query itself does not define, is in FROM.
func queryMentions(q *sqlsyntax.Query, name string) bool {
	for _, t := range q.With {
		if strings.EqualFold(t.Name, name) {
			return false
		}
	}
	return bodyMentions(q.Body, name)
}

func relationMentions(r *sqlsyntax.Relation, name string) bool {
	if r == nil {
		return false
	}
	if r.Query != nil {
		return queryMentions(r.Query, name)
	}
	return len(r.Name) == 1 && strings.EqualFold(r.Name[0], name) || relationMentions(r.Left, name) || relationMentions(r.Right, name)
}

// renameOutputs applies the column aliases of WITH t (a, b).
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

// orderBody adds ORDER BY and LIMIT to a set operation or VALUES.
func (qt *queryTranslator) orderBody(sql string, outputs []output, q *sqlsyntax.Query, outer *scope) string {
	if len(q.OrderBy) == 0 && q.Limit == nil && q.Offset == nil {
		return sql
	}
	alias := qt.newAlias("u")
	s := &scope{parent: outer}
	for i, o := range outputs {
		s.fields = append(s.fields, field{name: o.name, sql: alias + ".c" + itoa(i+1), typ: o.typ})
	}
	if q.WithTies {
		return qt.limitWithTies("SELECT *", " FROM ("+sql+") AS "+alias, q, nil, outputs, s)
	}
	sql = "SELECT * FROM (" + sql + ") AS " + alias
	return sql + qt.order.translate(q.OrderBy, nil, outputs, s) + qt.translateLimit(q)
}

// limitWithTies adds ORDER BY and FETCH FIRST … WITH TIES to a query, whose columns are c1, c2, …. It keeps the rows
// whose rank is within the limit.
func (qt *queryTranslator) limitWithTies(selected, from string, q *sqlsyntax.Query, items []selectedItem, outputs []output, s *scope) string {
	if len(q.OrderBy) == 0 {
		fail(SemanticError, q.Pos, "FETCH FIRST WITH TIES clause requires ORDER BY")
	}
	var keys []string
	for i, k := range q.OrderBy {
		name := "k" + itoa(i+1)
		key := qt.order.translateKey(k, items, outputs, s)
		if position, err := strconv.Atoi(key); err == nil {
			name = "c" + itoa(position)
		} else {
			selected += ", " + key + " AS " + name
		}
		keys = append(keys, name+qt.order.direction(k))
	}
	last, first := q.Limit.Text, "0"
	if q.Offset != nil {
		first = q.Offset.Text
		last += " + " + first
	}
	columns := strings.Trim(columnList(len(outputs)), "()")
	return "SELECT " + columns + " FROM (SELECT *, rank() OVER w AS rank, row_number() OVER w AS number FROM (" + selected + from + ") WINDOW w AS (ORDER BY " +
		strings.Join(keys, ", ") + ")) WHERE rank <= " + last + " AND number > " + first + " ORDER BY number"
}

// translateLimit translates LIMIT and OFFSET.
func (qt *queryTranslator) translateLimit(q *sqlsyntax.Query) string {
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

// translateValues translates VALUES.
func (qt *queryTranslator) translateValues(b *sqlsyntax.Body, outer *scope) (string, []output) {
	rows := make([][]value, len(b.Values))
	var outputs []output
	for i, n := range b.Values {
		rows[i] = qt.translateRow(n, qt.outside(outer))
		if i == 0 {
			outputs = make([]output, len(rows[i]))
		}
		if len(rows[i]) != len(outputs) {
			fail(SemanticError, n.Pos, "Values rows have mismatched sizes: "+itoa(len(outputs))+" vs "+itoa(len(rows[i])))
		}
		for j, v := range rows[i] {
			t, ok := types.Common(outputs[j].typ, v.typ, qt.hive)
			if !ok {
				fail(SemanticError, n.Pos, "Values rows have mismatched types: "+outputs[j].typ.String()+" vs "+v.typ.String())
			}
			outputs[j].typ = t
		}
	}
	if len(rows) <= maxUnion && slices.ContainsFunc(b.Values, refersToColumn) {
		return qt.unionRows(rows, outputs), outputs
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

// translateRow translates an item of VALUES. An expression of type row is the whole row.
func (qt *queryTranslator) translateRow(n *sqlsyntax.Expr, s *scope) []value {
	if n.Kind == sqlsyntax.Row {
		return qt.exprs.translateAll(n.Args, s)
	}
	v := qt.exprs.translate(n, s)
	if qt.hive || !v.typ.Is("row") {
		return []value{v}
	}
	return fieldsOf(v)
}

// outside returns the scope of an expression outside any SELECT.
func (qt *queryTranslator) outside(outer *scope) *scope { return &scope{parent: outer} }

// maxUnion limits the terms of UNION ALL. SQLite accepts 500.
const maxUnion = 400

// unionRows writes VALUES as UNION ALL. SQLite does not accept the columns of an outer query in VALUES.
func (qt *queryTranslator) unionRows(rows [][]value, outputs []output) string {
	selects := make([]string, len(rows))
	for i, row := range rows {
		cells := make([]string, len(row))
		for j, v := range row {
			cells[j] = qt.conversions.convert(v, outputs[j].typ).sql + " AS c" + itoa(j+1)
		}
		selects[i] = "SELECT " + strings.Join(cells, ", ")
	}
	return strings.Join(selects, " UNION ALL ")
}

// refersToColumn reports whether an expression may contain a column of an outer query.
func refersToColumn(n *sqlsyntax.Expr) bool {
	return n != nil && (n.Kind == sqlsyntax.Column || n.Query != nil || slices.ContainsFunc(n.Args, refersToColumn))
}
