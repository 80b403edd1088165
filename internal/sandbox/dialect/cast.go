package dialect

import "strings"

// castNode translates CAST and TRY_CAST. Hive's CAST never fails.
func (e *emitter) castNode(n *node, s *scope) value {
	saved := e.trying
	if n.text == "try_cast" {
		e.trying = false // only this conversion may fail
	}
	v := e.expr(n.args[0], s)
	e.trying = saved
	v = e.cast(v, n.typ, n.text == "try_cast" || e.hive || e.trying, n.pos)
	if n.unit != "" {
		v.sql = call("substr", v.sql, "1", n.unit)
	}
	return v
}

// convert is an implicit conversion: one that coercible or commonType allowed.
func (e *emitter) convert(v value, to typ) value {
	if v.typ.unknown() || to.unknown() || sameType(v.typ, to) || v.typ.integral() && to.integral() && v.typ.rank() <= to.rank() {
		v.typ = to
		return v
	}
	if e.hive && to.is("varchar") && v.typ.nested() {
		v.typ = to
		return v
	}
	out := e.cast(v, to, e.hive, position{})
	if v.node != nil {
		out.node = v.node
	}
	return out
}

// cast converts v, giving NULL instead of an error when try is set.
func (e *emitter) cast(v value, to typ, try bool, at position) value {
	if v.typ.unknown() {
		return value{sql: v.sql, typ: to}
	}
	if sameType(v.typ, to) && !to.is("row") {
		return value{sql: v.sql, typ: to}
	}
	out := value{typ: to}
	switch to.name {
	case "boolean":
		out.sql = e.castBoolean(v, try)
	case "tinyint", "smallint", "integer", "bigint":
		out.sql = e.castInteger(v, to, try)
	case "double", "real", "decimal":
		out.sql = e.castFloat(v, to, try)
	case "varchar":
		out.sql = e.castText(v)
	case "varbinary":
		if v.typ.is("varchar") {
			out.sql = "CAST(" + v.sql + " AS BLOB)"
		}
	case "date", "timestamp", "timestamp with time zone", "time":
		out.sql = e.castTime(v, to, try)
	case "json":
		out.sql = e.castJSON(v)
	case "array", "map", "row":
		out.sql = e.castNested(v, to, try, at)
	}
	if out.sql == "" {
		fail(SemanticError, at, "Cannot cast "+typeNamed(v)+" to "+to.String())
	}
	return out
}

// castName is the engine's function that converts to a type.
func (e *emitter) castName(to string, try bool) string {
	name := "cast_" + strings.ReplaceAll(to, " ", "_")
	if try {
		name = "try_" + name
	}
	return "f_" + name
}

// scalarOf is a JSON scalar as a plain value.
func scalarOf(v value) string {
	if v.typ.is("json") {
		return "(" + v.sql + " ->> '$')"
	}
	return v.sql
}

func (e *emitter) castBoolean(v value, try bool) string {
	switch {
	case v.typ.number():
		return "(" + v.sql + " <> 0)"
	case e.hive && v.typ.is("varchar"):
		return "(lower(" + v.sql + ") NOT IN ('', 'false', '0', 'no', 'off'))"
	case v.typ.is("varchar", "json"):
		return call(e.castName("boolean", try), scalarOf(v))
	}
	return ""
}

func (e *emitter) castInteger(v value, to typ, try bool) string {
	switch {
	case v.typ.integral() && v.typ.rank() <= to.rank(), v.typ.is("boolean"):
		return v.sql
	case e.hive && v.typ.is("double", "real", "decimal", "varchar"):
		return call("h_cast_"+to.name, v.sql)
	case e.hive && v.typ.is("timestamp", "timestamp with time zone"):
		return "CAST(f_to_unixtime(" + v.sql + ") AS INTEGER)"
	case v.typ.number(), v.typ.is("varchar", "json"):
		return call(e.castName(to.name, try), scalarOf(v))
	}
	return ""
}

