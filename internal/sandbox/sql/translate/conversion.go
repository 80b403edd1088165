package translate

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A converter translates casts and implicit conversions.
type converter struct {
	*state
}

// convert translates an implicit conversion, which types.Common or types.Coercible has allowed.
func (conv *converter) convert(v value, to types.Type) value {
	if v.typ.IsUnknown() || to.IsUnknown() || types.Equal(v.typ, to) || v.typ.IsInteger() && to.IsInteger() && v.typ.Rank() <= to.Rank() {
		if v.typ.ContainsNaN() {
			to = to.WithNaN()
		}
		if !v.typ.Is("varchar") {
			v.typ = to
		}
		return v
	}
	if conv.hive && to.Is("varchar") && v.typ.IsNested() {
		v.typ = to
		return v
	}
	out := conv.cast(v, to, conv.hive, sqlsyntax.Position{})
	if v.node != nil {
		out.node = v.node
	}
	return out
}

// cast translates an explicit conversion. With try, errors become NULL.
func (conv *converter) cast(v value, to types.Type, try bool, at sqlsyntax.Position) value {
	if v.typ.IsUnknown() {
		return value{sql: v.sql, typ: to}
	}
	if v.typ.IsText() || v.typ.Is("json") || v.typ.ContainsNaN() {
		to = to.WithNaN()
	}
	if types.Equal(v.typ, to) && !to.Is("row") && !to.HoldsBounded() {
		return value{sql: conv.limitLength(v.sql, v.typ, to), typ: to}
	}
	sql := conv.castSQL(v, to, try)
	if sql == "" {
		fail(SemanticError, at, "Cannot cast "+describeType(v)+" to "+describe(to))
	}
	return value{sql: conv.limitLength(sql, v.typ, to), typ: to}
}

// limitLength shortens a text in Hive to the length of the varchar to which it is converted.
func (conv *converter) limitLength(sql string, from, to types.Type) string {
	if !conv.hive || !to.Is("varchar") || !to.Bounded || from.Bounded && from.Length <= to.Length {
		return sql
	}
	return call("substr", sql, "1", itoa(to.Length))
}

// padChars pads a char of Hive, or those in a nested value, with blanks. The engine represents them without.
func padChars(v value) string {
	if v.typ.Is("char") {
		return call("f_cast_char", v.sql, itoa(v.typ.Precision))
	}
	return call("f_cast_nested", v.sql, quoteString(v.typ.Describe()), quoteString(stripped(v.typ).Describe()))
}

// stripped returns a type with varchar instead of char.
func stripped(t types.Type) types.Type {
	if t.Is("char") {
		return types.Named("varchar")
	}
	args := slices.Clone(t.Args)
	for i, a := range args {
		args[i] = stripped(a)
	}
	t.Args = args
	return t
}

// fitLiteral returns a literal without the blanks at its end if it is compared with a column of type char in Hive.
func fitLiteral(v, other value) value {
	if !other.typ.Is("char") || other.node == nil || other.node.Kind != sqlsyntax.Column {
		return v
	}
	text, ok := v.literal()
	if text = strings.TrimRight(text, " "); !ok || utf8.RuneCountInString(text) > other.typ.Precision {
		return v
	}
	return value{sql: quoteString(text), typ: other.typ, node: v.node}
}

// castSQL returns the SQL of a conversion, or "" if there is none between the types.
func (conv *converter) castSQL(v value, to types.Type, try bool) string {
	if conv.hive && v.typ.Is("char") {
		if to.Is("varbinary") {
			v.sql = padChars(v)
		}
		v.typ = types.Named("varchar")
	}
	switch to.Name {
	case "boolean":
		return conv.castBoolean(v, try)
	case "tinyint", "smallint", "integer", "bigint":
		return conv.castInteger(v, to, try)
	case "double", "real", "decimal":
		return conv.castFloat(v, to, try)
	case "varchar":
		return conv.castText(v)
	case "char":
		switch {
		case conv.hive:
			text := conv.castText(v)
			if text == "" {
				return ""
			}
			return "rtrim(" + call("substr", text, "1", itoa(to.Precision)) + ", ' ')"
		case v.typ.IsText():
			return call("f_cast_char", v.sql, itoa(to.Precision))
		}
	case "varbinary":
		switch v.typ.Name {
		case "varchar":
			return "CAST(" + v.sql + " AS BLOB)"
		case "uuid":
			return call("f_uuid_bytes", v.sql)
		case "ipaddress":
			return call("f_ip_bytes", v.sql)
		}
	case "uuid", "ipaddress":
		if v.typ.Is("varchar", "varbinary") {
			return call(conv.castFunction(to.Name, try), v.sql)
		}
	case "date", "timestamp", "timestamp with time zone", "time", "time with time zone":
		return conv.castTime(v, to, try)
	case "json":
		return conv.castJSON(v)
	case "array", "map", "row":
		return conv.castNested(v, to, try)
	}
	return ""
}

