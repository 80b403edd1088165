package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// A fromTranslator translates FROM: tables, subqueries, joins, UNNEST and LATERAL VIEW.
type fromTranslator struct {
	*state

	catalog     *tableResolver
	queries     *queryTranslator
	exprs       *exprTranslator
	comparisons *comparer
	conversions *converter
	json        *jsonTranslator
}

// A fromClause is the SQL of FROM.
type fromClause struct {
	sql   string   // " FROM …", or empty
	where []string // conditions of semi joins
	alias string   // of the only relation, if it is a table or a subquery that does not refer to others
	// derived holds the FULL JOINs that have become subqueries.
	derived []*sqlsyntax.Relation
}

// operand writes a relation as the right operand of a join: a join needs parentheses, which would hide the alias of
// anything else.
func (f *fromClause) operand(r *sqlsyntax.Relation, sql string) string {
	for r.Kind == sqlsyntax.ParenthesizedRelation || r.Kind == sqlsyntax.JoinRelation && (r.Join == "SEMI" || r.Join == "ANTI") {
		r = r.Left
	}
	if r.Kind == sqlsyntax.JoinRelation && !slices.Contains(f.derived, r) {
		return "(" + sql + ")"
	}
	return sql
}

// translate translates FROM and adds the columns to s.
func (ft *fromTranslator) translate(relations []*sqlsyntax.Relation, s *scope) (f fromClause) {
	for i, r := range relations {
		sql := ft.translateRelation(r, s, &f)
		if len(relations) == 1 && isSelfContained(r) {
			f.alias = aliasOf(sql)
		}
		switch {
		case i == 0:
			f.sql = " FROM " + sql
		case r.Join == "RIGHT" || r.Join == "FULL": // the comma has a lower precedence than JOIN
			f.sql += " JOIN (" + sql + ")"
		default:
			f.sql += " JOIN " + sql
		}
	}
	return f
}

// isSelfContained reports whether a relation is a table or a subquery that does not refer to others.
func isSelfContained(r *sqlsyntax.Relation) bool {
	return r.Kind == sqlsyntax.TableRelation || r.Kind == sqlsyntax.QueryRelation && !r.Lateral
}

// aliasOf returns the alias in the SQL of a relation that is self-contained.
func aliasOf(sql string) string { return sql[strings.LastIndexByte(sql, ' ')+1:] }

// translateRelation translates an item of FROM.
func (ft *fromTranslator) translateRelation(r *sqlsyntax.Relation, s *scope, f *fromClause) string {
	defer ft.enter(r.Pos)()
	switch r.Kind {
	case sqlsyntax.TableRelation:
		return ft.translateTable(r, s)
	case sqlsyntax.QueryRelation:
		if r.Lateral {
			return ft.translateLateral(r, s)
		}
		sql, outputs := ft.queries.translate(r.Query, s.parent)
		return ft.nameDerived(r, "("+sql+")", outputs, s)
	case sqlsyntax.UnnestRelation:
		return ft.translateUnnest(r, s)
	case sqlsyntax.JSONTableRelation:
		return ft.json.translateTable(r, s)
	case sqlsyntax.ParenthesizedRelation:
		return ft.translateParenthesized(r, s, f)
	}
	return ft.translateJoin(r, s, f)
}

// translateParenthesized translates (relation) AS alias. The names of the relations in the parentheses are hidden.
func (ft *fromTranslator) translateParenthesized(r *sqlsyntax.Relation, s *scope, f *fromClause) string {
	start := len(s.fields)
	sql := ft.translateRelation(r.Left, s, f)
	visible := slices.DeleteFunc(slices.Clone(s.fields[start:]), func(f field) bool { return f.hidden || f.joined })
	ft.checkColumnCount(r, len(visible))
	for i := range visible {
		visible[i].database, visible[i].relation = "", strings.ToLower(r.Alias)
		if r.Columns != nil {
			visible[i].name = r.Columns[i]
		}
	}
	s.fields = append(s.fields[:start], visible...)
	return sql
}

// translateLateral translates LATERAL (query), whose query refers to columns of the relations before it. SQLite
// supports this in the arguments of json_each only, so the rows become an array.
func (ft *fromTranslator) translateLateral(r *sqlsyntax.Relation, s *scope) string {
	sql, outputs := ft.queries.translate(r.Query, s)
	ft.checkCorrelated(r.Query, lateralSubquery, s, r.Query.Pos)
	alias := ft.newAlias("j")
	ft.checkColumnCount(r, len(outputs))
	values := make([]value, len(outputs))
	for i, o := range outputs {
		values[i] = value{sql: "c" + itoa(i+1), typ: o.typ}
		f := field{relation: strings.ToLower(r.Alias), name: o.name, sql: elementOf(alias+".value", itoa(i), o.typ), typ: o.typ}
		if r.Columns != nil {
			f.name = r.Columns[i]
		}
		s.fields = append(s.fields, f)
	}
	return "json_each((SELECT '['||coalesce(group_concat(" + jsonArray(values) + ", ','), '')||']' FROM (" + sql + "))) AS " + alias
}