func (e *emitter) castFloat(v value, to typ, try bool) string {
	if to.is("decimal") {
		if !v.typ.number() && !v.typ.is("varchar", "json", "boolean") {
			return ""
		}
		return call(e.castName("decimal", try), scalarOf(v), itoa(to.precision), itoa(to.scale))
	}
	switch {
	case v.node != nil && v.node.kind == nodeNumber && v.typ.integral() && to.is("double"):
		return v.sql + ".0"
	case v.typ.integral(), v.typ.is("boolean"), v.typ.is("real", "decimal") && to.is("double"):
		return "CAST(" + v.sql + " AS REAL)"
	case v.typ.number(), v.typ.is("varchar", "json"):
		return call(e.castName(to.name, try), scalarOf(v))
	case e.hive && v.typ.is("timestamp"):
		return call("f_to_unixtime", v.sql)
	}
	return ""
}

// castText writes a value as Trino prints it; Hive prints timestamps without an empty fraction.
func (e *emitter) castText(v value) string {
	switch {
	case v.typ.integral():
		return "CAST(" + v.sql + " AS TEXT)"
	case v.typ.is("decimal"):
		return call("printf", "'%."+itoa(v.typ.scale)+"f'", v.sql)
	case v.typ.is("double", "real"):
		if e.hive {
			return "CAST(" + v.sql + " AS TEXT)"
		}
		return call("f_cast_varchar", v.sql)
	case v.typ.is("boolean"):
		return "CASE " + v.sql + " WHEN 0 THEN 'false' WHEN 1 THEN 'true' END"
	case v.typ.is("timestamp") && e.hive:
		return call("replace", v.sql, "'.000'", "''")
	case v.typ.is("date", "timestamp", "timestamp with time zone", "time"):
		return v.sql
	case v.typ.is("json"):
		return "CASE json_type(" + v.sql + ") WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(" + v.sql + " ->> '$' AS TEXT) END"
	case e.hive && v.typ.is("varbinary"):
		return "CAST(" + v.sql + " AS TEXT)"
	}
	return ""
}

func (e *emitter) castTime(v value, to typ, try bool) string {
	from := v.typ.name
	switch {
	case from == "varchar", e.hive && v.typ.number() && to.is("timestamp"):
		return call(e.castName(to.name, try), v.sql)
	case to.name == "date" && v.typ.temporal():
		return call("substr", v.sql, "1", "10")
	case to.name == "time" && v.typ.is("timestamp", "timestamp with time zone"):
		return call("substr", v.sql, "12", "12")
	case to.name == "timestamp" && from == "date":
		return "(" + v.sql + " || ' 00:00:00.000')"
	case to.name == "timestamp" && from == "timestamp with time zone":
		return call("substr", v.sql, "1", "23")
	case to.name == "timestamp with time zone" && from == "timestamp":
		return "(" + v.sql + " || ' UTC')"
	case to.name == "timestamp with time zone" && from == "date":
		return "(" + v.sql + " || ' 00:00:00.000 UTC')"
	}
	return ""
}

// castJSON writes a value as JSON: a row is an object of its fields, or an array when they have no names.
func (e *emitter) castJSON(v value) string {
	switch {
	case v.typ.is("array"):
		if element := v.typ.args[0]; element.is("row", "array", "map") {
			return e.eachElement(v.sql, func(alias string) string {
				return toJSON(value{sql: e.castJSON(value{sql: alias + ".value", typ: element}), typ: named("json")})
			})
		}
		return v.sql
	case v.typ.is("row"):
		members := make([]string, len(v.typ.args))
		names := strings.Join(v.typ.fields, "") != ""
		for i, t := range v.typ.args {
			field := value{sql: fromJSON("("+v.sql+" ->> "+itoa(i)+")", t), typ: t}
			members[i] = "(" + toJSON(value{sql: e.castJSON(field), typ: named("json")}) + ")"
			if names {
				members[i] = quoteString(`"`+v.typ.field(i)+`":`) + "||" + members[i]
			}
		}
		if names {
			return "('{'||" + strings.Join(members, "||','||") + "||'}')"
		}
		return "('['||" + strings.Join(members, "||','||") + "||']')"
	case v.typ.is("map", "json"):
		return v.sql
	case v.typ.is("boolean"):
		return e.castText(v)
	case v.typ.number(), v.typ.is("varchar"), v.typ.temporal():
		return "CASE WHEN " + v.sql + " IS NOT NULL THEN json_quote(" + v.sql + ") END"
	}
	return ""
}

