package jobresult

import (
	"errors"
	"fmt"
	"strings"
)

// A FormatError reports a format that does not exist.
type FormatError struct {
	Name string
}

// Error names the formats that do exist.
func (e *FormatError) Error() string {
	var names []string
	for _, f := range Formats() {
		names = append(names, string(f))
	}
	return fmt.Sprintf("unknown format %q: want one of %s", e.Name, strings.Join(names, ", "))
}

// A SelectError reports a selected column that the schema does not have.
type SelectError struct {
	Column, Columns int // its number, from 0, and how many there are
}

// Error names both.
func (e *SelectError) Error() string {
	return fmt.Sprintf("column %d is selected, and there are %d", e.Column+1, e.Columns)
}

// A CorruptError reports data that cannot be read any further: it is cut off, fails its checksum, is not MessagePack,
// or does not hold rows. The rows before it are good and have been written.
type CorruptError struct {
	Row    int64 // number of the row that could not be read, from 1
	Offset int64 // where, in bytes of the uncompressed stream
	Err    error
}

// Error says where and why.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("the result is corrupt at row %d, byte %d: %v", e.Row, e.Offset, e.Err)
}

// Unwrap returns the cause; io.ErrUnexpectedEOF when the data is cut off.
func (e *CorruptError) Unwrap() error { return e.Err }

// A WriteError reports that rows could not be written, as opposed to read.
type WriteError struct {
	Err error
}

// Error says why.
func (e *WriteError) Error() string { return "cannot write rows: " + e.Err.Error() }

// Unwrap returns the error of the destination.
func (e *WriteError) Unwrap() error { return e.Err }

// errShort says that a value goes on behind the bytes at hand.
var errShort = errors.New("more bytes are needed")

var (
	errReserved = errors.New("byte 0xc1 is not MessagePack")
	errDeep     = fmt.Errorf("values are nested more than %d deep", maxDepth)
	errBigCell  = errors.New("a value is larger than 1 GiB")
	errBigRow   = errors.New("a row is larger than 2 GiB")
	errNoRow    = errors.New("a value that is not an array stands where a row should be")
)
