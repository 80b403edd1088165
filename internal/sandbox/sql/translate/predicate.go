package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/correlated"
	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A predicateTranslator translates AND, OR, BETWEEN, IN, LIKE, comparisons of rows and quantified comparisons.
type predicateTranslator struct {
	*state

	queries     *queryTranslator
	exprs       *exprTranslator
	comparisons *comparer
	conversions *converter
}

// compareRows compares rows field by field.
func (pt *predicateTranslator) compareRows(n *sqlsyntax.Expr, s *scope) value {
	l, r := pt.exprs.translateAll(n.Args[0].Args, s), pt.exprs.translateAll(n.Args[1].Args, s)
	if len(l) != len(r) {
		fail(SemanticError, n.Pos, "Cannot apply operator: rows of different sizes")
	}
	return value{sql: pt.compareAll(n, l, r), typ: types.Named("boolean")}
}

// compareAll compares the fields of two rows, one after the other.
func (pt *predicateTranslator) compareAll(n *sqlsyntax.Expr, l, r []value) string {
	if len(l) == 1 {
		return pt.comparisons.compare(n.Text, l[0], r[0], n.Pos)
	}
	left, right := make([]string, len(l)), make([]string, len(l))
	for i := range l {
		left[i], right[i] = pt.comparisons.convertPair(n.Text, l[i], r[i], n.Pos)
	}
	return "((" + strings.Join(left, ", ") + ") " + n.Text + " (" + strings.Join(right, ", ") + "))"
}

// translateIn translates IN.
func (pt *predicateTranslator) translateIn(n *sqlsyntax.Expr, s *scope) value {
	if n.Query != nil {
		return pt.translateInQuery(n, s)
	}
	if n.Args[0].Kind == sqlsyntax.Row {
		var either *sqlsyntax.Expr
		for _, row := range n.Args[1:] {
			if row.Kind != sqlsyntax.Row && row.Kind != sqlsyntax.Null {
				fail(SemanticError, row.Pos, "IN value and list items must be the same type")
			}
			equal := &sqlsyntax.Expr{Kind: sqlsyntax.Binary, Text: "=", Pos: row.Pos, Args: []*sqlsyntax.Expr{n.Args[0], row}}
			if row.Kind == sqlsyntax.Null {
				equal = row
			}
			if either == nil {
				either = equal
			} else {
				either = &sqlsyntax.Expr{Kind: sqlsyntax.Binary, Text: "OR", Pos: row.Pos, Args: []*sqlsyntax.Expr{either, equal}}
			}
		}
		return pt.exprs.translate(either, s)
	}
	v := pt.exprs.translateAll(n.Args, s)
	if pt.hive {
		v, _ = pt.conversions.unify(v, func(a, b types.Type) string {
			return "The arguments for IN should be the same type: " + a.String() + " vs " + b.String()
		})
	}
	items := make([]string, len(v)-1)
	left := v[0].sql
	for i, item := range v[1:] {
		if v[0].typ.Is("array", "map", "row") {
			return pt.compareEach(n, v)
		}
		l, r := pt.comparisons.convertPair("=", v[0], item, n.Args[i+1].Pos)
		if i > 0 && l != left || v[0].typ.NaN || item.typ.NaN {
			return pt.compareEach(n, v)
		}
		left, items[i] = l, r
	}
	return value{sql: "(" + left + " IN (" + strings.Join(items, ", ") + "))", typ: types.Named("boolean")}
}

// compareEach translates IN as one comparison for each item, because they need different conversions.
func (pt *predicateTranslator) compareEach(n *sqlsyntax.Expr, v []value) value {
	tests := make([]string, len(v)-1)
	for i, item := range v[1:] {
		tests[i] = pt.comparisons.equal(v[0], item, n.Args[i+1].Pos)
	}
	return value{sql: joinBalanced(tests, " OR "), typ: types.Named("boolean")}
}

