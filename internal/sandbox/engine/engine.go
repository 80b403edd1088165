// Package engine defines the interface through which the sandbox stores tables and runs
// SQL statements. Package sqlite implements it.
package engine

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// Errors of the catalog methods. They are wrapped in a message that names the object.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("already exists")
	ErrInvalid  = errors.New("invalid") // a name, type or value that cannot be stored
	// ErrUnavailable is returned if the storage does not answer. The same call can succeed later.
	ErrUnavailable = errors.New("unavailable")
	// ErrRefused is returned if the storage refuses the login of the server. Repeating the call is of no use.
	ErrRefused = errors.New("refused")
	// ErrUnknownOutcome is returned if an interrupted call may have been applied. It must not be repeated.
	ErrUnknownOutcome = errors.New("of unknown outcome")
)

// A Database is a named set of tables.
type Database struct {
	Name      string
	Records   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// A Column is a column of a table, other than time.
type Column struct {
	Name  string // key in imported records
	Type  string // the API's spelling: string, long, int, double, float, array<long>, map<string,long>
	Alias string // name in SQL, if it differs from Name
}

// A Table describes a table.
type Table struct {
	ID            int64
	Name          string
	Schema        []Column
	Records       int64
	StorageSize   int64 // estimate in bytes
	CreatedAt     time.Time
	UpdatedAt     time.Time
	LastImport    time.Time // zero if nothing was imported
	LastLogTime   time.Time // largest value of the time column; zero if the table is empty
	ExpireDays    int       // 0: records are kept forever
	IncludeV      bool
	DetectSchema  bool
	DeletedAt     time.Time // set by DeletedTables only
	DeletedDBName string    // set by DeletedTables only
}

// TableOptions are the settings of a new table, or changes to a table. A nil field means the
// default or no change.
type TableOptions struct {
	ExpireDays             *int
	IncludeV, DetectSchema *bool
	Schema                 *[]Column
}

// A Statement is the SQL text of a job.
type Statement struct {
	SQL       string
	Dialect   translate.Dialect
	Database  string
	Scheduled time.Time // zero: the current time
	Job       int64     // ID under which a statement is recorded, if it changes anything; 0: none
	// Progress is called repeatedly while a cluster runs the statement. It may be nil.
	Progress func(QueryProgress)
}

// A QueryProgress describes the query of a cluster.
type QueryProgress struct {
	ID      string // the query ID of the cluster
	State   string
	Percent float64
	Rows    int64 // rows that were read
}

// A Sink receives the result of a statement. Schema is called once, before any row, even if the
// result has no columns. The slice passed to Row is only valid during the call. Depending on the
// column's type its values are nil, bool, int64, float64, string, []byte, []any (an array or a
// row) or Map.
type Sink interface {
	Schema(columns []translate.Column) error
	Row(values []any) error
}

// A RowWriter is a Sink that also takes the values of a row one by one, without an allocation for each of them. The engine
// may use either form.
type RowWriter interface {
	// BeginRow starts a row of n values. It returns the error of the values before, if any.
	BeginRow(n int) error
	AddNull()
	AddBool(v bool)
	AddInt(v int64)
	AddFloat(v float64)
	AddText(v []byte) // the slice is only valid during the call
	AddValue(v any)   // accepts the types of the rows of a Sink
}

// NoRowCount is the number of written rows of a statement that changes databases or tables, but no rows.
const NoRowCount = -1

// SendWritten passes the result of a statement that is not a query to sink: the number of written rows in
// Trino, no columns in Hive and if written is NoRowCount.
func SendWritten(sink Sink, dialect translate.Dialect, written int64) error {
	if dialect == translate.Hive || written == NoRowCount {
		return sink.Schema(nil)
	}
	if err := sink.Schema([]translate.Column{{Name: "rows", Type: "bigint"}}); err != nil {
		return err
	}
	return sink.Row([]any{written})
}

// A Map is a map value whose entries keep their order.
type Map []Entry

// An Entry is a key of a Map and its value.
type Entry struct{ Key, Value any }

// A Record is an imported record: a list of named values like those of a Sink.
type Record []Field

// A Field is a named value of a Record.
type Field struct {
	Key   string
	Value any
}

// An Engine stores databases and runs statements. Its methods may be called concurrently, and
// several processes may use the same directory.
type Engine interface {
	Databases(ctx context.Context) ([]Database, error)
	Database(ctx context.Context, name string) (Database, error)
	CreateDatabase(ctx context.Context, name string) error
	DropDatabase(ctx context.Context, name string) error

	Tables(ctx context.Context, database string) ([]Table, error)
	Table(ctx context.Context, database, name string) (Table, error)
	CreateTable(ctx context.Context, database, table string, o TableOptions) error
	UpdateTable(ctx context.Context, database, table string, o TableOptions) error
	DropTable(ctx context.Context, database, table string) error
	RenameTable(ctx context.Context, database, from, to string, overwrite bool) error
	SwapTables(ctx context.Context, database, a, b string) error
	MoveTable(ctx context.Context, database, table, toDatabase string) error
	// DeletedTables lists the dropped tables that RecoverTable can restore.
	DeletedTables(ctx context.Context) ([]Table, error)
	// RecoverTable restores a dropped table under a new name, or under its old one if newName is
	// empty.
	RecoverTable(ctx context.Context, id int64, newName string) (Table, error)

	// Append adds records in one transaction and returns their number. Columns are added and
	// widened (long, double, string) as the records require. A record without a time gets the
	// current time. If a non-empty uploadID was already appended to this table, Append returns 0 and
	// changes nothing. If records yields an error, Append returns it and adds nothing.
	Append(ctx context.Context, database, table, uploadID string, records iter.Seq2[Record, error]) (int64, error)
	// Tail returns the last count records in the order in which they were added.
	Tail(ctx context.Context, database, table string, count int) ([]Record, error)

	// Run runs a statement and passes its result to sink. If ctx is canceled, Run stops, undoes
	// the statement and returns the context's error. The error for an invalid statement is a
	// *translate.Error.
	Run(ctx context.Context, s Statement, sink Sink) error
	// Appended reports whether an upload was appended to a table.
	Appended(ctx context.Context, database, table, uploadID string) (bool, error)
	// CommittedJob reports whether the statement of a job has changed rows, tables or databases and was
	// committed, and returns the number of written rows or NoRowCount. The record is part of the
	// statement's transaction.
	CommittedJob(ctx context.Context, id int64) (written int64, ok bool, err error)

	Close() error
}
