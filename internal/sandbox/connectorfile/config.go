// Package connectorfile reads local CSV and JSON files according to the
// configuration of a connector, and guesses configurations. The configurations are
// those of Embulk (https://www.embulk.org/docs/).
package connectorfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/files"
)

// ErrConfig is the error of configurations that are invalid or not supported.
var ErrConfig = errors.New("invalid configuration")

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrConfig, fmt.Sprintf(format, args...))
}

// A Config is the configuration of a connector.
type Config struct {
	In      Input             `json:"in"`
	Out     Output            `json:"out"`
	Exec    json.RawMessage   `json:"exec"`
	Filters []json.RawMessage `json:"filters"`
}

// An Input describes the files to read. Either Path or PathPrefix is set.
type Input struct {
	Type       string   `json:"type"`
	Path       string   `json:"path,omitempty"`
	PathPrefix string   `json:"path_prefix,omitempty"`
	Parser     *Parser  `json:"parser,omitempty"`
	Decoders   []Option `json:"decoders,omitempty"`
}

// An Option is a decoder or a filter.
type Option struct {
	Type string `json:"type"`
}

// An Output describes how records are written.
type Output struct {
	Mode       string `json:"mode,omitempty"` // append (default) or replace
	TimeColumn string `json:"time_column,omitempty"`
}

// A Parser describes a file format.
type Parser struct {
	Type        string   `json:"type"` // csv, json or jsonl
	Charset     string   `json:"charset,omitempty"`
	Newline     string   `json:"newline,omitempty"`
	Delimiter   string   `json:"delimiter,omitempty"`
	Quote       *string  `json:"quote,omitempty"`
	Escape      *string  `json:"escape,omitempty"`
	NullString  *string  `json:"null_string,omitempty"`
	HeaderLine  bool     `json:"header_line,omitempty"`
	SkipLines   int      `json:"skip_header_lines,omitempty"`
	AllowExtra  bool     `json:"allow_extra_columns,omitempty"`
	AllowFewer  bool     `json:"allow_optional_columns,omitempty"`
	StopOnError bool     `json:"stop_on_invalid_record,omitempty"`
	Columns     []Column `json:"columns,omitempty"`
}

// A Column is a column of a file.
type Column struct {
	Name   string `json:"name"`
	Type   string `json:"type"`             // long, double, boolean, string, timestamp or json
	Format string `json:"format,omitempty"` // strftime format of a timestamp
}

// Parse parses a configuration. The error wraps [ErrConfig] if the configuration is
// invalid or uses features that the sandbox does not support.
func Parse(data []byte) (*Config, error) {
	var c Config
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, invalid("%v", err)
	}
	if c.In.Type != "file" && c.In.Type != "local" {
		return nil, invalid("input type %q is not available in the sandbox: use \"type: file\" with path or path_prefix", c.In.Type)
	}
	if c.In.Path == "" && c.In.PathPrefix == "" {
		return nil, invalid("the input needs path or path_prefix")
	}
	for _, d := range c.In.Decoders {
		if d.Type != "gzip" {
			return nil, invalid("decoder %q is not available in the sandbox", d.Type)
		}
	}
	for _, f := range c.Filters {
		var o Option
		_ = json.Unmarshal(f, &o) // the type is empty if f is invalid
		return nil, invalid("filter %q is not available in the sandbox", o.Type)
	}
	switch c.Out.Mode {
	case "", "append", "replace":
	default:
		return nil, invalid("output mode %q is not available in the sandbox: use append or replace", c.Out.Mode)
	}
	if c.In.Parser != nil {
		if err := c.In.Parser.check(); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

func (p *Parser) check() error {
	switch {
	case p.Type != "csv" && p.Type != "json" && p.Type != "jsonl":
		return invalid("parser %q is not available in the sandbox: use csv or json", p.Type)
	case p.Charset != "" && !strings.EqualFold(p.Charset, "UTF-8"):
		return invalid("charset %q is not available in the sandbox: use UTF-8", p.Charset)
	case len([]rune(p.Delimiter)) > 1 && p.Delimiter != `\t`:
		return invalid("the delimiter must be one character, not %q", p.Delimiter)
	case p.Quote != nil && *p.Quote != `"` && *p.Quote != "":
		return invalid("the quote %q is not available in the sandbox", *p.Quote)
	case p.Escape != nil && *p.Escape != `"` && *p.Escape != "":
		return invalid("the escape %q is not available in the sandbox: escape quotes by doubling them", *p.Escape)
	}
	for _, column := range p.Columns {
		if column.Name == "" || !slices.Contains([]string{"long", "double", "boolean", "string", "timestamp", "json"}, column.Type) {
			return invalid("column %q has the unknown type %q", column.Name, column.Type)
		}
		if _, err := layout(column.Format); err != nil {
			return err
		}
	}
	return nil
}

// Files returns the paths of the input in dir, sorted.
func (in Input) Files(dir files.Dir) ([]string, error) {
	if in.Path != "" {
		return []string{in.Path}, nil
	}
	folder, prefix := filepath.Split(filepath.FromSlash(in.PathPrefix))
	if folder == "" {
		folder = "."
	}
	entries, err := dir.ReadDir(folder)
	if err != nil {
		return nil, invalid("%v", err)
	}
	var paths []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasPrefix(e.Name(), prefix) {
			paths = append(paths, filepath.Join(folder, e.Name()))
		}
	}
	slices.Sort(paths)
	if len(paths) == 0 {
		return nil, invalid("no file has the path prefix %q", in.PathPrefix)
	}
	return paths, nil
}
