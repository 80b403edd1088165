package translate

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/functions"
	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A jsonTranslator translates the functions of SQL/JSON and JSON_TABLE. See
// https://trino.io/docs/current/functions/json.html.
type jsonTranslator struct {
	*state

	exprs       *exprTranslator
	conversions *converter
}

// translateCall translates json_value, json_query, json_exists, json_object or json_array.
func (jt *jsonTranslator) translateCall(n *sqlsyntax.Expr, s *scope) value {
	switch n.Text {
	case "json_value":
		return jt.translateValue(n, s)
	case "json_query":
		c := jt.newCall(n)
		jt.checkQuotes(n.Call.JSON, n.Pos)
		returning := jt.outputType(n.Call.JSON, n.Pos)
		c.Length = textLength(n.Call.JSON.Returning)
		return jt.encode(jt.callPath("f_json_query", c, n, s), n.Call.JSON, returning)
	case "json_exists":
		return value{sql: jt.callPath("f_json_exists", jt.newCall(n), n, s), typ: types.Named("boolean")}
	}
	return jt.construct(n, s)
}

// newCall returns the description of a call, without its PASSING.
func (jt *jsonTranslator) newCall(n *sqlsyntax.Expr) functions.JSONCall {
	c := n.Call.JSON
	return functions.JSONCall{
		Path: n.Args[1].Text, Encoding: c.InputEncoding, Wrapper: c.Wrapper, NoQuotes: c.OmitQuotes, OnEmpty: c.OnEmpty, OnError: c.OnError,
	}
}

// callPath writes the call of a function that evaluates the path of n.
func (jt *jsonTranslator) callPath(function string, c functions.JSONCall, n *sqlsyntax.Expr, s *scope) string {
	names := n.Call.JSON.Passing
	args, passing := jt.bind(n.Args[0], n.Args[2:2+len(names)], names, n, s)
	c.Passing = passing
	jt.checkPath(n.Args[1].Text, n.Args[1].Pos, passing)
	args = append([]string{encodeJSON(c)}, args...)
	if jt.trying {
		return call("f_try", append([]string{quoteString(function)}, args...)...)
	}
	return call(function, args...)
}

func encodeJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the structures contain only texts and numbers
	}
	return quoteString(string(text))
}

// bind translates the input and the values of PASSING.
func (jt *jsonTranslator) bind(input *sqlsyntax.Expr, values []*sqlsyntax.Expr, names []sqlsyntax.JSONPassing, n *sqlsyntax.Expr, s *scope) (args []string, passing []functions.JSONPassing) {
	v := jt.exprs.translate(input, s)
	if !v.typ.Is("varchar", "char", "varbinary") && !v.typ.IsUnknown() {
		fail(SemanticError, input.Pos, "Cannot read input of type "+v.typ.String()+" as JSON using formatting JSON")
	}
	args = []string{v.sql}
	for i, p := range names {
		v := jt.exprs.translate(values[i], s)
		t := v.typ.Name
		switch {
		case p.Format && !v.typ.Is("varchar", "char", "varbinary", ""):
			fail(SemanticError, values[i].Pos, "Cannot read input of type "+v.typ.String()+" as JSON using formatting JSON")
		case p.Format:
			t = "json"
		case v.typ.Is("uuid", "ipaddress"):
			t = "varchar"
		case v.typ.Is("array", "map", "row", "varbinary"):
			fail(NotSupported, n.Pos, "Unsupported type of JSON path parameter: "+v.typ.String())
		case !v.typ.Is("varchar", "char", "boolean", "") && !v.typ.IsNumber():
			v = jt.conversions.cast(v, types.Named("varchar"), false, values[i].Pos)
		}
		args = append(args, v.sql)
		passing = append(passing, functions.JSONPassing{Name: p.Name, Type: t})
	}
	return args, passing
}

