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

// instant is a timestamp with time zone as a number, by which it is compared.
func instant(v value) string { return call("f_instant", v.sql) }

// orderable is what a value is ordered and grouped by.
func orderable(v value) string {
	switch {
	case v.typ.Is("timestamp with time zone"):
		return instant(v)
	case v.typ.Is("decimal"):
		return "CAST(" + v.sql + " AS REAL)"
	case v.typ.Is("row"):
		return rowKey(v)
	}
	if strings.TrimLeft(v.sql, "-+0123456789.") == "" {
		return "(" + v.sql + " + 0)" // a number would be a position
	}
	return v.sql
}

// rowKey is a text that orders rows as their fields do, one after the other. NULL is least.
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

// ordered requires that values of v's type can be put in order here.
func (ot *orderTranslator) ordered(v value, at sqlsyntax.Position) {
	switch {
	case v.typ.Is("map", "json"):
		fail(SemanticError, at, "Type "+v.typ.String()+" is not orderable")
	case v.typ.Is("array"):
		ot.notOrdered(v.typ, at)
	case v.typ.Is("row"):
		for _, t := range v.typ.Args {
			if !t.IsInteger() && !t.Is("boolean", "varchar", "date", "timestamp", "time", "") {
				ot.notOrdered(v.typ, at)
			}
		}
	}
}

func (ot *orderTranslator) notOrdered(t types.Type, at sqlsyntax.Position) {
	fail(NotSupported, at, "ordering values of type "+t.String()+" is not supported by the sandbox")
}

// orderedArguments checks the arguments that a function puts in order. The greatest and the least of
// rows are found by their keys.
func (ot *orderTranslator) orderedArguments(n *sqlsyntax.Expr, sig *registry.Signature, args []value) {
	switch sig.Name {
	case "min", "max":
		ot.ordered(args[0], n.Pos)
		if args[0].typ.Is("row") {
			if len(args) > 1 {
				ot.notOrdered(args[0].typ, n.Pos)
			}
			sig.Template = "f_" + sig.Name + "_by($1, $o1)"
		}
	case "min_by", "max_by", "td_first", "td_last":
		ot.ordered(args[1], n.Pos)
	case "greatest", "least":
		for _, a := range args {
			if ot.ordered(a, n.Pos); a.typ.Is("row") {
				ot.notOrdered(a.typ, n.Pos)
			}
		}
	case "array_sort", "array_max", "array_min", "sort_array":
		if t := args[0].typ.Element(); t.IsNested() {
			ot.notOrdered(t, n.Pos)
		}
	}
}

// orderBy writes ORDER BY. items are the select list where there is one: a key that is one of
// them is written as its number.
func (ot *orderTranslator) orderBy(keys []sqlsyntax.SortKey, items []selected, outputs []output, s *scope) string {
	if len(keys) == 0 {
		return ""
	}
	parts := make([]string, 0, len(keys))
	for _, k := range keys {
		parts = append(parts, ot.sortKey(k, items, outputs, s))
	}
	return " ORDER BY " + strings.Join(parts, ", ")
}

func (ot *orderTranslator) sortKey(k sqlsyntax.SortKey, items []selected, outputs []output, s *scope) string {
	if n, ok := wholeNumber(k.Expr); ok {
		if n < 1 || n > len(outputs) {
			fail(SemanticError, k.Expr.Pos, "ORDER BY position "+k.Expr.Text+" is not in select list")
		}
		return ot.outputKey(n-1, items, outputs, k)
	}
	if i, ok := ot.outputNamed(k.Expr, outputs); ok {
		return ot.outputKey(i, items, outputs, k)
	}
	for i := range items {
		if items[i].expr != nil && ot.names.sameExpr(items[i].expr, k.Expr, s) {
			return ot.outputKey(i, items, outputs, k)
		}
	}
	v := ot.exprs.expr(k.Expr, s)
	ot.ordered(v, k.Expr.Pos)
	return orderable(v) + ot.direction(k)
}

// outputKey orders by the i-th column.
func (ot *orderTranslator) outputKey(i int, items []selected, outputs []output, k sqlsyntax.SortKey) string {
	v := value{sql: "c" + itoa(i+1), typ: outputs[i].typ}
	ot.ordered(v, k.Expr.Pos)
	if v.typ.Is("decimal", "row", "timestamp with time zone") {
		if i < len(items) {
			v.sql = items[i].sql
		}
		return orderable(v) + ot.direction(k)
	}
	return itoa(i+1) + ot.direction(k)
}

// outputNamed finds the one output column that a plain name means.
func (ot *orderTranslator) outputNamed(n *sqlsyntax.Expr, outputs []output) (int, bool) {
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

// direction writes a key's direction. Nulls come last in Trino and are least in Hive.
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
