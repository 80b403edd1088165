package translate

import (
	"slices"
	"strconv"
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

// instant converts a value with a time zone to one that compares like the instant.
func instant(v value) string {
	if v.typ.Precision > 3 || v.typ.Is("time with time zone") {
		return call("f_instant_picos", v.sql)
	}
	return call("f_instant", v.sql)
}

// orderKey returns the SQL by which a value is ordered. If it is strict, elements of arrays and rows that are NULL are an
// error, as in Trino; otherwise they are the least values.
func orderKey(v value, strict bool) string {
	switch {
	case v.typ.IsZoned():
		return instant(v)
	case v.typ.Is("ipaddress"):
		return call("f_ip_bytes", v.sql)
	case v.typ.Is("decimal") && !isLong(v.typ):
		return "CAST(" + v.sql + " AS REAL)"
	case v.typ.Is("decimal"), v.typ.Is("array", "row") && strict:
		return call("f_order_key", v.sql, quoteString(v.typ.String()))
	case v.typ.Is("array", "row", "map"):
		return call("f_key", v.sql, quoteString(v.typ.String()))
	}
	if strings.TrimLeft(v.sql, "-+0123456789.") == "" {
		return "(" + v.sql + " + 0)" // a plain number would be a position
	}
	return v.sql
}

// isLong reports whether t is a decimal with more digits than a double.
func isLong(t types.Type) bool { return t.Is("decimal") && t.Precision > 15 }

// identity returns the SQL of a value that is the same for equal values, as in GROUP BY.
func identity(v value) string {
	if v.typ.Is("decimal") {
		return v.sql
	}
	return orderKey(v, false)
}

// hasIdentity reports whether values of a type can be equal although the engine's values differ.
func hasIdentity(t types.Type) bool { return t.IsNested() || t.IsZoned() }

// requireOrder fails if values of the type of v cannot be ordered.
func (ot *orderTranslator) requireOrder(v value, at sqlsyntax.Position) {
	if !isOrderable(v.typ) {
		fail(SemanticError, at, "Type "+v.typ.String()+" is not orderable")
	}
}

// isOrderable reports whether values of a type can be ordered.
func isOrderable(t types.Type) bool {
	return !t.Is("map", "json") && !slices.ContainsFunc(t.Args, func(a types.Type) bool { return !isOrderable(a) })
}

// checkArguments checks the arguments that a function orders. Nested values need other templates.
func (ot *orderTranslator) checkArguments(n *sqlsyntax.Expr, sig *registry.Signature, args []value) {
	switch sig.Name {
	case "min", "max":
		ot.requireOrder(args[0], n.Pos)
		if args[0].typ.Is("array", "row", "ipaddress") || args[0].typ.IsZoned() || isLong(args[0].typ) && !ot.hive {
			key := "$o1"
			if sig.Name == "max" {
				key = "$g1"
			}
			sig.Template = "f_" + sig.Name + "_by($1, " + key + ")"
			if len(args) > 1 {
				sig.Template = "f_" + sig.Name + "_by($j1, " + key + ", $2)"
			}
		}
	case "min_by", "max_by", "td_first", "td_last":
		ot.requireOrder(args[1], n.Pos)
	case "greatest", "least":
		for _, a := range args {
			if ot.requireOrder(a, n.Pos); a.typ.Is("ipaddress") || ot.hive && a.typ.IsNested() {
				fail(NotSupported, n.Pos, "'"+n.Text+"' of "+a.typ.String()+" is not supported by the sandbox")
			}
		}
		if args[0].typ.Is("array", "row") || args[0].typ.IsZoned() || slices.ContainsFunc(args, func(v value) bool { return isLong(v.typ) }) && !ot.hive {
			sig.Template = nestedTemplate(sig.Name)
		}
	case "array_sort", "array_max", "array_min", "sort_array":
		t := args[0].typ.Element()
		if !isOrderable(t) || t.Is("ipaddress") || sig.Name == "sort_array" && containsDecimal(t) {
			fail(SemanticError, n.Pos, "Type "+t.String()+" is not orderable")
		}
		if hasIdentity(t) && !ot.hive {
			sig.Template = nestedTemplate(sig.Name)
		}
	case "array_distinct", "array_except", "array_histogram", "array_intersect", "array_position", "array_remove", "array_union", "arrays_overlap",
		"contains", "contains_sequence", "map":
		if len(args) > 0 && hasIdentity(args[0].typ.Element()) && !ot.hive {
			sig.Template = "f_" + sig.Name + "($*, $t1)"
		}
	case "map_from_entries", "multimap_from_entries":
		if entry := args[0].typ.Element(); len(entry.Args) > 0 && hasIdentity(entry.Args[0]) && !ot.hive {
			sig.Template = "f_" + sig.Name + "($*, $t1)"
		}
	}
	if ot.hive {
		sig.Template = strings.NewReplacer("$o", "$i", "$g", "$i").Replace(sig.Template)
	}
}

// containsDecimal reports whether t is nested and an element is a decimal, which h_sort_array cannot order.
func containsDecimal(t types.Type) bool {
	return slices.ContainsFunc(t.Args, func(a types.Type) bool { return a.Is("decimal") || containsDecimal(a) })
}

// nestedTemplate returns the template of a function that orders values by their type.
func nestedTemplate(name string) string {
	switch name {
	case "greatest":
		return "f_greatest_nested($*, $t1)"
	case "least":
		return "f_least_nested($*, $t1)"
	case "array_sort":
		return "f_array_sort_nested($1, $t1)"
	case "array_max":
		return "f_array_max_nested($1, $t1)"
	}
	return "f_array_min_nested($1, $t1)"
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
	if n, ok := k.Expr.WholeNumber(); ok {
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
	return orderKey(v, !ot.hive)
}

// keyOfOutput returns the key that is the i-th column.
func (ot *orderTranslator) keyOfOutput(i int, items []selectedItem, outputs []output, k sqlsyntax.SortKey) string {
	v := value{sql: "c" + itoa(i+1), typ: outputs[i].typ}
	ot.requireOrder(v, k.Expr.Pos)
	if v.typ.Is("decimal", "array", "row", "ipaddress") || v.typ.IsZoned() {
		if i < len(items) {
			v.sql = items[i].sql
		}
		return orderKey(v, !ot.hive)
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

// checkHive rejects a key of ORDER BY, SORT BY or CLUSTER BY that is not computed from the columns of the select list,
// to which Hive's keys refer.
func (ot *orderTranslator) checkHive(n *sqlsyntax.Expr, sel *sqlsyntax.Selection, outputs []output) {
	if n == nil || n.Query != nil {
		return
	}
	switch {
	case n.Kind == sqlsyntax.Column:
		if !selectsColumn(n.Path, sel, outputs) {
			names := make([]string, len(outputs))
			for i, o := range outputs {
				if names[i] = o.name; o.name == "" {
					names[i] = ot.unnamedColumn(i)
				}
			}
			fail(SemanticError, n.Pos, "Column '"+strings.Join(n.Path, ".")+"' is not in the select list, to which ORDER BY refers in Hive (possible column names are: "+strings.Join(names, ", ")+")")
		}
	case n.Kind == sqlsyntax.Call && n.Call != nil && ot.windowOf(n) == nil && registry.IsAggregate(n.Text, true):
		fail(SemanticError, n.Pos, "Not yet supported place for UDAF '"+n.Text+"': in Hive, ORDER BY refers to the columns of the select list, so give it an alias there")
	}
	for _, a := range n.Args {
		ot.checkHive(a, sel, outputs)
	}
}

// selectsColumn reports whether a name refers to a column of the select list: by its name or alias, or, if it is a column
// of a table without an alias, by the table's name and its own.
func selectsColumn(path []string, sel *sqlsyntax.Selection, outputs []output) bool {
	if slices.ContainsFunc(outputs, func(o output) bool { return strings.EqualFold(o.name, path[0]) }) {
		return true
	}
	if len(path) == 1 {
		i, ok := strings.CutPrefix(path[0], "_c")
		position, err := strconv.Atoi(i)
		return ok && err == nil && position < len(outputs)
	}
	named := func(o output) bool { return strings.EqualFold(o.name, path[1]) }
	return slices.ContainsFunc(outputs, named) && slices.ContainsFunc(sel.Items, func(it sqlsyntax.Item) bool {
		return it.Star || it.Alias == "" && it.Expr.Kind == sqlsyntax.Column && strings.EqualFold(it.Expr.Path[len(it.Expr.Path)-1], path[1])
	})
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
