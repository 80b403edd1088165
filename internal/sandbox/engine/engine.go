// Package engine defines the interface that the sandbox uses to store tables and run
// statements. Package sqlite implements it.
package engine

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// Sentinels for the catalog's refusals; messages name the object.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("already exists")
	ErrInvalid  = errors.New("invalid") // a name or a type that cannot be
)

// A Database is a named set of tables.
type Database struct {
	Name      string
	Records   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// A Column is a column as table/list shows it: Type in the service's storage
// spelling (string, long, int, double, float, array<long>, map<string,long>),
// Alias the name that SQL uses when it is not Name. The time column is not listed.
type Column struct{ Name, Type, Alias string }

// A Table is a table and its figures.
type Table struct {
	ID            int64
	Name          string
	Schema        []Column
	Records       int64
	StorageSize   int64 // bytes, an estimate
	CreatedAt     time.Time
	UpdatedAt     time.Time
	LastImport    time.Time // zero when nothing was imported
	LastLogTime   time.Time // newest time value; zero when empty
	ExpireDays    int       // 0 is never
	IncludeV      bool
	DetectSchema  bool
	DeletedAt     time.Time // only of DeletedTables
	DeletedDBName string    // only of DeletedTables
}

// TableOptions changes a table; nil leaves as is.
type TableOptions struct {
	ExpireDays             *int
	IncludeV, DetectSchema *bool
	Schema                 *[]Column
}

// A Statement is a job's SQL.
type Statement struct {
	SQL       string
	Dialect   translate.Dialect
	Database  string
	Scheduled time.Time // zero: the moment it runs
}

// A Sink takes a statement's result: Schema once before any row, also when there
// are none; then rows. A row's slice is reused; its values are nil, bool, int64,
// float64, string, []byte, []any (array, row) and Map, typed as the columns say.
type Sink interface {
	Schema(columns []translate.Column) error
	Row(values []any) error
}

// A Map is a map value with its entries in order.
type Map []struct{ Key, Value any }

// An Engine stores databases and runs statements. It may be used by several
// goroutines at once, and several processes may have one directory open.
type Engine interface {
	Databases(ctx context.Context) ([]Database, error)
	CreateDatabase(ctx context.Context, name string) error
	DropDatabase(ctx context.Context, name string) error

	Tables(ctx context.Context, database string) ([]Table, error)
	CreateTable(ctx context.Context, database, table string, o TableOptions) error
	UpdateTable(ctx context.Context, database, table string, o TableOptions) error
	DropTable(ctx context.Context, database, table string) error
	RenameTable(ctx context.Context, database, from, to string, overwrite bool) error
	SwapTables(ctx context.Context, database, a, b string) error
	MoveTable(ctx context.Context, database, table, toDatabase string) error
	// DeletedTables lists what RecoverTable can bring back by ID.
	DeletedTables(ctx context.Context) ([]Table, error)
	RecoverTable(ctx context.Context, id int64) error

	// Append adds records in one transaction: columns that are new are added, types widened
	// (long → double → string). A record without a time gets now. When uploadID is not empty and was
	// appended to this table before, nothing happens and added is 0. An error of records ends it
	// with nothing added.
	Append(ctx context.Context, database, table, uploadID string, records iter.Seq2[Record, error]) (added int64, err error)
	// Tail hands out the count records that were added last, oldest first.
	Tail(ctx context.Context, database, table string, count int) ([]Record, error)

	// Run runs a statement into the sink. A cancelled context ends it at once with ctx's
	// error and leaves nothing half-written. A wrong statement is a *translate.Error.
	Run(ctx context.Context, s Statement, sink Sink) error

	Close() error
}

// A Record is one imported record: column name and value, as a Map's values; keys are strings.
type Record []struct {
	Key   string
	Value any
}
