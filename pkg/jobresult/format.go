package jobresult

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/td-cli/td/pkg/columnar"
)

// A Format is an output format, such as "csv".
type Format string

// The formats that Copy writes.
const (
	Table     Format = "table"      // ASCII grid, then "N rows in set"
	Vertical  Format = "vertical"   // one block per row, one line per value
	CSV       Format = "csv"        // quoted as in RFC 4180, lines end with LF
	TSV       Format = "tsv"        // tab, LF, CR and backslash in values are written as \t \n \r \\
	JSON      Format = "json"       // one array of arrays, or of objects
	JSONL     Format = "jsonl"      // one object per line, or one array without a schema
	MsgPack   Format = "msgpack"    // the uncompressed stream, unchanged
	MsgPackGz Format = "msgpack.gz" // the compressed stream, unchanged
	Parquet   Format = "parquet"    // Parquet, with the types of the schema
	Arrow     Format = "arrow"      // Apache Arrow IPC, with the types of the schema
)

// A drainFunc writes the buffer of an encoder to the destination if it is
// large, and returns what remains of the buffer.
type drainFunc func(buf []byte) ([]byte, error)

// A formatInfo describes a Format. Everything that depends on the set of
// formats, help texts included, derives from formatInfos.
type formatInfo struct {
	format     Format
	extensions []string // extensions of file names, longest first
	binary     bool     // unsuitable for terminals and for lists
	newEncoder func(o Options, drain drainFunc) encoder

	// Compressions are the methods that the format applies itself, the default first. Only
	// formats with typed columns have them. They require a schema.
	compressions []Compression
	newBatches   func(o Options, columns []*columnar.Column, c Compression) (batchWriter, error)
}

// A Compression is a method of compression within a file with typed columns.
type Compression string

// The methods.
const (
	Zstd         Compression = "zstd"
	Snappy       Compression = "snappy"
	Gzip         Compression = "gzip"
	Uncompressed Compression = "none"
)

// formatInfos returns the descriptions of all formats, in the order of help
// texts.
func formatInfos() []formatInfo {
	return []formatInfo{
		{format: Table, newEncoder: newTable},
		{format: Vertical, newEncoder: newVertical},
		{format: CSV, extensions: []string{".csv"}, newEncoder: newDelimited},
		{format: TSV, extensions: []string{".tsv"}, newEncoder: newDelimited},
		{format: JSON, extensions: []string{".json"}, newEncoder: newJSONRows},
		{format: JSONL, extensions: []string{".jsonl", ".ndjson"}, newEncoder: newJSONRows},
		{format: MsgPack, extensions: []string{".msgpack"}, binary: true, newEncoder: newRawRows},
		{format: MsgPackGz, extensions: []string{".msgpack.gz"}, binary: true, newEncoder: newRawRows},
		{
			format: Parquet, extensions: []string{".parquet"}, binary: true,
			compressions: []Compression{Zstd, Snappy, Gzip, Uncompressed}, newBatches: newParquetBatches,
		},
		{
			format: Arrow, extensions: []string{".arrow"}, binary: true,
			compressions: []Compression{Zstd, Uncompressed}, newBatches: newArrowBatches,
		},
	}
}

// Formats returns all formats, in the order in which help texts list them.
func Formats() []Format {
	var formats []Format
	for _, info := range formatInfos() {
		formats = append(formats, info.format)
	}
	return formats
}

// TextFormats returns the formats that are text.
func TextFormats() []Format {
	var formats []Format
	for _, info := range formatInfos() {
		if !info.binary {
			formats = append(formats, info.format)
		}
	}
	return formats
}

// IsBinary reports whether a format is not text and must not be written to a
// terminal.
func (f Format) IsBinary() bool {
	info, ok := f.info()
	return ok && info.binary
}

// Compressions returns the methods of compression that a format with typed columns applies itself,
// the default first.
func (f Format) Compressions() []Compression {
	info, _ := f.info()
	return info.compressions
}

// IsTyped reports whether the columns of a format have types. Such a format requires a schema.
func (f Format) IsTyped() bool { return len(f.Compressions()) > 0 }

func (f Format) info() (formatInfo, bool) {
	infos := formatInfos()
	i := slices.IndexFunc(infos, func(info formatInfo) bool { return info.format == f })
	if i < 0 {
		return formatInfo{}, false
	}
	return infos[i], true
}

// ParseFormat returns the format with the given name. The error is a
// *FormatError that lists the allowed formats; without any, all are allowed.
func ParseFormat(name string, allowed ...Format) (Format, error) {
	if len(allowed) == 0 {
		allowed = Formats()
	}
	if f := Format(name); slices.Contains(allowed, f) {
		return f, nil
	}
	return "", &FormatError{Name: name, Allowed: allowed}
}

// FormatOf returns the format that matches the extension of a file name in any
// letter case. A second extension .gz or .zst is ignored: out.csv.gz is CSV.
// FormatOf returns false if no format matches.
func FormatOf(path string) (Format, bool) {
	name := strings.ToLower(filepath.Base(path))
	if strings.HasSuffix(name, ".msgpack.gz") {
		return MsgPackGz, true
	}
	extension := filepath.Ext(strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst"))
	for _, info := range formatInfos() {
		if slices.Contains(info.extensions, extension) {
			return info.format, true
		}
	}
	return "", false
}
