package translate

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// typeNamed is a value's type in an error: a string literal's with its length.
func typeNamed(v value) string {
	if text, ok := v.literal(); ok {
		return "varchar(" + itoa(len([]rune(text))) + ")"
	}
	return v.typ.String()
}

func balanced(parts []string, operator string) string {
	if len(parts) <= 8 {
		if len(parts) == 1 {
			return parts[0]
		}
		return "(" + strings.Join(parts, operator) + ")"
	}
	half := len(parts) / 2
	return "(" + balanced(parts[:half], operator) + operator + balanced(parts[half:], operator) + ")"
}

// A value is a translated expression.
type value struct {
	sql  string
	typ  types.Type
	node *sqlsyntax.Expr // what it was translated from
	// fixed is the value of a whole number that the statement spells out.
	fixed *big.Int
}

// literal is the node of a string that is written out in the statement.
func (v value) literal() (string, bool) {
	if v.node != nil && v.node.Kind == sqlsyntax.String {
		return v.node.Text, true
	}
	return "", false
}

// quoteString writes a string literal. SQLite ends a statement at a NUL, so that
// one with NUL bytes is written as a cast blob.
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

// toJSON writes the JSON text of a value, 'null' for NULL, as an element of an array
// or a map.
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
	}
	return "json_quote(" + v.sql + ")"
}

// fromJSON turns an element, as json_each and ->> give it, into a value of its type: JSON
// has no columns' affinity.
func fromJSON(sql string, t types.Type) string {
	switch {
	case t.Is("double", "real"):
		return "CAST(" + sql + " AS REAL)"
	case t.Is("varbinary"):
		return "f_from_base64(" + sql + ")"
	}
	return sql
}

// elementOf is the element of an array or a row that the SQL of an index, from 0, names.
func elementOf(array, index string, t types.Type) string {
	if t.Is("json") {
		return "(" + array + " -> " + index + ")"
	}
	return fromJSON("("+array+" ->> "+index+")", t)
}

// valueOf is the value of json_each's row.
func valueOf(each string, t types.Type) string {
	if t.Is("json") {
		return "CASE WHEN " + each + ".type IN ('array', 'object') THEN " + each + ".value WHEN " + each + ".type IN ('true', 'false') THEN " +
			each + ".type ELSE json_quote(" + each + ".value) END"
	}
	return fromJSON(each+".value", t)
}

// jsonArray writes an array of values.
func jsonArray(values []value) string {
	plain := true
	args := make([]string, len(values))
	for i, v := range values {
		args[i] = v.sql
		plain = plain && !v.typ.IsNested() && !v.typ.Is("boolean", "varbinary")
	}
	if plain {
		return call("json_array", args...)
	}
	for i, v := range values {
		args[i] = "(" + toJSON(v) + ")"
	}
	return "('['||" + strings.Join(args, "||','||") + "||']')"
}

// mapKey writes a map's key, which is a string in JSON.
func mapKey(v value) string {
	switch {
	case v.typ.Is("varchar") || v.typ.IsUnknown() || v.typ.IsTemporal():
		return v.sql
	case v.typ.Is("boolean"):
		return "CASE " + v.sql + " WHEN 0 THEN 'false' WHEN 1 THEN 'true' END"
	}
	return "CAST(" + v.sql + " AS TEXT)"
}

// fromKey is the value of a JSON key.
func fromKey(sql string, t types.Type) string {
	switch {
	case t.IsInteger():
		return "CAST(" + sql + " AS INTEGER)"
	case t.IsNumber():
		return "CAST(" + sql + " AS REAL)"
	case t.Is("boolean"):
		return "(" + sql + " = 'true')"
	}
	return sql
}