// checkPath rejects a path that is not valid or uses a variable that is not passed.
func (jt *jsonTranslator) checkPath(path string, at sqlsyntax.Position, passing []functions.JSONPassing) {
	variables, err := functions.CheckPath(path)
	if e, ok := errors.AsType[*functions.PathError](err); ok {
		at.Column += e.Offset + 1
		if e.NotSupported {
			fail(NotSupported, at, e.Message)
		}
		fail(SyntaxError, at, e.Message)
	}
	for _, name := range variables {
		if !slices.ContainsFunc(passing, func(p functions.JSONPassing) bool { return p.Name == name }) {
			message := "no value passed for parameter " + name
			if slices.ContainsFunc(passing, func(p functions.JSONPassing) bool { return strings.EqualFold(p.Name, name) }) {
				message += `. Try quoting "` + name + `" in the PASSING clause to match case`
			}
			fail(SemanticError, at, message)
		}
	}
}

// textLength returns n of varchar(n) and char(n), or 0.
func textLength(t *sqlsyntax.TypeName) int {
	switch {
	case t == nil || t.Name != "varchar" && t.Name != "char":
		return 0
	case len(t.Numbers) > 0:
		return t.Numbers[0]
	case t.Name == "char":
		return 1
	}
	return 0
}

// valueType returns the type that json_value returns.
func (jt *jsonTranslator) valueType(name *sqlsyntax.TypeName, at sqlsyntax.Position) types.Type {
	if name == nil {
		return types.Named("varchar")
	}
	t := jt.conversions.resolveType(name)
	if !t.IsNumber() && !t.Is("varchar", "char", "boolean", "date", "time", "time with time zone", "timestamp", "timestamp with time zone") {
		fail(SemanticError, at, "Invalid return type of function JSON_VALUE: "+t.String())
	}
	return t
}

func (jt *jsonTranslator) translateValue(n *sqlsyntax.Expr, s *scope) value {
	clauses := n.Call.JSON
	t := jt.valueType(clauses.Returning, n.Pos)
	c := jt.newCall(n)
	c.Type, c.Length = t.Name, textLength(clauses.Returning)
	v := value{sql: jt.callPath("f_json_value", c, n, s), typ: types.Named("varchar")}
	v.sql = jt.castItem(v, t, clauses.OnError, n.Pos)
	v.typ = t
	if clauses.OnEmpty != "DEFAULT" && clauses.OnError != "DEFAULT" {
		return v
	}
	outcome := jt.callPath("f_json_outcome", c, n, s)
	v.sql = jt.substitute(v.sql, outcome, clauses, jt.translateDefaults(n.Args[2+len(clauses.Passing):], clauses, t, "JSON_VALUE", s))
	return v
}

// castItem converts the text of an item to the type of json_value. A failed conversion is an error of the function.
func (jt *jsonTranslator) castItem(v value, t types.Type, onError string, at sqlsyntax.Position) string {
	if t.Is("varchar") {
		return v.sql
	}
	return jt.conversions.cast(v, t, onError != "ERROR" || jt.trying, at).sql
}

// translateDefaults translates the expressions of DEFAULT ON EMPTY and DEFAULT ON ERROR, in this order.
func (jt *jsonTranslator) translateDefaults(defaults []*sqlsyntax.Expr, c *sqlsyntax.JSONClauses, t types.Type, function string, s *scope) [2]string {
	var sql [2]string
	for i, behavior := range []string{c.OnEmpty, c.OnError} {
		if behavior != "DEFAULT" {
			continue
		}
		v := jt.exprs.translate(defaults[0], s)
		if _, ok := types.Coercible(v.typ, t, false); !ok {
			event := []string{"EMPTY", "ERROR"}[i]
			fail(SemanticError, defaults[0].Pos, "Function "+function+" default ON "+event+" result must evaluate to a "+t.String()+" (actual: "+describeType(v)+")")
		}
		sql[i] = jt.conversions.convert(v, t).sql
		defaults = defaults[1:]
	}
	return sql
}

// substitute replaces the result of json_value with its defaults.
func (jt *jsonTranslator) substitute(sql, outcome string, c *sqlsyntax.JSONClauses, defaults [2]string) string {
	cases := "CASE " + outcome
	if c.OnEmpty == "DEFAULT" {
		cases += " WHEN 'empty' THEN " + defaults[0]
	}
	if c.OnError == "DEFAULT" {
		cases += " WHEN 'error' THEN " + defaults[1] + " WHEN 'value' THEN coalesce(" + sql + ", " + defaults[1] + ")"
	}
	return "(" + cases + " ELSE " + sql + " END)"
}