// translateTable translates a table of the catalog, of WITH or of information_schema.
func (ft *fromTranslator) translateTable(r *sqlsyntax.Relation, s *scope) string {
	if len(r.Name) == 1 {
		if c := ft.withTables.find(r.Name[0]); c != nil {
			if c.self && ft.queryDepth != c.depth {
				fail(NotSupported, r.Pos, "a recursive reference in a subquery is not supported by the sandbox")
			}
			c.used = true
			if r.Alias == "" {
				r.Alias = r.Name[0]
			}
			sql := ft.nameDerived(r, c.sql, c.outputs, s)
			if c.self {
				c.step = aliasOf(sql)
			}
			return sql
		}
	}
	name := ft.catalog.resolve(r.Name)
	if name.Database == informationSchema {
		return ft.translateInformationSchema(r, name, s)
	}
	if v, ok := ft.request.Catalog.View(name.Database, name.Table); ok {
		return ft.translateView(r, name, v, s)
	}
	columns := ft.catalog.requireTable(name, r.Pos)
	ft.reads[name.Database] = true
	alias := ft.newAlias("t")
	relation := name.Table
	if r.Alias != "" {
		relation = strings.ToLower(r.Alias)
	}
	hidden := ft.request.Catalog.HidesTime(name.Database, name.Table)
	if visible := len(columns); hidden { // a hidden time is the last column
		ft.checkColumnCount(r, visible-1)
	} else {
		ft.checkColumnCount(r, visible)
	}
	for i, c := range columns {
		f := field{relation: relation, name: c.Name, sql: alias + "." + quoteName(c.Name), typ: ft.columnType(c)}
		f.hidden = hidden && c.Name == "time"
		if r.Alias == "" {
			f.database = name.Database
		}
		if r.Columns != nil && !f.hidden {
			f.name = r.Columns[i]
		}
		s.fields = append(s.fields, f)
	}
	return sampleTable(r, name.sql()) + " AS " + alias
}

// sampleTable applies TABLESAMPLE.
func sampleTable(r *sqlsyntax.Relation, sql string) string {
	switch {
	case r.SampleShare != "":
		return "(SELECT * FROM " + sql + " WHERE abs(random() / 9223372036854775808.0) < " + r.SampleShare + ")"
	case r.SampleRows != "":
		return "(SELECT * FROM " + sql + " LIMIT " + r.SampleRows + ")"
	}
	return sql
}

func (ft *fromTranslator) checkColumnCount(r *sqlsyntax.Relation, columns int) {
	if r.Columns != nil && len(r.Columns) != columns {
		fail(SemanticError, r.Pos, "Column alias list has "+itoa(len(r.Columns))+" entries but '"+r.Alias+"' has "+itoa(columns)+" columns available")
	}
}

// nameDerived gives a subquery its alias, and adds its columns to s.
func (ft *fromTranslator) nameDerived(r *sqlsyntax.Relation, sql string, outputs []output, s *scope) string {
	alias := ft.newAlias("q")
	ft.checkColumnCount(r, len(outputs))
	for i, o := range outputs {
		f := field{relation: strings.ToLower(r.Alias), name: o.name, sql: alias + ".c" + itoa(i+1), typ: o.typ}
		if f.name == "" && ft.hive {
			f.name = ft.unnamedColumn(i)
		}
		if r.Columns != nil {
			f.name = r.Columns[i]
		}
		s.fields = append(s.fields, f)
	}
	return sampleTable(r, sql) + " AS " + alias
}

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
	optional, optionalSQL := r.Right, &right // the side whose columns are NULL where the other has no match
	if r.Join == "RIGHT" {
		optional, optionalSQL = r.Left, &left
	}
	indexed := ""
	if isSelfContained(optional) && r.Join != "FULL" {
		indexed = aliasOf(*optionalSQL)
	}
	conditions, key, computed := ft.joinConditions(r, s, start, middle, indexed)
	if r.Join == "RIGHT" { // unmatched rows of the right side do not depend on the filters of the left side
		conditions = append(conditions, f.where[before:filters]...)
		f.where = slices.Delete(f.where, before, filters)
	}
	on := ""
	if len(conditions) > 0 {
		on = " ON " + strings.Join(conditions, " AND ")
	} else if r.Join != "CROSS" && r.Join != "INNER" {
		on = " ON 1"
	}
	switch {
	case len(computed) > 0:
		*optionalSQL = "(SELECT *, " + strings.Join(computed, ", ") + " FROM " + *optionalSQL + " LIMIT -1) AS " + indexed
	case r.Join == "LEFT" || r.Join == "RIGHT":
		*optionalSQL = keepFiltered(optional, *optionalSQL)
	}
	nestedLeft, nested := f.operand(r.Left, left), f.operand(r.Right, right)
	switch r.Join {
	case "CROSS", "INNER":
		return left + " JOIN " + nested + on
	case "LEFT":
		return left + " LEFT JOIN " + nested + on
	case "RIGHT": // SQLite compares all rows of both sides for RIGHT JOIN
		return right + " LEFT JOIN " + nestedLeft + on
	}
	if len(f.where) > before {
		fail(NotSupported, r.Pos, "FULL JOIN after LEFT SEMI JOIN is not supported by the sandbox")
	}
	if key == "" {
		return left + " FULL JOIN " + nested + on
	}
	f.derived = append(f.derived, r)
	return ft.translateFullJoin([2]string{left, right}, [2]string{nestedLeft, nested}, on, key, s.fields[start:])
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
	switch {
	case r.Using != nil || r.Join == "FULL" && !isTrue(r):
		fail(NotSupported, r.Pos, r.Join+" JOIN involving LATERAL relation is only supported with condition ON TRUE")
	case r.Join == "FULL":
		return " LEFT JOIN " + right + " ON 1"
	case isTrue(r):
		return " JOIN " + right
	}
	conditions, _, _ := ft.joinConditions(r, s, start, middle, "")
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

