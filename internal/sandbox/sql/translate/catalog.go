package translate

import (
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
