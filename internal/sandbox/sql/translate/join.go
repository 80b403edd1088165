package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// translateJoin translates a join.
func (ft *fromTranslator) translateJoin(r *sqlsyntax.Relation, s *scope, f *fromClause) string {
	start, before := len(s.fields), len(f.where)
	left := ft.translateRelation(r.Left, s, f)
	middle := len(s.fields)
	if r.Join == "SEMI" || r.Join == "ANTI" {
		ft.translateSemiJoin(r, s, f)
		return left
	}
	if r.Right.Kind == sqlsyntax.UnnestRelation {
		return left + ft.translateUnnestJoin(r, s)
	}
	if r.Right.Lateral && (r.Join == "RIGHT" || r.Join == "FULL") {
		return left + ft.translateLateralJoin(r, s, start, middle)
	}
	if r.Natural {
		fail(NotSupported, r.Pos, "Natural join not supported")
	}
	filters := len(f.where)
	right := ft.translateRelation(r.Right, s, f)
	ft.checkRecursion(r)
	sides := [2]*string{&left, &right}
	optional := 1 // the side whose columns are NULL where the other has no match
	if r.Join == "RIGHT" {
		optional = 0
	}
	var aliases [2]string
	for i, side := range []*sqlsyntax.Relation{r.Left, r.Right} {
		if (r.Join == "FULL" || i == optional) && (isSelfContained(side) || slices.Contains(f.derived, side)) {
			aliases[i] = aliasOf(*sides[i])
		}
	}
	c := ft.joinConditions(r, s, start, middle, aliases)
	if r.Join == "FULL" {
		if len(f.where) > before {
			fail(NotSupported, r.Pos, "FULL JOIN after LEFT SEMI JOIN is not supported by the sandbox")
		}
		return ft.translateFullJoin(r, f, [2]string{left, right}, c, s.fields[start:])
	}
	conditions := c.indexed[optional].sql
	if r.Join == "RIGHT" { // unmatched rows of the right side do not depend on the filters of the left side
		conditions = append(conditions, f.where[before:filters]...)
		f.where = slices.Delete(f.where, before, filters)
	}
	on := writeOn(conditions)
	if on == "" && r.Join != "CROSS" && r.Join != "INNER" {
		on = " ON 1"
	}
	switch {
	case len(c.indexed[optional].columns) > 0:
		*sides[optional] = c.indexed[optional].extend(*sides[optional])
	case r.Join == "LEFT":
		right = keepFiltered(r.Right, right)
	case r.Join == "RIGHT" && c.indexed[0].column:
		left = c.indexed[0].extend(left)
	case r.Join == "RIGHT":
		left = keepFiltered(r.Left, left)
	}
	switch r.Join {
	case "LEFT":
		return left + " LEFT JOIN " + f.operand(r.Right, right) + on
	case "RIGHT": // SQLite compares all rows of both sides for RIGHT JOIN
		return right + " LEFT JOIN " + f.operand(r.Left, left) + on
	}
	return left + " JOIN " + f.operand(r.Right, right) + on
}

// writeOn returns the ON clause of conditions, or nothing for none.
func writeOn(conditions []string) string {
	if len(conditions) == 0 {
		return ""
	}
	return " ON " + strings.Join(conditions, " AND ")
}

// checkRecursion rejects a recursive table as the optional side of an outer join.
func (ft *fromTranslator) checkRecursion(r *sqlsyntax.Relation) {
	for c := ft.withTables; c != nil; c = c.outer {
		switch {
		case !c.self:
		case (r.Join == "LEFT" || r.Join == "FULL") && relationMentions(r.Right, c.name):
			fail(SemanticError, r.Right.Pos, "recursive reference in right source of "+r.Join+" join")
		case (r.Join == "RIGHT" || r.Join == "FULL") && relationMentions(r.Left, c.name):
			fail(SemanticError, r.Left.Pos, "recursive reference in left source of "+r.Join+" join")
		}
	}
}

// isTrue reports whether the condition of a join is missing or TRUE.
func isTrue(r *sqlsyntax.Relation) bool {
	return r.Using == nil && (r.On == nil || r.On.Kind == sqlsyntax.Boolean && r.On.Text == "true")
}

