// Package chart draws charts of rows as text.
package chart

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/td-cli/td/internal/text"
)

// A Kind is a form of charts.
type Kind string

// The kinds.
const (
	Auto Kind = ""     // Line if the labels are times, else Bar
	Bar  Kind = "bar"  // one horizontal bar for each value
	Line Kind = "line" // the values over the labels, if these are times or numbers, else over the rows
)

// ErrNoRows reports a result without rows.
var ErrNoRows = errors.New("the result has no rows")

// A Column is a column of the rows. Type is the name that the query engine uses, such as "bigint", or "".
type Column struct{ Name, Type string }

// Options select what is drawn.
type Options struct {
	Kind   Kind
	Values []string // names of the columns with the values; nil for all columns of numbers
	Width  int      // columns of the terminal; a chart has at least 20
	ASCII  bool     // use only ASCII characters
}

// minWidth is the smallest width of a chart.
const minWidth = 20

// Draw returns the lines of a chart, none wider than the terminal. The labels are in the first column, or the first other
// one if that has the only values. The values of rows are nil, json.Number, strings and others as package json decodes
// them; NULL, NaN and infinities are not drawn.
func Draw(columns []Column, rows [][]any, o Options) ([]string, error) {
	if len(rows) == 0 {
		return nil, ErrNoRows
	}
	o.Width = max(o.Width, minWidth)
	t := table{columns: columns, rows: rows}
	label, values, err := t.chooseColumns(o.Values)
	if err != nil {
		return nil, err
	}
	x, isTime := t.positions(label)
	labels := t.labels(label, isTime)
	var all []series
	for _, i := range values {
		all = append(all, t.series(i))
	}
	var lines []string
	if o.Kind == Line || o.Kind == Auto && isTime && len(rows) > 1 {
		lines, err = drawLines(x, labels, all, o)
	} else {
		lines = drawBars(labels, all, o)
	}
	if o.ASCII {
		for i := range lines {
			lines[i] = strings.ReplaceAll(lines[i], "…", "~")
		}
	}
	return lines, err
}

// A series is the values of a column. A value that cannot be drawn is NaN.
type series struct {
	name   string
	values []float64
	texts  []string // the values as they are in the result
}

// extent returns the smallest and the largest number. It reports false if there is none.
func (s series) extent() (low, high float64, ok bool) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range s.values {
		if !math.IsNaN(v) {
			low, high, ok = min(low, v), max(high, v), true
		}
	}
	return low, high, ok
}

// A table is the rows of a result.
type table struct {
	columns []Column
	rows    [][]any
}

// cell returns a value, nil if the row is too short.
func (t table) cell(row, column int) any {
	if column < len(t.rows[row]) {
		return t.rows[row][column]
	}
	return nil
}

// chooseColumns returns the indexes of the column of the labels, -1 if there is none, and of the columns of the values: those
// with the names or, if names is nil, all columns of numbers.
func (t table) chooseColumns(names []string) (label int, values []int, err error) {
	for _, name := range names {
		i := slices.IndexFunc(t.columns, func(c Column) bool { return c.Name == name })
		switch {
		case i < 0:
			return 0, nil, fmt.Errorf("there is no column %q: the columns are %s", name, t.describe(false))
		case !t.isNumeric(i, true):
			return 0, nil, fmt.Errorf("column %q has no numbers: its type is %s", name, t.typeOf(i))
		}
		values = append(values, i)
	}
	if names == nil {
		for i := range t.columns {
			if t.isNumeric(i, false) {
				values = append(values, i)
			}
		}
		if len(values) > 1 && values[0] == 0 {
			values = values[1:]
		}
	}
	if len(values) == 0 {
		return 0, nil, fmt.Errorf("the result has no column of numbers: its columns are %s", t.describe(true))
	}
	for i := range t.columns {
		if !slices.Contains(values, i) {
			return i, values, nil
		}
	}
	return -1, values, nil
}

