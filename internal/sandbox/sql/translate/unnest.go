package translate

import "strings"

// unnest translates UNNEST and LATERAL VIEW as json_each over the array.
func (e *emitter) unnest(r *relation, s *scope) string {
	if r.explode != "" {
		e.explodeArguments(r)
	}
	alias := e.alias("j")
	source, columns := e.unnestSource(r, s, alias)
	if r.ordinality {
		columns = append(columns, field{name: "ordinality", sql: "(" + alias + ".key + 1)", typ: named("bigint")})
	}
	if r.explode == "posexplode" {
		if columns[0].name == "col" {
			columns[0].name = "val"
		}
		columns = append([]field{{name: "pos", sql: alias + ".key", typ: named("integer")}}, columns...)
	}
	if r.columns != nil && len(r.columns) != len(columns) {
		fail(SemanticError, r.pos, "Column alias list has "+itoa(len(r.columns))+" entries but '"+r.alias+"' has "+itoa(len(columns))+" columns available")
	}
	for i, f := range columns {
		f.relation = strings.ToLower(r.alias)
		if r.columns != nil {
			f.name = r.columns[i]
		}
		s.fields = append(s.fields, f)
	}
	return source + " AS " + alias
}

// unnestSource is the table function and the columns of its rows.
func (e *emitter) unnestSource(r *relation, s *scope, alias string) (string, []field) {
	if len(r.arrays) == 0 {
		fail(SyntaxError, r.pos, "UNNEST takes at least one array")
	}
	values := make([]value, len(r.arrays))
	for i, n := range r.arrays {
		values[i] = e.expr(n, s)
	}
	counted := r.ordinality || r.explode == "posexplode"
	if v := values[0]; len(values) == 1 && (!counted || !v.typ.is("map")) {
		return "json_each(" + v.sql + ")", e.elementFields(v, r, func(t typ) string { return valueOf(alias, t) }, alias+".key")
	}
	args := make([]string, len(values))
	var columns []field
	for i, v := range values {
		args[i] = v.sql
		element := func(t typ) string { return elementOf(alias+".value", itoa(i), t) }
		key := ""
		if v.typ.is("map") { // as an array of pairs
			args[i] = "f_map_entries(" + v.sql + ")"
			pair := "(" + alias + ".value ->> " + itoa(i) + ")"
			element = func(t typ) string { return elementOf(pair, "1", t) }
			key = "(" + pair + " ->> 0)"
		}
		columns = append(columns, e.elementFields(v, r, element, key)...)
	}
	return "json_each(" + call("f_zip", args...) + ")", columns
}

// elementFields is the columns that an array's or a map's elements make: a row's fields are
// columns of their own. element writes an element as a value of a type.
func (e *emitter) elementFields(v value, r *relation, element func(typ) string, key string) []field {
	switch v.typ.name {
	case "array":
		t := v.typ.args[0]
		if !t.is("row") || r.explode != "" && r.explode != "inline" {
			return []field{{name: "col", sql: element(t), typ: t}}
		}
		fields := make([]field, len(t.args))
		for i, a := range t.args {
			fields[i] = field{name: t.field(i), sql: elementOf(element(t), itoa(i), a), typ: a}
		}
		return fields
	case "map":
		return []field{
			{name: "key", sql: fromKey(key, v.typ.args[0]), typ: v.typ.args[0]},
			{name: "value", sql: element(v.typ.args[1]), typ: v.typ.args[1]},
		}
	case "":
		return []field{{name: "col", sql: element(typ{})}}
	}
	fail(SemanticError, r.pos, "Cannot unnest type: "+v.typ.String())
	return nil
}

// explodeArguments checks a LATERAL VIEW's function and makes its arguments one array.
func (e *emitter) explodeArguments(r *relation) {
	switch r.explode {
	case "explode", "posexplode", "inline":
		if len(r.arrays) != 1 {
			fail(SemanticError, r.pos, r.explode+"() takes exactly one argument")
		}
	case "json_tuple", "parse_url_tuple":
		e.tuple(r)
	case "stack":
		e.stack(r)
	default:
		if _, ok := lookup(r.explode, e.hive); !ok {
			fail(SemanticError, r.pos, "Function '"+r.explode+"' not registered")
		}
		fail(NotSupported, r.pos, "LATERAL VIEW "+r.explode+" is not supported by the sandbox")
	}
}

// tuple makes json_tuple(x, 'a', 'b') one row: an array of a row of calls.
func (e *emitter) tuple(r *relation) {
	if len(r.arrays) < 2 {
		fail(SemanticError, r.pos, r.explode+"() takes at least two arguments")
	}
	row := &node{kind: nodeRow, pos: r.pos}
	for _, key := range r.arrays[1:] {
		c := &node{kind: nodeCall, pos: key.pos, text: "parse_url", args: []*node{r.arrays[0], key}, call: &callParts{}}
		if r.explode == "json_tuple" {
			path := &node{kind: nodeString, pos: key.pos, text: "$." + key.text}
			c.text, c.args = "get_json_object", []*node{r.arrays[0], path}
		}
		row.args = append(row.args, c)
	}
	r.arrays = []*node{{kind: nodeArray, pos: r.pos, args: []*node{row}}}
	r.explode = "inline"
}

// stack makes stack(2, a, b, c, d) the rows (a, b), (c, d).
func (e *emitter) stack(r *relation) {
	n, ok := 0, false
	if len(r.arrays) > 1 {
		n, ok = wholeNumber(r.arrays[0])
	}
	if !ok || n < 1 || (len(r.arrays)-1)%n != 0 {
		fail(SemanticError, r.pos, "stack() takes a number of rows and their values")
	}
	width := (len(r.arrays) - 1) / n
	array := &node{kind: nodeArray, pos: r.pos}
	for i := range n {
		array.args = append(array.args, &node{kind: nodeRow, pos: r.pos, args: r.arrays[1+i*width : 1+(i+1)*width]})
	}
	r.arrays = []*node{array}
	r.explode = "inline"
}