// translateUnnestJoin translates a join with UNNEST, which is evaluated for each row of the left side. Therefore a RIGHT
// JOIN has the rows of a CROSS JOIN, and a FULL JOIN those of a LEFT JOIN.
func (ft *fromTranslator) translateUnnestJoin(r *sqlsyntax.Relation, s *scope) string {
	if !isTrue(r) {
		fail(NotSupported, r.Left.Pos, r.Join+" JOIN involving UNNEST is only supported with condition ON TRUE")
	}
	if r.Join == "LEFT" || r.Join == "FULL" {
		return " LEFT JOIN " + ft.translateUnnest(r.Right, s) + " ON 1"
	}
	return " JOIN " + ft.translateUnnest(r.Right, s)
}

// translateLateralJoin translates RIGHT JOIN LATERAL and FULL JOIN LATERAL, whose query is evaluated for each row of the
// left side. Where the condition is not true, the columns of that row are NULL.
func (ft *fromTranslator) translateLateralJoin(r *sqlsyntax.Relation, s *scope, start, middle int) string {
	right := ft.translateRelation(r.Right, s, nil)
	if ft.correlationIn(s).InQuery(r.Right.Query) {
		fail(SemanticError, r.Right.Query.Pos, "LATERAL reference not allowed in "+r.Join+" JOIN")
	}
	switch {
	case r.Using != nil || r.Join == "FULL" && !isTrue(r):
		fail(NotSupported, r.Pos, r.Join+" JOIN involving LATERAL relation is only supported with condition ON TRUE")
	case r.Join == "FULL":
		return " LEFT JOIN " + right + " ON 1"
	case isTrue(r):
		return " JOIN " + right
	}
	conditions := ft.joinConditions(r, s, start, middle, [2]string{}).sql
	for i := start; i < middle; i++ {
		s.fields[i].sql = "CASE WHEN " + strings.Join(conditions, " AND ") + " THEN " + s.fields[i].sql + " END"
	}
	return " JOIN " + right
}

// keepFiltered writes the optional side of an outer join so that the engine evaluates the filter of a subquery once,
// instead of for each row of the other side.
func keepFiltered(r *sqlsyntax.Relation, sql string) string {
	if r.Kind != sqlsyntax.QueryRelation || r.Lateral || r.Query.Limit != nil || r.Query.Offset != nil {
		return sql
	}
	if sel := r.Query.Body.Selection; sel == nil || sel.Where == nil || sel.Grouped {
		return sql
	}
	suffix := ") AS " + aliasOf(sql)
	return strings.TrimSuffix(sql, suffix) + " LIMIT -1" + suffix
}

// A joinCondition is the condition of a join.
type joinCondition struct {
	sql []string // joined by AND
	key string   // a column of the left side that is not NULL where the condition is true, or empty
	// indexed holds the condition for an engine that makes an index for the left side, and for the right side.
	indexed [2]indexedSide
}

// An indexedSide is a side of a join with additional columns for which the engine makes an index, and the condition that
// compares them.
type indexedSide struct {
	alias   string
	columns []string
	key     string // one of the columns, or empty
	sql     []string
	column  bool // the condition compares a column of the side
}

// extend adds the columns to the SQL of the side. The engine evaluates a subquery once, because it makes no index for a column
// that is an expression.
func (i indexedSide) extend(sql string) string {
	columns := strings.Join(append([]string{"*"}, i.columns...), ", ")
	if len(i.columns) == 0 && (!i.column || strings.HasPrefix(sql, `"`)) { // nothing to add, or a table
		return sql
	}
	return "(SELECT " + columns + " FROM " + sql + " LIMIT -1) AS " + i.alias
}

// An equality is a comparison in a condition, whose operands are columns or expressions of one side each.
type equality struct {
	index       int // index in the list of conditions
	other, side value
	column      bool // whether side is a column
}

