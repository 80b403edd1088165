package translate

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// An orderTranslator translates ORDER BY, and checks which values can be ordered.
type orderTranslator struct {
	*state

	exprs *exprTranslator
	names *nameResolver
}

// instant converts a timestamp with time zone to a value that compares like the instant.
func instant(v value) string {
	if v.typ.Precision > 3 {
		return call("f_instant_picos", v.sql)
	}
	return call("f_instant", v.sql)
}

// orderKey returns the SQL by which a value is ordered and partitioned.
func orderKey(v value) string {
	switch {
	case v.typ.Is("timestamp with time zone"):
		return instant(v)
	case v.typ.Is("ipaddress"):
		return call("f_ip_bytes", v.sql)
	case v.typ.Is("decimal"):
		return "CAST(" + v.sql + " AS REAL)"
	case v.typ.Is("row"):
		return rowKey(v)
	}
	if strings.TrimLeft(v.sql, "-+0123456789.") == "" {
		return "(" + v.sql + " + 0)" // a plain number would be a position
	}
	return v.sql
}

// rowKey returns a string that orders rows by their fields, one after the other. NULL is the least.
func rowKey(v value) string {
	keys := make([]string, len(v.typ.Args))
	for i, t := range v.typ.Args {
		field := "(" + v.sql + " ->> " + itoa(i) + ")"
		switch {
		case t.IsInteger() || t.Is("boolean"):
			keys[i] = "coalesce(CASE WHEN " + field + " < 0 THEN '0'||printf('%019d', " + field + " + 9223372036854775807 + 1) ELSE '1'||printf('%019d', " + field + ") END, '')"
		default:
			keys[i] = "coalesce(" + field + "||char(1), '')"
		}
	}
	return "(" + strings.Join(keys, "||") + ")"
}

// requireOrder fails if values of the type of v cannot be ordered.
func (ot *orderTranslator) requireOrder(v value, at sqlsyntax.Position) {
	switch {
	case v.typ.Is("map", "json"):
		fail(SemanticError, at, "Type "+v.typ.String()+" is not orderable")
	case v.typ.Is("array"):
		ot.failUnordered(v.typ, at)
	case v.typ.Is("row"):
		for _, t := range v.typ.Args {
			if !t.IsInteger() && !t.Is("boolean", "varchar", "date", "timestamp", "time", "") {
				ot.failUnordered(v.typ, at)
			}
		}
	}
}

func (ot *orderTranslator) failUnordered(t types.Type, at sqlsyntax.Position) {
	fail(NotSupported, at, "ordering values of type "+t.String()+" is not supported by the sandbox")
}

// checkArguments checks the arguments that a function orders. The template for the greatest and the least of
// rows is replaced with one that compares their keys.
func (ot *orderTranslator) checkArguments(n *sqlsyntax.Expr, sig *registry.Signature, args []value) {
	switch sig.Name {
	case "min", "max":
		ot.requireOrder(args[0], n.Pos)
		if args[0].typ.Is("row", "ipaddress") {
			if len(args) > 1 {
				ot.failUnordered(args[0].typ, n.Pos)
			}
			sig.Template = "f_" + sig.Name + "_by($1, $o1)"
		}
	case "min_by", "max_by", "td_first", "td_last":
		ot.requireOrder(args[1], n.Pos)
	case "greatest", "least":
		for _, a := range args {
			if ot.requireOrder(a, n.Pos); a.typ.Is("row", "ipaddress") {
				ot.failUnordered(a.typ, n.Pos)
			}
		}
	case "array_sort", "array_max", "array_min", "sort_array":
		if t := args[0].typ.Element(); t.IsNested() || t.Is("ipaddress") {
			ot.failUnordered(t, n.Pos)
		}
	}
}

// translate translates ORDER BY. The items are those of the select list, if there is one. A key that is among
// them is written as its position.
func (ot *orderTranslator) translate(keys []sqlsyntax.SortKey, items []selectedItem, outputs []output, s *scope) string {
	if len(keys) == 0 {
		return ""
	}
	return " ORDER BY " + strings.Join(ot.translateKeys(keys, items, outputs, s), ", ")
}

// translateKeys translates the keys of ORDER BY.
func (ot *orderTranslator) translateKeys(keys []sqlsyntax.SortKey, items []selectedItem, outputs []output, s *scope) []string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = ot.translateKey(k, items, outputs, s) + ot.direction(k)
	}
	return parts
}

// translateKey translates a key of ORDER BY without its direction.
func (ot *orderTranslator) translateKey(k sqlsyntax.SortKey, items []selectedItem, outputs []output, s *scope) string {
	if n, ok := wholeNumber(k.Expr); ok {
		if n < 1 || n > len(outputs) {
			fail(SemanticError, k.Expr.Pos, "ORDER BY position "+k.Expr.Text+" is not in select list")
		}
		return ot.keyOfOutput(n-1, items, outputs, k)
	}
	if i, ok := ot.findOutput(k.Expr, outputs); ok {
		return ot.keyOfOutput(i, items, outputs, k)
	}
	for i := range items {
		if items[i].expr != nil && ot.names.sameExpr(items[i].expr, k.Expr, s) {
			return ot.keyOfOutput(i, items, outputs, k)
		}
	}
	v := ot.exprs.translate(k.Expr, s)
	ot.requireOrder(v, k.Expr.Pos)
	return orderKey(v)
}

// keyOfOutput returns the key that is the i-th column.
func (ot *orderTranslator) keyOfOutput(i int, items []selectedItem, outputs []output, k sqlsyntax.SortKey) string {
	v := value{sql: "c" + itoa(i+1), typ: outputs[i].typ}
	ot.requireOrder(v, k.Expr.Pos)
	if v.typ.Is("decimal", "row", "timestamp with time zone", "ipaddress") {
		if i < len(items) {
			v.sql = items[i].sql
		}
		return orderKey(v)
	}
	return itoa(i + 1)
}

// findOutput returns the index of the output column that a name refers to.
func (ot *orderTranslator) findOutput(n *sqlsyntax.Expr, outputs []output) (int, bool) {
	if n.Kind != sqlsyntax.Column || len(n.Path) != 1 {
		return 0, false
	}
	found := -1
	for i, o := range outputs {
		if strings.EqualFold(o.name, n.Path[0]) {
			if found >= 0 {
				if ot.hive {
					return found, true
				}
				fail(SemanticError, n.Pos, "Column '"+n.Path[0]+"' is ambiguous")
			}
			found = i
		}
	}
	return found, found >= 0
}

// direction returns the direction of a key. By default, NULL is last in Trino and the least value in Hive.
func (ot *orderTranslator) direction(k sqlsyntax.SortKey) string {
	sql := ""
	if k.Descending {
		sql = " DESC"
	}
	switch {
	case k.Nulls != "":
		return sql + " NULLS " + k.Nulls
	case ot.hive:
		return sql
	}
	return sql + " NULLS LAST"
}