func (jt *jsonTranslator) checkQuotes(c *sqlsyntax.JSONClauses, at sqlsyntax.Position) {
	if c.OmitQuotes && c.Wrapper != "" {
		fail(SemanticError, at, "OMIT QUOTES behavior specified with WITH "+c.Wrapper+" ARRAY WRAPPER behavior")
	}
}

// outputType returns the type of JSON text that RETURNING requests.
func (jt *jsonTranslator) outputType(c *sqlsyntax.JSONClauses, at sqlsyntax.Position) types.Type {
	if c.Returning == nil {
		return types.Named("varchar")
	}
	t := jt.conversions.resolveType(c.Returning)
	if !t.Is("varchar", "char", "varbinary") {
		fail(SemanticError, at, "Cannot output JSON value as "+t.String()+" using formatting JSON")
	}
	return t
}

// encode converts JSON text to the type that RETURNING requests.
func (jt *jsonTranslator) encode(sql string, c *sqlsyntax.JSONClauses, t types.Type) value {
	if t.Is("varbinary") {
		return value{sql: call("f_json_encode", sql, quoteString(c.OutputEncoding)), typ: t}
	}
	return jt.conversions.cast(value{sql: sql, typ: types.Named("varchar")}, t, false, sqlsyntax.Position{})
}

// construct translates json_object and json_array.
func (jt *jsonTranslator) construct(n *sqlsyntax.Expr, s *scope) value {
	c := n.Call.JSON
	t := jt.outputType(c, n.Pos)
	sql := ""
	if n.Text == "json_array" {
		args := []string{quoteString(c.OnNull)}
		for i, a := range n.Args {
			args = append(args, jt.element(a, c.Formatted[i], n, s))
		}
		sql = call("f_json_array", args...)
	} else {
		option := c.OnNull
		if c.UniqueKeys {
			option += " UNIQUE"
		}
		args := []string{quoteString(option)}
		for i := 0; i < len(n.Args); i += 2 {
			key := jt.exprs.translate(n.Args[i], s)
			if !key.typ.Is("varchar", "char") {
				fail(SemanticError, n.Args[i].Pos, "Invalid type of JSON object key: "+key.typ.String())
			}
			args = append(args, key.sql, jt.element(n.Args[i+1], c.Formatted[i/2], n, s))
		}
		if sql = "'{}'"; len(args) > 1 {
			sql = call("f_json_object", args...)
		}
	}
	if length := textLength(c.Returning); length > 0 {
		sql = call("substr", sql, "1", itoa(length))
	}
	return jt.encode(sql, c, t)
}

// element translates a value of json_object or json_array to JSON text. The results of these functions and of
// json_query are JSON without FORMAT JSON.
func (jt *jsonTranslator) element(n *sqlsyntax.Expr, formatted bool, of *sqlsyntax.Expr, s *scope) string {
	v := jt.exprs.translate(n, s)
	if n.Kind == sqlsyntax.Call && (n.Text == "json_object" || n.Text == "json_array" || n.Text == "json_query") {
		formatted = true
	}
	t := v.typ.Name
	switch {
	case v.typ.IsUnknown():
		return v.sql
	case formatted && !v.typ.Is("varchar", "char", "varbinary"):
		fail(SemanticError, n.Pos, "Cannot read input of type "+v.typ.String()+" as JSON using formatting JSON")
	case formatted:
		t = "json"
	case v.typ.Is("array", "map", "row", "varbinary", "json"):
		fail(NotSupported, of.Pos, "Unsupported type of value passed to "+strings.ToUpper(of.Text)+" function: "+v.typ.String())
	case !v.typ.Is("varchar", "char", "boolean") && !v.typ.IsNumber():
		v = jt.conversions.cast(v, types.Named("varchar"), false, n.Pos)
	}
	return call("f_json_element", v.sql, quoteString(t))
}