func (pt *predicateTranslator) translateInQuery(n *sqlsyntax.Expr, s *scope) value {
	left := []*sqlsyntax.Expr{n.Args[0]}
	if n.Args[0].Kind == sqlsyntax.Row {
		left = n.Args[0].Args
	}
	sql, outputs := pt.queries.translate(n.Query, s)
	pt.checkCorrelated(n.Query, correlated.In, s, n.Pos)
	if v := pt.exprs.translate(n.Args[0], s); !pt.hive && n.Args[0].Kind != sqlsyntax.Row && v.typ.Is("row") {
		return pt.translateRowIn(n, v, sql, outputs)
	}
	if len(outputs) != len(left) {
		fail(SemanticError, n.Pos, "Multiple columns returned by subquery are not yet supported. Found "+itoa(len(outputs)))
	}
	values := make([]string, len(left))
	columns := make([]string, len(left))
	plain := true
	for i, l := range left {
		name := "c" + itoa(i+1)
		v := pt.exprs.translate(l, s)
		values[i], columns[i] = pt.comparisons.convertPair("=", v, value{sql: name, typ: outputs[i].typ}, n.Pos)
		plain = plain && columns[i] == name
	}
	if !plain {
		sql = "SELECT " + strings.Join(columns, ", ") + " FROM (" + sql + ")"
	}
	value0 := values[0]
	if len(values) > 1 {
		value0 = "(" + strings.Join(values, ", ") + ")"
	}
	return value{sql: "(" + value0 + " IN (" + sql + "))", typ: types.Named("boolean")}
}

// translateRowIn translates IN (query) of a row other than (a, b). Trino compares the fields of a row with the columns.
func (pt *predicateTranslator) translateRowIn(n *sqlsyntax.Expr, row value, sql string, outputs []output) value {
	fields := fieldsOf(row)
	if len(fields) != len(outputs) {
		fail(SemanticError, n.Pos, "Value expression and result of subquery must be of the same type: "+row.typ.Describe()+" has "+itoa(len(fields))+" fields, the subquery "+itoa(len(outputs))+" columns")
	}
	values, columns := make([]string, len(fields)), make([]string, len(fields))
	for i, f := range fields {
		values[i], columns[i] = pt.comparisons.convertPair("=", f, value{sql: "c" + itoa(i+1), typ: outputs[i].typ}, n.Pos)
	}
	return value{sql: "((" + strings.Join(values, ", ") + ") IN (SELECT " + strings.Join(columns, ", ") + " FROM (" + sql + ")))", typ: types.Named("boolean")}
}

func (pt *predicateTranslator) translateBetween(n *sqlsyntax.Expr, s *scope) value {
	v := pt.exprs.translateAll(n.Args, s)
	low := pt.comparisons.compare(">=", v[0], v[1], n.Pos)
	high := pt.comparisons.compare("<=", v[0], v[2], n.Pos)
	if strings.HasPrefix(low, "("+v[0].sql+" >= ") && strings.HasPrefix(high, "("+v[0].sql+" <= ") {
		a := strings.TrimSuffix(strings.TrimPrefix(low, "("+v[0].sql+" >= "), ")")
		b := strings.TrimSuffix(strings.TrimPrefix(high, "("+v[0].sql+" <= "), ")")
		return value{sql: "(" + v[0].sql + " BETWEEN " + a + " AND " + b + ")", typ: types.Named("boolean")}
	}
	return value{sql: "(" + low + " AND " + high + ")", typ: types.Named("boolean")}
}