// castFunction returns the name of the engine's function that converts to a type.
func (conv *converter) castFunction(to string, try bool) string {
	switch {
	case to == "timestamp with time zone":
		to = "timestamp_tz"
	case to == "time with time zone":
		to = "time_tz"
	case conv.hive && to != "time":
		return "h_cast_" + to
	}
	if try {
		return "f_try_cast_" + to
	}
	return "f_cast_" + to
}

// scalarOf returns the SQL of a value, without the JSON quotes if it is JSON.
func scalarOf(v value) string {
	if v.typ.Is("json") {
		return "(" + v.sql + " ->> '$')"
	}
	return v.sql
}

func (conv *converter) castBoolean(v value, try bool) string {
	switch {
	case conv.hive && v.typ.Is("date"):
		return "NULL"
	case conv.hive && v.typ.Is("timestamp"):
		return "(" + call("f_to_unixtime", v.sql) + " <> 0)"
	case v.typ.Is("decimal"):
		return "(CAST(" + v.sql + " AS REAL) <> 0)"
	case v.typ.IsNumber():
		return "(" + v.sql + " <> 0)"
	case v.typ.Is("varchar", "json"):
		return call(conv.castFunction("boolean", try), scalarOf(v))
	}
	return ""
}

func (conv *converter) castInteger(v value, to types.Type, try bool) string {
	switch {
	case v.typ.IsInteger() && v.typ.Rank() <= to.Rank(), v.typ.Is("boolean"):
		return v.sql
	case conv.hive && v.typ.Is("double", "real", "decimal", "varchar"):
		return call("h_cast_"+to.Name, v.sql)
	case conv.hive && v.typ.Is("date"):
		return "NULL"
	case conv.hive && v.typ.Is("timestamp", "timestamp with time zone"):
		return call("h_cast_"+to.Name, "CAST(f_to_unixtime("+v.sql+") AS INTEGER)")
	case v.typ.Is("decimal"):
		return call(conv.castFunction("decimal_"+to.Name, try), v.sql)
	case v.typ.IsNumber(), v.typ.Is("varchar", "json"):
		return call(conv.castFunction(to.Name, try), scalarOf(v))
	}
	return ""
}

func (conv *converter) castFloat(v value, to types.Type, try bool) string {
	if conv.hive && v.typ.Is("date") && !to.Is("decimal") {
		return "NULL"
	}
	if conv.hive && v.typ.Is("timestamp") && !to.Is("double") {
		v = value{sql: call("f_to_unixtime", v.sql), typ: types.Named("double")}
	}
	if to.Is("decimal") {
		if !v.typ.IsNumber() && !v.typ.Is("varchar", "json", "boolean") {
			return ""
		}
		if v.typ.Is("json") {
			return call(conv.castFunction("json_decimal", try), v.sql, itoa(to.Precision), itoa(to.Scale))
		}
		if v.typ.Is("real") && !conv.hive { // has the digits of 32 bits
			v.sql = call("f_real_digits", v.sql)
		}
		return call(conv.castFunction("decimal", try), v.sql, itoa(to.Precision), itoa(to.Scale))
	}
	switch {
	case v.digits.Is("decimal") && strings.HasPrefix(v.sql, "'") && to.Is("double"):
		text := strings.Trim(v.sql, "'")
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return text
	case v.node != nil && v.node.Kind == sqlsyntax.Number && v.typ.IsInteger() && to.Is("double"):
		return v.sql + ".0"
	case v.typ.Is("real") && to.Is("double"):
		return v.sql
	case v.typ.IsInteger() && to.Is("double"), v.typ.Is("boolean"), v.typ.Is("decimal") && to.Is("double"):
		return "CAST(" + v.sql + " AS REAL)"
	case v.typ.IsNumber(), v.typ.Is("varchar", "json"):
		return call(conv.castFunction(to.Name, try), scalarOf(v))
	case conv.hive && v.typ.Is("timestamp"):
		return call("f_to_unixtime", v.sql)
	}
	return ""
}

