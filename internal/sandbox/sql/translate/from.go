package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/correlated"
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
	alias string   // alias of the only relation, if that is a table or a subquery that does not refer to others
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
	ft.checkCorrelated(r.Query, correlated.Lateral, s, r.Query.Pos)
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
