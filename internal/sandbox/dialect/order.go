package dialect

import "strings"

// orderable is what a value is ordered and grouped by.
func orderable(v value) string {
	switch {
	case v.typ.is("timestamp with time zone"):
		return instant(v)
	case v.typ.is("decimal"):
		return "CAST(" + v.sql + " AS REAL)"
	case v.typ.is("row"):
		return rowKey(v)
	}
	if strings.TrimLeft(v.sql, "-+0123456789.") == "" {
		return "(" + v.sql + " + 0)" // a number would be a position
	}
	return v.sql
}

// rowKey is a text that orders rows as their fields do, one after the other. NULL is least.
func rowKey(v value) string {
	keys := make([]string, len(v.typ.args))
	for i, t := range v.typ.args {
		field := "(" + v.sql + " ->> " + itoa(i) + ")"
		switch {
		case t.integral() || t.is("boolean"):
			keys[i] = "coalesce(CASE WHEN " + field + " < 0 THEN '0'||printf('%019d', " + field + " + 9223372036854775807 + 1) ELSE '1'||printf('%019d', " + field + ") END, '')"
		default:
			keys[i] = "coalesce(" + field + "||char(1), '')"
		}
	}
	return "(" + strings.Join(keys, "||") + ")"
}

// ordered requires that values of v's type can be put in order here.
func (e *emitter) ordered(v value, at position) {
	switch {
	case v.typ.is("map", "json"):
		fail(SemanticError, at, "Type "+v.typ.String()+" is not orderable")
	case v.typ.is("array"):
		e.notOrdered(v.typ, at)
	case v.typ.is("row"):
		for _, t := range v.typ.args {
			if !t.integral() && !t.is("boolean", "varchar", "date", "timestamp", "time", "") {
				e.notOrdered(v.typ, at)
			}
		}
	}
}

func (e *emitter) notOrdered(t typ, at position) {
	fail(NotSupported, at, "ordering values of type "+t.String()+" is not supported by the sandbox")
}

// orderedArguments checks the arguments that a function puts in order. The greatest and the least of
// rows are found by their keys.
func (e *emitter) orderedArguments(n *node, sig *signature, args []value) {
	switch sig.name {
	case "min", "max":
		e.ordered(args[0], n.pos)
		if args[0].typ.is("row") {
			if len(args) > 1 {
				e.notOrdered(args[0].typ, n.pos)
			}
			sig.template = "f_" + sig.name + "_by($1, $o1)"
		}
	case "min_by", "max_by", "td_first", "td_last":
		e.ordered(args[1], n.pos)
	case "greatest", "least":
		for _, a := range args {
			if e.ordered(a, n.pos); a.typ.is("row") {
				e.notOrdered(a.typ, n.pos)
			}
		}
	case "array_sort", "array_max", "array_min", "sort_array":
		if t := args[0].typ.element(); t.nested() {
			e.notOrdered(t, n.pos)
		}
	}
}
