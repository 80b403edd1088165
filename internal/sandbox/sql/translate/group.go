package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// A groupTranslator translates GROUP BY.
type groupTranslator struct {
	*state

	selects *selectTranslator
	exprs   *exprTranslator
	names   *nameResolver
}

// A grouping is a SELECT with GROUP BY or aggregates. It is written as a query inside the
// query: the inner one computes the keys k1, k2, … and the aggregates a1, a2, … of each group, and
// everything around them is computed outside, where nothing else can be named.
type grouping struct {
	alias      string
	keys       []groupKey
	sets       [][]int // keys of each grouping set
	base       *scope
	from       string
	aggregates []string
	masks      [][]int // the keys of each grouping(…), which sets give different values
}

// A groupKey is an expression of GROUP BY.
type groupKey struct {
	expr *sqlsyntax.Expr
	value
}

// group translates GROUP BY. base is the scope of FROM, from what is written for it.
func (gt *groupTranslator) group(sel *sqlsyntax.Selection, base *scope, from string) *grouping {
	g := &grouping{alias: gt.alias("g"), base: base, from: from}
	index := map[*sqlsyntax.Expr]int{}
	for _, k := range sel.GroupKeys {
		gt.in("GROUP BY clause", func() { index[k] = gt.groupKey(g, sel, k) })
	}
	for _, set := range sel.GroupingSets {
		keys := []int{}
		for _, k := range set {
			if !slices.Contains(keys, index[k]) {
				keys = append(keys, index[k])
			}
		}
		g.sets = append(g.sets, keys)
	}
	if !sel.Grouped {
		g.sets = [][]int{{}}
	}
	return g
}

// groupKey adds a key and returns its index; equal ones are one.
func (gt *groupTranslator) groupKey(g *grouping, sel *sqlsyntax.Selection, k *sqlsyntax.Expr) int {
	expr, v := gt.groupExpression(sel, k, g.base)
	if expr != nil {
		for i := range g.keys {
			if g.keys[i].is(gt.names, expr, g.base) {
				return i
			}
		}
		v = gt.exprs.expr(expr, g.base)
	} else if i := slices.IndexFunc(g.keys, func(k groupKey) bool { return k.sql == v.sql }); i >= 0 {
		return i
	}
	if v.typ.Is("map") {
		fail(SemanticError, k.Pos, "Type "+v.typ.String()+" is not comparable, and therefore cannot be used in GROUP BY")
	}
	g.keys = append(g.keys, groupKey{expr: expr, value: v})
	return len(g.keys) - 1
}

// is tells whether the key is an expression.
func (k *groupKey) is(nr *nameResolver, n *sqlsyntax.Expr, base *scope) bool {
	if k.expr != nil {
		return nr.sameExpr(k.expr, n, base)
	}
	if n.Kind != sqlsyntax.Column {
		return false
	}
	plain := *base
	plain.grouping, plain.aliases = nil, nil
	v, ok := nr.tryColumn(n, &plain)
	return ok && v.sql == k.sql
}

// groupExpression follows a position, or in Hive a name of the select list, to its expression; nil and a value
// for a column of *.
func (gt *groupTranslator) groupExpression(sel *sqlsyntax.Selection, k *sqlsyntax.Expr, base *scope) (*sqlsyntax.Expr, value) {
	if n, ok := wholeNumber(k); ok {
		if n < 1 || n > len(sel.Items) && !hasStar(sel) {
			fail(SemanticError, k.Pos, "GROUP BY position "+k.Text+" is not in select list")
		}
		if hasStar(sel) {
			return gt.positionAmongStars(sel, k, n, base)
		}
		item := sel.Items[n-1].Expr
		if gt.selects.hasAggregate(item) {
			fail(SemanticError, item.Pos, "GROUP BY clause cannot contain aggregations, window functions or grouping operations")
		}
		return item, value{}
	}
	if gt.hive && k.Kind == sqlsyntax.Column && len(k.Path) == 1 {
		if _, ok := gt.names.tryColumn(k, base); !ok {
			if expr := aliasesOf(sel)[strings.ToLower(k.Path[0])]; expr != nil {
				return expr, value{}
			}
		}
	}
	return k, value{}
}

func hasStar(sel *sqlsyntax.Selection) bool {
	for _, it := range sel.Items {
		if it.Star {
			return true
		}
	}
	return false
}