// eachElement makes an array from one: convert writes the JSON of the element alias.value.
func (e *emitter) eachElement(array string, convert func(alias string) string) string {
	a, x := e.alias("j"), e.alias("x")
	return "(SELECT CASE WHEN " + x + ".x IS NOT NULL THEN '['||coalesce(group_concat(" + convert(a) + ", ',') FILTER (WHERE " + a +
		".key IS NOT NULL), '')||']' END FROM (SELECT " + array + " AS x) AS " + x + " LEFT JOIN json_each(" + x + ".x) AS " + a + ")"
}

// castNested converts the elements of an array, a map or a row, or reads them from JSON.
func (e *emitter) castNested(v value, to typ, try bool, at position) string {
	if !v.typ.is("json") && v.typ.name != to.name {
		return ""
	}
	element := func(alias string, i int) string {
		from := named("json")
		if !v.typ.is("json") {
			from = v.typ.args[i]
		}
		sql := fromJSON(alias+".value", from)
		if from.is("json") {
			sql = "CASE WHEN " + alias + ".type IN ('true', 'false') THEN " + alias + ".type WHEN " + alias + ".type IN ('array', 'object') THEN " +
				alias + ".value WHEN " + alias + ".type <> 'null' THEN json_quote(" + alias + ".value) END"
		}
		return toJSON(e.cast(value{sql: sql, typ: from}, to.args[i], try, at))
	}
	switch to.name {
	case "array":
		return e.eachElement(v.sql, func(alias string) string { return element(alias, 0) })
	case "map":
		a, x := e.alias("j"), e.alias("x")
		key := value{sql: a + ".key", typ: named("varchar")}
		if !v.typ.is("json") {
			key = value{sql: fromKey(a+".key", v.typ.args[0]), typ: v.typ.args[0]}
		}
		name := mapKey(e.cast(key, to.args[0], try, at))
		return "(SELECT CASE WHEN " + x + ".x IS NOT NULL THEN '{'||coalesce(group_concat(json_quote(" + name + ")||':'||(" + element(a, 1) +
			"), ',') FILTER (WHERE " + a + ".key IS NOT NULL), '')||'}' END FROM (SELECT " + v.sql + " AS x) AS " + x + " LEFT JOIN json_each(" + x + ".x) AS " + a + ")"
	}
	return e.castRow(v, to, try, at)
}

func (e *emitter) castRow(v value, to typ, try bool, at position) string {
	if !v.typ.is("json") && len(v.typ.args) != len(to.args) {
		return ""
	}
	x := e.alias("x")
	members := make([]string, len(to.args))
	for i, t := range to.args {
		field := value{sql: "(" + x + ".x -> " + itoa(i) + ")", typ: named("json")}
		if v.typ.is("json") {
			field.sql = "coalesce(" + field.sql + ", " + x + ".x -> " + quoteString(to.field(i)) + ")"
		} else {
			field = value{sql: fromJSON("("+x+".x ->> "+itoa(i)+")", v.typ.args[i]), typ: v.typ.args[i]}
		}
		members[i] = "(" + toJSON(e.cast(field, t, try, at)) + ")"
	}
	return "(SELECT CASE WHEN " + x + ".x IS NOT NULL THEN '['||" + strings.Join(members, "||','||") + "||']' END FROM (SELECT " + v.sql + " AS x) AS " + x + ")"
}
