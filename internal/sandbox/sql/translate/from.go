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
}

// A fromClause is a translated FROM.
type fromClause struct {
	sql   string   // " FROM …"; empty when there is none
	where []string // conditions that semi joins add
}

// from translates the relations and puts their fields in s.
func (ft *fromTranslator) from(relations []*sqlsyntax.Relation, s *scope) (f fromClause) {
	for i, r := range relations {
		sql := ft.relation(r, s, &f)
		switch {
		case i == 0:
			f.sql = " FROM " + sql
		case r.Join == "RIGHT" || r.Join == "FULL": // joins go from left to right, the comma last
			f.sql += " JOIN (" + sql + ")"
		default:
			f.sql += " JOIN " + sql
		}
	}
	return f
}

// relation translates one item of FROM.
func (ft *fromTranslator) relation(r *sqlsyntax.Relation, s *scope, f *fromClause) string {
	defer ft.enter(r.Pos)()
	switch r.Kind {
	case sqlsyntax.TableRelation:
		return ft.table(r, s)
	case sqlsyntax.QueryRelation:
		if r.Lateral {
			fail(NotSupported, r.Pos, "LATERAL (query) is not supported by the sandbox")
		}
		sql, outputs := ft.queries.query(r.Query, s.parent)
		return ft.derived(r, "("+sql+")", outputs, s)
	case sqlsyntax.UnnestRelation:
		return ft.unnest(r, s)
	}
	return ft.join(r, s, f)
}

// table translates a table, a WITH table or one of information_schema.
func (ft *fromTranslator) table(r *sqlsyntax.Relation, s *scope) string {
	if len(r.Name) == 1 {
		if c := ft.withTables.find(r.Name[0]); c != nil {
			c.used = true
			if r.Alias == "" {
				r.Alias = r.Name[0]
			}
			return ft.derived(r, c.sql, c.outputs, s)
		}
	}
	name := ft.catalog.tableName(r.Name)
	if name.Database == informationSchema {
		return ft.informationSchema(r, name, s)
	}
	columns := ft.catalog.existing(name, r.Pos)
	ft.reads[name.Database] = true
	alias := ft.alias("t")
	relation := name.Table
	if r.Alias != "" {
		relation = strings.ToLower(r.Alias)
	}
	ft.sameCount(r, len(columns))
	for i, c := range columns {
		f := field{relation: relation, name: c.Name, sql: alias + "." + quoteName(c.Name), typ: columnType(c)}
		if r.Alias == "" {
			f.database = name.Database
		}
		if r.Columns != nil {
			f.name = r.Columns[i]
		}
		s.fields = append(s.fields, f)
	}
	return sampled(r, name.sql()) + " AS " + alias
}

// sampled is a table of which TABLESAMPLE takes a part.
func sampled(r *sqlsyntax.Relation, sql string) string {
	switch {
	case r.SampleShare != "":
		return "(SELECT * FROM " + sql + " WHERE abs(random() / 9223372036854775808.0) < " + r.SampleShare + ")"
	case r.SampleRows != "":
		return "(SELECT * FROM " + sql + " LIMIT " + r.SampleRows + ")"
	}
	return sql
}

func (ft *fromTranslator) sameCount(r *sqlsyntax.Relation, columns int) {
	if r.Columns != nil && len(r.Columns) != columns {
		fail(SemanticError, r.Pos, "Column alias list has "+itoa(len(r.Columns))+" entries but '"+r.Alias+"' has "+itoa(columns)+" columns available")
	}
}

// derived gives a query the name and the columns of a relation.
func (ft *fromTranslator) derived(r *sqlsyntax.Relation, sql string, outputs []output, s *scope) string {
	alias := ft.alias("q")
	ft.sameCount(r, len(outputs))
	for i, o := range outputs {
		f := field{relation: strings.ToLower(r.Alias), name: o.name, sql: alias + ".c" + itoa(i+1), typ: o.typ}
		if f.name == "" && ft.hive {
			f.name = ft.unnamed(i) // Trino's cannot be named
		}
		if r.Columns != nil {
			f.name = r.Columns[i]
		}
		s.fields = append(s.fields, f)
	}
	return sampled(r, sql) + " AS " + alias
}

