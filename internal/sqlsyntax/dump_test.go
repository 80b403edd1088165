package sqlsyntax

import (
	"fmt"
	"strings"
)

// A printer writes syntax trees as nested lists, to compare them in tests.
type printer struct{}

func (p printer) list(parts ...string) string {
	var full []string
	for _, part := range parts {
		if part != "" {
			full = append(full, part)
		}
	}
	return "(" + strings.Join(full, " ") + ")"
}

func when(condition bool, text string) string {
	if condition {
		return text
	}
	return ""
}

func labelled(label, text string) string {
	if text == "" {
		return ""
	}
	return label + "=" + text
}

func each[T any](list []T, format func(T) string) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = format(x)
	}
	return strings.Join(parts, " ")
}

func (p printer) exprs(label string, list []*Expr) string {
	if len(list) == 0 {
		return ""
	}
	return labelled(label, p.list(each(list, p.expr)))
}

func (p printer) expr(e *Expr) string {
	if e == nil {
		return ""
	}
	switch e.Kind {
	case Null:
		return "null"
	case Boolean, Number:
		return e.Text + e.Unit
	case String:
		return "'" + e.Text + "'"
	case TypedLiteral:
		return p.list(p.typeName(e.Type), "'"+e.Text+"'")
	case Interval:
		return p.list("interval", e.Text, strings.ReplaceAll(e.Unit, " ", "-"))
	case Column:
		return strings.Join(e.Path, ".")
	case Star:
		return "*"
	case Unary, Binary:
		return p.list(strings.ReplaceAll(e.Text, " ", "-"), each(e.Args, p.expr))
	case IsNull:
		return p.list("is-null", p.expr(e.Args[0]))
	case Between:
		return p.list("between", each(e.Args, p.expr))
	case In:
		return p.list("in", each(e.Args, p.expr), p.query(e.Query))
	case Like:
		return p.list("like", each(e.Args, p.expr))
	case Exists:
		return p.list("exists", p.query(e.Query))
	case ScalarQuery:
		return p.query(e.Query)
	case Quantified:
		return p.list(e.Text, p.expr(e.Args[0]), e.Unit, p.query(e.Query))
	case Case:
		return p.list("case", each(e.Args, p.expr))
	case Cast:
		return p.list(e.Text, p.expr(e.Args[0]), p.typeName(e.Type))
	case Array:
		return "[" + each(e.Args, p.expr) + "]"
	case Row:
		return p.list("row", each(e.Args, p.expr))
	case Subscript:
		return p.list("at", each(e.Args, p.expr))
	case Field:
		return p.list("field", p.expr(e.Args[0]), e.Text)
	case Lambda:
		return p.list("lambda", p.list(e.Params...), p.expr(e.Args[0]))
	case Call:
		return p.call(e)
	}
	return fmt.Sprintf("unknown kind %d", e.Kind)
}

func (p printer) call(e *Expr) string {
	c := e.Call
	if c == nil {
		c = &CallParts{}
	}
	return p.list("call", e.Text, when(c.Distinct, "distinct"), each(e.Args, p.expr), labelled("order", p.sortKeys(c.OrderBy)),
		labelled("filter", p.expr(c.Filter)), when(c.IgnoreNulls, "ignore-nulls"), labelled("overflow", c.Overflow), labelled("over", c.WindowName),
		labelled("over", p.window(c.Window)))
}

func (p printer) typeName(t *TypeName) string {
	if t == nil {
		return ""
	}
	name := strings.ReplaceAll(t.Name, " ", "-")
	var args []string
	for i, a := range t.Args {
		field := ""
		if t.Fields != nil {
			field = t.Fields[i]
		}
		args = append(args, labelled(field, p.typeName(a)))
		if field == "" {
			args[i] = p.typeName(a)
		}
	}
	for _, n := range t.Numbers {
		args = append(args, fmt.Sprint(n))
	}
	if len(args) == 0 {
		return name
	}
	return name + "<" + strings.Join(args, ",") + ">"
}

func (p printer) sortKeys(keys []SortKey) string {
	if len(keys) == 0 {
		return ""
	}
	return p.list(each(keys, func(k SortKey) string {
		return p.expr(k.Expr) + when(k.Descending, "-desc") + when(k.Nulls != "", "-nulls-"+strings.ToLower(k.Nulls))
	}))
}

func (p printer) window(w *Window) string {
	if w == nil {
		return ""
	}
	frame := ""
	if f := w.Frame; f != nil {
		bound := func(b Bound) string { return strings.TrimSpace(p.expr(b.Amount) + " " + b.Text) }
		frame = p.list(f.Unit, bound(f.Start), "..", bound(f.End))
	}
	return p.list(w.Base, p.exprs("by", w.PartitionBy), labelled("order", p.sortKeys(w.OrderBy)), frame)
}

