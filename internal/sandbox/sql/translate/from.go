package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// A fromClause is a translated FROM.
type fromClause struct {
	sql   string   // " FROM …"; empty when there is none
	where []string // conditions that semi joins add
}

// from translates the relations and puts their fields in s.
func (e *emitter) from(relations []*sqlsyntax.Relation, s *scope) (f fromClause) {
	for i, r := range relations {
		sql := e.relation(r, s, &f)
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
func (e *emitter) relation(r *sqlsyntax.Relation, s *scope, f *fromClause) string {
	defer e.enter(r.Pos)()
	switch r.Kind {
	case sqlsyntax.TableRelation:
		return e.table(r, s)
	case sqlsyntax.QueryRelation:
		if r.Lateral {
			fail(NotSupported, r.Pos, "LATERAL (query) is not supported by the sandbox")
		}
		sql, outputs := e.query(r.Query, s.parent)
		return e.derived(r, "("+sql+")", outputs, s)
	case sqlsyntax.UnnestRelation:
		return e.unnest(r, s)
	}
	return e.join(r, s, f)
}

// table translates a table, a WITH table or one of information_schema.
func (e *emitter) table(r *sqlsyntax.Relation, s *scope) string {
	if len(r.Name) == 1 {
		if c := e.tables.find(r.Name[0]); c != nil {
			c.used = true
			if r.Alias == "" {
				r.Alias = r.Name[0]
			}
			return e.derived(r, c.sql, c.outputs, s)
		}
	}
	name := e.tableName(r.Name)
	if name.Database == informationSchema {
		return e.informationSchema(r, name, s)
	}
	columns := e.existing(name, r.Pos)
	e.reads[name.Database] = true
	alias := e.alias("t")
	relation := name.Table
	if r.Alias != "" {
		relation = strings.ToLower(r.Alias)
	}
	e.sameCount(r, len(columns))
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

func (e *emitter) sameCount(r *sqlsyntax.Relation, columns int) {
	if r.Columns != nil && len(r.Columns) != columns {
		fail(SemanticError, r.Pos, "Column alias list has "+itoa(len(r.Columns))+" entries but '"+r.Alias+"' has "+itoa(columns)+" columns available")
	}
}

// derived gives a query the name and the columns of a relation.
func (e *emitter) derived(r *sqlsyntax.Relation, sql string, outputs []output, s *scope) string {
	alias := e.alias("q")
	e.sameCount(r, len(outputs))
	for i, o := range outputs {
		f := field{relation: strings.ToLower(r.Alias), name: o.name, sql: alias + ".c" + itoa(i+1), typ: o.typ}
		if f.name == "" && e.hive {
			f.name = e.unnamed(i) // Trino's cannot be named
		}
		if r.Columns != nil {
			f.name = r.Columns[i]
		}
		s.fields = append(s.fields, f)
	}
	return sampled(r, sql) + " AS " + alias
}

// unnamed is the name of the i-th column when the statement gives none.
func (e *emitter) unnamed(i int) string {
	if e.hive {
		return "_c" + itoa(i)
	}
	return "_col" + itoa(i)
}

// join translates a join.
func (e *emitter) join(r *sqlsyntax.Relation, s *scope, f *fromClause) string {
	start := len(s.fields)
	left := e.relation(r.Left, s, f)
	middle := len(s.fields)
	if r.Join == "SEMI" || r.Join == "ANTI" {
		e.semiJoin(r, s, f)
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
		return left + keyword + e.unnest(r.Right, s) + on
	}
	right := e.relation(r.Right, s, f)
	if r.Right.Kind == sqlsyntax.JoinRelation {
		right = "(" + right + ")"
	}
	keyword := " JOIN "
	if r.Join != "CROSS" && r.Join != "INNER" {
		keyword = " " + r.Join + " JOIN "
	}
	return left + keyword + right + e.joinCondition(r, s, start, middle)
}

// joinCondition writes ON; USING and NATURAL merge their columns.
func (e *emitter) joinCondition(r *sqlsyntax.Relation, s *scope, start, middle int) string {
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
		l := e.usingField(s.fields[start:middle], name, r)
		g := e.usingField(s.fields[middle:], name, r)
		equal := e.compare("=", value{sql: l.sql, typ: l.typ}, value{sql: g.sql, typ: g.typ}, r.Pos)
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
		e.in("JOIN clause", func() {
			on := *s
			on.fields = s.fields[start:]
			conditions = append(conditions, e.condition(r.On, &on))
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

func (e *emitter) usingField(fields []field, name string, r *sqlsyntax.Relation) *field {
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
func (e *emitter) semiJoin(r *sqlsyntax.Relation, s *scope, f *fromClause) {
	n := len(s.fields)
	right := e.relation(r.Right, s, f)
	where := ""
	if r.On != nil {
		where = " WHERE " + e.condition(r.On, s)
	}
	s.fields = s.fields[:n]
	exists := "EXISTS (SELECT 1 FROM " + right + where + ")"
	if r.Join == "ANTI" {
		exists = "NOT " + exists
	}
	f.where = append(f.where, exists)
}
