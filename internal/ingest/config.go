package ingest

import (
	"cmp"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/td-cli/td/internal/text"
)

// An OptionError is returned for invalid options, before the file is read.
type OptionError struct {
	Option string // field name in lower case
	Why    string
}

// Error implements error.
func (e *OptionError) Error() string { return e.Option + ": " + e.Why }

// A config is a validated copy of Options with defaults, and the columns once they are known. All
// workers share it.
type config struct {
	Options
	parquet   bool           // the file is Parquet
	delimiter []byte         // literal text
	splitter  *regexp.Regexp // used instead of delimiter unless nil
	quote     byte           // 0 means no quotes
	only      map[string]bool
	exclude   map[string]bool
	columns   []column
	times     timeParser
	block     int // bytes of a file that are converted at a time
	maxRecord int // see MaxRecord
}

// maxWorkers is the default limit of workers. One goroutine reads and splits the file, and each
// worker needs memory.
const maxWorkers = 8

func newConfig(o Options) (*config, error) {
	p := &config{Options: o, maxRecord: MaxRecord}
	if p.parquet = o.Format == Parquet; p.parquet { // its records are read as MessagePack
		p.Format = MsgPack
	}
	if p.TimeColumn == "" {
		p.TimeColumn = "time"
	}
	if p.MaxKeys <= 0 {
		p.MaxKeys = DefaultMaxKeys
	}
	if p.MaxBad == 0 {
		p.MaxBad = DefaultMaxBad
	}
	if p.SplitSize <= 0 {
		p.SplitSize = DefaultSplitSize
	}
	p.block = int(min(blockSize, max(p.SplitSize, minBlockSize)))
	if p.Workers <= 0 {
		p.Workers = min(runtime.GOMAXPROCS(0), maxWorkers)
	}
	if p.Location == nil {
		var err error
		if p.Location, err = text.LocalZone(); err != nil {
			return nil, err
		}
	}
	if p.Now.IsZero() {
		p.Now = time.Now()
	}
	if p.TimeValue != nil && p.TimeValue.Hours > 0 {
		p.Workers = 1 // the time of a record depends on the number of records before it
	}
	p.only, p.exclude = set(o.Only), set(o.Exclude)
	format, err := expandFormat(o.TimeFormat)
	if err != nil {
		return nil, err
	}
	p.times = timeParser{format: format, location: p.Location, now: p.Now}
	if _, err := findEncoding(o.Encoding); err != nil {
		return nil, err
	}
	if err := p.checkTimeValue(); err != nil {
		return nil, err
	}
	if err := p.checkTypes(); err != nil {
		return nil, err
	}
	return p, p.checkFormat()
}

