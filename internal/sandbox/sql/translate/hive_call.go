package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/tablefunc"
	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// translateHive translates functions of Hive that have no template. It returns false for all others.
func (ct *callTranslator) translateHive(n *sqlsyntax.Expr, s *scope) (value, bool) {
	switch n.Text {
	case "array":
		if len(n.Args) == 0 {
			return value{sql: "'[]'", typ: types.ArrayOf(types.Named("varchar"))}, true
		}
		return ct.nested.makeArray(ct.exprs.translateAll(n.Args, s)), true
	case "map":
		return ct.nested.makeHiveMap(n, s), true
	case "struct":
		v := ct.nested.makeRow(n, s)
		for i := range v.typ.Fields {
			v.typ.Fields[i] = v.typ.FieldName(i)
		}
		return v, true
	case "named_struct":
		if len(n.Args) == 0 || len(n.Args)%2 != 0 {
			ct.arguments.failCount(n, s)
		}
		row := &sqlsyntax.Expr{Kind: sqlsyntax.Row, Pos: n.Pos}
		var names []string
		for i := 0; i < len(n.Args); i += 2 {
			if n.Args[i].Kind != sqlsyntax.String {
				fail(SemanticError, n.Args[i].Pos, "named_struct: field names must be constant strings")
			}
			names = append(names, n.Args[i].Text)
			row.Args = append(row.Args, n.Args[i+1])
		}
		v := ct.nested.makeRow(row, s)
		v.typ.Fields = names
		return v, true
	case "round", "bround":
		return ct.translateHiveRound(n, s)
	case "trunc":
		return ct.translateTrunc(n, s)
	case "coalesce":
		if len(n.Args) == 0 {
			ct.arguments.failCount(n, s)
		}
		return ct.translateCoalesce(n, s), true
	case "greatest", "least":
		return ct.translateExtreme(n, s), true
	case "concat_ws":
		if len(n.Args) < 2 {
			ct.arguments.failCount(n, s)
		}
		return ct.translateConcatWS(n, s), true
	case "field":
		if len(n.Args) < 2 {
			ct.arguments.failCount(n, s)
		}
		return ct.translateField(n, s), true
	case "hash":
		return ct.translateHash(n, s), true
	case "array_to_str":
		if len(n.Args) == 1 {
			n = &sqlsyntax.Expr{Kind: sqlsyntax.Call, Pos: n.Pos, Text: n.Text, Args: append(slices.Clone(n.Args), &sqlsyntax.Expr{Kind: sqlsyntax.String, Text: ",", Pos: n.Pos})}
		}
		return ct.translate(&sqlsyntax.Expr{Kind: sqlsyntax.Call, Pos: n.Pos, Text: "concat_ws", Args: []*sqlsyntax.Expr{n.Args[1], sqlsyntax.Builder{Pos: n.Pos}.Call("to_string_array", n.Args[0])}}, s), true
	case "rowid":
		return value{sql: "('0-' || row_number() OVER ())", typ: types.Named("varchar")}, len(n.Args) == 0
	case "current_database":
		return value{sql: quoteString(ct.request.Database), typ: types.Named("varchar")}, len(n.Args) == 0
	case "int", "bigint", "smallint", "tinyint", "double", "float", "string", "boolean", "binary", "date", "timestamp":
		if len(n.Args) == 1 {
			return ct.exprs.translate(&sqlsyntax.Expr{Kind: sqlsyntax.Cast, Text: "cast", Pos: n.Pos, Args: n.Args, Type: &sqlsyntax.TypeName{Pos: n.Pos, Name: n.Text}}, s), true
		}
	}
	if tablefunc.Is(n.Text) {
		fail(SemanticError, n.Pos, "UDTF's are not supported outside the SELECT clause, nor nested in expressions")
	}
	return value{}, false
}

func (ct *callTranslator) translateCoalesce(n *sqlsyntax.Expr, s *scope) value {
	values, t := ct.conversions.unify(ct.exprs.translateAll(n.Args, s), func(a, b types.Type) string {
		return "The expressions after COALESCE should all have the same type: \"" + a.String() + "\" is expected but \"" + b.String() + "\" is found"
	})
	sql := make([]string, len(values))
	for i, v := range values {
		sql[i] = v.sql
	}
	return value{sql: call("coalesce", append(sql, "NULL")...), typ: t}
}

// translateExtreme translates Hive's greatest and least, which are NULL if an argument is.
func (ct *callTranslator) translateExtreme(n *sqlsyntax.Expr, s *scope) value {
	args := ct.exprs.translateAll(n.Args, s)
	if len(args) < 2 {
		ct.arguments.failCount(n, s)
	}
	t := args[0].typ
	for _, a := range args[1:] {
		u, ok := extremeType(t, a.typ)
		if !ok {
			fail(SemanticError, n.Pos, "Unexpected parameters ("+describeType(args[0])+", "+describeType(a)+") for function "+n.Text)
		}
		t = u
	}
	sql := make([]string, len(args))
	for i, a := range args {
		sql[i] = ct.conversions.convert(a, t).sql
	}
	greatest, least := "f_greatest", "f_least"
	if t.Is("decimal") {
		greatest, least = "h_greatest_decimal", "h_least_decimal"
	}
	if n.Text == "least" {
		return value{sql: call(least, sql...), typ: t}
	}
	return value{sql: call(greatest, sql...), typ: t}
}

