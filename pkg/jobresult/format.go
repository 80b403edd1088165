package jobresult

import (
	"path/filepath"
	"slices"
	"strings"
)

// A Format says how rows are written.
type Format string

// The formats that Copy writes.
const (
	Table     Format = "table"      // ASCII grid, then "N rows in set"
	Vertical  Format = "vertical"   // one line a value, one block a row
	CSV       Format = "csv"        // RFC 4180 quoting, LF line ends
	TSV       Format = "tsv"        // tab, LF, CR and backslash in a value as \t \n \r \\
	JSON      Format = "json"       // one array of arrays, or of objects
	JSONL     Format = "jsonl"      // one object a line, or one array when there is no schema
	MsgPack   Format = "msgpack"    // the uncompressed stream, byte for byte
	MsgPackGz Format = "msgpack.gz" // the compressed stream, byte for byte
)

// Formats returns every format, in the order in which help texts list them.
func Formats() []Format {
	return []Format{Table, Vertical, CSV, TSV, JSON, JSONL, MsgPack, MsgPackGz}
}

// ParseFormat returns the format of that name, or a *FormatError.
func ParseFormat(name string) (Format, error) {
	if f := Format(name); slices.Contains(Formats(), f) {
		return f, nil
	}
	return "", &FormatError{Name: name}
}

// FormatOf returns the format that a file's name asks for: out.csv, out.csv.gz and out.csv.zst are csv,
// .ndjson is jsonl. It reports false when the name says nothing. Letter case does not matter.
func FormatOf(path string) (Format, bool) {
	name := strings.ToLower(filepath.Base(path))
	if strings.HasSuffix(name, ".msgpack.gz") {
		return MsgPackGz, true
	}
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
	switch filepath.Ext(name) {
	case ".csv":
		return CSV, true
	case ".tsv":
		return TSV, true
	case ".json":
		return JSON, true
	case ".jsonl", ".ndjson":
		return JSONL, true
	case ".msgpack":
		return MsgPack, true
	}
	return "", false
}
