package bulkimport

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/ingest"
)

// maxBulkKeys is the maximum number of columns of a record in a bulk import.
const maxBulkKeys = 4096

// readFlags are the flags that describe the input files.
type readFlags struct {
	format, compress, encoding, delimiter, quote, pattern string
	columns, columnTypes, columnType, only, exclude       []string
	header, allString                                     bool
	null, yes, no                                         string
	hasNull                                               func() bool // whether null was given
	timeColumn, timeFormat, timeValue                     string
	splitSize, workers                                    int
	handling                                              string
	progress                                              bool

	// asRuby keeps decimal numbers in columns without a type as strings, converts the values of logs, and
	// names parts, as bulk_import:prepare_parts of the Ruby toolbelt does.
	asRuby bool
}

// add defines the flags. Some shorthands exist only for bulk_import.
func (f *readFlags) add(fs *pflag.FlagSet, noun string) {
	letter := func(s string) string {
		if noun == bulkNoun {
			return s
		}
		return ""
	}
	if f.asRuby = noun == bulkNoun; f.asRuby {
		fs.Bool("help", false, "help for this command") // -h is --columns
	}
	fs.StringVarP(&f.format, "format", "f", "", "`FORMAT` of the files: csv, tsv, json, parquet, msgpack, apache, syslog or regex (default by name, else csv)")
	fs.StringSliceVarP(&f.columns, "columns", letter("h"), nil, "`NAMES` of the columns: time,uid,price")
	fs.BoolVarP(&f.header, "column-header", letter("H"), false, "the first line contains the column names")
	fs.StringSliceVar(&f.columnTypes, "column-types", nil, "`TYPES` of --columns, or of the columns in the first line: string, int, long or double")
	fs.StringSliceVar(&f.columnType, "column-type", nil, "type of one column, as `NAME:TYPE`")
	fs.BoolVarP(&f.allString, "all-string", "S", false, "make every value a string")
	fs.StringSliceVar(&f.only, "only-columns", nil, "keep only these columns: `NAMES`")
	fs.StringSliceVar(&f.exclude, "exclude-columns", nil, "omit these columns: `NAMES`")
	fs.StringVarP(&f.delimiter, "delimiter", letter("d"), "", "`TEXT` or pattern between columns (default , in csv, tab in tsv)")
	fs.StringVar(&f.quote, "quote", "", "`QUOTE`: double, single, none, or a character")
	fs.StringVar(&f.pattern, "regex-pattern", "", "`PATTERN` of a line in format regex")
	fs.StringVar(&f.null, "null", "", "`PATTERN` of null in columns without a type; '' is only the empty value")
	f.hasNull = func() bool { return fs.Changed("null") }
	argv.AllowEmpty(fs, "null")
	fs.StringVar(&f.yes, "true", "", "pattern of true in columns without a type")
	fs.StringVar(&f.no, "false", "", "pattern of false in columns without a type")
	fs.StringVarP(&f.timeColumn, "time-column", "t", "", "`NAME` of the time column (default time)")
	fs.StringVarP(&f.timeFormat, "time-format", "T", "", "strftime `FORMAT` of the times")
	fs.StringVar(&f.timeValue, "time-value", "", "give all records this time: `SECONDS[,HOURS]`")
	fs.StringVarP(&f.encoding, "encoding", "e", "", "`ENCODING` of the files (default utf-8)")
	fs.StringVarP(&f.compress, "compress", "C", "", "no effect: gzip is detected")
	fs.IntVarP(&f.splitSize, "split-size", "s", ingest.DefaultSplitSize>>10, "size of a part in `KB`")
	fs.StringVar(&f.handling, "error-records-handling", "skip", "`MODE`: skip invalid records, or abort at the first")
	fs.BoolVar(&f.progress, "progress", false, "print progress lines instead of a bar")
	fs.IntVar(&f.workers, "prepare-parallel", 0, "convert on `N` processors (default all)")
	complete.Flags(fs, complete.OneOf("csv", "tsv", "json", "parquet", "msgpack", "apache", "syslog", "regex"), "format")
	complete.Flags(fs, complete.Any, "columns", "only-columns", "exclude-columns", "delimiter", "regex-pattern", "null", "time-column", "time-format", "time-value")
	complete.Flags(fs, complete.OneOf("string", "int", "long", "double"), "column-types")
	complete.Flags(fs, complete.ColumnAndType, "column-type")
	complete.Flags(fs, complete.OneOf("double", "single", "none"), "quote")
	complete.Flags(fs, complete.OneOf("utf-8", "utf-16", "utf-16le", "utf-16be", "shift_jis", "euc-jp", "iso-8859-1", "windows-1252", "gbk", "big5", "euc-kr"), "encoding")
	complete.Flags(fs, complete.OneOf("skip", "abort"), "error-records-handling")
	for _, name := range []string{"true", "false", "compress", "prepare-parallel"} {
		_ = fs.MarkHidden(name)
	}
	addIgnored(fs, "escape", "newline", "empty-as-null-if-numeric", "invalid-columns-handling", "error-records-output", "primary-key",
		"db-url", "db-user", "db-password")
}

