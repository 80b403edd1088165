package sqllint

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// Numbers of rows up to which a product of two tables is not worth a finding.
const (
	fewRows      = 10 // rows of the smaller table
	smallProduct = 1_000_000
)

// checkJoins reports the relations of a block that no condition connects with the others. Relations that depend on others
// or have one row, such as totals, need no condition.
func (l *linter) checkJoins(b *block) {
	g := joinGraph{l: l, b: b, group: map[*leaf]int{}}
	for _, f := range b.leaves {
		if l.needsCondition(f) {
			g.group[f] = len(g.leaves)
			g.leaves = append(g.leaves, f)
		}
	}
	if len(g.leaves) < 2 {
		return
	}
	for _, r := range b.selection.From {
		g.addJoins(r)
	}
	for _, e := range b.selection.Where.Conjuncts() {
		g.connect(g.findMentioned(e))
	}
	for i, f := range g.leaves {
		if i > 0 && g.group[f] != g.group[g.leaves[0]] && !g.markReported(f) && !g.isSmall(f) {
			l.report(CrossJoin, f.Pos, "no condition joins "+describe(f)+" with "+describe(g.leaves[0])+": each row is combined with each row",
				"add a condition to ON or WHERE")
		}
	}
}

// describe names a relation.
func describe(f *leaf) string {
	switch {
	case f.Kind == sqlsyntax.TableRelation:
		return strings.Join(f.Name, ".")
	case f.Alias != "":
		return f.Alias
	}
	return "the subquery"
}

// A joinGraph holds which relations of a block conditions connect.
type joinGraph struct {
	l      *linter
	b      *block
	leaves []*leaf       // relations that need a condition
	group  map[*leaf]int // connected relations have the same number
	found  []int         // groups that were reported
}

// markReported records that a relation is reported. It returns true if one of its group was reported before.
func (g *joinGraph) markReported(f *leaf) bool {
	if slices.Contains(g.found, g.group[f]) {
		return true
	}
	g.found = append(g.found, g.group[f])
	return false
}

// connect puts relations into one group.
func (g *joinGraph) connect(leaves []*leaf) {
	for i := 1; i < len(leaves); i++ {
		from, to := g.group[leaves[i]], g.group[leaves[0]]
		for f, n := range g.group {
			if n == from {
				g.group[f] = to
			}
		}
	}
}

// addJoins connects the relations of joins with a condition. It returns the relations.
func (g *joinGraph) addJoins(r *sqlsyntax.Relation) []*leaf {
	if r == nil {
		return nil
	}
	if r.Kind != sqlsyntax.JoinRelation && r.Kind != sqlsyntax.ParenthesizedRelation {
		i := slices.IndexFunc(g.leaves, func(f *leaf) bool { return f.Relation == r })
		if i < 0 {
			return nil
		}
		return g.leaves[i : i+1 : i+1]
	}
	left, right := g.addJoins(r.Left), g.addJoins(r.Right)
	all := append(slices.Clip(left), right...)
	conditional := r.Natural || r.Using != nil || r.On != nil && hasColumn(r.On)
	if conditional && len(left) > 0 && len(right) > 0 {
		g.connect([]*leaf{g.findJoined(left, r.On), right[0]})
	}
	return all
}

// findJoined returns the relation of a list that a condition mentions, or the last one.
func (g *joinGraph) findJoined(list []*leaf, on *sqlsyntax.Expr) *leaf {
	mentioned := g.findMentioned(on)
	for _, f := range list {
		if slices.Contains(mentioned, f) {
			return f
		}
	}
	return list[len(list)-1]
}

// hasColumn reports whether an expression depends on a row.
func hasColumn(e *sqlsyntax.Expr) bool {
	return e.HasOperand(func(e *sqlsyntax.Expr) bool { return e.Kind == sqlsyntax.Column || e.Query != nil })
}

// findMentioned returns the relations that a condition can concern. A column without the name of a relation can be that of
// any, so a condition with two columns, one of them such a column, can concern all relations.
func (g *joinGraph) findMentioned(e *sqlsyntax.Expr) []*leaf {
	var list []*leaf
	columns, unknown := 0, false
	e.Walk(func(e *sqlsyntax.Expr) {
		if e.Query != nil { // it can be correlated
			columns, unknown = columns+2, true
		}
		if e.Kind != sqlsyntax.Column {
			return
		}
		columns++
		found := false
		for _, f := range g.b.leaves {
			if len(e.Path) > 1 && slices.ContainsFunc(f.names, func(name string) bool { return mentions(e.Path, name) }) {
				found = true
				if _, ok := g.group[f]; ok {
					list = append(list, f)
				} else { // such as UNNEST(t.x)
					unknown, columns = true, columns+1
				}
			}
		}
		unknown = unknown || !found
	})
	if unknown && columns > 1 {
		return g.leaves
	}
	return list
}

