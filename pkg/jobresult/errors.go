package jobresult

import (
	"errors"
	"fmt"

	"github.com/td-cli/td/internal/text"
)

// A FormatError reports an unknown format.
type FormatError struct {
	Name    string
	Allowed []Format
}

// Error implements error.
func (e *FormatError) Error() string {
	return fmt.Sprintf("unknown format %q: must be %s", e.Name, text.JoinOr(e.Allowed))
}

// A SelectError reports that Options.Select has a column that does not exist.
type SelectError struct {
	Column  int // index from 0
	Columns int // number of columns of the result
}

// Error implements error.
func (e *SelectError) Error() string {
	return fmt.Sprintf("cannot select column %d: the result has %d columns", e.Column+1, e.Columns)
}

// A SchemaError reports that a format with typed columns cannot be written because the schema is
// unknown.
type SchemaError struct {
	Format Format
}

// Error implements error.
func (e *SchemaError) Error() string {
	return fmt.Sprintf("cannot write %s: the result has no schema", e.Format)
}

// A ValueError reports a value that a format with typed columns cannot represent.
type ValueError struct {
	Row    int64  // number of the row, from 1
	Column string // name of the column
	Type   string // type of the column in the schema
	Value  string // the start of the value, as JSON
	Err    error
}

// Error implements error.
func (e *ValueError) Error() string {
	return fmt.Sprintf("row %d, column %q (%s): cannot write the value %s: %v", e.Row, e.Column, e.Type, e.Value, e.Err)
}

// Unwrap returns the reason.
func (e *ValueError) Unwrap() error { return e.Err }

// A CorruptError reports data that cannot be decoded: it is truncated, fails
// its checksum, is not MessagePack, or does not consist of rows. All rows
// before it are valid and have been written.
type CorruptError struct {
	Row    int64 // number of the row that could not be read, from 1
	Offset int64 // position in the uncompressed stream, in bytes
	Err    error
}

// Error implements error.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("the result is corrupt at row %d, byte %d: %v", e.Row, e.Offset, e.Err)
}

// Unwrap returns the cause. It is io.ErrUnexpectedEOF for truncated data.
func (e *CorruptError) Unwrap() error { return e.Err }

// A WriteError reports that writing to the destination failed.
type WriteError struct {
	Err error
}

// Error implements error.
func (e *WriteError) Error() string { return "cannot write rows: " + e.Err.Error() }

// Unwrap returns the error of the destination.
func (e *WriteError) Unwrap() error { return e.Err }

// errShort reports that a value is not complete in the bytes at hand.
var errShort = errors.New("more bytes are needed")

var (
	errReserved = errors.New("byte 0xc1 is not valid MessagePack")
	errDeep     = fmt.Errorf("values are nested more than %d levels deep", maxDepth)
	errBigCell  = errors.New("a value is larger than 1 GiB")
	errBigRow   = errors.New("a row is larger than 2 GiB")
	errNoRow    = errors.New("the row is not an array")
)
