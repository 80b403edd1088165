package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/tablefunc"
	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// translateUnnest translates UNNEST and LATERAL VIEW to json_each.
func (ft *fromTranslator) translateUnnest(r *sqlsyntax.Relation, s *scope) string {
	if r.Function != "" {
		if err := tablefunc.ExpandView(r); err != nil {
			panic(err)
		}
	}
	alias := ft.newAlias("j")
	source, columns := ft.unnestSource(r, s, alias)
	if r.WithOrdinality {
		columns = append(columns, field{name: "ordinality", sql: "(" + alias + ".key + 1)", typ: types.Named("bigint")})
	}
	if r.Function == "posexplode" {
		if columns[0].name == "col" {
			columns[0].name = "val"
		}
		columns = append([]field{{name: "pos", sql: alias + ".key", typ: types.Named("integer")}}, columns...)
	}
	if r.Columns != nil && len(r.Columns) != len(columns) {
		fail(SemanticError, r.Pos, "Column alias list has "+itoa(len(r.Columns))+" entries but '"+r.Alias+"' has "+itoa(len(columns))+" columns available")
	}
	for i, f := range columns {
		f.relation = strings.ToLower(r.Alias)
		if r.Function == "" && !f.named {
			f.name = ""
		}
		if r.Columns != nil {
			f.name = r.Columns[i]
		}
		s.fields = append(s.fields, f)
	}
	return source + " AS " + alias
}

// unnestSource returns the call of json_each and the columns of its rows.
func (ft *fromTranslator) unnestSource(r *sqlsyntax.Relation, s *scope, alias string) (string, []field) {
	if len(r.Arguments) == 0 {
		fail(SyntaxError, r.Pos, "UNNEST takes at least one array")
	}
	values := make([]value, len(r.Arguments))
	for i, n := range r.Arguments {
		values[i] = ft.exprs.translate(n, s)
	}
	counted := r.WithOrdinality || r.Function == "posexplode"
	if v := values[0]; len(values) == 1 && (!counted || !v.typ.Is("map")) {
		return "json_each(" + v.sql + ")", ft.elementFields(v, r, func(t types.Type) string { return valueOf(alias, t) }, alias+".key")
	}
	args := make([]string, len(values))
	var columns []field
	for i, v := range values {
		args[i] = v.sql
		element := func(t types.Type) string { return elementOf(alias+".value", itoa(i), t) }
		key := ""
		if v.typ.Is("map") {
			args[i] = "f_map_entries(" + v.sql + ")"
			pair := "(" + alias + ".value ->> " + itoa(i) + ")"
			element = func(t types.Type) string { return elementOf(pair, "1", t) }
			key = "(" + pair + " ->> 0)"
		}
		columns = append(columns, ft.elementFields(v, r, element, key)...)
	}
	return "json_each(" + call("f_zip_longest", args...) + ")", columns
}

// elementFields returns the columns for the elements of an array or a map. The fields of rows are separate
// columns. The function element writes an element as a value of a type.
func (ft *fromTranslator) elementFields(v value, r *sqlsyntax.Relation, element func(types.Type) string, key string) []field {
	switch v.typ.Name {
	case "array":
		t := v.typ.Args[0]
		if !t.Is("row") || r.Function != "" && r.Function != "inline" {
			return []field{{name: "col", sql: element(t), typ: t}}
		}
		fields := make([]field, len(t.Args))
		for i, a := range t.Args {
			fields[i] = field{name: t.FieldName(i), sql: elementOf(element(t), itoa(i), a), typ: a, named: i < len(t.Fields) && t.Fields[i] != ""}
		}
		return fields
	case "map":
		return []field{
			{name: "key", sql: fromKey(key, v.typ.Args[0]), typ: v.typ.Args[0]},
			{name: "value", sql: element(v.typ.Args[1]), typ: v.typ.Args[1]},
		}
	case "":
		if ft.hive {
			return []field{{name: "col", sql: element(types.Type{})}}
		}
		fail(SemanticError, r.Pos, "Cannot unnest type: unknown")
	}
	fail(SemanticError, r.Pos, "Cannot unnest type: "+v.typ.String())
	return nil
}