// addIgnored defines flags of the Java importer that have no effect in td.
func addIgnored(fs *pflag.FlagSet, names ...string) {
	for _, name := range names {
		if name == "empty-as-null-if-numeric" {
			fs.Bool(name, false, "no effect: always on")
		} else {
			fs.String(name, "", noEffect)
		}
		_ = fs.MarkHidden(name)
	}
}

// warnIgnored warns about given flags that have no effect.
func warnIgnored(env *cli.Env, fs *pflag.FlagSet) {
	fs.Visit(func(f *pflag.Flag) {
		if f.Usage == noEffect {
			env.Warn("--%s has no effect", f.Name)
		}
	})
}

const noEffect = "no effect"

// bulkNoun is the noun of the older commands.
const bulkNoun = "bulk_import"

// options checks the flags and returns a function that returns the options for a file.
func (f readFlags) options() (func(path string) ingest.Options, error) {
	o := ingest.Options{
		Columns: f.columns, Header: f.header, AllString: f.allString, LogTypes: f.asRuby, Only: f.only, Exclude: f.exclude,
		Delimiter: f.delimiter, TimeColumn: f.timeColumn, TimeFormat: f.timeFormat, Encoding: f.encoding,
		SplitSize: int64(f.splitSize) << 10, MaxKeys: maxBulkKeys, Workers: f.workers, Abort: f.handling == "abort",
		TextDecimals: f.asRuby, EmptyNames: true,
	}
	switch {
	case f.handling != "skip" && f.handling != "abort":
		return nil, cli.Usagef("--error-records-handling must be skip or abort, not %q", f.handling)
	case f.splitSize < 1 || f.splitSize > 1<<20:
		return nil, cli.Usagef("-s/--split-size must be between 1 and %d KB, not %d", 1<<20, f.splitSize)
	case f.workers < 0 || f.workers > 96:
		return nil, cli.Usagef("--prepare-parallel must be between 1 and 96, not %d", f.workers)
	case f.format == "mysql":
		return nil, cli.WithHint(cli.Usagef("format mysql is not supported"), "use import:config to create a configuration and connector:issue to load from MySQL")
	case f.format != "" && parseFormat(f.format) == "":
		return nil, cli.Usagef("unknown format %q: it must be csv, tsv, json, parquet, msgpack, apache, syslog or regex", f.format)
	case !slices.Contains([]string{"", "plain", "none", "gzip", "auto"}, f.compress):
		return nil, cli.Usagef("-C/--compress must be plain or gzip, not %q", f.compress)
	}
	var err error
	if o.Quote, err = parseQuote(f.quote); err != nil {
		return nil, err
	}
	if o.TypeList, err = f.typeList(); err != nil {
		return nil, err
	}
	if o.Types, err = f.types(); err != nil {
		return nil, err
	}
	if o.TimeValue, err = parseTimeValue(f.timeValue); err != nil {
		return nil, err
	}
	null := f.null
	if format := parseFormat(f.format); f.asRuby && !f.hasNull() && format == ingest.Apache {
		null = "^-?$"
	}
	if null == "" && f.hasNull() {
		null = "^$" // an empty pattern would match every value
	}
	for _, p := range []struct {
		flag, text string
		to         **regexp.Regexp
	}{{"regex-pattern", f.pattern, &o.Pattern}, {"null", null, &o.Null}, {"true", f.yes, &o.True}, {"false", f.no, &o.False}} {
		if *p.to, err = compile(p.flag, p.text); err != nil {
			return nil, err
		}
	}
	return func(path string) ingest.Options {
		o := o
		o.Format = cmp.Or(parseFormat(f.format), formatFromExtension(path), ingest.CSV)
		return o
	}, nil
}

// parseFormat returns the format with the given name, or "".
func parseFormat(name string) ingest.Format {
	switch f := ingest.Format(name); f {
	case ingest.CSV, ingest.TSV, ingest.JSON, ingest.Parquet, ingest.MsgPack, ingest.Apache, ingest.Syslog, ingest.Regexp:
		return f
	case "regex":
		return ingest.Regexp
	}
	return ""
}

// formatFromExtension returns the format for the extension of path, or "".
func formatFromExtension(path string) ingest.Format {
	switch strings.ToLower(filepath.Ext(strings.TrimSuffix(path, ".gz"))) {
	case ".csv":
		return ingest.CSV
	case ".tsv":
		return ingest.TSV
	case ".json", ".jsonl", ".ndjson":
		return ingest.JSON
	case ".parquet":
		return ingest.Parquet
	case ".msgpack", ".mpack":
		return ingest.MsgPack
	}
	return ""
}

func parseQuote(name string) (rune, error) {
	switch strings.ToLower(name) {
	case "":
		return 0, nil
	case "double":
		return '"', nil
	case "single":
		return '\'', nil
	case "none":
		return ingest.NoQuote, nil
	}
	if r := []rune(name); len(r) == 1 {
		return r[0], nil
	}
	return 0, cli.Usagef("--quote must be double, single, none or one character, not %q", name)
}

