package translate

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// describeType returns the type of a value for an error message: a string literal has its length.
func describeType(v value) string {
	if text, ok := v.literal(); ok {
		return "varchar(" + itoa(len([]rune(text))) + ")"
	}
	return describe(v.typ)
}

// describe returns a type for an error message.
func describe(t types.Type) string {
	if t.Is("char") {
		return t.Describe()
	}
	return t.String()
}

func joinBalanced(parts []string, operator string) string {
	if len(parts) <= 8 {
		if len(parts) == 1 {
			return parts[0]
		}
		return "(" + strings.Join(parts, operator) + ")"
	}
	half := len(parts) / 2
	return "(" + joinBalanced(parts[:half], operator) + operator + joinBalanced(parts[half:], operator) + ")"
}

// A value is a translated expression.
type value struct {
	sql  string
	typ  types.Type
	node *sqlsyntax.Expr // source of the translation
	// fixed is the value of an integer literal, or of an operation on such.
	fixed *big.Int
	// digits is the decimal type of the digits of a literal, from which Hive derives the type of an operation.
	digits types.Type
}

// literal returns the text of a string literal.
func (v value) literal() (string, bool) {
	if v.node != nil && v.node.Kind == sqlsyntax.String {
		return v.node.Text, true
	}
	return "", false
}

// quoteString writes a string literal. SQLite ends a statement at a NUL, so a text with
// NUL bytes is written as a blob.
func quoteString(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		return "CAST(X'" + hexOf(s) + "' AS TEXT)"
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// quoteName writes an identifier.
func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func hexOf(s string) string {
	const digits = "0123456789ABCDEF"
	b := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		b = append(b, digits[s[i]>>4], digits[s[i]&15])
	}
	return string(b)
}

func itoa(i int) string { return strconv.Itoa(i) }

// call writes name(args).
func call(name string, args ...string) string {
	return name + "(" + strings.Join(args, ", ") + ")"
}

// toJSON writes the JSON text of a value as an element of an array or a map. NULL is
// 'null'.
func toJSON(v value) string {
	switch {
	case v.typ.IsUnknown():
		return "'null'"
	case v.typ.IsNested():
		return "coalesce(" + v.sql + ", 'null')"
	case v.typ.Is("boolean"):
		return "CASE " + v.sql + " WHEN 0 THEN 'false' WHEN 1 THEN 'true' ELSE 'null' END"
	case v.typ.Is("varbinary"):
		return "json_quote(f_to_base64(" + v.sql + "))"
	case v.typ.NaN || v.typ.IsFloat() && len(v.sql) > 64:
		return call("f_json_double", v.sql)
	case v.typ.IsFloat(): // json_quote drops the sign of -0.0
		return "iif(" + v.sql + " = 0, " + call("f_json_double", v.sql) + ", json_quote(" + v.sql + "))"
	}
	return "json_quote(" + v.sql + ")"
}

// fromJSON converts an element, as json_each and ->> return it, to its type. JSON does not distinguish
// integers from doubles.
func fromJSON(sql string, t types.Type) string {
	switch {
	case t.NaN:
		return call("f_element_double", sql)
	case t.IsFloat():
		return "CAST(" + sql + " AS REAL)"
	case t.Is("varbinary"):
		return "f_from_base64(" + sql + ")"
	}
	return sql
}

// elementOf writes the element of an array or a row at an index from 0.
func elementOf(array, index string, t types.Type) string {
	return fromJSON("("+array+" ->> "+index+")", t)
}

// valueOf writes the value of a row of json_each.
func valueOf(each string, t types.Type) string {
	return fromJSON(each+".value", t)
}

// jsonArray writes an array of values.
func jsonArray(values []value) string {
	plain := true
	args := make([]string, len(values))
	for i, v := range values {
		args[i] = v.sql
		plain = plain && !v.typ.IsNested() && !v.typ.Is("boolean", "varbinary") && !v.typ.IsFloat()
	}
	if plain {
		return call("json_array", args...)
	}
	for i, v := range values {
		args[i] = "(" + toJSON(v) + ")"
	}
	return "('['||" + strings.Join(args, "||','||") + "||']')"
}

// mapKey writes the key of a map, which is a string in JSON.
func mapKey(v value) string {
	switch {
	case v.typ.Is("varchar", "date", "timestamp") || v.typ.IsUnknown():
		return v.sql
	case v.typ.Is("boolean"):
		return "CASE " + v.sql + " WHEN 0 THEN 'false' WHEN 1 THEN 'true' END"
	case v.typ.Is("varbinary"):
		return call("f_to_base64", v.sql)
	case v.typ.IsFloat(), hasIdentity(v.typ):
		return call("f_map_key", v.sql, quoteString(v.typ.String()))
	}
	return "CAST(" + v.sql + " AS TEXT)"
}

// fromKey converts a key in JSON to its type.
func fromKey(sql string, t types.Type) string {
	switch {
	case t.IsInteger(), t.Is("interval day to second", "interval year to month"):
		return "CAST(" + sql + " AS INTEGER)"
	case t.IsFloat():
		return call("f_element_double", sql)
	case t.Is("boolean"):
		return "(" + sql + " = 'true')"
	case t.Is("varbinary"):
		return call("f_from_base64", sql)
	case hasIdentity(t):
		return call("f_map_key_text", sql)
	}
	return sql
}

// isParsedKey reports whether a key in JSON is the JSON text of an element of its type, as for a number.
func isParsedKey(t types.Type) bool {
	return t.IsNumber() && !t.Is("decimal") || t.Is("boolean", "array", "map", "row")
}

// fieldsOf returns the fields of a row.
func fieldsOf(row value) []value {
	fields := make([]value, len(row.typ.Args))
	for i, t := range row.typ.Args {
		fields[i] = value{sql: elementOf(row.sql, itoa(i), t), typ: t}
	}
	return fields
}