// join translates a join.
func (ft *fromTranslator) join(r *sqlsyntax.Relation, s *scope, f *fromClause) string {
	start := len(s.fields)
	left := ft.relation(r.Left, s, f)
	middle := len(s.fields)
	if r.Join == "SEMI" || r.Join == "ANTI" {
		ft.semiJoin(r, s, f)
		return left
	}
	if r.Right.Kind == sqlsyntax.UnnestRelation {
		on := ""
		if r.On != nil && (r.On.Kind != sqlsyntax.Boolean || r.On.Text != "true") {
			fail(NotSupported, r.On.Pos, "a join with UNNEST ON a condition other than TRUE is not supported by the sandbox")
		}
		if r.Join == "LEFT" {
			on = " ON 1"
		} else if r.Join != "CROSS" && r.Join != "INNER" {
			fail(NotSupported, r.Pos, r.Join+" JOIN UNNEST is not supported by the sandbox")
		}
		keyword := " JOIN "
		if r.Join == "LEFT" {
			keyword = " LEFT JOIN "
		}
		return left + keyword + ft.unnest(r.Right, s) + on
	}
	right := ft.relation(r.Right, s, f)
	if r.Right.Kind == sqlsyntax.JoinRelation {
		right = "(" + right + ")"
	}
	keyword := " JOIN "
	if r.Join != "CROSS" && r.Join != "INNER" {
		keyword = " " + r.Join + " JOIN "
	}
	return left + keyword + right + ft.joinCondition(r, s, start, middle)
}

// joinCondition writes ON; USING and NATURAL merge their columns.
func (ft *fromTranslator) joinCondition(r *sqlsyntax.Relation, s *scope, start, middle int) string {
	using := r.Using
	if r.Natural {
		for _, f := range s.fields[start:middle] {
			if slices.ContainsFunc(s.fields[middle:], func(g field) bool { return strings.EqualFold(f.name, g.name) }) {
				using = append(using, f.name)
			}
		}
	}
	var conditions []string
	var merged []field
	for _, name := range using {
		l := ft.usingField(s.fields[start:middle], name, r)
		g := ft.usingField(s.fields[middle:], name, r)
		equal := ft.comparisons.compare("=", value{sql: l.sql, typ: l.typ}, value{sql: g.sql, typ: g.typ}, r.Pos)
		conditions = append(conditions, equal)
		m := field{name: l.name, sql: l.sql, typ: l.typ}
		switch r.Join {
		case "RIGHT":
			m.sql = g.sql
		case "FULL":
			m.sql = "coalesce(" + l.sql + ", " + g.sql + ")"
		}
		l.joined, g.joined = true, true
		merged = append(merged, m)
	}
	s.fields = slices.Insert(s.fields, start, merged...)
	if r.On != nil {
		ft.in("JOIN clause", func() {
			on := *s
			on.fields = s.fields[start:]
			conditions = append(conditions, ft.exprs.condition(r.On, &on))
		})
	}
	if len(conditions) == 0 {
		if r.Join != "CROSS" && r.Join != "INNER" {
			return " ON 1"
		}
		return ""
	}
	return " ON " + strings.Join(conditions, " AND ")
}

func (ft *fromTranslator) usingField(fields []field, name string, r *sqlsyntax.Relation) *field {
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

// semiJoin makes LEFT SEMI JOIN a condition; the right side's columns are not seen further on.
func (ft *fromTranslator) semiJoin(r *sqlsyntax.Relation, s *scope, f *fromClause) {
	n := len(s.fields)
	right := ft.relation(r.Right, s, f)
	where := ""
	if r.On != nil {
		where = " WHERE " + ft.exprs.condition(r.On, s)
	}
	s.fields = s.fields[:n]
	exists := "EXISTS (SELECT 1 FROM " + right + where + ")"
	if r.Join == "ANTI" {
		exists = "NOT " + exists
	}
	f.where = append(f.where, exists)
}