// describe lists the columns, with their types if withTypes is set.
func (t table) describe(withTypes bool) string {
	var names []string
	for i, c := range t.columns {
		name := text.Sanitize(c.Name)
		if withTypes {
			name += " (" + t.typeOf(i) + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// typeOf returns the type of a column for messages.
func (t table) typeOf(column int) string {
	if name := t.columns[column].Type; name != "" {
		return text.Sanitize(name)
	}
	return "unknown"
}

// isNumeric reports whether a column has numbers. If its type does not decide that, or if parse is set and the column
// has text, it depends on the values.
func (t table) isNumeric(column int, parse bool) bool {
	name, _, _ := strings.Cut(strings.ToLower(t.columns[column].Type), "(")
	switch name {
	case "tinyint", "smallint", "int", "integer", "bigint", "long", "float", "real", "double", "decimal":
		return true
	case "varchar", "string", "char":
		if !parse {
			return false
		}
	case "":
	default:
		return false
	}
	found := false
	for row := range t.rows {
		v := t.cell(row, column)
		_, isNumber := v.(json.Number)
		f, ok := number(v)
		if v != nil && !(isNumber || ok && (parse || math.IsNaN(f))) {
			return false
		}
		found = found || v != nil
	}
	return found
}

// number returns a value as a number: NaN if it is NULL, NaN or infinite. It reports false if it is none of these.
func number(v any) (f float64, ok bool) {
	var s string
	switch v := v.(type) {
	case nil:
		return math.NaN(), true
	case json.Number:
		s = string(v)
	case string:
		s = strings.TrimSpace(v)
	default:
		return math.NaN(), false
	}
	f, err := strconv.ParseFloat(s, 64)
	if math.IsInf(f, 0) {
		return math.NaN(), true
	}
	return f, err == nil
}

// series returns the values of a column.
func (t table) series(column int) series {
	s := series{name: text.Sanitize(t.columns[column].Name)}
	for row := range t.rows {
		v := t.cell(row, column)
		f, ok := number(v)
		if !ok {
			f = math.NaN()
		}
		s.values, s.texts = append(s.values, f), append(s.texts, cellText(v))
	}
	return s
}

// cellText returns a value as text on one line.
func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return text.Sanitize(v)
	case json.Number:
		return string(v)
	}
	b, _ := json.Marshal(v) // it came from JSON
	return text.Sanitize(string(b))
}

// positions returns the position of each row in a line chart: its time in seconds or its number in the column of the
// labels, else the number of the row. It reports whether the labels are times.
func (t table) positions(label int) (x []float64, isTime bool) {
	if label >= 0 {
		if x = t.times(label); x != nil {
			return x, true
		}
		if t.isNumeric(label, false) {
			s := t.series(label)
			if !slices.ContainsFunc(s.values, math.IsNaN) {
				return s.values, false
			}
		}
	}
	x = make([]float64, len(t.rows))
	for i := range x {
		x[i] = float64(i)
	}
	return x, false
}

// times returns the times of a column in seconds since 1970, or nil if one of its values is not a time.
func (t table) times(column int) (x []float64) {
	isTime := t.columns[column].Name == "time" && t.isNumeric(column, false)
	for row := range t.rows {
		switch v := t.cell(row, column).(type) {
		case json.Number:
			f, err := v.Float64()
			if !isTime || err != nil {
				return nil
			}
			x = append(x, f)
		case string:
			at, err := text.ParseTime(v)
			if err != nil || !strings.ContainsAny(v, "-/") {
				return nil
			}
			x = append(x, float64(at.UnixMicro())/1e6)
		default:
			return nil
		}
	}
	return x
}

// labels returns the labels of the rows: numbers from 1 if there is no column of labels.
func (t table) labels(column int, isTime bool) []string {
	labels := make([]string, len(t.rows))
	for row := range t.rows {
		if column < 0 {
			labels[row] = strconv.Itoa(row + 1)
			continue
		}
		v := t.cell(row, column)
		labels[row] = cellText(v)
		if n, ok := v.(json.Number); ok && isTime {
			if seconds, err := n.Int64(); err == nil {
				labels[row] = time.Unix(seconds, 0).UTC().Format("2006-01-02 15:04:05")
			}
		}
	}
	return labels
}

// formatNumber formats a number with about five digits.
func formatNumber(v float64) string {
	abs := math.Abs(v)
	if abs >= 1e15 || abs > 0 && abs < 1e-4 {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	decimals := 4
	for limit := 1.0; decimals > 0 && abs >= limit*10; limit *= 10 {
		decimals--
	}
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	whole, fraction, _ := strings.Cut(s, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil && n != 0 {
		whole = text.Commas(n)
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		return whole + "." + fraction
	}
	if whole == "-0" {
		return "0"
	}
	return whole
}

// pad returns s, cut or filled with blanks to a width in terminal cells.
func pad(s string, cells int) string {
	s = text.Truncate(s, cells)
	return s + strings.Repeat(" ", max(0, cells-text.Width(s)))
}

// padLeft is pad with the blanks before the text.
func padLeft(s string, cells int) string {
	s = text.Truncate(s, cells)
	return strings.Repeat(" ", max(0, cells-text.Width(s))) + s
}

// widest returns the width of the widest text, at most limit.
func widest(texts []string, limit int) int {
	cells := 0
	for _, s := range texts {
		cells = max(cells, text.Width(s))
	}
	return min(cells, limit)
}
