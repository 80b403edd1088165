package connectorfile

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/files"
)

// guessSize is the number of bytes of a file that Guess reads.
const guessSize = 256 << 10

// Guess adds a parser for the first file in dir to a configuration. All other members
// are preserved.
func Guess(data []byte, dir files.Dir) ([]byte, error) {
	c, err := Parse(data)
	if err != nil {
		return nil, err
	}
	paths, err := c.In.Files(dir)
	if err != nil {
		return nil, err
	}
	sample, err := readSample(dir, paths[0])
	if err != nil {
		return nil, invalid("cannot read %q: %v", paths[0], err)
	}
	parser := c.In.Parser
	if parser == nil {
		parser = &Parser{}
	}
	if err := parser.guess(sample); err != nil {
		return nil, err
	}
	var document map[string]json.RawMessage
	var in map[string]any
	if err := json.Unmarshal(data, &document); err != nil {
		return nil, invalid("%v", err)
	}
	if err := json.Unmarshal(document["in"], &in); err != nil {
		return nil, invalid("%v", err)
	}
	in["parser"] = parser
	if strings.HasSuffix(paths[0], ".gz") && len(c.In.Decoders) == 0 {
		in["decoders"] = []Option{{Type: "gzip"}}
	}
	if document["in"], err = json.Marshal(in); err != nil {
		return nil, err
	}
	return json.Marshal(document)
}

// readSample returns the first lines of a file.
func readSample(dir files.Dir, path string) ([]byte, error) {
	file, err := dir.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	plain, err := decompress(file)
	if err != nil {
		return nil, err
	}
	sample, err := io.ReadAll(io.LimitReader(plain, guessSize))
	if err != nil {
		return nil, err
	}
	if end := bytes.LastIndexByte(sample, '\n'); len(sample) == guessSize && end >= 0 {
		sample = sample[:end+1]
	}
	if !utf8.Valid(sample) {
		return nil, errors.New("it is not UTF-8")
	}
	return sample, nil
}

func (p *Parser) guess(sample []byte) error {
	p.Charset = "UTF-8"
	if first := bytes.TrimSpace(sample); len(first) > 0 && (first[0] == '{' || first[0] == '[') && p.Type == "" {
		p.Type = "json"
	}
	if p.Type == "json" || p.Type == "jsonl" {
		return nil
	}
	p.Type, p.Newline = "csv", "LF"
	if bytes.Contains(sample, []byte("\r\n")) {
		p.Newline = "CRLF"
	}
	if p.Delimiter == "" {
		p.Delimiter = guessDelimiter(sample)
	}
	quote := `"`
	p.Quote, p.Escape = &quote, &quote
	rows, err := p.csvReader(bytes.NewReader(sample)).ReadAll()
	if _, cut := errors.AsType[*csv.ParseError](err); err != nil && (!cut || len(rows) <= 0) {
		return invalid("the file is not CSV: %v", err)
	}
	if len(rows) == 0 {
		return invalid("the file is empty")
	}
	p.guessColumns(rows)
	return nil
}

// guessDelimiter returns the character that splits most of the first lines into the
// same number of fields.
func guessDelimiter(sample []byte) string {
	lines := bytes.SplitN(bytes.TrimSpace(sample), []byte("\n"), 21)
	lines = lines[:min(len(lines), 20)]
	best, score := ",", 0
	for _, d := range []string{",", "\t", ";", "|"} {
		first, equal := bytes.Count(lines[0], []byte(d)), 0
		for _, line := range lines {
			if bytes.Count(line, []byte(d)) == first {
				equal++
			}
		}
		if s := first * equal * equal; s > score {
			best, score = d, s
		}
	}
	return best
}

// guessColumns sets the columns. The first row is a header if all its fields are
// different, non-empty strings and other rows follow.
func (p *Parser) guessColumns(rows [][]string) {
	header := true
	seen := map[string]bool{}
	for _, text := range rows[0] {
		header = header && text != "" && typeOf(text) == "string" && !seen[text]
		seen[text] = true
	}
	body := rows
	if header && len(rows) > 1 {
		body = rows[1:]
		p.SkipLines = 1
	}
	p.Columns = make([]Column, len(rows[0]))
	for i := range p.Columns {
		name := fmt.Sprintf("c%d", i)
		if p.SkipLines > 0 {
			name = rows[0][i]
		}
		p.Columns[i] = Column{Name: name, Type: columnType(body, i)}
	}
}

func columnType(rows [][]string, i int) string {
	guess := ""
	for _, row := range rows {
		if i >= len(row) || row[i] == "" {
			continue
		}
		switch t := typeOf(row[i]); {
		case guess == "" || guess == t:
			guess = t
		case guess == "long" && t == "double" || guess == "double" && t == "long":
			guess = "double"
		default:
			return "string"
		}
	}
	return cmp.Or(guess, "string")
}

func typeOf(text string) string {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && strconv.FormatInt(n, 10) == text {
		return "long"
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil && strings.ContainsAny(text, "0123456789") && !strings.HasPrefix(text, "0x") && !leadingZero(text) {
		return "double"
	}
	if text == "true" || text == "false" {
		return "boolean"
	}
	if _, err := parseTimestamp("", text); err == nil {
		return "timestamp"
	}
	return "string"
}

// leadingZero reports whether a number starts with a zero that codes such as 007
// have.
func leadingZero(text string) bool {
	return len(text) > 1 && text[0] == '0' && text[1] != '.'
}

// A Preview holds the first records of a configuration.
type Preview struct {
	Columns []Column
	Records [][]any
}

// Preview returns the first count records without the invalid ones.
func (c *Config) Preview(dir files.Dir, count int) (*Preview, error) {
	p := &Preview{Records: [][]any{}}
	at := map[string]int{}
	if c.In.Parser != nil && c.In.Parser.Type == "csv" {
		p.Columns = c.In.Parser.Columns
		for i, column := range p.Columns {
			at[column.Name] = i
		}
	}
	for r, err := range c.Records(dir) {
		if _, skipped := errors.AsType[*SkippedError](err); skipped && !c.In.Parser.StopOnError {
			continue
		}
		if err != nil {
			return nil, err
		}
		p.add(r, at)
		if len(p.Records) == count {
			break
		}
	}
	for i, row := range p.Records {
		p.Records[i] = append(row, make([]any, len(p.Columns)-len(row))...)
	}
	return p, nil
}

func (p *Preview) add(r engine.Record, at map[string]int) {
	row := make([]any, len(p.Columns))
	for _, f := range r {
		i, ok := at[f.Key]
		if !ok {
			i = len(p.Columns)
			at[f.Key] = i
			p.Columns = append(p.Columns, Column{Name: f.Key, Type: typeOfValue(f.Value)})
			row = append(row, nil)
		}
		row[i] = f.Value
	}
	p.Records = append(p.Records, row)
}

func typeOfValue(v any) string {
	switch v.(type) {
	case int64:
		return "long"
	case float64:
		return "double"
	case bool:
		return "boolean"
	case []any, engine.Map:
		return "json"
	default:
		return "string"
	}
}