func (p printer) query(q *Query) string {
	if q == nil {
		return ""
	}
	with := each(q.With, func(c CommonTable) string {
		return labelled(c.Name, p.list(strings.Join(c.Columns, " "), p.query(c.Query)))
	})
	return p.list("query", when(len(q.With) > 0, p.list("with", when(q.Recursive, "recursive"), with)), p.body(q.Body),
		labelled("order", p.sortKeys(q.OrderBy)), labelled("offset", p.expr(q.Offset)), labelled("limit", p.expr(q.Limit)), when(q.WithTies, "with-ties"))
}

func (p printer) body(b *Body) string {
	switch {
	case b == nil:
		return ""
	case b.Op != "":
		return p.list(strings.ToLower(b.Op), when(b.All, "all"), p.body(b.Left), p.body(b.Right))
	case b.Query != nil:
		return p.query(b.Query)
	case b.Values != nil:
		return p.list("values", each(b.Values, p.expr))
	}
	return p.selection(b.Selection)
}

func (p printer) selection(s *Selection) string {
	items := each(s.Items, func(it Item) string {
		switch {
		case it.Star:
			return strings.Join(append(it.Qualifier, "*"), ".")
		case it.Aliases != nil:
			return p.expr(it.Expr) + "=" + strings.Join(it.Aliases, ",")
		}
		return p.expr(it.Expr) + when(it.Alias != "", "="+it.Alias)
	})
	sets := ""
	if s.Grouped {
		sets = labelled("group", p.list(each(s.GroupingSets, func(set []*Expr) string { return p.list(each(set, p.expr)) })))
	}
	windows := ""
	for name, w := range s.Windows {
		windows += labelled("window", name+p.window(w))
	}
	return p.list("select", when(s.Distinct, "distinct"), items, labelled("from", when(len(s.From) > 0, p.list(each(s.From, p.relation)))),
		labelled("where", p.expr(s.Where)), sets, labelled("having", p.expr(s.Having)), windows)
}

func (p printer) relation(r *Relation) string {
	alias := labelled("as", r.Alias) + when(r.Columns != nil, "("+strings.Join(r.Columns, ",")+")")
	sample := labelled("share", r.SampleShare) + labelled("rows", r.SampleRows)
	switch r.Kind {
	case TableRelation:
		return p.list(strings.Join(r.Name, "."), sample, alias)
	case QueryRelation:
		return p.list(when(r.Lateral, "lateral"), p.query(r.Query), sample, alias)
	case UnnestRelation:
		return p.list("unnest", r.Function, each(r.Arguments, p.expr), when(r.WithOrdinality, "ordinality"), alias)
	}
	return p.list(strings.ToLower(r.Join), when(r.Natural, "natural"), p.relation(r.Left), p.relation(r.Right), labelled("on", p.expr(r.On)),
		labelled("using", strings.Join(r.Using, ",")))
}

var statementNames = map[StatementKind]string{
	QueryStatement: "query", InsertStatement: "insert", CreateTableStatement: "create-table", DropTableStatement: "drop-table",
	CreateDatabaseStatement: "create-database", DropDatabaseStatement: "drop-database", RenameStatement: "rename", DeleteStatement: "delete",
	ShowTablesStatement: "show-tables", ShowDatabasesStatement: "show-databases", ShowColumnsStatement: "show-columns",
	ShowFunctionsStatement: "show-functions", ShowCreateStatement: "show-create", ExplainStatement: "explain", SetStatement: "set",
}

func (p printer) statement(s *Statement) string {
	if s.Kind == QueryStatement {
		return p.query(s.Query)
	}
	columns := each(s.Columns, func(c ColumnDefinition) string { return c.Name + ":" + p.typeName(c.Type) })
	pattern := ""
	if s.Pattern != nil {
		pattern = "'" + *s.Pattern + "'"
	}
	explained := ""
	if s.Explained != nil {
		explained = p.statement(s.Explained)
	}
	partition := each(s.Partition, func(v PartitionValue) string {
		return labelled("partition", v.Column+when(v.Value != nil, "="+p.expr(v.Value)))
	})
	return p.list(statementNames[s.Kind], when(s.Overwrite, "overwrite"), when(s.IfExists, "if-exists"), strings.Join(s.Table, "."),
		labelled("to", strings.Join(s.NewName, ".")), columns, labelled("targets", strings.Join(s.Targets, ",")), labelled("like", strings.Join(s.Like, ".")),
		labelled("pattern", pattern), labelled("where", p.expr(s.Where)), p.query(s.Query), when(s.NoData, "no-data"), explained, partition, each(s.Inserts, p.statement), labelled("use", s.Database))
}
