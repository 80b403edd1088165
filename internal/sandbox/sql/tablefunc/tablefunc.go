// Package tablefunc rewrites the table functions of Hive, Hivemall and Treasure Data in a syntax tree: calls in a select
// list become relations, and the less usual functions become explode or inline of an expression. Neither resolves
// names nor types. Its errors are *sqlsyntax.Error.
package tablefunc

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// Is reports whether a function of Hive returns rows.
func Is(name string) bool {
	switch name {
	case "explode", "posexplode", "inline", "stack", "json_tuple", "parse_url_tuple", "generate_series", "td_pivot",
		"each_top_k", "amplify", "rand_amplify", "binarize_label":
		return true
	}
	return false
}

// MoveToFrom replaces a call of a table function in the select list by a relation or a subquery in FROM. newAlias
// returns an alias with a prefix that is unique in the statement.
func MoveToFrom(sel *sqlsyntax.Selection, newAlias func(prefix string) string) error {
	i := slices.IndexFunc(sel.Items, func(it sqlsyntax.Item) bool {
		return it.Expr != nil && it.Expr.Kind == sqlsyntax.Call && Is(it.Expr.Text)
	})
	if i < 0 {
		return nil
	}
	it := sel.Items[i]
	if len(sel.Items) > 1 {
		return semanticError(it.Pos, "Only a single expression in the SELECT clause is supported with UDTF's")
	}
	names := it.Aliases
	if it.Alias != "" {
		names = []string{it.Alias}
	}
	switch it.Expr.Text {
	case "each_top_k":
		return expandTopK(sel, it, names, newAlias("top"))
	case "amplify", "rand_amplify":
		return expandAmplify(sel, it, names, newAlias("copy"))
	case "binarize_label":
		return expandLabels(sel, it, names, newAlias("label"))
	}
	view := addView(sel, it.Pos, it.Expr.Text, it.Expr.Args, newAlias("udtf"))
	view.Columns = names
	sel.Items = []sqlsyntax.Item{{Pos: it.Pos, Star: true, Qualifier: []string{view.Alias}}}
	return nil
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

// expandTopK rewrites each_top_k(k, group, key, columns…): the rows with the k greatest keys of each group, or with
// the least if k is negative, and their ranks. See https://hivemall.apache.org/userguide/misc/topk.html.
func expandTopK(sel *sqlsyntax.Selection, it sqlsyntax.Item, names []string, table string) error {
	args := it.Expr.Args
	if len(args) < 4 {
		return semanticError(it.Pos, "each_top_k(int K, Object group, double cmpKey, *) takes at least 4 arguments: "+strconv.Itoa(len(args)))
	}
	b := sqlsyntax.Builder{Pos: it.Pos}
	k, key := args[0], b.ToDouble(args[2])
	window := func() *sqlsyntax.Window {
		order := b.Call("if", b.Binary("<", k, b.Number(0)), b.Negate(key), key)
		return &sqlsyntax.Window{Pos: it.Pos, PartitionBy: []*sqlsyntax.Expr{args[1]}, OrderBy: []sqlsyntax.SortKey{{Expr: order, Descending: true, Nulls: "LAST"}}}
	}
	list := append([]*sqlsyntax.Expr{b.Over("dense_rank", window()), key}, args[3:]...)
	names, err := nameColumns(names, it.Pos, len(list), []string{"rank", "key"})
	if err != nil {
		return err
	}
	inner := *sel
	inner.Items = make([]sqlsyntax.Item, len(list), len(list)+1)
	outer := sqlsyntax.Selection{Pos: sel.Pos}
	for i, e := range list {
		alias := "c" + strconv.Itoa(i)
		inner.Items[i] = sqlsyntax.Item{Pos: it.Pos, Expr: e, Alias: alias}
		outer.Items = append(outer.Items, sqlsyntax.Item{Pos: it.Pos, Expr: b.Column(table, alias), Alias: names[i]})
	}
	kept := b.Binary("<=", b.Over("row_number", window()), b.Call("abs", k))
	inner.Items = append(inner.Items, sqlsyntax.Item{Pos: it.Pos, Expr: kept, Alias: "kept"})
	query := &sqlsyntax.Query{Pos: it.Pos, Body: &sqlsyntax.Body{Pos: it.Pos, Selection: &inner}}
	outer.From = []*sqlsyntax.Relation{{Kind: sqlsyntax.QueryRelation, Pos: it.Pos, Query: query, Alias: table}}
	outer.Where = b.Binary("AND", b.Column(table, "kept"), b.IsNotNull(b.Column(table, "c1")))
	*sel = outer
	return nil
}

// expandAmplify rewrites amplify(n, columns…), which repeats each row n times, and rand_amplify(n, buffer, columns…),
// which also shuffles them. See https://hivemall.apache.org/userguide/tips/rand_amplify.html.
func expandAmplify(sel *sqlsyntax.Selection, it sqlsyntax.Item, names []string, table string) error {
	args, fixed := it.Expr.Args, 1
	if it.Expr.Text == "rand_amplify" {
		fixed = 2
	}
	if len(args) <= fixed {
		return semanticError(it.Pos, fmt.Sprintf("%s() takes at least %d arguments", it.Expr.Text, fixed+1))
	}
	names, err := nameColumns(names, it.Pos, len(args)-fixed, nil)
	if err != nil {
		return err
	}
	b := sqlsyntax.Builder{Pos: it.Pos}
	addView(sel, it.Pos, "explode", []*sqlsyntax.Expr{b.Call("td_numeric_range", args[0])}, table)
	setItems(sel, it.Pos, args[fixed:], names)
	return nil
}

// expandLabels rewrites binarize_label(positive, negative, columns…): a row with the label 1 for each positive and one
// with the label 0 for each negative. See https://hivemall.apache.org/userguide/ft_engineering/binarize.html.
func expandLabels(sel *sqlsyntax.Selection, it sqlsyntax.Item, names []string, table string) error {
	args := it.Expr.Args
	if len(args) < 3 {
		return semanticError(it.Pos, "binarize_label() takes at least three arguments")
	}
	b := sqlsyntax.Builder{Pos: it.Pos}
	width := len(args) - 1
	defaults := make([]string, width)
	for i := range defaults {
		defaults[i] = "c" + strconv.Itoa(i+1)
	}
	defaults[width-1] = "label"
	names, err := nameColumns(names, it.Pos, width, defaults)
	if err != nil {
		return err
	}
	view := addView(sel, it.Pos, "explode", []*sqlsyntax.Expr{b.Call("td_numeric_range", b.Binary("+", args[0], args[1]))}, table)
	view.Columns = []string{"n"}
	label := b.Call("if", b.Binary("<", b.Column(table, "n"), args[0]), b.Number(1), b.Number(0))
	setItems(sel, it.Pos, append(slices.Clone(args[2:]), label), names)
	return nil
}

// setItems replaces the select list.
func setItems(sel *sqlsyntax.Selection, at sqlsyntax.Position, list []*sqlsyntax.Expr, names []string) {
	sel.Items = make([]sqlsyntax.Item, len(list))
	for i, e := range list {
		sel.Items[i] = sqlsyntax.Item{Pos: at, Expr: e, Alias: names[i]}
	}
}

// nameColumns returns the names of the columns of a table function: those after AS, or else the first names, followed by
// c1, c2, ….
func nameColumns(names []string, at sqlsyntax.Position, width int, first []string) ([]string, error) {
	if names != nil && len(names) != width {
		return nil, semanticError(at, fmt.Sprintf("The number of aliases supplied in the AS clause does not match the number of columns output by the UDTF expected %d aliases but got %d", width, len(names)))
	}
	for i := len(names); i < width; i++ {
		if i < len(first) {
			names = append(names, first[i])
			continue
		}
		names = append(names, "c"+strconv.Itoa(i-len(first)+1))
	}
	return names, nil
}

func semanticError(at sqlsyntax.Position, message string) error {
	return sqlsyntax.NewError(sqlsyntax.SemanticError, at, message)
}
