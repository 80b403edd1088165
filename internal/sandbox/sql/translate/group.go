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

// A grouping is a SELECT with GROUP BY or aggregates. It becomes a query inside a
// query: the inner one computes the keys k1, k2, … and the aggregates a1, a2, … of each group, the
// outer one everything else.
type grouping struct {
	alias      string
	keys       []groupKey
	sets       [][]int // keys of each grouping set
	base       *scope
	from       string
	aggregates []string
	masks      [][]int // keys of each call of grouping
}

// A groupKey is an expression of GROUP BY. It has no expr if it is the position of a column of *.
type groupKey struct {
	expr *sqlsyntax.Expr
	value
}

// translate translates GROUP BY. Its expressions are resolved in base, the scope of FROM; from is the SQL of FROM.
func (gt *groupTranslator) translate(sel *sqlsyntax.Selection, base *scope, from string) *grouping {
	g := &grouping{alias: gt.newAlias("g"), base: base, from: from}
	for _, k := range sel.SetKeys {
		if !gt.hive && k.Kind != sqlsyntax.Column {
			fail(SemanticError, k.Pos, "GROUP BY expression must be a column reference")
		}
	}
	index := map[*sqlsyntax.Expr][]int{}
	for _, k := range sel.GroupKeys {
		gt.withClause("GROUP BY clause", func() {
			if gt.isAuto(k, base) {
				index[k] = gt.addItems(g, sel)
			} else {
				index[k] = []int{gt.addKey(g, sel, k)}
			}
		})
	}
	for _, set := range sel.GroupingSets {
		keys := []int{}
		for _, k := range set {
			for _, i := range index[k] {
				if !slices.Contains(keys, i) {
					keys = append(keys, i)
				}
			}
		}
		if sel.GroupDistinct && slices.ContainsFunc(g.sets, func(set []int) bool { return sameSet(set, keys) }) {
			continue
		}
		g.sets = append(g.sets, keys)
	}
	if !sel.Grouped {
		g.sets = [][]int{{}}
	}
	return g
}

// isAuto reports whether a key is AUTO, which means all items of the select list without aggregates. It is a name in
// versions of Trino that do not have it, so a column of that name takes precedence.
func (gt *groupTranslator) isAuto(k *sqlsyntax.Expr, base *scope) bool {
	if gt.hive || k.Kind != sqlsyntax.Column || len(k.Path) != 1 || !strings.EqualFold(k.Path[0], "auto") {
		return false
	}
	_, ok := gt.names.tryResolve(k, base)
	return !ok
}

// addItems adds the items of the select list without aggregates as keys, and returns their indexes.
func (gt *groupTranslator) addItems(g *grouping, sel *sqlsyntax.Selection) (keys []int) {
	for i, it := range sel.Items {
		switch {
		case it.Star:
			for _, column := range gt.selects.expandStar(it, g.base) {
				keys = append(keys, gt.addColumn(g, column.value, it.Pos))
			}
		case !gt.selects.hasAggregate(it.Expr):
			keys = append(keys, gt.addKey(g, sel, sel.Items[i].Expr))
		}
	}
	return keys
}

// addColumn adds a column of * as a key, unless it is one, and returns its index.
func (gt *groupTranslator) addColumn(g *grouping, v value, at sqlsyntax.Position) int {
	if i := slices.IndexFunc(g.keys, func(k groupKey) bool { return k.sql == v.sql }); i >= 0 {
		return i
	}
	gt.requireComparable(v, at)
	g.keys = append(g.keys, groupKey{value: v})
	return len(g.keys) - 1
}

// addKey adds a key, unless there is an equal one, and returns its index.
func (gt *groupTranslator) addKey(g *grouping, sel *sqlsyntax.Selection, k *sqlsyntax.Expr) int {
	expr, v := gt.resolveKey(sel, k, g.base)
	if expr != nil {
		for i := range g.keys {
			if g.keys[i].matches(gt.names, expr, g.base) {
				return i
			}
		}
		v = gt.exprs.translate(expr, g.base)
		gt.requireComparable(v, k.Pos)
		g.keys = append(g.keys, groupKey{expr: expr, value: v})
		return len(g.keys) - 1
	}
	return gt.addColumn(g, v, k.Pos)
}

func (gt *groupTranslator) requireComparable(v value, at sqlsyntax.Position) {
	if v.typ.Is("map") && gt.hive {
		fail(SemanticError, at, "Type "+v.typ.String()+" is not comparable, and therefore cannot be used in GROUP BY")
	}
}

