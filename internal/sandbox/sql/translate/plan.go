// Package translate translates Trino and Hive SQL into the SQL of the engine. A result has typed columns,
// an error has a position. The package neither executes queries nor accesses storage.
package translate

import (
	"time"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// Dialect is the parser's type.
type Dialect = sqlsyntax.Dialect

// Error is the parser's type.
type Error = sqlsyntax.Error

// ErrorKind is the parser's type.
type ErrorKind = sqlsyntax.ErrorKind

// The dialects and the kinds of errors.
const (
	Trino = sqlsyntax.Trino
	Hive  = sqlsyntax.Hive

	SyntaxError   = sqlsyntax.SyntaxError
	SemanticError = sqlsyntax.SemanticError
	NotSupported  = sqlsyntax.NotSupported
	DataError     = sqlsyntax.DataError
)

// A Column is a column with its type as Trino writes it:
// bigint, integer, double, real, varchar, boolean, timestamp, date, array(bigint),
// map(varchar,double), row(a bigint, b varchar).
type Column struct{ Name, Type string }

// A Catalog lists databases, tables and columns. Names are in lower case.
type Catalog interface {
	// Databases returns the names of the databases.
	Databases() []string
	// Tables returns the names of the tables of a database; ok is false if the database does not exist.
	Tables(database string) (names []string, ok bool)
	// Columns returns the columns of a table, including time; ok is false if the table does not exist.
	Columns(database, table string) (columns []Column, ok bool)
	// HidesTime reports whether the column time of a table is not among those of SELECT *.
	HidesTime(database, table string) bool
	// View returns a view; ok is false if there is none of that name. Tables and Columns include views.
	View(database, name string) (v View, ok bool)
}

// A View is a stored query.
type View struct {
	SQL      string
	Dialect  Dialect
	Database string // database of the unqualified names in SQL
	Columns  []Column
}

// A Request is a statement with its context.
type Request struct {
	SQL       string
	Dialect   Dialect
	Database  string // database of unqualified names
	Catalog   Catalog
	Scheduled time.Time // result of TD_SCHEDULED_TIME
	Now       time.Time // result of now()
}

// A Kind is the kind of a plan.
type Kind int

// The kinds of plans.
const (
	Query           Kind = iota // run SQL, which returns Columns
	Rows                        // return Values
	CreateTable                 // create Target with Columns
	CreateTableAs               // create Target with Columns and fill it from SQL
	Insert                      // append the rows of SQL to Columns of Target; missing columns are added
	InsertOverwrite             // replace the rows of Target
	Delete                      // run SQL, a DELETE on Target
	DropTable                   // drop Target
	CreateDatabase              // create Target.Database
	DropDatabase                // drop Target.Database
	RenameTable                 // rename Target to NewName
	CreateView                  // create View as Target
	DropView                    // drop Target
)

// A TableName is the name of a table, in lower case.
type TableName struct{ Database, Table string }

// A PartitionValue is a value that the replaced rows have in a column.
type PartitionValue struct {
	Column string
	SQL    string // empty for the values in the new rows
}

// A Plan is a translated statement. In its SQL, tables are written as "database"."table". LIKE must be
// case-sensitive in the connection. The names of the columns have no meaning; Columns has them in the same order.
type Plan struct {
	Kind        Kind
	SQL         string
	Columns     []Column // columns of SQL: those of the result or of Target
	Values      [][]any  // result of Rows
	Reads       []string // sorted names of the databases that SQL reads
	Target      TableName
	Partition   []PartitionValue // InsertOverwrite: replace only the rows with these values
	Inserts     []*Plan          // further INSERTs that read the same data as this one
	NewName     string           // RenameTable
	View        View             // CreateView
	Replace     bool             // CreateView: replace an existing one
	IfExists    bool             // DropTable, DropView, DropDatabase: ignore a missing one
	IfNotExists bool             // CreateTable, CreateTableAs, CreateView, CreateDatabase: ignore an existing one
}
