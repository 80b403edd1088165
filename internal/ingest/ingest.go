// Package ingest turns files of records (csv, tsv, JSON, MessagePack, web server and system logs, or lines that a pattern describes) into
// parts that the service takes: gzip'd MessagePack maps, each with an integer time. It works in parallel and in constant memory, keeps the
// records' order, and tells which records were wrong, why, and where. It neither uploads parts nor writes them anywhere.
package ingest

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"
)

// Format is what a file holds.
type Format string

// The formats.
const (
	CSV     Format = "csv"     // RFC 4180, read with tolerance
	TSV     Format = "tsv"     // as csv with tabs and, unless Options.Quote says so, no quotes
	JSON    Format = "json"    // an object a line; also one array of objects, and objects over several lines
	MsgPack Format = "msgpack" // a stream of maps
	Apache  Format = "apache"  // common or combined log format
	Syslog  Format = "syslog"  // RFC 3164, as in files or with priorities
	Regexp  Format = "regexp"  // lines that Options.Pattern matches
)

// Type is what the text of a column of csv, tsv or regexp becomes.
type Type string

// The types. A column without one holds nulls, booleans, integers, doubles and strings, value by value.
const (
	String Type = "string"
	Long   Type = "long"
	Double Type = "double"
)

// NoQuote as Options.Quote says that quotes are text like any other.
const NoQuote = -1

// Defaults of Options.
const (
	DefaultSplitSize = 16 << 20
	DefaultMaxKeys   = 512
)

// MaxRecord is the size in bytes from which on a record is refused.
const MaxRecord = 64 << 20

// Options say how to read a file. The zero value of everything but Format is a good default, but csv and tsv need Columns or Header,
// and regexp needs Pattern.
type Options struct {
	Format Format

	// Columns names the columns of csv and tsv, of arrays in json and msgpack, and the unnamed groups of Pattern.
	Columns []string
	// Header says that the first record holds the columns' names. With Columns too, it is skipped.
	Header bool
	// Types are the types of columns of csv, tsv and regexp by name.
	Types map[string]Type
	// AllString makes every value of csv, tsv, regexp, apache and syslog a string.
	AllString bool
	// Delimiter of csv and tsv: one character, or a regular expression such as `\t|,`. Unless that is plain text, quotes mean nothing.
	Delimiter string
	// Quote is the quote of csv and tsv: an ASCII character, 0 for the format's own, or NoQuote.
	Quote rune
	// Null, True and False match what is null, true and false in columns without a type; nil for the toolbelt's own: empty, null, - and \N;
	// true; false; in any case. Null, if it is there, goes for columns with a type too; empty is null in numeric columns anyhow.
	Null, True, False *regexp.Regexp
	// Pattern of regexp: its named groups are the columns.
	Pattern *regexp.Regexp

	// Only are the columns to keep and Exclude those to leave out. The time is always kept.
	Only, Exclude []string

	// TimeColumn names the column that holds the record's time, "time" if it is empty.
	TimeColumn string
	// TimeFormat is how times are written, in the terms of strptime; empty for Unix seconds, ISO 8601 and what logs commonly hold.
	TimeFormat string
	// TimeValue gives all records a time, whatever they say themselves.
	TimeValue *TimeValue
	// Location is where times without a zone are from; nil for the local one.
	Location *time.Location
	// Now tells the year of times without one; zero for the present.
	Now time.Time

	// Encoding is the name of the text's encoding, such as shift_jis; empty for UTF-8, or what a byte order mark says.
	Encoding string

	// SplitSize is the size in bytes to which parts grow; 0 for DefaultSplitSize. A part is larger only if one block of records is.
	SplitSize int64
	// MaxKeys is how many keys a record may have; 0 for DefaultMaxKeys.
	MaxKeys int
	// Workers is how many goroutines convert and compress; 0 for one a processor, and 8 at most.
	Workers int

	// Abort makes the first bad record the end.
	Abort bool
	// OnBad is told of each bad record, in order, by the goroutine that called Read. It may be nil.
	OnBad func(Bad)
}

// TimeValue is a time for records that have none.
type TimeValue struct {
	Start int64 // Unix seconds
	Hours int64 // over which the records spread, a second each, beginning again at Start after the last; 0 for Start alone
}

// Bad is a record that was left out. As an error, it is what Read returns when Options.Abort is set.
type Bad struct {
	File string
	Line int64  // on which the record begins, from 1; in msgpack the number of the record
	Err  error  // what is wrong
	Text string // the record's beginning
}

func (b *Bad) Error() string { return fmt.Sprintf("%s:%d: %v", b.File, b.Line, b.Err) }

// Unwrap returns what is wrong.
func (b *Bad) Unwrap() error { return b.Err }

// Part is a piece of the converted file.
type Part struct {
	// Index is the part's number in its file, from 0.
	Index int
	// ID is 32 hexadecimal digits that depend on the file's name, on the records and on their place in it, and on nothing else: the same
	// file read again with the same options by the same program has the same parts.
	ID string
	// Data is gzip'd MessagePack, the receiver's to keep.
	Data []byte
	// Records is how many there are in it, at least 1.
	Records int64
	// Raw is the size of the records before compression.
	Raw int64
	// FirstLine and LastLine are the lines that were read for it, bad ones included.
	FirstLine, LastLine int64
}

// Stats say what was read.
type Stats struct {
	Records int64 // in the parts that were emitted
	Bad     int64 // left out
	Parts   int64 // emitted
	Read    int64 // bytes of the file, decompressed and in UTF-8
	Raw     int64 // bytes of the emitted records before compression
	Packed  int64 // bytes of the emitted parts

	BigIntegers int64 // integers that no 64 bits hold, which became strings
	Repaired    int64 // strings that were not valid UTF-8, and have U+FFFD where they were not
}

// ReadFile reads the file at path; see Read.
func ReadFile(ctx context.Context, path string, o Options, emit func(Part) error) (Stats, error) {
	f, err := os.Open(path)
	if err != nil {
		return Stats{}, err
	}
	defer func() { _ = f.Close() }() // it was only read from
	return Read(ctx, path, f, o, emit)
}

// Read reads records from r, which may be compressed with gzip, and hands them to emit in parts, in order, from the goroutine that called it.
// The name is the file's in messages and goes into the parts' identifiers. Read ends with emit's first error, with a *Bad if
// Options.Abort is set, with the context's error, or with what is wrong with the file as a whole; the part that was being filled is then
// lost, and Stats say what went out. A read from r that blocks is not interrupted: close it.
func Read(ctx context.Context, name string, r io.Reader, o Options, emit func(Part) error) (Stats, error) {
	p, err := newPlan(o)
	if err != nil {
		return Stats{}, err
	}
	return p.run(ctx, name, r, emit)
}