// matches reports whether an expression is the key.
func (k *groupKey) matches(nr *nameResolver, n *sqlsyntax.Expr, base *scope) bool {
	if k.expr != nil {
		return nr.sameExpr(k.expr, n, base)
	}
	if n.Kind != sqlsyntax.Column {
		return false
	}
	plain := *base
	plain.grouping, plain.aliases = nil, nil
	v, ok := nr.tryResolve(n, &plain)
	return ok && v.sql == k.sql
}

// resolveKey returns the expression of a key, which may be a position in Trino. If it is that of a column of *, it
// returns its value instead.
func (gt *groupTranslator) resolveKey(sel *sqlsyntax.Selection, k *sqlsyntax.Expr, base *scope) (*sqlsyntax.Expr, value) {
	if n, ok := k.WholeNumber(); ok && !gt.hive {
		if n < 1 || n > len(sel.Items) && !sel.HasStar() {
			fail(SemanticError, k.Pos, "GROUP BY position "+k.Text+" is not in select list")
		}
		if sel.HasStar() {
			return gt.resolvePosition(sel, k, n, base)
		}
		item := sel.Items[n-1].Expr
		if gt.selects.hasAggregate(item) {
			fail(SemanticError, item.Pos, "GROUP BY clause cannot contain aggregations, window functions or grouping operations")
		}
		return item, value{}
	}
	return k, value{}
}

// resolvePosition returns the n-th column of a select list that contains *.
func (gt *groupTranslator) resolvePosition(sel *sqlsyntax.Selection, k *sqlsyntax.Expr, n int, base *scope) (*sqlsyntax.Expr, value) {
	for _, it := range sel.Items {
		if !it.Star {
			if n--; n == 0 {
				return it.Expr, value{}
			}
			continue
		}
		columns := gt.selects.expandStar(it, base)
		if n <= len(columns) {
			return nil, columns[n-1].value
		}
		n -= len(columns)
	}
	fail(SemanticError, k.Pos, "GROUP BY position "+k.Text+" is not in select list")
	return nil, value{}
}

// keyOfColumn returns the key that is a column of FROM. Other columns are an error.
func (g *grouping) keyOfColumn(nr *nameResolver, f *field, n *sqlsyntax.Expr, own bool) string {
	for i := range g.keys {
		if g.keys[i].sql == f.sql {
			return g.keyName(i)
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

func (g *grouping) keyName(i int) string { return g.alias + ".k" + itoa(i+1) }

// findKey returns the key that is equal to an expression.
func (g *grouping) findKey(nr *nameResolver, n *sqlsyntax.Expr) (value, bool) {
	if n.Kind == sqlsyntax.Null || n.Kind == sqlsyntax.Number || n.Kind == sqlsyntax.String || n.Kind == sqlsyntax.Boolean {
		return value{}, false
	}
	for i := range g.keys {
		if g.keys[i].matches(nr, n, g.base) {
			return value{sql: g.keyName(i), typ: g.keys[i].typ, node: n}, true
		}
	}
	return value{}, false
}

// addAggregate adds an aggregate to the inner query, and returns the column that holds it.
func (g *grouping) addAggregate(sql string) string {
	for i, a := range g.aggregates {
		if a == sql {
			return g.alias + ".a" + itoa(i+1)
		}
	}
	g.aggregates = append(g.aggregates, sql)
	return g.alias + ".a" + itoa(len(g.aggregates))
}

// addMask adds the value of grouping(a, b) to the inner query, and returns the column that holds it. The value has a
// bit for each key that is not in the grouping set.
func (g *grouping) addMask(nr *nameResolver, n *sqlsyntax.Expr) string {
	var keys []int
	for _, a := range n.Args {
		found := -1
		for i := range g.keys {
			if g.keys[i].matches(nr, a, g.base) {
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

// innerQuery returns the FROM of the outer query. The inner one has a SELECT for each grouping set.
func (g *grouping) innerQuery() string {
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
			key := itoa(i + 1)
			if hasIdentity(k.typ) {
				key = identity(k.value)
			}
			by = append(by, key)
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
	if len(g.aggregates) == 0 && slices.ContainsFunc(g.sets, func(set []int) bool { return len(set) == 0 }) {
		columns = append(columns, "count(*) AS a0") // the empty set has one group, also without rows
	}
	sql := "SELECT " + strings.Join(columns, ", ") + g.from
	if len(by) > 0 {
		sql += " GROUP BY " + strings.Join(by, ", ")
	}
	return sql
}

// sameSet reports whether two grouping sets have the same keys.
func sameSet(a, b []int) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
