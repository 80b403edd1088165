package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// translateBody translates a set operation or VALUES. The left operand of a chain needs no parentheses, because
// SQLite evaluates set operators from left to right.
func (qt *queryTranslator) translateBody(b *sqlsyntax.Body, outer *scope) (sql string, outputs []output) {
	if b.Op == "" {
		return qt.translateLeaf(b, outer)
	}
	left, leftOutputs := qt.translateLeft(b.Left, outer)
	right, rightOutputs := qt.translateOperand(b.Right, outer)
	if b.Corresponding {
		names := qt.commonNames(b, leftOutputs, rightOutputs)
		left, leftOutputs = selectNames(left, leftOutputs, names)
		right, rightOutputs = selectNames(right, rightOutputs, names)
	}
	qt.checkWidth(b, leftOutputs, rightOutputs)
	outputs = make([]output, len(leftOutputs))
	for i := range outputs {
		t, ok := qt.unionType(leftOutputs[i].typ, rightOutputs[i].typ)
		if !ok {
			fail(SemanticError, b.Pos, "column "+itoa(i+1)+" in "+b.Op+" query has incompatible types: "+
				leftOutputs[i].typ.String()+", "+rightOutputs[i].typ.String())
		}
		outputs[i] = output{name: leftOutputs[i].name, typ: t}
	}
	left = qt.convertColumns(left, leftOutputs, outputs)
	right = qt.convertColumns(right, rightOutputs, outputs)
	if b.All && b.Op != "UNION" {
		return qt.numberRows(b.Op, left, right, outputs), outputs
	}
	if !b.All && slices.ContainsFunc(outputs, output.hasIdentity) {
		return combineEqual(b.Op, left, right, outputs), outputs
	}
	op := b.Op
	if b.All {
		op += " ALL"
	}
	return left + " " + op + " " + right, outputs
}

// unionType returns the type of a column of a set operation.
func (qt *queryTranslator) unionType(a, b types.Type) (types.Type, bool) {
	if qt.hive {
		return types.UnionHive(a, b)
	}
	return types.Common(a, b, false)
}

// commonNames returns the names of the columns that both operands of a set operation with CORRESPONDING have, in the
// order of the left one. See https://trino.io/docs/current/sql/select.html.
func (qt *queryTranslator) commonNames(b *sqlsyntax.Body, left, right []output) (names []string) {
	for _, side := range [2][]output{left, right} {
		seen := map[string]bool{}
		for _, o := range side {
			name := strings.ToLower(o.name)
			if name == "" {
				fail(SemanticError, b.Pos, "Anonymous columns are not allowed in set operations with CORRESPONDING")
			}
			if seen[name] {
				fail(SemanticError, b.Pos, "Duplicate columns found when using CORRESPONDING in set operations: "+o.name)
			}
			seen[name] = true
		}
	}
	for _, l := range left {
		if slices.ContainsFunc(right, func(r output) bool { return strings.EqualFold(l.name, r.name) }) {
			names = append(names, l.name)
		}
	}
	if len(names) == 0 {
		fail(SemanticError, b.Pos, "No corresponding columns")
	}
	return names
}

// selectNames selects columns of a query by name.
func selectNames(sql string, from []output, names []string) (string, []output) {
	columns := make([]string, len(names))
	outputs := make([]output, len(names))
	for i, name := range names {
		j := slices.IndexFunc(from, func(o output) bool { return strings.EqualFold(o.name, name) })
		columns[i] = "c" + itoa(j+1) + " AS c" + itoa(i+1)
		outputs[i] = from[j]
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM (" + sql + ")", outputs
}

// translateLeaf translates a body that is not a set operation.
func (qt *queryTranslator) translateLeaf(b *sqlsyntax.Body, outer *scope) (sql string, outputs []output) {
	switch {
	case b.Selection != nil:
		return qt.selects.translate(b.Selection, &sqlsyntax.Query{Pos: b.Pos}, outer)
	case b.Query != nil:
		return qt.translate(b.Query, outer)
	}
	return qt.translateValues(b, outer)
}

// translateLeft translates the left operand of a set operation.
func (qt *queryTranslator) translateLeft(b *sqlsyntax.Body, outer *scope) (string, []output) {
	if b.Op == "" {
		return qt.translateOperand(b, outer)
	}
	return qt.translateBody(b, outer)
}

// translateOperand translates an operand, so that it is valid on either side.
func (qt *queryTranslator) translateOperand(b *sqlsyntax.Body, outer *scope) (string, []output) {
	sql, outputs := qt.translateBody(b, outer)
	if b.Op != "" || b.Query != nil || b.Values != nil {
		sql = "SELECT * FROM (" + sql + ")"
	}
	return sql, outputs
}

func (qt *queryTranslator) checkWidth(b *sqlsyntax.Body, left, right []output) {
	if len(left) != len(right) {
		fail(SemanticError, b.Pos, b.Op+" query has different number of fields: "+itoa(len(left))+", "+itoa(len(right)))
	}
}

// convertColumns converts the columns of a query to the types of other columns.
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

// numberRows translates INTERSECT ALL and EXCEPT ALL by numbering equal rows.
func (qt *queryTranslator) numberRows(op, left, right string, outputs []output) string {
	list := strings.Trim(columnList(len(outputs)), "()")
	numbered := append(slices.Clone(outputs), output{typ: types.Named("bigint")})
	rows := func(sql string) string {
		return "SELECT " + list + ", row_number() OVER (PARTITION BY " + identities(outputs) + ") AS c" + itoa(len(numbered)) + " FROM (" + sql + ")"
	}
	combined := rows(left) + " " + op + " " + rows(right)
	if slices.ContainsFunc(outputs, output.hasIdentity) {
		combined = combineEqual(op, rows(left), rows(right), numbered)
	}
	return "SELECT " + list + " FROM (" + combined + ")"
}

// hasIdentity reports whether values of the column can be equal although the engine's values differ.
func (o output) hasIdentity() bool { return hasIdentity(o.typ) }

// identities returns a list of values that are the same for equal rows of a query.
func identities(outputs []output) string {
	keys := make([]string, len(outputs))
	for i, o := range outputs {
		keys[i] = identity(value{sql: "c" + itoa(i+1), typ: o.typ})
	}
	return strings.Join(keys, ", ")
}

// groupEqual keeps one of the equal rows of a query.
func groupEqual(sql string, outputs []output) string {
	return "SELECT * FROM (" + sql + ") GROUP BY " + identities(outputs)
}

// combineEqual translates a set operation without ALL by grouping the rows of both queries.
func combineEqual(op, left, right string, outputs []output) string {
	list := strings.Trim(columnList(len(outputs)), "()")
	sql := "SELECT " + list + " FROM (SELECT *, 1 AS l, 0 AS r FROM (" + left + ") UNION ALL SELECT *, 0, 1 FROM (" + right + ")) GROUP BY " + identities(outputs)
	switch op {
	case "INTERSECT":
		sql += " HAVING sum(l) > 0 AND sum(r) > 0"
	case "EXCEPT":
		sql += " HAVING sum(r) = 0"
	}
	return sql
}