// translateTable translates JSON_TABLE to json_each over the rows that the engine's function returns, and adds the
// columns to s.
func (jt *jsonTranslator) translateTable(r *sqlsyntax.Relation, s *scope) string {
	alias := jt.newAlias("j")
	owner := &sqlsyntax.Expr{Pos: r.Pos}
	args, passing := jt.bind(r.Arguments[0], r.Arguments[1:], r.Table.Passing, owner, s)
	tc := jsonTableColumns{jsonTranslator: jt, scope: *s, alias: alias, passing: passing, errorOnError: r.Table.ErrorOnError, names: map[string]bool{}}
	plan := newJSONPlan(r.Table)
	spec := tc.describe(&r.Table.Root, plan)
	spec.Passing, spec.Encoding, spec.ErrorOnError = passing, r.Table.Encoding, r.Table.ErrorOnError
	if r.Columns != nil && len(r.Columns) != len(tc.fields) {
		fail(SemanticError, r.Pos, "Column alias list has "+itoa(len(r.Columns))+" entries but '"+r.Alias+"' has "+itoa(len(tc.fields))+" columns available")
	}
	for i, f := range tc.fields {
		f.relation = strings.ToLower(r.Alias)
		if r.Columns != nil {
			f.name = r.Columns[i]
		}
		s.fields = append(s.fields, f)
	}
	return "json_each(" + call("f_json_table", append([]string{encodeJSON(spec)}, args...)...) + ") AS " + alias
}

// A jsonTableColumns collects the columns of JSON_TABLE.
type jsonTableColumns struct {
	*jsonTranslator

	scope        scope
	alias        string
	passing      []functions.JSONPassing
	errorOnError bool
	fields       []field
	cells        int
	names        map[string]bool
}

// describe returns the description of a path and its columns for the engine's function.
func (tc *jsonTableColumns) describe(c *sqlsyntax.JSONColumn, plan jsonPlan) *functions.JSONTable {
	tc.checkPath(c.Path, c.PathPos, tc.passing)
	t := &functions.JSONTable{JSONCall: functions.JSONCall{Path: c.Path}, Outer: true}
	nested := map[string]*functions.JSONTable{}
	var order []*functions.JSONTable
	for i := range c.Columns {
		column := &c.Columns[i]
		if column.Kind == "NESTED" {
			inner := tc.describe(column, plan)
			nested[column.Name] = inner
			order = append(order, inner)
			continue
		}
		t.Columns = append(t.Columns, tc.describeColumn(column))
	}
	if len(order) > 0 {
		t.Join, t.Outer = plan.join(c, nested, order)
	}
	return t
}

func (tc *jsonTableColumns) describeColumn(c *sqlsyntax.JSONColumn) functions.JSONColumn {
	name := strings.ToLower(c.Name)
	if tc.names[name] {
		fail(SemanticError, c.Pos, "All column names in JSON_TABLE invocation must be unique")
	}
	tc.names[name] = true
	cell := tc.cells
	tc.cells++
	column := functions.JSONColumn{Kind: c.Kind, Cell: cell}
	f := field{name: c.Name, typ: types.Named("varchar")}
	text := value{sql: elementOf(tc.alias+".value", itoa(cell), f.typ), typ: f.typ}
	if c.Kind == "ORDINALITY" {
		f.typ = types.Named("bigint")
		f.sql = elementOf(tc.alias+".value", itoa(cell), f.typ)
		tc.fields = append(tc.fields, f)
		return column
	}
	path := c.Path
	if !c.HasPath {
		member := c.Name
		if !c.Exact {
			member = strings.ToUpper(member)
		}
		path = `lax $."` + strings.ReplaceAll(member, `"`, `""`) + `"`
	} else {
		tc.checkPath(c.Path, c.PathPos, tc.passing)
	}
	clauses := &c.Clauses
	column.JSONCall = functions.JSONCall{
		Path: path, Length: textLength(c.Type), Wrapper: clauses.Wrapper, NoQuotes: clauses.OmitQuotes, OnEmpty: clauses.OnEmpty, OnError: clauses.OnError,
	}
	clauses.Returning = c.Type
	if c.Kind == "FORMAT" {
		tc.checkQuotes(clauses, c.Pos)
		v := tc.encode(text.sql, clauses, tc.outputType(clauses, c.Pos))
		f.sql, f.typ = v.sql, v.typ
		tc.fields = append(tc.fields, f)
		return column
	}
	tc.cells++ // the outcome
	f.typ = tc.valueType(c.Type, c.Pos)
	column.Type = f.typ.Name
	onError := clauses.OnError
	if onError == "" && tc.errorOnError {
		onError = "ERROR"
	}
	f.sql = tc.castItem(text, f.typ, onError, c.Pos)
	if clauses.OnEmpty == "DEFAULT" || clauses.OnError == "DEFAULT" {
		outcome := elementOf(tc.alias+".value", itoa(cell+1), text.typ)
		f.sql = tc.substitute(f.sql, outcome, clauses, tc.translateDefaults(c.Defaults, clauses, f.typ, "JSON_VALUE", &tc.scope))
	}
	tc.fields = append(tc.fields, f)
	return column
}