func set(names []string) map[string]bool {
	if len(names) == 0 {
		return nil
	}
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

func (p *config) checkTimeValue() error {
	if v := p.TimeValue; v != nil {
		if v.Hours < 0 || v.Hours > 24*366*10000 {
			return &OptionError{"time value", "the number of hours must be between 0 and 10000 years"}
		}
		if checkRange(v.Start) != nil || checkRange(v.Start+v.Hours*3600) != nil {
			return &OptionError{"time value", "must be between the years 0 and 9999"}
		}
	}
	return nil
}

func (p *config) checkTypes() error {
	for i, t := range p.TypeList {
		if !slices.Contains([]Type{String, Long, Double}, t) {
			return &OptionError{"types", fmt.Sprintf("the type of column %d must be string, long or double, not %q", i+1, t)}
		}
	}
	for name, t := range p.Types {
		switch t {
		case "", String, Long, Double:
		default:
			return &OptionError{"types", fmt.Sprintf("the type of column %q must be string, long or double, not %q", name, t)}
		}
	}
	return nil
}

func (p *config) checkFormat() error {
	switch p.Format {
	case CSV, TSV:
		if err := p.setDelimiter(); err != nil {
			return err
		}
		if len(p.Columns) == 0 && !p.Header {
			return &OptionError{"columns", "names are required"}
		}
	case JSON, MsgPack:
	case Apache:
		p.times.format = cmp.Or(p.times.format, apacheTime)
		return p.setColumns(apacheColumns())
	case Syslog:
		p.times.iso = p.times.format == ""
		p.times.format = cmp.Or(p.times.format, syslogTime)
		return p.setColumns(syslogColumns())
	case Regexp:
		names, err := p.groups()
		if err != nil {
			return err
		}
		return p.setColumns(names)
	default:
		return &OptionError{"format", fmt.Sprintf("must be csv, tsv, json, parquet, msgpack, apache, syslog or regexp, not %q", p.Format)}
	}
	if len(p.Columns) > 0 {
		return p.setColumns(p.Columns)
	}
	return nil
}

func (p *config) setDelimiter() error {
	switch q := p.Quote; {
	case q == 0 && p.Format == CSV:
		p.quote = '"'
	case q == 0 || q == NoQuote:
	case q > ' ' && q < 0x7f:
		p.quote = byte(q)
	default:
		return &OptionError{"quote", "must be an ASCII character"}
	}
	d := p.Delimiter
	switch {
	case d == "" && p.Format == TSV:
		d = "\t"
	case d == "":
		d = ","
	case len([]rune(d)) == 1:
	default:
		re, err := regexp.Compile(d)
		if err != nil {
			return &OptionError{"delimiter", err.Error()}
		}
		literal, whole := re.LiteralPrefix()
		if !whole {
			p.splitter, p.quote = re, 0
		}
		if d = literal; whole && d == "" {
			return &OptionError{"delimiter", "must not match the empty string"}
		}
	}
	if p.splitter == nil && (strings.ContainsAny(d, "\r\n") || p.quote != 0 && strings.Contains(d, string(rune(p.quote)))) {
		return &OptionError{"delimiter", "must not contain a line break or the quote"}
	}
	p.delimiter = []byte(d)
	return nil
}

// groups returns the column names of the groups of p.Pattern, "" for a group without a column.
func (p *config) groups() ([]string, error) {
	if p.Pattern == nil {
		return nil, &OptionError{"pattern", "required for the format regexp"}
	}
	names := slices.Clone(p.Pattern.SubexpNames()[1:])
	given := p.Columns
	for i, n := range names {
		if n == "" && len(given) > 0 {
			names[i], given = given[0], given[1:]
		}
	}
	if len(given) > 0 {
		return nil, &OptionError{"columns", "more names than unnamed groups in the pattern"}
	}
	if !slices.ContainsFunc(names, func(n string) bool { return n != "" }) {
		return nil, &OptionError{"pattern", "must have a named group for each column"}
	}
	return names, nil
}

// setColumns sets the columns of rows. An empty name means that the group is ignored in the format
// regexp. It is an error in other formats.
func (p *config) setColumns(names []string) error {
	if types := len(p.TypeList); types > 0 && types != len(names) {
		return &OptionError{"types", fmt.Sprintf("%d types for %d columns", types, len(names))}
	}
	seen := make(map[string]bool, len(names))
	p.columns = make([]column, len(names))
	for i, name := range names {
		if name == "" && p.Format == Regexp {
			p.columns[i] = column{skip: true}
			continue
		}
		switch {
		case name == "" && !p.EmptyNames:
			return &OptionError{"columns", fmt.Sprintf("number %d has no name", i+1)}
		case seen[name]:
			return &OptionError{"columns", fmt.Sprintf("duplicate name %q", name)}
		}
		seen[name] = true
		p.columns[i] = p.column(i, name)
	}
	if p.TimeValue == nil && !seen[p.TimeColumn] {
		return &OptionError{"time column", fmt.Sprintf("no column %q", p.TimeColumn)}
	}
	return nil
}

// column returns the column at index i.
func (p *config) column(i int, name string) column {
	c := column{name: name, kind: p.Types[name], skip: !p.selects(name)}
	if i < len(p.TypeList) {
		c.kind = p.TypeList[i]
	}
	if p.AllString || !p.LogTypes && (p.Format == Apache || p.Format == Syslog) {
		c.kind = String
	}
	c.packedName = appendString(nil, name)
	c.sum = hashName([]byte(name))
	c.time = p.TimeValue == nil && name == p.TimeColumn
	return c
}

// selects reports whether a column is kept. The encoder always keeps "time".
func (p *config) selects(name string) bool {
	return (p.only == nil || p.only[name]) && !p.exclude[name]
}
