package ingest

import (
	"cmp"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// An OptionError says that options make no sense, whatever the file.
type OptionError struct {
	Option string // as the field is called, in lower case
	Why    string
}

func (e *OptionError) Error() string { return e.Option + ": " + e.Why }

// A plan is what Options come to: checked, with defaults in place, and the columns as soon as they are known. Workers share it.
type plan struct {
	Options
	delimiter []byte         // plain text
	splitter  *regexp.Regexp // instead of delimiter
	quote     byte           // 0 for none
	only      map[string]bool
	exclude   map[string]bool
	columns   []column
	clock     clock
	block     int // bytes of a file that are converted at a time
	longest   int // MaxRecord
}

// maxWorkers is how many workers there are at most unless Options say: one goroutine reads and cuts the file, and each worker takes memory.
const maxWorkers = 8

func newPlan(o Options) (*plan, error) {
	p := &plan{Options: o, longest: MaxRecord}
	if p.TimeColumn == "" {
		p.TimeColumn = "time"
	}
	if p.MaxKeys <= 0 {
		p.MaxKeys = DefaultMaxKeys
	}
	if p.SplitSize <= 0 {
		p.SplitSize = DefaultSplitSize
	}
	p.block = int(min(blockSize, max(p.SplitSize, minBlockSize)))
	if p.Workers <= 0 {
		p.Workers = min(runtime.GOMAXPROCS(0), maxWorkers)
	}
	if p.Location == nil {
		p.Location = time.Local
	}
	if p.Now.IsZero() {
		p.Now = time.Now()
	}
	if p.TimeValue != nil && p.TimeValue.Hours > 0 {
		p.Workers = 1 // each record's time depends on how many came before
	}
	p.only, p.exclude = set(o.Only), set(o.Exclude)
	format, err := expand(o.TimeFormat)
	if err != nil {
		return nil, err
	}
	p.clock = clock{format: format, location: p.Location, now: p.Now}
	if _, err := decoderOf(o.Encoding); err != nil {
		return nil, err
	}
	if err := p.checkTime(); err != nil {
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

func (p *plan) checkTime() error {
	if v := p.TimeValue; v != nil {
		if v.Hours < 0 || v.Hours > 24*366*10000 {
			return &OptionError{"time value", "the range of hours is not usable"}
		}
		if checkTime(v.Start) != nil || checkTime(v.Start+v.Hours*3600) != nil {
			return &OptionError{"time value", "it is not between the years 0 and 9999"}
		}
	}
	return nil
}

func (p *plan) checkTypes() error {
	for name, t := range p.Types {
		switch t {
		case "", String, Long, Double:
		default:
			return &OptionError{"types", fmt.Sprintf("column %q cannot be of type %q: string, long or double", name, t)}
		}
	}
	return nil
}

func (p *plan) checkFormat() error {
	switch p.Format {
	case CSV, TSV:
		if err := p.setDelimiter(); err != nil {
			return err
		}
		if len(p.Columns) == 0 && !p.Header {
			return &OptionError{"columns", "none are named, and no header is promised"}
		}
	case JSON, MsgPack:
	case Apache:
		p.clock.format = cmp.Or(p.clock.format, apacheTime)
		return p.setColumns(apacheColumns())
	case Syslog:
		p.clock.iso = p.clock.format == ""
		p.clock.format = cmp.Or(p.clock.format, syslogTime)
		return p.setColumns(syslogColumns())
	case Regexp:
		names, err := p.groups()
		if err != nil {
			return err
		}
		return p.setColumns(names)
	default:
		return &OptionError{"format", fmt.Sprintf("%q is not one of csv, tsv, json, msgpack, apache, syslog, regexp", p.Format)}
	}
	if len(p.Columns) > 0 {
		return p.setColumns(p.Columns)
	}
	return nil
}

func (p *plan) setDelimiter() error {
	switch q := p.Quote; {
	case q == 0 && p.Format == CSV:
		p.quote = '"'
	case q == 0 || q == NoQuote:
	case q > ' ' && q < 0x7f:
		p.quote = byte(q)
	default:
		return &OptionError{"quote", "it is not an ASCII character"}
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
			return &OptionError{"delimiter", "it matches nothing"}
		}
	}
	if p.splitter == nil && (strings.ContainsAny(d, "\r\n") || p.quote != 0 && strings.Contains(d, string(rune(p.quote)))) {
		return &OptionError{"delimiter", "it cannot hold a line's end or the quote"}
	}
	p.delimiter = []byte(d)
	return nil
}

// groups returns the names of the columns that the groups of p.Pattern stand for, "" for a group that is none.
func (p *plan) groups() ([]string, error) {
	if p.Pattern == nil {
		return nil, &OptionError{"pattern", "the format regexp needs one"}
	}
	names := slices.Clone(p.Pattern.SubexpNames()[1:])
	given := p.Columns
	for i, n := range names {
		if n == "" && len(given) > 0 {
			names[i], given = given[0], given[1:]
		}
	}
	if len(given) > 0 {
		return nil, &OptionError{"columns", "there are more of them than unnamed groups in the pattern"}
	}
	if !slices.ContainsFunc(names, func(n string) bool { return n != "" }) {
		return nil, &OptionError{"pattern", "it has no groups that name columns"}
	}
	return names, nil
}

// setColumns sets the columns of rows. A name that is empty stands for nothing in regexp and is an error elsewhere.
func (p *plan) setColumns(names []string) error {
	seen := make(map[string]bool, len(names))
	p.columns = make([]column, len(names))
	for i, name := range names {
		if name == "" && p.Format == Regexp {
			p.columns[i] = column{skip: true}
			continue
		}
		switch {
		case name == "":
			return &OptionError{"columns", fmt.Sprintf("number %d has no name", i+1)}
		case seen[name]:
			return &OptionError{"columns", fmt.Sprintf("%q is named twice", name)}
		}
		seen[name] = true
		p.columns[i] = p.column(name)
	}
	if p.TimeValue == nil && !seen[p.TimeColumn] {
		return &OptionError{"time column", fmt.Sprintf("there is no column %q", p.TimeColumn)}
	}
	return nil
}

func (p *plan) column(name string) column {
	c := column{name: name, kind: p.Types[name], skip: !p.keeps(name)}
	switch {
	case p.AllString:
		c.kind = String
	case p.Format == Apache && (name == "code" || name == "size"), p.Format == Syslog && (name == "pid" || name == "pri"):
		c.kind = Long
	case p.Format == Apache || p.Format == Syslog:
		c.kind = String
	}
	c.dash = p.Format == Apache
	c.head = appendString(nil, name)
	c.sum = keySum([]byte(name))
	c.time = p.TimeValue == nil && name == p.TimeColumn
	return c
}

// keeps says whether a column is wanted. That "time" always is, is the encoder's business.
func (p *plan) keeps(name string) bool {
	return (p.only == nil || p.only[name]) && !p.exclude[name]
}