// A jsonPlan describes how the rows of nested paths combine.
type jsonPlan struct {
	inner, cross bool // joins that PLAN DEFAULT names
	specific     *sqlsyntax.JSONPlan
}

func newJSONPlan(t *sqlsyntax.JSONTable) jsonPlan {
	if t.Plan == nil {
		return jsonPlan{}
	}
	if t.Plan.Default {
		requirePathNames(t.Root)
		return jsonPlan{inner: t.Plan.Parent == "INNER", cross: t.Plan.Siblings == "CROSS"}
	}
	requirePathNames(t.Root)
	return jsonPlan{specific: t.Plan}
}

// requirePathNames fails if a nested path has no name.
func requirePathNames(c sqlsyntax.JSONColumn) {
	for _, nested := range c.Columns {
		if nested.Kind != "NESTED" {
			continue
		}
		if nested.Name == "" {
			fail(SemanticError, nested.Pos, "All nested JSON paths must be named when a plan is given")
		}
		requirePathNames(nested)
	}
}

// join returns how the rows of the nested paths of c combine, and whether a row of c without nested rows is kept.
func (p jsonPlan) join(c *sqlsyntax.JSONColumn, nested map[string]*functions.JSONTable, order []*functions.JSONTable) (join *functions.JSONJoin, outer bool) {
	if p.specific == nil {
		for _, inner := range order {
			next := &functions.JSONJoin{Path: inner}
			if join == nil {
				join = next
			} else {
				join = &functions.JSONJoin{Cross: p.cross, Left: join, Right: next}
			}
		}
		return join, !p.inner
	}
	plan := findJSONPlan(p.specific, c.Name)
	if plan == nil || plan.Op != "OUTER" && plan.Op != "INNER" {
		fail(SemanticError, p.specific.Pos, "JSON_TABLE plan must contain all paths: "+c.Name)
	}
	join = siblings(plan.Right, nested)
	if len(nested) > 0 {
		fail(SemanticError, plan.Pos, "JSON_TABLE plan must contain all nested paths of "+c.Name)
	}
	return join, plan.Op == "OUTER"
}

// findJSONPlan returns the part of a plan whose left operand is the path.
func findJSONPlan(p *sqlsyntax.JSONPlan, path string) *sqlsyntax.JSONPlan {
	if p == nil || p.Left == nil {
		return nil
	}
	if (p.Op == "OUTER" || p.Op == "INNER") && p.Left.Name == path {
		return p
	}
	if found := findJSONPlan(p.Left, path); found != nil {
		return found
	}
	return findJSONPlan(p.Right, path)
}

// siblings returns the join of sibling paths, which it removes from nested.
func siblings(p *sqlsyntax.JSONPlan, nested map[string]*functions.JSONTable) *functions.JSONJoin {
	if p.Op == "UNION" || p.Op == "CROSS" {
		return &functions.JSONJoin{Cross: p.Op == "CROSS", Left: siblings(p.Left, nested), Right: siblings(p.Right, nested)}
	}
	name := p.Name
	if p.Op != "" {
		name = p.Left.Name
	}
	path := nested[name]
	if path == nil {
		fail(SemanticError, p.Pos, "JSON_TABLE plan contains a path that is not nested here: "+name)
	}
	delete(nested, name)
	return &functions.JSONJoin{Path: path}
}