// joinConditions returns the condition of a join. The columns from start on are those of the left side, the columns from
// middle on those of the right side. The aliases are those of the sides that can have additional columns, or empty.
func (ft *fromTranslator) joinConditions(r *sqlsyntax.Relation, s *scope, start, middle int, aliases [2]string) (c joinCondition) {
	left := slices.Clone(s.fields[start:middle])
	var merged []field
	var equalities [2][]equality
	for i, name := range r.Using {
		l := ft.findUsingField(s.fields[start:middle], name, r)
		g := ft.findUsingField(s.fields[middle:], name, r)
		lv, gv := value{sql: l.sql, typ: l.typ}, value{sql: g.sql, typ: g.typ}
		c.sql = append(c.sql, ft.comparisons.compare("=", lv, gv, r.Pos))
		equalities[0] = append(equalities[0], equality{i, gv, lv, true})
		equalities[1] = append(equalities[1], equality{i, lv, gv, true})
		merged = append(merged, ft.mergeFields(r.Join, l, g))
		c.key = l.sql
		l.joined, g.joined = true, true
	}
	if !ft.hive { // Trino: the merged column replaces both
		others := slices.DeleteFunc(slices.Clone(s.fields[start:]), func(f field) bool { return f.joined })
		s.fields = append(s.fields[:start], others...)
	}
	s.fields = slices.Insert(s.fields, start, merged...)
	if r.On != nil {
		ft.withClause("JOIN clause", func() {
			on := *s
			on.fields = s.fields[start:]
			on.fenced = !ft.hive && r.Join != "INNER"
			terms := ft.exprs.names.factorOr(r.On, &on).Conjuncts()
			c.sql = append(c.sql, ft.exprs.predicates.translateTerms(terms, &on)...)
			c.key = ft.findKey(r.On, &on, left)
			for i, alias := range aliases {
				if alias != "" {
					equalities[i] = append(equalities[i], ft.findEqualities(terms, &on, alias)...)
				}
			}
		})
	}
	for i, alias := range aliases {
		c.indexed[i] = indexedSide{sql: slices.Clone(c.sql)}
		if alias != "" {
			c.indexed[i] = ft.indexSide(equalities[i], c.sql, alias)
		}
	}
	return c
}

// findEqualities finds comparisons of an expression of the relation with an alias with an expression of other relations.
func (ft *fromTranslator) findEqualities(terms []*sqlsyntax.Expr, s *scope, alias string) (list []equality) {
	for i, n := range terms {
		if n.Kind != sqlsyntax.Binary || n.Text != "=" {
			continue
		}
		other, side := n.Args[0], n.Args[1]
		if ft.dependsOn(other, s, alias) {
			other, side = side, other
		}
		if !refersToColumn(other) || !ft.dependsOn(side, s, alias) || other.Contains(func(e *sqlsyntax.Expr) bool { return e.Query != nil || ft.resolvesTo(e, s, alias) }) {
			continue
		}
		list = append(list, equality{i, ft.exprs.translate(other, s), ft.exprs.translate(side, s), side.Kind == sqlsyntax.Column})
	}
	return list
}

// indexSide adds a column for each equality with an expression that is not a column, for which the engine makes an index.
func (ft *fromTranslator) indexSide(equalities []equality, conditions []string, alias string) indexedSide {
	side := indexedSide{alias: alias, sql: slices.Clone(conditions)}
	for _, e := range equalities {
		other, own, exact, ok := ft.comparisons.equalityKeys(e.other, e.side)
		switch {
		case !ok:
			continue
		case exact && e.column && own == e.side.sql:
			side = indexedSide{alias: alias, sql: slices.Clone(conditions), column: true}
			side.sql[e.index] = "(" + other + " = " + own + ")"
			return side // the engine makes an index for the column
		}
		name := quoteName("td$" + ft.newAlias("key"))
		side.columns = append(side.columns, own+" AS "+name)
		side.key = alias + "." + name
		side.sql[e.index] = "(" + other + " = " + side.key + ")"
		if !exact {
			side.sql[e.index] += " AND " + conditions[e.index]
		}
	}
	return side
}

// dependsOn reports whether an expression contains columns, and all are those of the relation with an alias.
func (ft *fromTranslator) dependsOn(n *sqlsyntax.Expr, s *scope, alias string) bool {
	return n.Contains(func(e *sqlsyntax.Expr) bool { return e.Kind == sqlsyntax.Column }) && !n.Contains(func(e *sqlsyntax.Expr) bool {
		return e.Query != nil || e.Kind == sqlsyntax.Lambda || e.Kind == sqlsyntax.Column && !ft.resolvesTo(e, s, alias)
	})
}