// positionAmongStars finds the n-th column when * is in the list.
func (gt *groupTranslator) positionAmongStars(sel *sqlsyntax.Selection, k *sqlsyntax.Expr, n int, base *scope) (*sqlsyntax.Expr, value) {
	for _, it := range sel.Items {
		if !it.Star {
			if n--; n == 0 {
				return it.Expr, value{}
			}
			continue
		}
		columns := gt.selects.star(it, base)
		if n <= len(columns) {
			return nil, columns[n-1].value
		}
		n -= len(columns)
	}
	fail(SemanticError, k.Pos, "GROUP BY position "+k.Text+" is not in select list")
	return nil, value{}
}

// column is how a column of FROM is written outside: it must be a key.
func (g *grouping) column(nr *nameResolver, f *field, n *sqlsyntax.Expr, own bool) string {
	for i := range g.keys {
		if g.keys[i].sql == f.sql {
			return g.key(i)
		}
	}
	name := strings.Join(n.Path, ".")
	if !own {
		fail(SemanticError, n.Pos, "Subquery uses '"+name+"' which must appear in GROUP BY clause")
	}
	if nr.hive {
		fail(SemanticError, n.Pos, "Expression not in GROUP BY key '"+name+"'")
	}
	fail(SemanticError, n.Pos, "'"+name+"' must be an aggregate expression or appear in GROUP BY clause")
	return ""
}

func (g *grouping) key(i int) string { return g.alias + ".k" + itoa(i+1) }

// matching is the key that an expression is, if any.
func (g *grouping) matching(nr *nameResolver, n *sqlsyntax.Expr) (value, bool) {
	if n.Kind == sqlsyntax.Null || n.Kind == sqlsyntax.Number || n.Kind == sqlsyntax.String || n.Kind == sqlsyntax.Boolean {
		return value{}, false
	}
	for i := range g.keys {
		if g.keys[i].is(nr, n, g.base) {
			return value{sql: g.key(i), typ: g.keys[i].typ, node: n}, true
		}
	}
	return value{}, false
}

// aggregate adds an aggregate to the inner query and returns how it is written outside.
func (g *grouping) aggregate(sql string) string {
	for i, a := range g.aggregates {
		if a == sql {
			return g.alias + ".a" + itoa(i+1)
		}
	}
	g.aggregates = append(g.aggregates, sql)
	return g.alias + ".a" + itoa(len(g.aggregates))
}

// groupingCall is grouping(a, b): a bit for each key that the row's set lacks.
func (g *grouping) groupingCall(nr *nameResolver, n *sqlsyntax.Expr) string {
	var keys []int
	for _, a := range n.Args {
		found := -1
		for i := range g.keys {
			if g.keys[i].is(nr, a, g.base) {
				found = i
			}
		}
		if found < 0 {
			fail(SemanticError, a.Pos, "The arguments to GROUPING() must be expressions referenced by the GROUP BY at this level")
		}
		keys = append(keys, found)
	}
	g.masks = append(g.masks, keys)
	return g.alias + ".m" + itoa(len(g.masks))
}

// source writes the inner query: a SELECT for each grouping set.
func (g *grouping) source() string {
	selects := make([]string, len(g.sets))
	for i, set := range g.sets {
		selects[i] = g.selectSet(set)
	}
	return " FROM (" + strings.Join(selects, " UNION ALL ") + ") AS " + g.alias
}

func (g *grouping) selectSet(set []int) string {
	var columns, by []string
	for i, k := range g.keys {
		sql := "NULL"
		if slices.Contains(set, i) {
			sql = k.sql
			by = append(by, itoa(i+1))
		}
		columns = append(columns, sql+" AS k"+itoa(i+1))
	}
	for i, a := range g.aggregates {
		columns = append(columns, a+" AS a"+itoa(i+1))
	}
	for i, mask := range g.masks {
		bits := 0
		for _, k := range mask {
			bits <<= 1
			if !slices.Contains(set, k) {
				bits |= 1
			}
		}
		columns = append(columns, itoa(bits)+" AS m"+itoa(i+1))
	}
	if len(g.aggregates) == 0 && len(by) == 0 {
		columns = append(columns, "count(*) AS a0")
	}
	sql := "SELECT " + strings.Join(columns, ", ") + g.from
	if len(by) > 0 {
		sql += " GROUP BY " + strings.Join(by, ", ")
	}
	return sql
}
