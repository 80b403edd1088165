package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// informationSchema is the database that describes the catalog.
const informationSchema = "information_schema"

// planShow answers SHOW and DESCRIBE from the catalog.
func (p *planner) planShow(s *sqlsyntax.Statement) *Plan {
	plan := &Plan{Kind: Rows}
	switch s.Kind {
	case sqlsyntax.ShowTablesStatement:
		database := strings.ToLower(p.request.Database)
		if s.Table != nil {
			database = strings.ToLower(s.Table[len(s.Table)-1])
		}
		p.catalog.requireDatabase(database, s.TablePos)
		tables, _ := p.request.Catalog.Tables(database)
		plan.listNames(p.chooseTitle("Table", "tab_name"), tables, s)
	case sqlsyntax.ShowDatabasesStatement:
		names := p.request.Catalog.Databases()
		if !p.hive {
			names = append(slices.Clone(names), informationSchema)
		}
		plan.listNames(p.chooseTitle("Schema", "database_name"), names, s)
	case sqlsyntax.ShowFunctionsStatement:
		plan.listNames(p.chooseTitle("Function", "tab_name"), registry.Names(p.hive), s)
	case sqlsyntax.ShowColumnsStatement:
		p.planDescribe(plan, s)
	case sqlsyntax.ShowCreateStatement:
		p.planShowCreate(plan, s)
	}
	return plan
}

// chooseTitle returns the name of a column in the dialect.
func (p *planner) chooseTitle(trino, hive string) string {
	if p.hive {
		return hive
	}
	return trino
}

// listNames sets the result to the sorted names that match the pattern of LIKE.
func (p *Plan) listNames(title string, names []string, s *sqlsyntax.Statement) {
	p.Columns = []Column{{Name: title, Type: "varchar"}}
	for _, name := range slices.Sorted(slices.Values(names)) {
		if s.Pattern == nil || likePattern(*s.Pattern, s.Escape, name) {
			p.Values = append(p.Values, []any{name})
		}
	}
}

// likePattern reports whether s matches a pattern with % and _. After the escape character, they are literal.
func likePattern(pattern, escape, s string) bool {
	switch {
	case pattern == "":
		return s == ""
	case escape != "" && strings.HasPrefix(pattern, escape) && len(pattern) > 1:
		return s != "" && s[0] == pattern[1] && likePattern(pattern[2:], escape, s[1:])
	case pattern[0] == '%':
		for i := 0; i <= len(s); i++ {
			if likePattern(strings.TrimLeft(pattern, "%"), escape, s[i:]) {
				return true
			}
		}
		return false
	case s == "" || pattern[0] != '_' && pattern[0] != s[0]:
		return false
	}
	return likePattern(pattern[1:], escape, s[1:])
}

func (p *planner) planDescribe(plan *Plan, s *sqlsyntax.Statement) {
	name := p.catalog.resolve(s.Table)
	plan.Columns = []Column{{"Column", "varchar"}, {"Type", "varchar"}, {"Extra", "varchar"}, {"Comment", "varchar"}}
	if p.hive {
		plan.Columns = []Column{{"col_name", "varchar"}, {"data_type", "varchar"}, {"comment", "varchar"}}
	}
	for _, c := range p.catalog.requireTable(name, s.TablePos) {
		if s.Pattern != nil && !likePattern(*s.Pattern, s.Escape, c.Name) {
			continue
		}
		row := []any{c.Name, types.Display(p.request.Dialect, c.Type), "", ""}
		plan.Values = append(plan.Values, row[:len(plan.Columns)])
	}
}

