package jobcmd

import (
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/download"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// RowFlags are the flags that select the format and the destination of a job's rows.
type RowFlags struct {
	Format   string
	Vertical bool
	Output   string
	Split    int64 // rows of a file, or unlimited
	Limit    int64
	Header   bool
	Null     string
	BOM      bool
	Threads  int
	Progress bool

	Compression string
	SelectFlags
	LimitFlags

	To   io.Writer      // destination of the rows without Output; nil means standard output
	Copy *download.Copy // keeps the result, or has it already; may be nil
}

// NewRowFlags returns the flags with their defaults.
func NewRowFlags() RowFlags {
	return RowFlags{Split: unlimited, Limit: unlimited, Null: jobresult.DefaultNull}
}

// unlimited is the default of --limit and --split-rows.
const unlimited = math.MinInt64

// Add defines the flags.
func (f *RowFlags) Add(fs *pflag.FlagSet) {
	methods := compressionMethods()
	fs.StringVarP(&f.Format, "format", "f", "", "`FORMAT` of the rows: "+text.JoinOr(jobresult.Formats()))
	fs.BoolVarP(&f.Vertical, "vertical", "G", false, "print each row as a block of lines")
	fs.StringVarP(&f.Output, "output", "o", "", "write the rows to `FILE`, which appears whole or not at all (- is standard output)")
	fs.Int64Var(&f.Split, "split-rows", unlimited, "start a new file after every `N` rows; the name of -o has %d for its number: 'part-%04d.csv'")
	fs.Lookup("split-rows").DefValue = ""
	fs.Int64VarP(&f.Limit, "limit", "l", unlimited, "print at most `ROWS` rows")
	fs.Lookup("limit").DefValue = ""
	fs.BoolVarP(&f.Header, "column-header", "c", false, "include the column names in csv, tsv and json")
	fs.StringVar(&f.Null, "null", jobresult.DefaultNull, "print `TEXT` for NULL in csv, tsv and tables")
	fs.BoolVar(&f.BOM, "bom", false, "start csv and tsv with a byte order mark, which Excel requires")
	fs.StringVar(&f.Compression, "compression", "", "compress parquet and arrow within the file with `METHOD`: "+compressionNames(methods))
	f.SelectFlags.add(fs)
	f.LimitFlags.add(fs)
	fs.IntVar(&f.Threads, "threads", 0, "download a large result to a file over `N` connections (default 1 to 4, by size)")
	fs.BoolVar(&f.Progress, "progress", false, "report the progress of the download every few seconds, instead of a bar on a terminal")
	argv.MarkNew(fs, "bom", "compression", "split-rows", "threads", "progress")
	argv.AllowEmpty(fs, "null")
	complete.Flags(fs, complete.RowFormat, "format")
	complete.Flags(fs, complete.File, "output")
	complete.Flags(fs, complete.OneOf(methods...), "compression")
	complete.Flags(fs, complete.Any, "null", "split-rows", "threads")
}

// compressionMethods returns the values of --compression.
func compressionMethods() []string {
	var methods []string
	for _, f := range jobresult.Formats() {
		for _, m := range f.Compressions() {
			if !slices.Contains(methods, string(m)) {
				methods = append(methods, string(m))
			}
		}
	}
	return methods
}

// compressionNames describes methods of compression: "zstd (default) or none".
func compressionNames(methods []string) string {
	methods = slices.Clone(methods)
	methods[0] += " (default)"
	return text.JoinOr(methods)
}

// RowDefaults are the formats that a command uses without -f.
type RowDefaults struct {
	Stdout jobresult.Format // format on standard output
	File   jobresult.Format // format with -o
	ByName bool             // the extension of the file name of -o takes precedence

	StdoutLimit bool // -l has no effect with -o, as in the Ruby toolbelt's query; otherwise they cannot be used together
}

// A RowPlan is the checked form of RowFlags.
type RowPlan struct {
	Format jobresult.Format
	Path   string // "" means standard output

	formatFromName jobresult.Format // set with -o and without -f; "" if the extension is unknown
	flags          RowFlags
	ignoresLimit   bool // -l was given but has no effect
	selection      selection
	gunzip         jobresult.Gunzip
}

// HasReader reports whether the rows go to a reader such as a program, which may use the terminal.
func (p RowPlan) HasReader() bool { return p.flags.To != nil }

// Plan checks the flags and determines the format.
func (f RowFlags) Plan(env *cli.Env, d RowDefaults) (RowPlan, error) {
	p := RowPlan{Path: f.Output, flags: f, Format: d.Stdout, gunzip: jobresult.Gunzip(env.Getenv("TD_GUNZIP"))}
	if f.Output == "-" || env.OutTTY && f.Output == "/dev/stdout" { // output to a terminal must be sanitized
		p.Path = ""
	}
	switch {
	case f.Vertical && f.Format != "" && f.Format != string(jobresult.Vertical):
		return p, cli.Usagef("-G/--vertical and -f/--format %s cannot be used together", f.Format)
	case f.Vertical:
		p.Format = jobresult.Vertical
	case f.Format != "":
		format, err := jobresult.ParseFormat(f.Format)
		if err != nil {
			return p, cli.UsageError{Err: err}
		}
		p.Format = format
	case f.Output != "":
		p.Format = d.File
		p.formatFromName, _ = jobresult.FormatOf(p.Path)
		if p.formatFromName != "" && (d.ByName || !isToolbeltFormat(p.formatFromName)) {
			p.Format = p.formatFromName
		}
		if name := unsupportedFormat(p.Path); name != "" && p.formatFromName == "" {
			return p, cli.WithHint(cli.Usagef("cannot write %s: %s is not supported", p.Path, name),
				"use -f to select one of %s", text.JoinOr(jobresult.Formats()))
		}
	}
	if f.JQ != "" && f.Format == "" && !f.Vertical {
		p.Format = jobresult.JSONL
	}
	if d.StdoutLimit && f.Limit >= 0 && p.Path != "" {
		p.ignoresLimit = true
		f.Limit, p.flags.Limit = unlimited, unlimited
	}
	if err := f.check(env, p); err != nil {
		return p, err
	}
	var err error
	p.selection, err = f.parse(p.Format)
	return p, err
}

// onTerminal reports whether the rows are written to a terminal.
func (p RowPlan) onTerminal(env *cli.Env) bool {
	return p.Path == "" && p.flags.To == nil && env.OutTTY
}

// isToolbeltFormat reports whether the Ruby toolbelt writes a format. A file name with its extension did not select the
// format there.
func isToolbeltFormat(f jobresult.Format) bool {
	switch f {
	case jobresult.CSV, jobresult.JSON, jobresult.MsgPack, jobresult.MsgPackGz:
		return true
	}
	return false
}

// check returns a usage error for flags that contradict each other.
func (f RowFlags) check(env *cli.Env, p RowPlan) error {
	binary := p.Format.IsBinary()
	switch {
	case p.gunzip != jobresult.GunzipDefault && p.gunzip != jobresult.GunzipOwn && p.gunzip != jobresult.GunzipKlauspost:
		return cli.Usagef("TD_GUNZIP must be own or klauspost, not %q", p.gunzip)
	case f.Header && p.Format != jobresult.CSV && p.Format != jobresult.TSV && p.Format != jobresult.JSON:
		return cli.Usagef("-c/--column-header is only supported with json, tsv and csv formats")
	case f.BOM && p.Format != jobresult.CSV && p.Format != jobresult.TSV:
		return cli.Usagef("--bom requires -f csv or -f tsv, not %s", p.Format)
	case f.Limit < 0 && f.Limit != unlimited:
		return cli.Usagef("-l/--limit must be 0 or more, not %d", f.Limit)
	case f.Limit >= 0 && p.Path != "":
		return cli.Usagef("-l/--limit and -o/--output cannot be used together; use LIMIT in the SQL to reduce the result")
	case f.Limit >= 0 && f.expects():
		return cli.Usagef("-l/--limit cannot be used together with --expect and --fail-if-empty, which count all rows")
	case f.Limit >= 0 && binary && !p.Format.IsTyped():
		return cli.Usagef("-l/--limit and -f %s cannot be used together", p.Format)
	case f.Threads < 0 || f.Threads > download.MaxThreads:
		return cli.Usagef("--threads must be 1 to %d, not %d", download.MaxThreads, f.Threads)
	case f.Threads > 0 && p.Path == "":
		return cli.Usagef("--threads requires a file: use -o FILE")
	case binary && p.onTerminal(env):
		return cli.Usagef("%s cannot be written to a terminal: use -o FILE", p.Format)
	}
	if err := f.checkSplit(p); err != nil {
		return err
	}
	return f.checkTyped(p)
}

// checkSplit returns a usage error for --split-rows without a number of rows or a pattern.
func (f RowFlags) checkSplit(p RowPlan) error {
	switch {
	case f.Split == unlimited:
		return nil
	case f.Split < 1:
		return cli.Usagef("--split-rows must be 1 or more, not %d", f.Split)
	case p.Path == "":
		return cli.Usagef("--split-rows requires files: use -o 'part-%%04d.csv'")
	case f.JQ != "" && p.Format == jobresult.JSON:
		return cli.Usagef("--split-rows and --jq with -f json, which filters all rows together, cannot be used together; use -f jsonl")
	}
	if _, err := download.ParsePattern(p.Path); err != nil {
		return cli.Usagef("--split-rows requires the file name of -o to contain one %%d or %%04d: %w", err)
	}
	return nil
}

// checkTyped returns a usage error for flags that contradict a format with typed columns, or require one.
func (f RowFlags) checkTyped(p RowPlan) error {
	methods := p.Format.Compressions()
	switch name := strings.ToLower(p.Path); {
	case len(methods) == 0 && f.Compression != "":
		return cli.Usagef("--compression requires -f parquet or -f arrow, not %s; the name of a file selects the compression of other formats, such as out.csv.gz", p.Format)
	case len(methods) == 0:
	case f.Null != jobresult.DefaultNull:
		return cli.Usagef("--null and -f %s cannot be used together: the format has NULL", p.Format)
	case f.Compression != "" && !slices.Contains(methods, jobresult.Compression(f.Compression)):
		return cli.Usagef("--compression of %s must be %s, not %q", p.Format, text.JoinOr(methods), f.Compression)
	case strings.HasSuffix(name, ".gz"), strings.HasSuffix(name, ".zst"):
		return cli.Usagef("cannot write %s: %s is compressed within the file, see --compression", p.Path, p.Format)
	}
	return nil
}

// unsupportedFormat returns the name of the data format that the extension of a path denotes, if td cannot write it.
func unsupportedFormat(path string) string {
	name := strings.ToLower(filepath.Base(path))
	for _, compression := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, compression)
	}
	switch ext := filepath.Ext(name); ext {
	case ".7z", ".br", ".bz2", ".lz4", ".lzma", ".rar", ".snappy", ".tar", ".tgz", ".xz", ".z", ".zip",
		".avro", ".feather", ".ods", ".orc", ".xls", ".xlsx", ".xml", ".yaml", ".yml":
		return ext[1:]
	}
	return ""
}

// CheckPath returns an error if the rows cannot be written to the file. It is called before the job is submitted.
func (p RowPlan) CheckPath() error {
	switch {
	case p.Path == "":
		return nil
	case p.flags.Split > 0:
		pattern, err := download.ParsePattern(p.Path)
		if err != nil {
			return cli.UsageError{Err: err}
		}
		return download.CheckParts(pattern)
	}
	return download.CheckPath(p.Path)
}

// PrintHints prints a hint if the extension of the file name suggests another format, and a warning if -l has no effect.
func (p RowPlan) PrintHints(env *cli.Env) {
	if p.ignoresLimit {
		env.Warn("-l/--limit has no effect with -o/--output: all rows are written; use LIMIT in the SQL")
	}
	if p.formatFromName != "" && p.formatFromName != p.Format {
		env.Say("td: %s is written as %s; use '-f %s' for the format that its name suggests", p.Path, p.Format, p.formatFromName)
	}
}
