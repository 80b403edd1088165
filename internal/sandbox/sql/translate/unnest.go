package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// translateUnnest translates UNNEST and LATERAL VIEW to json_each.
func (ft *fromTranslator) translateUnnest(r *sqlsyntax.Relation, s *scope) string {
	if r.Function != "" {
		ft.prepareExplode(r)
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

// prepareExplode checks the function of a LATERAL VIEW, and changes its arguments to a single array.
func (ft *fromTranslator) prepareExplode(r *sqlsyntax.Relation) {
	switch r.Function {
	case "explode", "posexplode", "inline":
		if len(r.Arguments) != 1 {
			fail(SemanticError, r.Pos, r.Function+"() takes exactly one argument")
		}
	case "json_tuple", "parse_url_tuple":
		ft.expandTuple(r)
	case "stack":
		ft.expandStack(r)
	case "generate_series":
		ft.expandSeries(r)
	case "td_pivot":
		ft.expandPivot(r)
	default:
		if _, ok := registry.Lookup(r.Function, ft.hive); !ok {
			fail(SemanticError, r.Pos, "Function '"+r.Function+"' not registered")
		}
		fail(NotSupported, r.Pos, "LATERAL VIEW "+r.Function+" is not supported by the sandbox")
	}
}

// expandTuple changes json_tuple(x, 'a', 'b') to an array of one row.
func (ft *fromTranslator) expandTuple(r *sqlsyntax.Relation) {
	if len(r.Arguments) < 2 {
		fail(SemanticError, r.Pos, r.Function+"() takes at least two arguments")
	}
	row := &sqlsyntax.Expr{Kind: sqlsyntax.Row, Pos: r.Pos}
	for _, key := range r.Arguments[1:] {
		c := &sqlsyntax.Expr{Kind: sqlsyntax.Call, Pos: key.Pos, Text: "parse_url", Args: []*sqlsyntax.Expr{r.Arguments[0], key}, Call: &sqlsyntax.CallParts{}}
		if part, name, ok := strings.Cut(key.Text, ":"); ok && r.Function == "parse_url_tuple" && key.Kind == sqlsyntax.String { // QUERY:k
			c.Args = []*sqlsyntax.Expr{
				r.Arguments[0],
				{Kind: sqlsyntax.String, Pos: key.Pos, Text: part},
				{Kind: sqlsyntax.String, Pos: key.Pos, Text: name},
			}
		}
		if r.Function == "json_tuple" {
			path := &sqlsyntax.Expr{Kind: sqlsyntax.String, Pos: key.Pos, Text: "$." + key.Text}
			c.Text, c.Args = "get_json_object", []*sqlsyntax.Expr{r.Arguments[0], path}
		}
		row.Args = append(row.Args, c)
	}
	r.Arguments = []*sqlsyntax.Expr{{Kind: sqlsyntax.Array, Pos: r.Pos, Args: []*sqlsyntax.Expr{row}}}
	r.Function = "inline"
}

// expandStack changes stack(2, a, b, c, d) to an array of the rows (a, b) and (c, d).
func (ft *fromTranslator) expandStack(r *sqlsyntax.Relation) {
	n, ok := 0, false
	if len(r.Arguments) > 1 {
		n, ok = wholeNumber(r.Arguments[0])
	}
	values := r.Arguments[min(1, len(r.Arguments)):]
	width := (len(values) + n - 1) / max(n, 1)
	if !ok || n < 1 || len(values) <= (n-1)*width {
		fail(SemanticError, r.Pos, "stack() takes a number of rows and their values")
	}
	for len(values) < n*width {
		b, null := treeBuilder{r.Pos}, &sqlsyntax.Expr{Kind: sqlsyntax.Null, Pos: r.Pos}
		values = append(values, b.call("if", b.binary("=", b.number(0), b.number(1)), values[len(values)-width], null)) // NULL of its type
	}
	array := &sqlsyntax.Expr{Kind: sqlsyntax.Array, Pos: r.Pos}
	for i := range n {
		array.Args = append(array.Args, &sqlsyntax.Expr{Kind: sqlsyntax.Row, Pos: r.Pos, Args: values[i*width : (i+1)*width]})
	}
	r.Arguments = []*sqlsyntax.Expr{array}
	r.Function = "inline"
}

// expandSeries changes generate_series(2, 4) to an array of the numbers. See
// https://hivemall.apache.org/userguide/misc/generic_funcs.html.
func (ft *fromTranslator) expandSeries(r *sqlsyntax.Relation) {
	if len(r.Arguments) < 2 || len(r.Arguments) > 3 {
		fail(SemanticError, r.Pos, "generate_series() takes two or three arguments")
	}
	if r.Columns == nil {
		r.Columns = []string{"value"}
	}
	b := treeBuilder{r.Pos}
	last := b.number(1)
	if len(r.Arguments) == 3 {
		last = b.call("if", b.binary("<", r.Arguments[2], b.number(0)), b.number(-1), last)
	}
	end := b.binary("+", r.Arguments[1], last)
	r.Arguments = []*sqlsyntax.Expr{b.call("td_numeric_range", append([]*sqlsyntax.Expr{r.Arguments[0], end}, r.Arguments[2:]...)...)}
	r.Function = "explode"
}

// expandPivot changes td_pivot(k, v, 'a,b') to an array of one row, whose fields are v if k is the field's name, and null
// otherwise. See https://docs.treasuredata.com/display/public/PD/Supported+Hive+and+TD+Functions.
func (ft *fromTranslator) expandPivot(r *sqlsyntax.Relation) {
	if len(r.Arguments) != 3 || r.Arguments[2].Kind != sqlsyntax.String {
		fail(SemanticError, r.Pos, "td_pivot() takes a key, a value and a constant list of keys")
	}
	b := treeBuilder{r.Pos}
	row := &sqlsyntax.Expr{Kind: sqlsyntax.Row, Pos: r.Pos}
	var names []string
	for name := range strings.SplitSeq(r.Arguments[2].Text, ",") {
		name = strings.TrimSpace(name)
		names = append(names, name)
		equal := b.binary("=", r.Arguments[0], &sqlsyntax.Expr{Kind: sqlsyntax.String, Pos: r.Pos, Text: name})
		row.Args = append(row.Args, b.call("if", equal, r.Arguments[1], &sqlsyntax.Expr{Kind: sqlsyntax.Null, Pos: r.Pos}))
	}
	if r.Columns == nil {
		r.Columns = names
	}
	r.Arguments = []*sqlsyntax.Expr{{Kind: sqlsyntax.Array, Pos: r.Pos, Args: []*sqlsyntax.Expr{row}}}
	r.Function = "inline"
}