func (p *planner) planShowCreate(plan *Plan, s *sqlsyntax.Statement) {
	name := p.catalog.resolve(s.Table)
	v, isView := p.request.Catalog.View(name.Database, name.Table)
	if s.View && !isView {
		p.catalog.requireTable(name, s.TablePos)
		fail(SemanticError, s.TablePos, "Relation '"+name.String()+"' is a table, not a view")
	}
	if isView {
		plan.Columns = []Column{{p.chooseTitle("Create View", "createtab_stmt"), "varchar"}}
		plan.Values = [][]any{{"CREATE VIEW " + name.String() + " AS\n" + v.SQL}}
		return
	}
	quote := `"`
	if p.hive {
		quote = "`"
	}
	var lines []string
	for _, c := range p.catalog.requireTable(name, s.TablePos) {
		lines = append(lines, "   "+quote+c.Name+quote+" "+types.Display(p.request.Dialect, c.Type))
	}
	text := "CREATE TABLE " + name.String() + " (\n" + strings.Join(lines, ",\n") + "\n)"
	plan.Columns = []Column{{p.chooseTitle("Create Table", "createtab_stmt"), "varchar"}}
	plan.Values = [][]any{{text}}
}

// planExplain returns the SQL of the explained statement as the result.
func (p *planner) planExplain(s *sqlsyntax.Statement) *Plan {
	plan := p.plan(s.Explained)
	if s.Validate {
		return &Plan{Kind: Rows, Columns: []Column{{"Valid", "boolean"}}, Values: [][]any{{true}}}
	}
	p.reads = map[string]bool{}
	out := &Plan{Kind: Rows, Columns: []Column{{p.chooseTitle("Query Plan", "explain"), "varchar"}}}
	lines := []string{plan.SQL}
	if plan.Kind == Rows {
		lines = []string{"answered from the catalog"}
	}
	if plan.Target.Table != "" {
		lines = append([]string{"target: " + plan.Target.String()}, lines...)
	}
	for _, line := range lines {
		if line != "" {
			out.Values = append(out.Values, []any{line})
		}
	}
	return out
}

// translateInformationSchema writes the content of schemata, tables or columns as VALUES.
func (ft *fromTranslator) translateInformationSchema(r *sqlsyntax.Relation, name TableName, s *scope) string {
	var titles []string
	var rows [][]string
	catalog := ft.request.Catalog
	for _, database := range slices.Sorted(slices.Values(catalog.Databases())) {
		tables, _ := catalog.Tables(database)
		switch name.Table {
		case "schemata":
			titles = []string{"catalog_name", "schema_name"}
			rows = append(rows, []string{"td", database})
		case "tables":
			titles = []string{"table_catalog", "table_schema", "table_name", "table_type"}
			for _, table := range tables {
				kind := "BASE TABLE"
				if _, ok := catalog.View(database, table); ok {
					kind = "VIEW"
				}
				rows = append(rows, []string{"td", database, table, kind})
			}
		case "columns":
			titles = []string{"table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "column_default", "is_nullable", "data_type"}
			for _, table := range tables {
				columns, _ := catalog.Columns(database, table)
				for i, c := range columns {
					rows = append(rows, []string{"td", database, table, c.Name, itoa(i + 1), "", "YES", types.Display(ft.request.Dialect, c.Type)})
				}
			}
		}
	}
	if titles == nil {
		fail(SemanticError, r.Pos, "Table '"+name.String()+"' does not exist")
	}
	if r.Alias == "" {
		r.Alias = name.Table
	}
	outputs := make([]output, len(titles))
	columns := make([]string, len(titles))
	for i, title := range titles {
		outputs[i] = output{name: title, typ: types.Named("varchar")}
		column := "column" + itoa(i+1)
		switch title {
		case "ordinal_position":
			outputs[i].typ = types.Named("bigint")
			column = "CAST(" + column + " AS INTEGER)"
		case "column_default":
			column = "NULL"
		}
		columns[i] = column + " AS c" + itoa(i+1)
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		for j := range row {
			row[j] = quoteString(row[j])
		}
		lines[i] = "(" + strings.Join(row, ", ") + ")"
	}
	if len(lines) == 0 {
		nulls := make([]string, len(titles))
		for i := range nulls {
			nulls[i] = "NULL AS c" + itoa(i+1)
		}
		return ft.nameDerived(r, "(SELECT "+strings.Join(nulls, ", ")+" WHERE 0)", outputs, s)
	}
	return ft.nameDerived(r, "(SELECT "+strings.Join(columns, ", ")+" FROM (VALUES "+strings.Join(lines, ", ")+"))", outputs, s)
}
