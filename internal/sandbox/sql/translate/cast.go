package translate

import (
	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// castNode translates CAST and TRY_CAST. Hive's CAST never fails.
func (e *emitter) castNode(n *sqlsyntax.Expr, s *scope) value {
	saved := e.trying
	if n.Text == "try_cast" {
		e.trying = false // only this conversion may fail
	}
	v := e.expr(n.Args[0], s)
	e.trying = saved
	to := e.typeOf(n.Type)
	v = e.cast(v, to, n.Text == "try_cast" || e.hive || e.trying, n.Pos)
	if len(n.Type.Numbers) > 0 && n.Type.Numbers[0] > 0 && to.Is("varchar") {
		v.sql = call("substr", v.sql, "1", itoa(n.Type.Numbers[0]))
	}
	return v
}

// convert is an implicit conversion: one that coercible or commonType allowed.
func (e *emitter) convert(v value, to types.Type) value {
	if v.typ.IsUnknown() || to.IsUnknown() || types.Equal(v.typ, to) || v.typ.IsInteger() && to.IsInteger() && v.typ.Rank() <= to.Rank() {
		v.typ = to
		return v
	}
	if e.hive && to.Is("varchar") && v.typ.IsNested() {
		v.typ = to
		return v
	}
	out := e.cast(v, to, e.hive, sqlsyntax.Position{})
	if v.node != nil {
		out.node = v.node
	}
	return out
}

// cast converts v, giving NULL instead of an error when try is set.
func (e *emitter) cast(v value, to types.Type, try bool, at sqlsyntax.Position) value {
	if v.typ.IsUnknown() {
		return value{sql: v.sql, typ: to}
	}
	if types.Equal(v.typ, to) && !to.Is("row") {
		return value{sql: v.sql, typ: to}
	}
	out := value{typ: to}
	switch to.Name {
	case "boolean":
		out.sql = e.castBoolean(v, try)
	case "tinyint", "smallint", "integer", "bigint":
		out.sql = e.castInteger(v, to, try)
	case "double", "real", "decimal":
		out.sql = e.castFloat(v, to, try)
	case "varchar":
		out.sql = e.castText(v)
	case "varbinary":
		if v.typ.Is("varchar") {
			out.sql = "CAST(" + v.sql + " AS BLOB)"
		}
	case "date", "timestamp", "timestamp with time zone", "time":
		out.sql = e.castTime(v, to, try)
	case "json":
		out.sql = e.castJSON(v)
	case "array", "map", "row":
		out.sql = e.castNested(v, to, try)
	}
	if out.sql == "" {
		fail(SemanticError, at, "Cannot cast "+typeNamed(v)+" to "+to.String())
	}
	return out
}

// castName is the engine's function that converts to a type.
func (e *emitter) castName(to string, try bool) string {
	switch {
	case to == "timestamp with time zone":
		to = "timestamp_tz"
	case e.hive && to != "time":
		return "h_cast_" + to
	}
	if try {
		return "f_try_cast_" + to
	}
	return "f_cast_" + to
}

// scalarOf is a JSON scalar as a plain value.
func scalarOf(v value) string {
	if v.typ.Is("json") {
		return "(" + v.sql + " ->> '$')"
	}
	return v.sql
}

func (e *emitter) castBoolean(v value, try bool) string {
	switch {
	case v.typ.IsNumber():
		return "(" + v.sql + " <> 0)"
	case v.typ.Is("varchar", "json"):
		return call(e.castName("boolean", try), scalarOf(v))
	}
	return ""
}

func (e *emitter) castInteger(v value, to types.Type, try bool) string {
	switch {
	case v.typ.IsInteger() && v.typ.Rank() <= to.Rank(), v.typ.Is("boolean"):
		return v.sql
	case e.hive && v.typ.Is("double", "real", "decimal", "varchar"):
		return call("h_cast_"+to.Name, v.sql)
	case e.hive && v.typ.Is("timestamp", "timestamp with time zone"):
		return "CAST(f_to_unixtime(" + v.sql + ") AS INTEGER)"
	case v.typ.Is("decimal"):
		return call(e.castName(to.Name, try), "CAST("+v.sql+" AS REAL)")
	case v.typ.IsNumber(), v.typ.Is("varchar", "json"):
		return call(e.castName(to.Name, try), scalarOf(v))
	}
	return ""
}

func (e *emitter) castFloat(v value, to types.Type, try bool) string {
	if to.Is("decimal") {
		if !v.typ.IsNumber() && !v.typ.Is("varchar", "json", "boolean") {
			return ""
		}
		return call(e.castName("decimal", try), scalarOf(v), itoa(to.Precision), itoa(to.Scale))
	}
	switch {
	case v.node != nil && v.node.Kind == sqlsyntax.Number && v.typ.IsInteger() && to.Is("double"):
		return v.sql + ".0"
	case v.typ.IsInteger(), v.typ.Is("boolean"), v.typ.Is("real", "decimal") && to.Is("double"):
		return "CAST(" + v.sql + " AS REAL)"
	case v.typ.IsNumber(), v.typ.Is("varchar", "json"):
		return call(e.castName(to.Name, try), scalarOf(v))
	case e.hive && v.typ.Is("timestamp"):
		return call("f_to_unixtime", v.sql)
	}
	return ""
}

// castText writes a value as Trino prints it; Hive prints timestamps without an empty fraction.
func (e *emitter) castText(v value) string {
	switch {
	case v.typ.IsInteger():
		return "CAST(" + v.sql + " AS TEXT)"
	case v.typ.Is("double", "real"):
		return call("f_cast_varchar_"+v.typ.Name, v.sql)
	case v.typ.Is("interval day to second"):
		return call("f_cast_varchar_interval", v.sql)
	case v.typ.Is("interval year to month"):
		return call("f_cast_varchar_months", v.sql)
	case v.typ.Is("boolean"):
		return "CASE " + v.sql + " WHEN 0 THEN 'false' WHEN 1 THEN 'true' END"
	case v.typ.Is("timestamp") && e.hive:
		return call("replace", v.sql, "'.000'", "''")
	case v.typ.Is("date", "timestamp", "timestamp with time zone", "time", "decimal"):
		return v.sql
	case v.typ.Is("json"):
		return call("f_cast_varchar_json", v.sql)
	case e.hive && v.typ.Is("varbinary"):
		return "CAST(" + v.sql + " AS TEXT)"
	}
	return ""
}

func (e *emitter) castTime(v value, to types.Type, try bool) string {
	from := v.typ.Name
	switch {
	case from == "varchar", e.hive && v.typ.IsNumber() && to.Is("timestamp"):
		return call(e.castName(to.Name, try), v.sql)
	case to.Name == "date" && v.typ.IsTemporal():
		return call("substr", v.sql, "1", "10")
	case to.Name == "time" && v.typ.Is("timestamp", "timestamp with time zone"):
		return call("substr", v.sql, "12", "12")
	case to.Name == "timestamp" && from == "date":
		return "(" + v.sql + " || ' 00:00:00.000')"
	case to.Name == "timestamp" && from == "timestamp with time zone":
		return call("substr", v.sql, "1", "23")
	case to.Name == "timestamp with time zone" && from == "timestamp":
		return "(" + v.sql + " || ' UTC')"
	case to.Name == "timestamp with time zone" && from == "date":
		return "(" + v.sql + " || ' 00:00:00.000 UTC')"
	}
	return ""
}

// castJSON writes a value as JSON: a row is an object of its fields.
func (e *emitter) castJSON(v value) string {
	switch {
	case v.typ.Is("array", "map", "row"):
		return call("f_cast_json_nested", v.sql, quoteString(v.typ.String()))
	case v.typ.Is("boolean"):
		return call("f_cast_json_boolean", v.sql)
	case v.typ.IsNumber(), v.typ.Is("varchar"), v.typ.IsTemporal():
		return call("f_cast_json", v.sql)
	}
	return ""
}

// castNested converts the elements of an array, a map or a row, or reads them from JSON.
func (e *emitter) castNested(v value, to types.Type, try bool) string {
	if !v.typ.Is("json") && (v.typ.Name != to.Name || len(v.typ.Args) != len(to.Args)) {
		return ""
	}
	name := "f_cast_nested"
	if try {
		name = "f_try_cast_nested"
	}
	return call(name, v.sql, quoteString(to.String()))
}

// typeOf is the type that a name in the statement means.
func (e *emitter) typeOf(n *sqlsyntax.TypeName) types.Type {
	t, err := types.Resolve(n, e.request.Dialect)
	if err != nil {
		panic(err)
	}
	return t
}