// joinConditions returns the SQL of ON and USING. The columns from start on are those of the left side,
// the columns from middle on those of the right side. The key is a column of the left side that is not NULL where the
// conditions are true, or empty. The conditions refer to the computed columns, which the relation with the alias indexed
// must have.
func (ft *fromTranslator) joinConditions(r *sqlsyntax.Relation, s *scope, start, middle int, indexed string) (conditions []string, key string, computed []string) {
	left := slices.Clone(s.fields[start:middle])
	var merged []field
	for _, name := range r.Using {
		l := ft.findUsingField(s.fields[start:middle], name, r)
		g := ft.findUsingField(s.fields[middle:], name, r)
		equal := ft.comparisons.compare("=", value{sql: l.sql, typ: l.typ}, value{sql: g.sql, typ: g.typ}, r.Pos)
		conditions = append(conditions, equal)
		merged = append(merged, ft.mergeFields(r.Join, l, g))
		key = l.sql
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
			terms := conjuncts(ft.exprs.names.factorOr(r.On, &on))
			translated := ft.exprs.predicates.translateTerms(terms, &on)
			key = ft.findKey(r.On, &on, left)
			if indexed != "" {
				computed = ft.computeKeys(terms, translated, &on, indexed)
			}
			conditions = append(conditions, translated...)
		})
	}
	return conditions, key, computed
}

// computeKeys finds comparisons of an expression of one side with an expression of the side that has an alias, and changes
// their conditions so that this side has a column with the value of its expression, for which the engine makes an index.
func (ft *fromTranslator) computeKeys(terms []*sqlsyntax.Expr, conditions []string, s *scope, alias string) (columns []string) {
	computed := map[int]string{}
	for i, n := range terms {
		if n.Kind != sqlsyntax.Binary || n.Text != "=" {
			continue
		}
		left, right := n.Args[0], n.Args[1]
		if ft.dependsOn(left, s, alias) {
			left, right = right, left
		}
		switch {
		case !refersToColumn(left):
			continue
		case ft.resolvesTo(right, s, alias):
			return nil // the engine makes an index for the column
		}
		if !ft.dependsOn(right, s, alias) || containsExpr(left, func(e *sqlsyntax.Expr) bool { return e.Query != nil || ft.resolvesTo(e, s, alias) }) {
			continue
		}
		v, name := ft.exprs.translate(right, s), quoteName("td$"+ft.newAlias("key"))
		columns = append(columns, v.sql+" AS "+name)
		v.sql = alias + "." + name
		computed[i] = ft.comparisons.compare("=", ft.exprs.translate(left, s), v, n.Pos)
	}
	for i, sql := range computed {
		conditions[i] = sql
	}
	return columns
}

// dependsOn reports whether an expression contains columns, and all are those of the relation with an alias.
func (ft *fromTranslator) dependsOn(n *sqlsyntax.Expr, s *scope, alias string) bool {
	return containsExpr(n, func(e *sqlsyntax.Expr) bool { return e.Kind == sqlsyntax.Column }) && !containsExpr(n, func(e *sqlsyntax.Expr) bool {
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

// translateFullJoin translates FULL JOIN to two outer joins. SQLite compares all rows of both sides for FULL JOIN. The
// operands are the same sides, written as the right operand of a join.
func (ft *fromTranslator) translateFullJoin(sides, operands [2]string, on, key string, fields []field) string {
	alias := ft.newAlias("q")
	columns := make([]string, len(fields))
	for i := range fields {
		name := "c" + itoa(i+1)
		columns[i] = fields[i].sql + " AS " + name
		fields[i].sql = alias + "." + name
	}
	selected := "SELECT " + strings.Join(columns, ", ") + " FROM "
	return "(" + selected + sides[0] + " LEFT JOIN " + operands[1] + on + " UNION ALL " + selected + sides[1] + " LEFT JOIN " + operands[0] + on +
		" WHERE " + key + " IS NULL) AS " + alias
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
