package translate

import (
	"fmt"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A tableResolver finds databases and tables in the catalog.
type tableResolver struct {
	*state
}

// resolve returns the table that t, db.t or catalog.db.t refers to.
func (tr *tableResolver) resolve(name []string) TableName {
	n := TableName{Database: strings.ToLower(tr.request.Database), Table: strings.ToLower(name[len(name)-1])}
	if len(name) > 1 {
		n.Database = strings.ToLower(name[len(name)-2])
	}
	return n
}

// sql returns the quoted name of the table.
func (n TableName) sql() string { return quoteName(n.Database) + "." + quoteName(n.Table) }

func (n TableName) String() string { return n.Database + "." + n.Table }

// requireTable returns the columns of a table, which must exist.
func (tr *tableResolver) requireTable(n TableName, at sqlsyntax.Position) []Column {
	columns, ok := tr.request.Catalog.Columns(n.Database, n.Table)
	if ok {
		return columns
	}
	if n.Database == "" {
		fail(SemanticError, at, "Schema must be specified when session schema is not set")
	}
	tr.requireDatabase(n.Database, at)
	fail(SemanticError, at, "Table '"+n.String()+"' does not exist")
	return nil
}

// requireDatabase fails if a database does not exist.
func (tr *tableResolver) requireDatabase(name string, at sqlsyntax.Position) {
	if _, ok := tr.request.Catalog.Tables(name); !ok && name != informationSchema {
		fail(SemanticError, at, "Schema '"+name+"' does not exist")
	}
}

// columnType returns the type of a column in the dialect. An unknown type is varchar.
func (st *state) columnType(c Column) types.Type {
	t, err := types.ParseColumn(c.Type, st.request.Dialect)
	if err != nil {
		return types.Named("varchar")
	}
	return t
}

// planCreateView plans CREATE VIEW. The query is translated only to find its errors and columns.
func (p *planner) planCreateView(s *sqlsyntax.Statement) *Plan {
	target := p.catalog.resolve(s.Table)
	p.catalog.requireDatabase(target.Database, s.TablePos)
	_, isView := p.request.Catalog.View(target.Database, target.Table)
	switch _, exists := p.request.Catalog.Columns(target.Database, target.Table); {
	case isView && !s.Replace && !s.IfExists:
		fail(SemanticError, s.TablePos, "View already exists: '"+target.String()+"'")
	case exists && !isView:
		fail(SemanticError, s.TablePos, "Table already exists: '"+target.String()+"'")
	}
	p.views[target] = true
	_, outputs := p.queries.translate(s.Query, nil)
	p.reads = map[string]bool{}
	return &Plan{
		Kind: CreateView, Target: target, Replace: s.Replace, IfNotExists: s.IfExists && isView,
		View: View{SQL: s.Source, Dialect: p.request.Dialect, Database: strings.ToLower(p.request.Database), Columns: p.tableColumns(s, outputs)},
	}
}

func (p *planner) planDropView(s *sqlsyntax.Statement) *Plan {
	target := p.catalog.resolve(s.Table)
	if _, ok := p.request.Catalog.View(target.Database, target.Table); !ok {
		if _, exists := p.request.Catalog.Columns(target.Database, target.Table); exists {
			fail(SemanticError, s.TablePos, "View '"+target.String()+"' does not exist, but a table with that name exists")
		}
		if !s.IfExists {
			fail(SemanticError, s.TablePos, "View '"+target.String()+"' does not exist")
		}
	}
	return &Plan{Kind: DropView, Target: target, IfExists: s.IfExists}
}

// requireNoView fails if a name is that of a view.
func (tr *tableResolver) requireNoView(n TableName, at sqlsyntax.Position) {
	if _, ok := tr.request.Catalog.View(n.Database, n.Table); ok {
		fail(SemanticError, at, "'"+n.String()+"' is a view, not a table")
	}
}

// translateView translates the query of a view, whose names are resolved as when it was created.
func (ft *fromTranslator) translateView(r *sqlsyntax.Relation, name TableName, v View, s *scope) string {
	switch {
	case ft.views[name]:
		fail(SemanticError, r.Pos, "View '"+name.String()+"' refers to itself")
	case v.Dialect != ft.request.Dialect:
		fail(NotSupported, r.Pos, "reading the view '"+name.String()+"', which a job of the other dialect created, is not supported by the sandbox")
	}
	ft.reads[name.Database] = true
	sql, outputs, err := ft.expandView(name, v)
	if err != nil {
		fail(SemanticError, r.Pos, "Failed analyzing stored view '"+name.String()+"': "+err.Error())
	}
	if len(outputs) != len(v.Columns) {
		fail(SemanticError, r.Pos, fmt.Sprintf("View '%s' is stale: its query returns %d columns instead of %d", name, len(outputs), len(v.Columns)))
	}
	for i := range outputs {
		outputs[i].name = v.Columns[i].Name
	}
	from := len(s.fields)
	named := *r
	if r.Alias == "" {
		named.Alias = name.Table
	}
	translated := ft.nameDerived(&named, "("+sql+")", outputs, s)
	for i := from; i < len(s.fields) && r.Alias == ""; i++ {
		s.fields[i].database = name.Database
	}
	return translated
}

// expandView returns the SQL of a view's query.
func (ft *fromTranslator) expandView(name TableName, v View) (sql string, outputs []output, err error) {
	defer recoverError(&err)
	statement, err := sqlsyntax.Parse(v.SQL, v.Dialect)
	if err != nil {
		return "", nil, err
	}
	request, tables, windows, clause := ft.request, ft.withTables, ft.windows, ft.clause
	defer func() {
		ft.request, ft.withTables, ft.windows, ft.clause = request, tables, windows, clause
		delete(ft.views, name)
	}()
	ft.views[name] = true
	ft.request.Database, ft.withTables, ft.windows, ft.clause = v.Database, nil, nil, ""
	sql, outputs = ft.queries.translate(statement.Query, nil)
	return sql, outputs, nil
}
