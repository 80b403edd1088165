package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A nestedTranslator translates the construction of arrays, maps and rows, and the access to their elements.
type nestedTranslator struct {
	*state

	exprs       *exprTranslator
	names       *nameResolver
	conversions *converter
	arguments   *argumentTranslator
}

// translateMapParts translates map_keys and map_entries. It returns false for other arguments.
func (nt *nestedTranslator) translateMapParts(n *sqlsyntax.Expr, s *scope) (value, bool) {
	if len(n.Args) != 1 {
		return value{}, false
	}
	m := nt.exprs.translate(n.Args[0], s)
	if !m.typ.Is("map") {
		return value{}, false
	}
	function, t := "f_map_keys", types.ArrayOf(m.typ.Args[0])
	numeric := isParsedKey(m.typ.Args[0])
	switch {
	case n.Text == "map_entries" && numeric:
		function = "f_map_entries_number"
	case n.Text == "map_entries":
		function = "f_map_entries"
	case numeric:
		function = "f_map_keys_number"
	}
	if n.Text == "map_entries" {
		t = types.ArrayOf(types.Type{Name: "row", Args: m.typ.Args, Fields: []string{"", ""}})
	}
	return value{sql: call(function, m.sql), typ: t}, true
}

// makeHiveMap translates Hive's map('k', 1, 'l', 2).
func (nt *nestedTranslator) makeHiveMap(n *sqlsyntax.Expr, s *scope) value {
	if len(n.Args)%2 != 0 {
		nt.arguments.failCount(n, s)
	}
	if len(n.Args) == 0 {
		return value{sql: "'{}'", typ: types.MapOf(types.Named("varchar"), types.Named("varchar"))}
	}
	var keys, values []value
	for i, v := range nt.exprs.translateAll(n.Args, s) {
		if i%2 == 0 {
			keys = append(keys, v)
		} else {
			values = append(values, v)
		}
	}
	complain := func(a, b types.Type) string {
		return "map: keys and values must be of one type each: " + a.String() + " vs " + b.String()
	}
	keys, k := nt.conversions.unify(keys, complain)
	values, t := nt.conversions.unify(values, complain)
	args := make([]string, 0, len(n.Args))
	for i := range keys {
		args = append(args, mapKey(keys[i]), "("+toJSON(values[i])+")")
	}
	return value{sql: call("h_map", args...), typ: types.MapOf(k, t)}
}

func (nt *nestedTranslator) makeArray(values []value) value {
	values, t := nt.conversions.unify(values, func(a, b types.Type) string {
		return "All ARRAY elements must be the same type or coercible to a common type. Cannot find common type between " + a.String() + " and " + b.String()
	})
	if len(values) > 100 {
		return value{sql: joinArrays(values), typ: types.ArrayOf(t)}
	}
	return value{sql: jsonArray(values), typ: types.ArrayOf(t)}
}

// joinArrays concatenates arrays of a hundred values, because SQLite limits the arguments of a call.
func joinArrays(values []value) string {
	var parts []string
	for len(values) > 0 {
		n := min(100, len(values))
		parts = append(parts, jsonArray(values[:n]))
		values = values[n:]
	}
	return call("f_array_concat", parts...)
}

// makeRow translates ROW(a, b), whose fields have no names.
func (nt *nestedTranslator) makeRow(n *sqlsyntax.Expr, s *scope) value {
	values := nt.exprs.translateAll(n.Args, s)
	t := types.Type{Name: "row"}
	for _, v := range values {
		t.Args = append(t.Args, v.typ)
		t.Fields = append(t.Fields, "")
	}
	return value{sql: jsonArray(values), typ: t}
}

// translateSubscript translates a[i]. Arrays start at 1 in Trino, where a missing element is an error, and at 0 in Hive, where
// it is NULL. In a table without a column v, v['name'] is the column of that name.
func (nt *nestedTranslator) translateSubscript(n *sqlsyntax.Expr, s *scope) value {
	base, index := n.Args[0], n.Args[1]
	if base.Kind == sqlsyntax.Column && index.Kind == sqlsyntax.String && strings.EqualFold(base.Path[len(base.Path)-1], "v") {
		if _, ok := nt.names.tryResolve(base, s); !ok {
			return nt.subscriptRecord(base, index, s)
		}
	}
	v, i := nt.exprs.translate(base, s), nt.exprs.translate(index, s)
	switch v.typ.Name {
	case "array":
		return nt.subscriptArray(n, v, i)
	case "map":
		if _, ok := types.Coercible(i.typ, v.typ.Args[0], nt.hive); !ok {
			break
		}
		name := "f_map_subscript"
		if nt.hive || nt.trying {
			name = "h_map_index"
		}
		key := mapKey(nt.conversions.convert(i, v.typ.Args[0]))
		t := v.typ.Args[1]
		return value{sql: fromJSON(call(name, v.sql, key), t), typ: t}
	case "row":
		k, ok := index.WholeNumber()
		if ok && k >= 1 && k <= len(v.typ.Args) {
			return value{sql: elementOf(v.sql, itoa(k-1), v.typ.Args[k-1]), typ: v.typ.Args[k-1]}
		}
	}
	fail(SemanticError, n.Pos, "Cannot apply operator: "+v.typ.String()+"["+describeType(i)+"]")
	return value{}
}

func (nt *nestedTranslator) subscriptArray(n *sqlsyntax.Expr, v, i value) value {
	t := v.typ.Args[0]
	if !i.typ.IsInteger() && !i.typ.IsUnknown() {
		fail(SemanticError, n.Pos, "Cannot apply operator: "+v.typ.String()+"["+describeType(i)+"]")
	}
	sql := ""
	switch {
	case nt.hive:
		sql = call("h_index", v.sql, i.sql)
	case nt.trying:
		sql = call("f_element_at", v.sql, i.sql)
	default:
		sql = call("f_subscript", v.sql, i.sql)
	}
	return value{sql: fromJSON(sql, t), typ: t}
}

// subscriptRecord translates v['name'] in a table without a column v: the column as a string, or NULL.
func (nt *nestedTranslator) subscriptRecord(base, index *sqlsyntax.Expr, s *scope) value {
	path := append(append([]string(nil), base.Path[:len(base.Path)-1]...), index.Text)
	v, ok := nt.names.tryResolve(&sqlsyntax.Expr{Kind: sqlsyntax.Column, Path: path, Pos: base.Pos}, s)
	if !ok {
		return value{sql: "NULL", typ: types.Named("varchar")}
	}
	return nt.conversions.convert(v, types.Named("varchar"))
}
