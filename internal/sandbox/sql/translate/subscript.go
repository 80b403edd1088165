package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

func (e *emitter) array(values []value) value {
	values, t := e.unify(values, func(a, b types.Type) string {
		return "All ARRAY elements must be the same type or coercible to a common type. Cannot find common type between " + a.String() + " and " + b.String()
	})
	if len(values) > 100 {
		return value{sql: bigArray(values), typ: types.ArrayOf(t)}
	}
	return value{sql: jsonArray(values), typ: types.ArrayOf(t)}
}

// bigArray joins arrays of a hundred: a call takes no more than that many arguments.
func bigArray(values []value) string {
	var parts []string
	for len(values) > 0 {
		n := min(100, len(values))
		parts = append(parts, jsonArray(values[:n]))
		values = values[n:]
	}
	return call("f_array_concat", parts...)
}

// row makes a row of unnamed fields.
func (e *emitter) row(n *sqlsyntax.Expr, s *scope) value {
	values := e.exprs(n.Args, s)
	t := types.Type{Name: "row"}
	for _, v := range values {
		t.Args = append(t.Args, v.typ)
		t.Fields = append(t.Fields, "")
	}
	return value{sql: jsonArray(values), typ: t}
}

// subscript is a[i]: from 1 in Trino, where a missing element is an error; from 0 in Hive, where it is
// NULL. v['name'] is the column of that name.
func (e *emitter) subscript(n *sqlsyntax.Expr, s *scope) value {
	base, index := n.Args[0], n.Args[1]
	if base.Kind == sqlsyntax.Column && index.Kind == sqlsyntax.String && strings.EqualFold(base.Path[len(base.Path)-1], "v") {
		if _, ok := e.tryColumn(base, s); !ok {
			return e.recordField(base, index, s)
		}
	}
	v, i := e.expr(base, s), e.expr(index, s)
	switch v.typ.Name {
	case "array":
		return e.arraySubscript(n, v, i)
	case "map":
		if _, ok := types.Coercible(i.typ, v.typ.Args[0], e.hive); !ok {
			break
		}
		name := "f_map_subscript"
		if e.hive || e.trying {
			name = "h_map_index"
		}
		key := mapKey(e.convert(i, v.typ.Args[0]))
		t := v.typ.Args[1]
		sql := call(name, v.sql, key)
		if t.Is("json") { // as it is written, once it is known to be there
			return value{sql: "iif(" + sql + " IS NULL, NULL, " + v.sql + " -> " + key + ")", typ: t}
		}
		return value{sql: fromJSON(sql, t), typ: t}
	case "row":
		k, ok := wholeNumber(index)
		if ok && k >= 1 && k <= len(v.typ.Args) {
			return value{sql: elementOf(v.sql, itoa(k-1), v.typ.Args[k-1]), typ: v.typ.Args[k-1]}
		}
	}
	fail(SemanticError, n.Pos, "Cannot apply operator: "+v.typ.String()+"["+typeNamed(i)+"]")
	return value{}
}

func (e *emitter) arraySubscript(n *sqlsyntax.Expr, v, i value) value {
	t := v.typ.Args[0]
	if !i.typ.IsInteger() && !i.typ.IsUnknown() {
		fail(SemanticError, n.Pos, "Cannot apply operator: "+v.typ.String()+"["+typeNamed(i)+"]")
	}
	sql := ""
	switch {
	case e.hive:
		sql = call("h_index", v.sql, i.sql)
	case e.trying:
		sql = call("f_element_at", v.sql, i.sql)
	default:
		sql = call("f_subscript", v.sql, i.sql)
	}
	if t.Is("json") {
		return value{sql: "iif(" + sql + " IS NULL, NULL, " + v.sql + " -> (" + i.sql + " - 1))", typ: t}
	}
	return value{sql: fromJSON(sql, t), typ: t}
}

// recordField is v['name'] of a table without a column v: all columns, as strings; NULL when there is none.
func (e *emitter) recordField(base, index *sqlsyntax.Expr, s *scope) value {
	path := append(append([]string(nil), base.Path[:len(base.Path)-1]...), index.Text)
	v, ok := e.tryColumn(&sqlsyntax.Expr{Kind: sqlsyntax.Column, Path: path, Pos: base.Pos}, s)
	if !ok {
		return value{sql: "NULL", typ: types.Named("varchar")}
	}
	return e.convert(v, types.Named("varchar"))
}
