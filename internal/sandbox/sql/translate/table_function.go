package translate

import (
	"github.com/td-cli/td/internal/sqlsyntax"
)

// moveTableFunction replaces a call of Hive's or Hivemall's table functions in a select list by a relation or a
// subquery.
func (se *selectTranslator) moveTableFunction(sel *sqlsyntax.Selection) {
	if !se.hive {
		return
	}
	for i := range sel.Items {
		it := &sel.Items[i]
		if it.Expr == nil || it.Expr.Kind != sqlsyntax.Call || !isTableFunction(it.Expr.Text) {
			continue
		}
		if len(sel.Items) > 1 {
			fail(SemanticError, it.Pos, "Only a single expression in the SELECT clause is supported with UDTF's")
		}
		names := it.Aliases
		if it.Alias != "" {
			names = []string{it.Alias}
		}
		switch it.Expr.Text {
		case "each_top_k":
			se.expandTopK(sel, *it, names)
		case "amplify", "rand_amplify":
			se.expandAmplify(sel, *it, names)
		case "binarize_label":
			se.expandLabels(sel, *it, names)
		default:
			view := addView(sel, it.Pos, it.Expr.Text, it.Expr.Args, se.newAlias("udtf"))
			view.Columns = names
			sel.Items = []sqlsyntax.Item{{Pos: it.Pos, Star: true, Qualifier: []string{view.Alias}}}
		}
		return
	}
}

func isTableFunction(name string) bool {
	switch name {
	case "explode", "posexplode", "inline", "stack", "json_tuple", "parse_url_tuple", "generate_series", "td_pivot",
		"each_top_k", "amplify", "rand_amplify", "binarize_label":
		return true
	}
	return false
}

// addView joins FROM with a LATERAL VIEW.
func addView(sel *sqlsyntax.Selection, at sqlsyntax.Position, function string, args []*sqlsyntax.Expr, alias string) *sqlsyntax.Relation {
	view := &sqlsyntax.Relation{Kind: sqlsyntax.UnnestRelation, Pos: at, Function: function, Arguments: args, Alias: alias}
	if len(sel.From) == 0 {
		sel.From = []*sqlsyntax.Relation{view}
		return view
	}
	last := len(sel.From) - 1
	sel.From[last] = &sqlsyntax.Relation{Kind: sqlsyntax.JoinRelation, Pos: at, Join: "CROSS", Left: sel.From[last], Right: view}
	return view
}

// A treeBuilder builds expressions for one place in a statement.
type treeBuilder struct{ at sqlsyntax.Position }

func (b treeBuilder) number(n int) *sqlsyntax.Expr {
	if n < 0 {
		return &sqlsyntax.Expr{Kind: sqlsyntax.Unary, Text: "-", Pos: b.at, Args: []*sqlsyntax.Expr{b.number(-n)}}
	}
	return &sqlsyntax.Expr{Kind: sqlsyntax.Number, Pos: b.at, Text: itoa(n)}
}

func (b treeBuilder) column(path ...string) *sqlsyntax.Expr {
	return &sqlsyntax.Expr{Kind: sqlsyntax.Column, Pos: b.at, Path: path}
}

func (b treeBuilder) call(name string, args ...*sqlsyntax.Expr) *sqlsyntax.Expr {
	return &sqlsyntax.Expr{Kind: sqlsyntax.Call, Pos: b.at, Text: name, Args: args, Call: &sqlsyntax.CallParts{}}
}

func (b treeBuilder) over(name string, w *sqlsyntax.Window) *sqlsyntax.Expr {
	n := b.call(name)
	n.Call.Window = w
	return n
}

func (b treeBuilder) binary(operator string, l, r *sqlsyntax.Expr) *sqlsyntax.Expr {
	return &sqlsyntax.Expr{Kind: sqlsyntax.Binary, Pos: b.at, Text: operator, Args: []*sqlsyntax.Expr{l, r}}
}

func (b treeBuilder) isNotNull(n *sqlsyntax.Expr) *sqlsyntax.Expr {
	isNull := &sqlsyntax.Expr{Kind: sqlsyntax.IsNull, Pos: b.at, Args: []*sqlsyntax.Expr{n}}
	return &sqlsyntax.Expr{Kind: sqlsyntax.Unary, Pos: b.at, Text: "NOT", Args: []*sqlsyntax.Expr{isNull}}
}

func (b treeBuilder) toDouble(n *sqlsyntax.Expr) *sqlsyntax.Expr {
	return &sqlsyntax.Expr{Kind: sqlsyntax.Cast, Pos: b.at, Text: "cast", Type: &sqlsyntax.TypeName{Pos: b.at, Name: "double"}, Args: []*sqlsyntax.Expr{n}}
}

