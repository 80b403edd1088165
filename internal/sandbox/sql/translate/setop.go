package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// body translates a set operation or VALUES. The left side of a chain is written as it is;
// SQLite takes operators from left to right, so a right side that is one itself is wrapped.
func (e *emitter) body(b *sqlsyntax.Body, outer *scope) (sql string, outputs []output) {
	if b.Op == "" {
		return e.leaf(b, outer)
	}
	left, leftOutputs := e.side(b.Left, outer)
	right, rightOutputs := e.operand(b.Right, outer)
	e.sameWidth(b, leftOutputs, rightOutputs)
	outputs = make([]output, len(leftOutputs))
	for i := range outputs {
		t, ok := types.Common(leftOutputs[i].typ, rightOutputs[i].typ, e.hive)
		if !ok {
			fail(SemanticError, b.Pos, "column "+itoa(i+1)+" in "+b.Op+" query has incompatible types: "+
				leftOutputs[i].typ.String()+", "+rightOutputs[i].typ.String())
		}
		outputs[i] = output{name: leftOutputs[i].name, typ: t}
	}
	left = e.convertColumns(left, leftOutputs, outputs)
	right = e.convertColumns(right, rightOutputs, outputs)
	if b.All && b.Op != "UNION" {
		return e.numbered(b.Op, left, right, len(outputs)), outputs
	}
	op := b.Op
	if b.All {
		op += " ALL"
	}
	return left + " " + op + " " + right, outputs
}

// leaf translates what is no set operation.
func (e *emitter) leaf(b *sqlsyntax.Body, outer *scope) (sql string, outputs []output) {
	switch {
	case b.Selection != nil:
		return e.selection(b.Selection, &sqlsyntax.Query{Pos: b.Pos}, outer)
	case b.Query != nil:
		return e.query(b.Query, outer)
	}
	return e.values(b, outer)
}

// side translates the left operand of a set operation.
func (e *emitter) side(b *sqlsyntax.Body, outer *scope) (string, []output) {
	if b.Op == "" {
		return e.operand(b, outer)
	}
	return e.body(b, outer)
}

// operand translates an operand so that it can stand on either side.
func (e *emitter) operand(b *sqlsyntax.Body, outer *scope) (string, []output) {
	sql, outputs := e.body(b, outer)
	if b.Op != "" || b.Query != nil || b.Values != nil {
		sql = "SELECT * FROM (" + sql + ")"
	}
	return sql, outputs
}

func (e *emitter) sameWidth(b *sqlsyntax.Body, left, right []output) {
	if len(left) != len(right) {
		fail(SemanticError, b.Pos, b.Op+" query has different number of fields: "+itoa(len(left))+", "+itoa(len(right)))
	}
}

// convertColumns wraps a query whose columns must be converted to others' types.
func (e *emitter) convertColumns(sql string, from, to []output) string {
	changed := false
	columns := make([]string, len(from))
	for i := range from {
		name := "c" + itoa(i+1)
		v := e.convert(value{sql: name, typ: from[i].typ}, to[i].typ)
		changed = changed || v.sql != name
		columns[i] = v.sql + " AS " + name
	}
	if !changed {
		return sql
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM (" + sql + ")"
}

// numbered writes INTERSECT ALL and EXCEPT ALL: equal rows are told apart by a number.
func (e *emitter) numbered(op, left, right string, width int) string {
	list := strings.Trim(columnNames(width), "()")
	rows := func(sql string) string {
		return "SELECT " + list + ", row_number() OVER (PARTITION BY " + list + ") AS n FROM (" + sql + ")"
	}
	return "SELECT " + list + " FROM (" + rows(left) + " " + op + " " + rows(right) + ")"
}

// values translates VALUES.
func (e *emitter) values(b *sqlsyntax.Body, outer *scope) (string, []output) {
	rows := make([][]value, len(b.Values))
	var outputs []output
	for i, n := range b.Values {
		cells := []*sqlsyntax.Expr{n}
		if n.Kind == sqlsyntax.Row {
			cells = n.Args
		}
		for _, c := range cells {
			rows[i] = append(rows[i], e.expr(c, e.outside(outer)))
		}
		if i == 0 {
			outputs = make([]output, len(cells))
		}
		if len(cells) != len(outputs) {
			fail(SemanticError, n.Pos, "Values rows have mismatched sizes: "+itoa(len(outputs))+" vs "+itoa(len(cells)))
		}
		for j, v := range rows[i] {
			t, ok := types.Common(outputs[j].typ, v.typ, e.hive)
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
			cells[j] = e.convert(v, outputs[j].typ).sql
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
func (e *emitter) outside(outer *scope) *scope { return &scope{parent: outer} }
