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

// tableName completes and lowers a name: t, db.t or catalog.db.t.
func (tr *tableResolver) tableName(name []string) TableName {
	n := TableName{Database: strings.ToLower(tr.request.Database), Table: strings.ToLower(name[len(name)-1])}
	if len(name) > 1 {
		n.Database = strings.ToLower(name[len(name)-2])
	}
	return n
}

// sql is how a table is written.
func (n TableName) sql() string { return quoteName(n.Database) + "." + quoteName(n.Table) }

func (n TableName) String() string { return n.Database + "." + n.Table }

// existing is the columns of a table that must be there.
func (tr *tableResolver) existing(n TableName, at sqlsyntax.Position) []Column {
	columns, ok := tr.request.Catalog.Columns(n.Database, n.Table)
	if ok {
		return columns
	}
	if n.Database == "" {
		fail(SemanticError, at, "Schema must be specified when session schema is not set")
	}
	tr.database(n.Database, at)
	fail(SemanticError, at, "Table '"+n.String()+"' does not exist")
	return nil
}

// database requires that a database exists.
func (tr *tableResolver) database(name string, at sqlsyntax.Position) {
	if _, ok := tr.request.Catalog.Tables(name); !ok && name != informationSchema {
		fail(SemanticError, at, "Schema '"+name+"' does not exist")
	}
}

// columnType is the type of a catalog's column. What cannot be read is text.
func columnType(c Column) types.Type {
	t, err := types.Parse(c.Type)
	if err != nil {
		return types.Named("varchar")
	}
	return t
}