// translateLike translates LIKE, which is case-sensitive in the engine's connections. Hive escapes with a backslash.
func (pt *predicateTranslator) translateLike(n *sqlsyntax.Expr, s *scope) value {
	v := pt.exprs.translateAll(n.Args, s)
	for i := range v {
		if !v[i].typ.Is("varchar") && !v[i].typ.IsUnknown() && (i > 0 || !v[i].typ.Is("char")) || pt.hive && v[i].typ.Is("char") {
			if !pt.hive || !v[i].typ.IsNumber() && !v[i].typ.IsTemporal() && !v[i].typ.Is("char") {
				fail(SemanticError, n.Args[i].Pos, "Left side of LIKE expression must evaluate to a varchar (actual: "+v[i].typ.String()+")")
			}
			v[i] = pt.conversions.convert(v[i], types.Named("varchar"))
		}
	}
	sql := "(" + v[0].sql + " LIKE " + v[1].sql
	pattern, literal := v[1].literal()
	if middle := strings.Trim(pattern, "%"); pt.hive && len(v) == 2 && (!literal || strings.ContainsAny(middle, `%_\`)) {
		return value{sql: call("h_like", v[0].sql, v[1].sql), typ: types.Named("boolean")}
	}
	if len(v) == 3 {
		if escape, ok := v[2].literal(); ok && len([]rune(escape)) != 1 {
			fail(SemanticError, n.Args[2].Pos, "Escape string must be a single character")
		}
		sql += " ESCAPE " + v[2].sql
	}
	return value{sql: sql + ")", typ: types.Named("boolean")}
}

// translateLogical translates a chain of AND or OR as a balanced tree, because SQLite limits the depth.
func (pt *predicateTranslator) translateLogical(n *sqlsyntax.Expr, s *scope) value {
	var operands []*sqlsyntax.Expr
	for at := n; ; at = at.Args[0] {
		if at.Kind != sqlsyntax.Binary || at.Text != n.Text || at != n && at.Parenthesized {
			operands = append(operands, at)
			break
		}
		operands = append(operands, at.Args[1])
	}
	slices.Reverse(operands)
	parts := pt.translateTerms(operands, s)
	return value{sql: joinBalanced(parts, " "+n.Text+" "), typ: types.Named("boolean")}
}

// translateTerms translates the operands of AND or OR, or a single condition.
func (pt *predicateTranslator) translateTerms(terms []*sqlsyntax.Expr, s *scope) []string {
	if len(terms) == 1 {
		return []string{pt.exprs.translateCondition(terms[0], s)}
	}
	conditions := make([]string, len(terms))
	for i, n := range terms {
		v := pt.exprs.translate(n, s)
		if !v.typ.Is("boolean") && (pt.hive || !v.typ.IsUnknown()) {
			fail(SemanticError, n.Pos, "Logical expression term must evaluate to a boolean (actual: "+v.typ.String()+")")
		}
		conditions[i] = pt.conversions.convert(v, types.Named("boolean")).sql
	}
	return conditions
}

// yieldsOneRow reports whether a query cannot return more than one row.
func yieldsOneRow(q *sqlsyntax.Query) bool {
	if q.Limit != nil && q.Limit.Text == "1" {
		return true
	}
	sel := q.Body.Selection
	if sel == nil {
		return len(q.Body.Values) == 1 || q.Body.Query != nil && yieldsOneRow(q.Body.Query)
	}
	if sel.Grouped || sel.Having != nil {
		return sel.Having != nil && !sel.Grouped
	}
	if len(sel.From) == 0 {
		return true
	}
	for _, it := range sel.Items {
		if registry.ContainsAggregate(it.Expr) {
			return true
		}
	}
	return false
}

// translateQuantified translates x > ALL (query) and x > ANY (query).
func (pt *predicateTranslator) translateQuantified(n *sqlsyntax.Expr, s *scope) value {
	in := &sqlsyntax.Expr{Kind: sqlsyntax.In, Pos: n.Pos, Args: n.Args, Query: n.Query}
	switch {
	case pt.hive || n.Args[0].Kind == sqlsyntax.Row:
	case n.Text == "=" && n.Unit == "ANY":
		return pt.translateInQuery(in, s)
	case n.Text == "<>" && n.Unit == "ALL":
		return value{sql: "(NOT " + pt.translateInQuery(in, s).sql + ")", typ: types.Named("boolean")}
	}
	if n.Args[0].HasWindow() {
		fail(NotSupported, n.Args[0].Pos, "a window function before "+n.Unit+" (query) is not supported by the sandbox; compute it in a subquery")
	}
	x := pt.exprs.translate(n.Args[0], s)
	sql, outputs := pt.queries.translate(n.Query, s)
	pt.checkCorrelated(n.Query, correlated.Quantified, s, n.Query.Pos)
	alias := pt.newAlias("q")
	left, right := []value{x}, make([]value, len(outputs))
	for i, o := range outputs {
		right[i] = value{sql: alias + ".c" + itoa(i+1), typ: o.typ}
	}
	if !pt.hive && x.typ.Is("row") {
		left = fieldsOf(x)
	}
	if len(left) != len(right) {
		fail(SemanticError, n.Pos, "Multiple columns returned by subquery are not yet supported. Found "+itoa(len(outputs)))
	}
	test := pt.compareAll(n, left, right)
	// The comparisons are 1, 0 or NULL, which counts as 0.5. ALL is the least of them, ANY the
	// greatest.
	pick, whenNone := "min", "1"
	if n.Unit == "ANY" {
		pick, whenNone = "max", "0"
	}
	sql = "(SELECT CASE " + pick + "(coalesce(" + test + ", 0.5)) WHEN 0.5 THEN NULL WHEN 1 THEN 1 WHEN 0 THEN 0 ELSE " + whenNone +
		" END FROM (" + sql + ") AS " + alias + ")"
	return value{sql: sql, typ: types.Named("boolean")}
}