// expandTopK translates each_top_k(k, group, key, columns…): the rows with the k greatest keys of each group, or with
// the least if k is negative, and their ranks. See https://hivemall.apache.org/userguide/misc/topk.html.
func (se *selectTranslator) expandTopK(sel *sqlsyntax.Selection, it sqlsyntax.Item, names []string) {
	args := it.Expr.Args
	if len(args) < 4 {
		fail(SemanticError, it.Pos, "each_top_k(int K, Object group, double cmpKey, *) takes at least 4 arguments: "+itoa(len(args)))
	}
	b := treeBuilder{it.Pos}
	k, key := args[0], b.toDouble(args[2])
	window := func() *sqlsyntax.Window {
		order := b.call("if", b.binary("<", k, b.number(0)), &sqlsyntax.Expr{Kind: sqlsyntax.Unary, Pos: it.Pos, Text: "-", Args: []*sqlsyntax.Expr{key}}, key)
		return &sqlsyntax.Window{Pos: it.Pos, PartitionBy: []*sqlsyntax.Expr{args[1]}, OrderBy: []sqlsyntax.SortKey{{Expr: order, Descending: true, Nulls: "LAST"}}}
	}
	list := append([]*sqlsyntax.Expr{b.over("dense_rank", window()), key}, args[3:]...)
	names = nameColumns(names, it, len(list), []string{"rank", "key"})
	inner := *sel
	inner.Items = make([]sqlsyntax.Item, len(list), len(list)+1)
	outer := sqlsyntax.Selection{Pos: sel.Pos}
	table := se.newAlias("top")
	for i, e := range list {
		alias := "c" + itoa(i)
		inner.Items[i] = sqlsyntax.Item{Pos: it.Pos, Expr: e, Alias: alias}
		outer.Items = append(outer.Items, sqlsyntax.Item{Pos: it.Pos, Expr: b.column(table, alias), Alias: names[i]})
	}
	kept := b.binary("<=", b.over("row_number", window()), b.call("abs", k))
	inner.Items = append(inner.Items, sqlsyntax.Item{Pos: it.Pos, Expr: kept, Alias: "kept"})
	query := &sqlsyntax.Query{Pos: it.Pos, Body: &sqlsyntax.Body{Pos: it.Pos, Selection: &inner}}
	outer.From = []*sqlsyntax.Relation{{Kind: sqlsyntax.QueryRelation, Pos: it.Pos, Query: query, Alias: table}}
	outer.Where = b.binary("AND", b.column(table, "kept"), b.isNotNull(b.column(table, "c1")))
	*sel = outer
}

// nameColumns returns the names of the columns of a table function: those after AS, or else the first names, followed by
// c1, c2, ….
func nameColumns(names []string, it sqlsyntax.Item, width int, first []string) []string {
	if names != nil && len(names) != width {
		fail(SemanticError, it.Pos, "The number of aliases supplied in the AS clause does not match the number of columns output by the UDTF expected "+
			itoa(width)+" aliases but got "+itoa(len(names)))
	}
	for i := len(names); i < width; i++ {
		if i < len(first) {
			names = append(names, first[i])
			continue
		}
		names = append(names, "c"+itoa(i-len(first)+1))
	}
	return names
}

// expandAmplify translates amplify(n, columns…), which repeats each row n times, and rand_amplify(n, buffer, columns…), which
// also shuffles them. See https://hivemall.apache.org/userguide/tips/rand_amplify.html.
func (se *selectTranslator) expandAmplify(sel *sqlsyntax.Selection, it sqlsyntax.Item, names []string) {
	args, fixed := it.Expr.Args, 1
	if it.Expr.Text == "rand_amplify" {
		fixed = 2
	}
	if len(args) <= fixed {
		fail(SemanticError, it.Pos, it.Expr.Text+"() takes at least "+itoa(fixed+1)+" arguments")
	}
	names = nameColumns(names, it, len(args)-fixed, nil)
	addView(sel, it.Pos, "explode", []*sqlsyntax.Expr{treeBuilder{it.Pos}.call("td_numeric_range", args[0])}, se.newAlias("copy"))
	sel.Items = nil
	for i, e := range args[fixed:] {
		sel.Items = append(sel.Items, sqlsyntax.Item{Pos: it.Pos, Expr: e, Alias: names[i]})
	}
}

// expandLabels translates binarize_label(positive, negative, columns…): a row with the label 1 for each positive and one with
// the label 0 for each negative. See https://hivemall.apache.org/userguide/ft_engineering/binarize.html.
func (se *selectTranslator) expandLabels(sel *sqlsyntax.Selection, it sqlsyntax.Item, names []string) {
	args := it.Expr.Args
	if len(args) < 3 {
		fail(SemanticError, it.Pos, "binarize_label() takes at least three arguments")
	}
	b := treeBuilder{it.Pos}
	width := len(args) - 1
	defaults := make([]string, width)
	for i := range defaults {
		defaults[i] = "c" + itoa(i+1)
	}
	defaults[width-1] = "label"
	names = nameColumns(names, it, width, defaults)
	alias := se.newAlias("label")
	view := addView(sel, it.Pos, "explode", []*sqlsyntax.Expr{b.call("td_numeric_range", b.binary("+", args[0], args[1]))}, alias)
	view.Columns = []string{"n"}
	label := b.call("if", b.binary("<", b.column(alias, "n"), args[0]), b.number(1), b.number(0))
	sel.Items = nil
	for i, e := range append(append([]*sqlsyntax.Expr(nil), args[2:]...), label) {
		sel.Items = append(sel.Items, sqlsyntax.Item{Pos: it.Pos, Expr: e, Alias: names[i]})
	}
}
