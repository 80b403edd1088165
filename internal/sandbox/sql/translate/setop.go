package translate

import "strings"

// body translates a set operation or VALUES. The left side of a chain is written as it is;
// SQLite takes operators from left to right, so a right side that is one itself is wrapped.
func (e *emitter) body(b *body, outer *scope) (sql string, outputs []output) {
	if b.op == "" {
		return e.leaf(b, outer)
	}
	left, leftOutputs := e.side(b.left, outer)
	right, rightOutputs := e.operand(b.right, outer)
	e.sameWidth(b, leftOutputs, rightOutputs)
	outputs = make([]output, len(leftOutputs))
	for i := range outputs {
		t, ok := commonType(leftOutputs[i].typ, rightOutputs[i].typ, e.hive)
		if !ok {
			fail(SemanticError, b.pos, "column "+itoa(i+1)+" in "+b.op+" query has incompatible types: "+
				leftOutputs[i].typ.String()+", "+rightOutputs[i].typ.String())
		}
		outputs[i] = output{name: leftOutputs[i].name, typ: t}
	}
	left = e.convertColumns(left, leftOutputs, outputs)
	right = e.convertColumns(right, rightOutputs, outputs)
	if b.all && b.op != "UNION" {
		return e.numbered(b.op, left, right, len(outputs)), outputs
	}
	op := b.op
	if b.all {
		op += " ALL"
	}
	return left + " " + op + " " + right, outputs
}

// leaf translates what is no set operation.
func (e *emitter) leaf(b *body, outer *scope) (sql string, outputs []output) {
	switch {
	case b.selection != nil:
		return e.selection(b.selection, &query{pos: b.pos}, outer)
	case b.query != nil:
		return e.query(b.query, outer)
	}
	return e.values(b, outer)
}

// side translates the left operand of a set operation.
func (e *emitter) side(b *body, outer *scope) (string, []output) {
	if b.op == "" {
		return e.operand(b, outer)
	}
	return e.body(b, outer)
}

// operand translates an operand so that it can stand on either side.
func (e *emitter) operand(b *body, outer *scope) (string, []output) {
	sql, outputs := e.body(b, outer)
	if b.op != "" || b.query != nil || b.values != nil {
		sql = "SELECT * FROM (" + sql + ")"
	}
	return sql, outputs
}

func (e *emitter) sameWidth(b *body, left, right []output) {
	if len(left) != len(right) {
		fail(SemanticError, b.pos, b.op+" query has different number of fields: "+itoa(len(left))+", "+itoa(len(right)))
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
func (e *emitter) values(b *body, outer *scope) (string, []output) {
	rows := make([][]value, len(b.values))
	var outputs []output
	for i, n := range b.values {
		cells := []*node{n}
		if n.kind == nodeRow {
			cells = n.args
		}
		for _, c := range cells {
			rows[i] = append(rows[i], e.expr(c, e.outside(outer)))
		}
		if i == 0 {
			outputs = make([]output, len(cells))
		}
		if len(cells) != len(outputs) {
			fail(SemanticError, n.pos, "Values rows have mismatched sizes: "+itoa(len(outputs))+" vs "+itoa(len(cells)))
		}
		for j, v := range rows[i] {
			t, ok := commonType(outputs[j].typ, v.typ, e.hive)
			if !ok {
				fail(SemanticError, n.pos, "Values rows have mismatched types: "+outputs[j].typ.String()+" vs "+v.typ.String())
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
