// Package translate translates the Trino and Hive SQL that people send to Treasure
// Data into the engine's SQL, with result columns that carry types and errors
// that carry a position. It runs nothing and knows no storage.
package translate

import (
	"time"
)

// A Column is a named column with its logical type in Trino's spelling:
// bigint, integer, double, real, varchar, boolean, timestamp, date, array(bigint),
// map(varchar,double), row(a bigint, b varchar).
type Column struct{ Name, Type string }

// A Catalog tells what exists. The names it is asked for are lower case.
type Catalog interface {
	// Databases lists the databases by name.
	Databases() []string
	// Tables lists a database's tables by name; ok is false when there is no such database.
	Tables(database string) (names []string, ok bool)
	// Columns lists a table's columns in order, time included; ok is false when there is no such table.
	Columns(database, table string) (columns []Column, ok bool)
}

// A Request is one statement and what it is read against.
type Request struct {
	SQL       string
	Dialect   Dialect
	Database  string // for unqualified names
	Catalog   Catalog
	Scheduled time.Time // what TD_SCHEDULED_TIME and TD_INTERVAL count from
	Now       time.Time // what now() answers
}

// A Kind says what a plan does.
type Kind int

// The kinds of plan.
const (
	Query           Kind = iota // SQL yields rows of Columns
	Rows                        // the answer is Values: SHOW, DESCRIBE, EXPLAIN
	CreateTable                 // create Target with Columns
	CreateTableAs               // create Target with Columns and fill it from SQL
	Insert                      // append the rows of SQL to Columns of Target; missing columns are added
	InsertOverwrite             // empty Target, then as Insert, in one transaction
	Delete                      // SQL is a DELETE statement on Target
	DropTable                   // drop Target
	CreateDatabase              // create Target.Database
	DropDatabase                // drop Target.Database
	RenameTable                 // rename Target to NewName
)

// A TableName names a table, lower case.
type TableName struct{ Database, Table string }

// A Plan is a translated statement: one kind of work and what it needs. In SQL every table is
// written as "database"."table", and LIKE is written for a connection on which it minds the case.
// The columns of SQL go by their order; Columns has their names.
type Plan struct {
	Kind        Kind
	SQL         string
	Columns     []Column // of SQL: of the result or of Target
	Values      [][]any  // the answer of Rows
	Reads       []string // databases that SQL reads, sorted, each once
	Target      TableName
	NewName     string // of RenameTable
	IfExists    bool   // DropTable, DropDatabase: a missing one is no error
	IfNotExists bool   // CreateTable, CreateTableAs, CreateDatabase: an existing one is no error
}