// castText converts a value to a string. In Hive, timestamps and decimals have no trailing zeros.
func (conv *converter) castText(v value) string {
	switch {
	case v.typ.IsInteger():
		return "CAST(" + v.sql + " AS TEXT)"
	case v.typ.Is("double", "real"):
		if conv.hive {
			return call("h_cast_varchar_"+v.typ.Name, v.sql)
		}
		return call("f_cast_varchar_"+v.typ.Name, v.sql)
	case v.typ.Is("interval day to second") && conv.hive:
		return "(" + call("f_cast_varchar_interval", v.sql) + " || '000000')"
	case v.typ.Is("interval day to second"):
		return call("f_cast_varchar_interval", v.sql)
	case v.typ.Is("interval year to month"):
		return call("f_cast_varchar_months", v.sql)
	case v.typ.Is("boolean") && conv.hive:
		return "CASE " + v.sql + " WHEN 0 THEN 'FALSE' WHEN 1 THEN 'TRUE' END"
	case v.typ.Is("boolean"):
		return "CASE " + v.sql + " WHEN 0 THEN 'false' WHEN 1 THEN 'true' END"
	case v.typ.Is("timestamp", "decimal") && conv.hive:
		return call("h_cast_varchar_"+v.typ.Name, v.sql)
	case v.typ.Is("timestamp with time zone"):
		return call("f_cast_varchar_zoned", v.sql)
	case v.typ.Is("date") && !conv.hive: // without the sign of years after 9999
		return "ltrim(" + v.sql + ", '+')"
	case v.typ.Is("date", "timestamp", "time", "time with time zone", "decimal", "uuid", "ipaddress", "varchar", "char"):
		return v.sql
	case v.typ.Is("json"):
		return call("f_cast_varchar_json", v.sql)
	case conv.hive && v.typ.Is("varbinary"):
		return "CAST(" + v.sql + " AS TEXT)"
	}
	return ""
}

// castTime converts a value to a date, a time or a timestamp.
func (conv *converter) castTime(v value, to types.Type, try bool) string {
	from := v.typ.Name
	precision := []string{itoa(to.Precision)}
	if conv.hive || to.Is("date") {
		precision = nil
	}
	switch {
	case conv.hive && v.typ.Is("decimal") && to.Is("timestamp"):
		return call(conv.castFunction(to.Name, try), "CAST("+v.sql+" AS REAL)")
	case from == "varchar", conv.hive && v.typ.IsNumber() && to.Is("timestamp"), conv.hive && v.typ.Is("boolean") && to.Is("timestamp"):
		return call(conv.castFunction(to.Name, try), append([]string{v.sql}, precision...)...)
	case to.Is("date") && v.typ.IsTemporal():
		return call("f_to_date", v.sql)
	case to.Is("date") && v.typ.IsTimeOfDay(), from == "date" && to.IsTimeOfDay():
		return ""
	case to.Is("time with time zone") && v.typ.HasClock():
		return call("f_to_time_tz", v.sql, itoa(to.Precision))
	case from == "time with time zone" && to.Is("timestamp with time zone"):
		return call("f_cast_timestamp_tz", "('"+conv.request.Now.UTC().Format(dateForm)+" ' || "+v.sql+")", itoa(to.Precision))
	case from == "time with time zone" && to.Is("timestamp"):
		return conv.castTime(conv.cast(v, types.Named("time").WithPrecision(v.typ.Precision), false, sqlsyntax.Position{}), to, try)
	case from == "date" && to.IsTemporal():
		return "(" + v.sql + " || ' 00:00:00" + fractionOf(to.Precision) + zoneSuffix(to) + "')"
	case from == "time" && to.IsTemporal():
		v = value{sql: "('" + conv.request.Now.UTC().Format(dateForm) + " ' || " + v.sql + ")", typ: types.Named("timestamp").WithPrecision(v.typ.Precision)}
		return conv.castTime(v, to, try)
	case from == "timestamp" && to.Is("timestamp with time zone") && v.typ.Precision == to.Precision:
		return "(" + v.sql + " || ' UTC')"
	case v.typ.HasClock():
		name := "f_cast_" + to.Name
		switch {
		case to.Is("timestamp with time zone"):
			name = "f_cast_timestamp_tz"
		case to.Is("time"):
			name = "f_to_time"
		}
		return call(name, v.sql, itoa(to.Precision))
	}
	return ""
}

