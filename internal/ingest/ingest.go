// Package ingest converts files of records into parts that Treasure Data can import:
// gzip-compressed MessagePack maps, each with an integer time. It reads csv, tsv, JSON,
// Parquet, MessagePack, Apache and syslog files, and lines that match a regular expression. It works in
// parallel and in constant memory, keeps the order of the records, and reports where invalid
// records are and why they were skipped. The parts are passed to the caller, who uploads or stores
// them.
package ingest

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"time"
)

// Format is the format of a file.
type Format string

// Supported formats.
const (
	CSV     Format = "csv"     // RFC 4180, leniently: https://www.rfc-editor.org/rfc/rfc4180
	TSV     Format = "tsv"     // like csv with tabs and, unless Options.Quote is set, without quotes
	JSON    Format = "json"    // one object per line, an array of objects, or objects that span several lines
	MsgPack Format = "msgpack" // sequence of maps
	Apache  Format = "apache"  // common or combined log format
	Syslog  Format = "syslog"  // RFC 3164, with or without a priority: https://www.rfc-editor.org/rfc/rfc3164
	Parquet Format = "parquet" // https://parquet.apache.org/docs/file-format/
	Regexp  Format = "regexp"  // lines that match Options.Pattern
)

// Type is the type of a column of a csv, tsv or regexp file.
type Type string

// Supported types. A column without a type contains nulls, booleans, integers, doubles and
// strings, depending on each value.
const (
	String Type = "string"
	Long   Type = "long"
	Double Type = "double"
)

// NoQuote disables quotes if used as Options.Quote.
const NoQuote = -1

// Defaults of Options.
const (
	DefaultSplitSize = 16 << 20
	DefaultMaxKeys   = 512
	DefaultMaxBad    = 10
)

// MaxRecord is the maximum size of a record in bytes.
const MaxRecord = 64 << 20

// Options for reading a file. All fields but Format are optional, except that csv and tsv need
// Columns or Header and regexp needs Pattern.
type Options struct {
	Format Format

	// Columns are the names of the columns of csv and tsv, of arrays in json and msgpack, and of
	// the unnamed groups of Pattern.
	Columns []string
	// Header means that the first record contains the column names. It is ignored if Columns is
	// set too.
	Header bool
	// Types maps columns of csv, tsv and regexp to their types.
	Types map[string]Type
	// TypeList contains the types of the columns in their order. It is an error if the number of
	// columns differs.
	TypeList []Type
	// AllString makes every value of csv, tsv, regexp, apache and syslog a string.
	AllString bool
	// LogTypes gives the values of apache and syslog types, as those of csv. Otherwise they are strings.
	LogTypes bool
	// Delimiter separates the values of csv and tsv: one character, or a regular expression such as
	// `\t|,`. Quotes have no effect unless it is literal.
	Delimiter string
	// Quote is the quote of csv and tsv: an ASCII character, 0 for the default of the format, or
	// NoQuote.
	Quote rune
	// Null, True and False match nulls and booleans in columns without a type. By default these
	// are, in any case, the empty string, null, - and \N; true; false. Null also applies to
	// columns with a type. An empty value is always null in a numeric column.
	Null, True, False *regexp.Regexp
	// Pattern is the regular expression of the format regexp. Its named groups are the columns.
	Pattern *regexp.Regexp

	// Only selects the columns to keep, Exclude those to remove. The time is always kept.
	Only, Exclude []string

	// TimeColumn is the column of the record's time, "time" if empty.
	TimeColumn string
	// TimeFormat is the format of times as for strptime(3). Empty means Unix seconds, ISO 8601 and
	// common formats of logs.
	TimeFormat string
	// TimeValue replaces the time of all records.
	TimeValue *TimeValue
	// Location is the time zone of times without one; nil means local time.
	Location *time.Location
	// Now determines the year of times without one; zero means time.Now().
	Now time.Time

	// TextDecimals keeps decimal numbers in columns without a type as strings.
	TextDecimals bool

	// EmptyNames allows columns without a name, which are only valid in bulk imports.
	EmptyNames bool

	// Encoding is the name of the text encoding, such as shift_jis. Empty means UTF-8 unless the
	// file has another byte order mark.
	Encoding string

	// SplitSize is the size of a part in bytes; 0 means DefaultSplitSize. A part can only be
	// larger if a single block of records is.
	SplitSize int64
	// MaxKeys is the maximum number of keys of a record; 0 means DefaultMaxKeys.
	MaxKeys int
	// Workers is the number of goroutines that convert and compress; 0 means one per processor, at
	// most 8.
	Workers int

	// MaxBad is the number of bad records after which Read fails with a NoRecordsError if
	// there was no valid one; 0 means DefaultMaxBad and -1 disables the check.
	MaxBad int

	// Abort ends Read with the first bad record.
	Abort bool
	// OnBad is called for each bad record, in order, by the goroutine that called Read. It may be
	// nil.
	OnBad func(BadRecord)
}

// TimeValue is the time of records that have none.
type TimeValue struct {
	Start int64 // Unix seconds
	Hours int64 // spreads the records, one per second, over this period and then starts again; 0 means Start for all
}

// A BadRecord is a record that was skipped. Read returns it as an error if Options.Abort is set.
type BadRecord struct {
	File string
	Line int64  // first line of the record, from 1; the number of the record in msgpack
	Err  error  // why it was skipped
	Text string // start of the record
}

// Error implements error.
func (b *BadRecord) Error() string { return fmt.Sprintf("%s:%d: %v", b.File, b.Line, b.Err) }

// Unwrap returns b.Err.
func (b *BadRecord) Unwrap() error { return b.Err }

// Part is a piece of a converted file.
type Part struct {
	// Index is the number of the part in its file, from 0.
	Index int
	// ID consists of 32 hexadecimal digits. It depends only on the name of the file, the records and
	// their position: the same file read with the same options by the same program has the
	// same IDs.
	ID string
	// Data is gzip-compressed MessagePack. The receiver may keep it.
	Data []byte
	// Records is the number of records, at least 1.
	Records int64
	// Raw is the size of the records before compression.
	Raw int64
	// FirstLine and LastLine are the lines from which the part was read, including bad records.
	FirstLine, LastLine int64
}

// Stats are the totals of a file.
type Stats struct {
	Records    int64 // number in emitted parts
	Bad        int64 // skipped records
	Parts      int64 // emitted parts
	Read       int64 // bytes of the file, decompressed and converted to UTF-8
	Raw        int64 // bytes of the emitted records before compression
	Compressed int64 // bytes of the emitted parts

	BigIntegers int64 // integers beyond 64 bits that became strings
	Short       int64 // rows with fewer values than columns; the others are null
	Long        int64 // rows with more values than columns; the others were discarded
	Repaired    int64 // strings with invalid UTF-8, in which U+FFFD replaces invalid bytes
}

// Read reads records from r, which may be compressed with gzip, and passes them to emit in parts, in
// order, from the calling goroutine. The name of the file is used in messages and for the IDs of
// the parts. Read returns the first error of emit, a *BadRecord if Options.Abort is set, the
// error of ctx, or an error that concerns the whole file. The part that was being filled is then lost;
// Stats count the emitted parts. A blocked read from r is not interrupted unless the caller closes
// r.
func Read(ctx context.Context, name string, r io.Reader, o Options, emit func(Part) error) (Stats, error) {
	p, err := newConfig(o)
	if err != nil {
		return Stats{}, err
	}
	return p.run(ctx, name, r, emit)
}