// extremeType returns the type as which greatest and least compare values of two types.
func extremeType(a, b types.Type) (types.Type, bool) {
	if a.IsUnknown() {
		a, b = b, a
	}
	switch {
	case len(a.Args) > 0 || len(b.Args) > 0:
		return types.Type{}, false
	case !b.IsUnknown():
		return types.ComparableHive(a, b)
	case a.IsTemporal():
		return types.Named("varchar"), true
	case a.IsNumber() || a.IsUnknown():
		return a, true
	}
	return types.Named("double"), true
}

// translateConcatWS translates Hive's concat_ws, whose arguments are strings and arrays of strings. NULL is omitted.
func (ct *callTranslator) translateConcatWS(n *sqlsyntax.Expr, s *scope) value {
	args := ct.exprs.translateAll(n.Args, s)
	var parts []string
	var kinds strings.Builder
	for i, a := range args {
		list := a.typ.Is("array") && i > 0
		if list && !a.typ.Element().Is("varchar", "char", "") || !list && !a.typ.Is("varchar", "char", "") {
			fail(SemanticError, n.Args[i].Pos, "Argument "+itoa(i+1)+" of function CONCAT_WS must be \"string or array<string>\", but \""+a.typ.String()+"\" was found")
		}
		if list && a.typ.HoldsChar() {
			a.sql = padChars(a)
		}
		if parts = append(parts, a.sql); i == 0 {
			parts = append(parts, "") // the kinds of the others
			continue
		}
		kind := byte('t')
		if list {
			kind = 'a'
		}
		kinds.WriteByte(kind)
	}
	parts[1] = quoteString(kinds.String())
	return value{sql: call("h_concat_ws", parts...), typ: types.Named("varchar")}
}

// translateField translates Hive's field, in which only values of the same type are equal.
func (ct *callTranslator) translateField(n *sqlsyntax.Expr, s *scope) value {
	args := ct.exprs.translateAll(n.Args, s)
	parts := make([]string, len(args))
	for i, a := range args {
		if len(a.typ.Args) > 0 {
			fail(SemanticError, n.Args[i].Pos, "FIELD requires primitive types, but "+a.typ.String()+" is found")
		}
		parts[i] = a.sql
		if a.typ.Name != args[0].typ.Name || a.typ.Bounded != args[0].typ.Bounded {
			parts[i] = "NULL"
		} else if a.typ.Is("decimal") {
			parts[i] = call("h_cast_varchar_decimal", a.sql)
		}
	}
	return value{sql: call("h_field", parts...), typ: types.Named("integer")}
}

// translateHash translates Hive's hash: the function needs the types of its arguments.
func (ct *callTranslator) translateHash(n *sqlsyntax.Expr, s *scope) value {
	if len(n.Args) == 0 {
		ct.arguments.failCount(n, s)
	}
	var parts []string
	for _, a := range ct.exprs.translateAll(n.Args, s) {
		parts = append(parts, quoteString(a.typ.Stored()), a.sql)
	}
	return value{sql: call("h_hash", parts...), typ: types.Named("integer")}
}

// translateHiveRound translates Hive's round, whose result has the type of its argument.
func (ct *callTranslator) translateHiveRound(n *sqlsyntax.Expr, s *scope) (value, bool) {
	if len(n.Args) < 1 || len(n.Args) > 2 {
		return value{}, false
	}
	args := ct.exprs.translateAll(n.Args, s)
	args[0] = ct.arithmetic.convertHiveNumber(args[0])
	if v, ok := roundHiveDecimal(n.Text, args); ok {
		return v, true
	}
	parts := make([]string, len(args))
	for i, a := range args {
		if !a.typ.IsNumber() && !a.typ.IsUnknown() {
			return value{}, false
		}
		parts[i] = a.sql
	}
	if len(args) > 1 && (n.Args[1].Kind == sqlsyntax.Column || args[1].typ.Is("bigint")) {
		fail(SemanticError, n.Pos, strings.ToUpper(n.Text)+" second argument only takes a constant integer")
	}
	name := "h_round"
	if n.Text == "bround" {
		name = "h_bround"
	}
	return value{sql: call(name, parts...), typ: args[0].typ}, true
}

// roundHiveDecimal translates Hive's round and bround of a decimal. It returns false for other arguments.
func roundHiveDecimal(name string, args []value) (value, bool) {
	if !args[0].typ.Is("decimal") || len(args) > 1 && args[1].fixed == nil {
		return value{}, false
	}
	places := 0
	if len(args) > 1 {
		places = int(max(-maxPrecision, min(args[1].fixed.Int64(), maxPrecision)))
	}
	t := args[0].typ
	if places >= t.Scale {
		return args[0], true
	}
	t.Precision, t.Scale = min(maxPrecision, t.Precision-t.Scale+1+max(0, places)), max(0, places)
	rounded := args[0].sql
	switch {
	case name == "bround":
		rounded = call("h_bround_decimal", rounded, itoa(places))
	case places < 0:
		rounded = call("f_decimal_round_places", rounded, itoa(places))
	}
	return value{sql: decimalOf(rounded, t), typ: t}, true
}

// translateTrunc translates Hive's trunc of a number. It returns false for that of a date.
func (ct *callTranslator) translateTrunc(n *sqlsyntax.Expr, s *scope) (value, bool) {
	if len(n.Args) < 1 || len(n.Args) > 2 {
		return value{}, false
	}
	args := ct.exprs.translateAll(n.Args, s)
	if !args[0].typ.IsNumber() || len(args) > 1 && !args[1].typ.IsInteger() {
		return value{}, false
	}
	places := "0"
	if len(args) > 1 {
		places = args[1].sql
	}
	t := args[0].typ
	if t.Is("decimal") {
		t.Precision, t.Scale = maxPrecision, 18
	}
	return value{sql: call("h_trunc_number", args[0].sql, places), typ: t}, true
}