// resolvesTo reports whether an expression is a column of the relation with an alias.
func (ft *fromTranslator) resolvesTo(n *sqlsyntax.Expr, s *scope, alias string) bool {
	if n.Kind != sqlsyntax.Column {
		return false
	}
	v, ok := ft.exprs.names.tryResolve(n, s)
	return ok && strings.HasPrefix(v.sql, alias+".")
}

// mergeFields returns the column of USING that replaces those of the two sides.
func (ft *fromTranslator) mergeFields(join string, l, r *field) field {
	t, _ := ft.comparisons.comparisonType(value{typ: l.typ}, value{typ: r.typ})
	left := ft.conversions.convert(value{sql: l.sql, typ: l.typ}, t).sql
	right := ft.conversions.convert(value{sql: r.sql, typ: r.typ}, t).sql
	merged := field{name: l.name, sql: left, typ: t}
	switch join {
	case "RIGHT":
		merged.sql = right
	case "FULL":
		merged.sql = "coalesce(" + left + ", " + right + ")"
	}
	return merged
}

// findKey returns a column of the left side that a condition compares for equality with something else.
func (ft *fromTranslator) findKey(on *sqlsyntax.Expr, s *scope, left []field) string {
	if on.Kind != sqlsyntax.Binary {
		return ""
	}
	if on.Text == "AND" {
		if key := ft.findKey(on.Args[0], s, left); key != "" {
			return key
		}
		return ft.findKey(on.Args[1], s, left)
	}
	if on.Text != "=" {
		return ""
	}
	for _, side := range on.Args {
		if side.Kind != sqlsyntax.Column {
			continue
		}
		v := ft.exprs.translate(side, s)
		if slices.ContainsFunc(left, func(f field) bool { return f.sql == v.sql }) {
			return v.sql
		}
	}
	return ""
}

// translateFullJoin translates FULL JOIN to two outer joins, if a column is not NULL where the condition is true. SQLite
// compares all rows of both sides for FULL JOIN.
func (ft *fromTranslator) translateFullJoin(r *sqlsyntax.Relation, f *fromClause, sides [2]string, c joinCondition, fields []field) string {
	if c.indexed[0].key != "" {
		c.key = c.indexed[0].key
	}
	if c.key == "" {
		on := writeOn(c.sql)
		if on == "" {
			on = " ON 1"
		}
		return sides[0] + " FULL JOIN " + f.operand(r.Right, sides[1]) + on
	}
	f.derived = append(f.derived, r)
	alias := ft.newAlias("q")
	columns := make([]string, len(fields))
	for i := range fields {
		name := "c" + itoa(i+1)
		columns[i] = fields[i].sql + " AS " + name
		fields[i].sql = alias + "." + name
	}
	selected := "SELECT " + strings.Join(columns, ", ") + " FROM "
	left, right := f.operand(r.Left, c.indexed[0].extend(sides[0])), f.operand(r.Right, c.indexed[1].extend(sides[1]))
	return "(" + selected + sides[0] + " LEFT JOIN " + right + writeOn(c.indexed[1].sql) + " UNION ALL " + selected + sides[1] + " LEFT JOIN " + left + writeOn(c.indexed[0].sql) +
		" WHERE " + c.key + " IS NULL) AS " + alias
}

func (ft *fromTranslator) findUsingField(fields []field, name string, r *sqlsyntax.Relation) *field {
	var found *field
	for i := range fields {
		if strings.EqualFold(fields[i].name, name) && !fields[i].joined {
			if found != nil {
				fail(SemanticError, r.Pos, "Column '"+name+"' is ambiguous")
			}
			found = &fields[i]
		}
	}
	if found == nil {
		fail(SemanticError, r.Pos, "Column '"+name+"' is missing from one side of join")
	}
	return found
}

// translateSemiJoin translates LEFT SEMI JOIN and LEFT ANTI JOIN to EXISTS. The columns of the right side are visible
// only in ON.
func (ft *fromTranslator) translateSemiJoin(r *sqlsyntax.Relation, s *scope, f *fromClause) {
	n := len(s.fields)
	right := ft.translateRelation(r.Right, s, f)
	where := ""
	if r.On != nil {
		where = " WHERE " + ft.exprs.translateCondition(r.On, s)
	}
	s.fields = s.fields[:n]
	exists := "EXISTS (SELECT 1 FROM " + right + where + ")"
	if r.Join == "ANTI" {
		exists = "NOT " + exists
	}
	f.where = append(f.where, exists)
}