// types returns the column types by name.
func (f readFlags) types() (map[string]ingest.Type, error) {
	types := map[string]ingest.Type{}
	if len(f.columnTypes) > 0 && len(f.columnTypes) != len(f.columns) && !f.typesOfHeader() {
		return nil, cli.Usagef("--column-types has %d types for %d columns in --columns; use --column-type NAME:TYPE for single columns", len(f.columnTypes), len(f.columns))
	}
	pairs := slices.Clone(f.columnType)
	if !f.typesOfHeader() {
		for i, t := range f.columnTypes {
			pairs = append(pairs, f.columns[i]+":"+t)
		}
	}
	for _, pair := range pairs {
		i := strings.LastIndexByte(pair, ':')
		if i < 1 {
			return nil, cli.Usagef("--column-type must be NAME:TYPE, not %q", pair)
		}
		t, ok := parseType(pair[i+1:])
		if !ok {
			return nil, cli.Usagef("unknown type %q of column %q: it must be string, int, long or double", pair[i+1:], pair[:i])
		}
		types[pair[:i]] = t
	}
	return types, nil
}

// typesOfHeader reports whether --column-types applies to the columns in the first line of the file.
func (f readFlags) typesOfHeader() bool { return f.header && len(f.columns) == 0 }

// typeList returns the types of the columns in the first line, in their order.
func (f readFlags) typeList() ([]ingest.Type, error) {
	if !f.typesOfHeader() {
		return nil, nil
	}
	var types []ingest.Type
	for _, name := range f.columnTypes {
		t, ok := parseType(name)
		if !ok {
			return nil, cli.Usagef("unknown type %q in --column-types: it must be string, int, long or double", name)
		}
		types = append(types, t)
	}
	return types, nil
}

// parseType returns the type with a name of the toolbelt.
func parseType(name string) (ingest.Type, bool) {
	switch t := strings.ToLower(name); t {
	case "string", "long", "double":
		return ingest.Type(t), true
	case "int":
		return ingest.Long, true
	}
	return "", false
}

// parseTimeValue parses SECONDS or SECONDS,HOURS.
func parseTimeValue(text string) (*ingest.TimeValue, error) {
	if text == "" {
		return nil, nil
	}
	start, hours, spread := strings.Cut(text, ",")
	v := &ingest.TimeValue{}
	t, err := cli.ParseTime(start)
	if err != nil {
		return nil, err
	}
	v.Start = t.Unix()
	if spread {
		if v.Hours, err = strconv.ParseInt(strings.TrimSpace(hours), 10, 32); err != nil || v.Hours < 1 {
			return nil, cli.Usagef("--time-value must be SECONDS or SECONDS,HOURS, not %q", text)
		}
	}
	return v, nil
}

func compile(flag, pattern string) (*regexp.Regexp, error) {
	if pattern == "" {
		return nil, nil
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, cli.Usagef("--%s: %w", flag, err)
	}
	return re, nil
}

// headerSize is the size of the start of a file that checkOptions reads.
const headerSize = 64 << 10

// checkOptions checks the options of each file, and the columns in its first line, before
// anything is sent to the server.
func checkOptions(ctx context.Context, read func(path string) ingest.Options, paths []string) error {
	for _, path := range paths {
		if err := checkStart(ctx, path, read(path)); err != nil {
			return readError(err)
		}
	}
	return nil
}

// checkStart returns the error in the options that the start of a file reveals. Other
// errors may only be due to its incomplete end.
func checkStart(ctx context.Context, path string, o ingest.Options) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	size := int64(headerSize)
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		size = 0 // a pipe can only be read once
	}
	o.MaxBad, o.Abort = -1, false
	_, err = ingest.Read(ctx, path, io.LimitReader(f, size), o, func(ingest.Part) error { return nil })
	if _, ok := errors.AsType[*ingest.OptionError](err); ok {
		return err
	}
	return nil
}

// readError converts an error in the options to a usage error that names the flags, and
// adds a hint to the error for a file in another format.
func readError(err error) error {
	if e, ok := errors.AsType[*ingest.NoRecordsError](err); ok && e.Likely != "" && e.Likely != e.Format {
		return cli.WithHint(err, "the file seems to be %[1]s: --format %[1]s", e.Likely)
	}
	o, ok := errors.AsType[*ingest.OptionError](err)
	if !ok {
		return err
	}
	switch o.Option {
	case "columns":
		return cli.WithHint(cli.UsageError{Err: err}, "use --column-header if the first line contains the names, or --columns a,b,c")
	case "time column":
		return cli.WithHint(cli.UsageError{Err: err}, "use --time-column NAME, or --time-value SECONDS for a fixed time")
	case "pattern":
		return cli.WithHint(cli.UsageError{Err: err}, `example: --regex-pattern '^(?<time>\S+) (?<host>\S+)'`)
	}
	return cli.UsageError{Err: err}
}