// mentions reports whether a column's path contains the name of a relation: t.x, db.t.x or t.row.field.
func mentions(path []string, relation string) bool {
	return slices.ContainsFunc(path[:len(path)-1], func(part string) bool { return strings.EqualFold(part, relation) })
}

// isSmall reports whether a table or its product with the first one is known to have few rows.
func (g *joinGraph) isSmall(f *leaf) bool {
	var rows [2]int64
	for i, relation := range []*leaf{g.leaves[0], f} {
		if relation.isTable() {
			_, t := g.l.lookUp(relation.Name)
			rows[i] = t.Rows
		}
	}
	a, b := rows[0], rows[1]
	return a > 0 && a <= fewRows || b > 0 && b <= fewRows || a > 0 && b > 0 && a <= smallProduct/b
}

// needsCondition reports whether a relation can have several rows that are read from tables.
func (l *linter) needsCondition(f *leaf) bool {
	switch {
	case f.Kind == sqlsyntax.UnnestRelation, f.Kind == sqlsyntax.JSONTableRelation, f.Lateral:
		return false
	case f.common != nil:
		return !l.isOneRow(f.common) && l.readsTable(f.common)
	}
	return f.Kind == sqlsyntax.TableRelation
}

// isOneRow reports whether a query returns at most one row. A function that is not known may be an aggregate function.
func (l *linter) isOneRow(d *definition) bool {
	q := d.query
	if q.Limit != nil && q.Limit.Text == "1" || !l.countStep() {
		return true
	}
	if q.Body == nil || q.Body.Op != "" {
		return false
	}
	if q.Body.Query != nil {
		return l.isOneRow(&definition{query: q.Body.Query, scope: d.bodyScope()})
	}
	s := q.Body.Selection
	switch {
	case s == nil:
		return len(q.Body.Values) == 1
	case s.Grouped && len(s.GroupKeys) > 0:
		return false
	case slices.ContainsFunc(s.Items, func(i sqlsyntax.Item) bool { return l.mayAggregate(i.Expr) }):
		return true
	}
	return !slices.ContainsFunc(leavesOf(s.From), func(r *sqlsyntax.Relation) bool {
		inner := d.resolve(r)
		return inner == nil || !l.isOneRow(inner)
	})
}

// mayAggregate reports whether an expression has an aggregate function that is not a window function. In Hive, any call
// of a user-defined function may be one.
func (l *linter) mayAggregate(e *sqlsyntax.Expr) bool {
	return e.HasOperand(func(e *sqlsyntax.Expr) bool {
		userDefined := l.options.Dialect == sqlsyntax.Hive && strings.Contains(e.Text, "_")
		return e.Kind == sqlsyntax.Call && !isWindowed(e) && (isAggregate(e.Text) || userDefined)
	})
}

// resolve returns the query of a relation, or nil for a table.
func (d *definition) resolve(r *sqlsyntax.Relation) *definition {
	switch s := d.bodyScope(); r.Kind {
	case sqlsyntax.TableRelation:
		return s.find(r.Name)
	case sqlsyntax.QueryRelation:
		return &definition{query: r.Query, scope: s}
	}
	return nil
}

// bodyScope returns the scope of the body of the query.
func (d *definition) bodyScope() *scope {
	s := d.scope
	for i := range d.query.With {
		c := &d.query.With[i]
		s = &scope{s, strings.ToLower(c.Name), &definition{query: c.Query, scope: s}}
	}
	return s
}

// readsTable reports whether the rows of a query come from a table.
func (l *linter) readsTable(d *definition) bool { return l.bodyReadsTable(d, d.query.Body) }

func (l *linter) bodyReadsTable(d *definition, b *sqlsyntax.Body) bool {
	switch {
	case b == nil || !l.countStep():
		return false
	case b.Op != "":
		return l.bodyReadsTable(d, b.Left) || l.bodyReadsTable(d, b.Right)
	case b.Query != nil:
		return l.readsTable(&definition{query: b.Query, scope: d.bodyScope()})
	case b.Selection == nil:
		return false
	}
	return slices.ContainsFunc(leavesOf(b.Selection.From), func(r *sqlsyntax.Relation) bool {
		inner := d.resolve(r)
		return inner == nil && r.Kind == sqlsyntax.TableRelation || inner != nil && l.readsTable(inner)
	})
}

// leavesOf returns the relations in FROM that are not joins.
func leavesOf(from []*sqlsyntax.Relation) []*sqlsyntax.Relation {
	var list []*sqlsyntax.Relation
	for _, r := range from {
		switch r.Kind {
		case sqlsyntax.JoinRelation:
			list = append(list, leavesOf([]*sqlsyntax.Relation{r.Left, r.Right})...)
		case sqlsyntax.ParenthesizedRelation:
			list = append(list, leavesOf([]*sqlsyntax.Relation{r.Left})...)
		default:
			list = append(list, r)
		}
	}
	return list
}