// fractionOf returns a fraction of a second that is zero.
func fractionOf(precision int) string {
	if precision == 0 {
		return ""
	}
	return "." + strings.Repeat("0", precision)
}

// zoneSuffix returns the time zone of a value that is converted to a type, if that has one.
func zoneSuffix(t types.Type) string {
	if t.Is("timestamp with time zone") {
		return " UTC"
	}
	return ""
}

// castJSON converts a value to JSON.
func (conv *converter) castJSON(v value) string {
	switch {
	case v.typ.Is("array", "map", "row"):
		for _, a := range v.typ.Args {
			if !conv.castable(a, types.Named("json")) {
				return ""
			}
		}
		return call("f_cast_json_nested", v.sql, quoteString(v.typ.String()))
	case v.typ.Is("decimal"):
		return v.sql
	case v.typ.Is("real"):
		return call("f_cast_json_real", v.sql)
	case v.typ.Is("boolean"):
		return call("f_cast_json_boolean", v.sql)
	case v.typ.IsNumber(), v.typ.Is("varchar", "date", "timestamp"):
		return call("f_cast_json", v.sql)
	}
	return ""
}

// castNested converts an array, a map or a row, or JSON to one of these.
func (conv *converter) castNested(v value, to types.Type, try bool) string {
	if !v.typ.Is("json") && (v.typ.Name != to.Name || len(v.typ.Args) != len(to.Args)) {
		return ""
	}
	name := "f_cast_nested"
	if try {
		name = "f_try_cast_nested"
	}
	if v.typ.Is("json") {
		for _, a := range to.Args {
			if !conv.castable(v.typ, a) {
				return ""
			}
		}
		if to.Is("map") && !to.Args[0].IsNumber() && !to.Args[0].Is("varchar", "boolean") {
			return ""
		}
		return call(name, v.sql, quoteString(to.Describe()))
	}
	if conv.hive {
		return call(name, v.sql, quoteString(to.Describe()))
	}
	for i, a := range v.typ.Args {
		if !conv.castable(a, to.Args[i]) {
			return ""
		}
	}
	return call(name, v.sql, quoteString(to.Describe()), quoteString(v.typ.Describe()))
}

// castable reports whether elements of a type can be converted to another.
func (conv *converter) castable(from, to types.Type) bool {
	return from.IsUnknown() || types.Equal(from, to) && !to.Is("row") || conv.castSQL(value{sql: "x", typ: from}, to, false) != ""
}

// resolveType returns the type that a name in the statement refers to.
func (conv *converter) resolveType(n *sqlsyntax.TypeName) types.Type {
	t, err := types.Resolve(n, conv.request.Dialect)
	if err != nil {
		panic(err)
	}
	return t
}

func decimalOf(sql string, t types.Type) string {
	return call("f_cast_decimal", sql, itoa(t.Precision), itoa(t.Scale))
}

// commonType returns the type to which values of two types are converted.
func (conv *converter) commonType(a, b types.Type) (types.Type, bool) {
	if conv.hive {
		return types.CommonHive(a, b)
	}
	return types.Common(a, b, false)
}

// unify converts values to their common type. If there is none, complain returns the error message.
func (conv *converter) unify(values []value, complain func(a, b types.Type) string) ([]value, types.Type) {
	var t types.Type
	for _, v := range values {
		c, ok := conv.commonType(t, v.typ)
		if !ok {
			fail(SemanticError, v.node.Pos, complain(t, v.typ))
		}
		t = c
	}
	converted := make([]value, len(values))
	for i, v := range values {
		converted[i] = conv.convert(v, t)
	}
	return converted, t
}
