package oracle

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// An answer is the result of a statement on the real engine: rows, or an error.
type answer struct {
	Types []string `json:"t,omitempty"`
	Rows  [][]any  `json:"r,omitempty"`
	Error string   `json:"e,omitempty"`
}

// A outcome is how the sandbox's result compares with the real engine's.
type outcome string

const (
	same      outcome = "same"
	wrong     outcome = "wrong"     // other rows
	wrongType outcome = "type"      // other types of columns
	precision outcome = "precision" // differs only past the millisecond
	refused   outcome = "refused"   // the sandbox names what it does not support
	rejected  outcome = "rejected"  // the sandbox returns another error, the real engine rows
	internal  outcome = "internal"  // a message of the engine below
	accepted  outcome = "accepted"  // the real engine returns an error, the sandbox rows
)

// internalMessage matches messages of SQLite.
var internalMessage = regexp.MustCompile(`(?i)no such (column|function|table)|^near |misuse of|SQL logic|row value|ambiguous column name|SELECTs to the left|datatype mismatch|too many|image is malformed|constraint failed|bad JSON|malformed JSON|a value of \w+ is no`)

// A sqlType is a parsed type of a column.
type sqlType struct {
	name   string
	args   []sqlType
	fields []string
}

var (
	timeType  = regexp.MustCompile(`^(timestamp|time)(\(\d+\))?( with time zone)?$`)
	fieldName = regexp.MustCompile(`^("(?:[^"]|"")*"|[a-z_]\w*) (.+)$`)
)

// parseType parses a type as Trino or Hive writes it. Lengths and the precision of timestamps are dropped, and types
// that a job's schema does not have become those that it has.
func parseType(text string, hive bool) sqlType {
	text = strings.ToLower(strings.TrimSpace(text))
	if m := timeType.FindStringSubmatch(text); m != nil {
		return sqlType{name: m[1] + m[3]}
	}
	name, args := splitType(text)
	switch name {
	case "varchar", "char", "uuid", "ipaddress", "string":
		return sqlType{name: "varchar"}
	case "decimal":
		return sqlType{name: strings.ReplaceAll(text, " ", "")}
	case "row":
		t := sqlType{name: "row"}
		for _, a := range args {
			field := ""
			if m := fieldName.FindStringSubmatch(a); m != nil && !strings.HasPrefix(m[2], "with time") && !strings.HasPrefix(a, "interval ") {
				field, a = strings.Trim(m[1], `"`), m[2]
			}
			t.fields = append(t.fields, field)
			t.args = append(t.args, parseType(a, hive))
		}
		return t
	case "struct":
		t := sqlType{name: "row"}
		for _, a := range args {
			field, inner, _ := strings.Cut(a, ":")
			t.fields = append(t.fields, field)
			t.args = append(t.args, parseType(inner, hive))
		}
		return t
	}
	t := sqlType{name: name}
	for _, a := range args {
		t.args = append(t.args, parseType(a, hive))
	}
	if hive {
		t.name = map[string]string{
			"int": "integer", "float": "real", "binary": "varbinary", "void": "varchar", "unknown": "varchar",
			"interval_day_time": "interval day to second", "interval_year_month": "interval year to month",
		}[name]
		if t.name == "" {
			t.name = name
		}
	}
	return t
}

func (t sqlType) String() string {
	if len(t.args) == 0 {
		return t.name
	}
	var parts []string
	for i, a := range t.args {
		part := a.String()
		if i < len(t.fields) && t.fields[i] != "" {
			part = t.fields[i] + " " + part
		}
		parts = append(parts, part)
	}
	return t.name + "(" + strings.Join(parts, ",") + ")"
}

// A comparison compares two results.
type comparison struct {
	imprecise bool // a difference past the millisecond was found
}

// equal reports whether the sandbox's value got is the real engine's value want of a type. A JSON number of want is a
// json.Number.
func (c *comparison) equal(t sqlType, want, got any) bool {
	if want == nil || got == nil {
		return want == nil && got == nil
	}
	switch t.name {
	case "double", "real":
		x, ok := floatOf(want)
		y, found := floatOf(got)
		return ok && found && closeTo(x, y, t.name == "real")
	case "tinyint", "smallint", "integer", "bigint":
		n, ok := want.(json.Number)
		i, found := got.(int64)
		return ok && found && n.String() == strconv.FormatInt(i, 10)
	case "boolean":
		return want == got
	case "array", "row":
		a, ok := want.([]any)
		b, found := got.([]any)
		if !ok || !found || len(a) != len(b) || t.name == "row" && len(a) != len(t.args) {
			return false
		}
		for i := range a {
			if !c.equal(t.args[min(i, len(t.args)-1)], a[i], b[i]) {
				return false
			}
		}
		return true
	case "map":
		return c.equalMaps(t, want, got)
	}
	a, b := fmt.Sprint(want), textOf(got)
	switch {
	case strings.HasPrefix(t.name, "decimal"):
		x, ok := new(big.Rat).SetString(a)
		y, found := new(big.Rat).SetString(b)
		return ok && found && x.Cmp(y) == 0
	case t.name == "varbinary":
		raw, err := base64.StdEncoding.DecodeString(a)
		return a == b || err == nil && string(raw) == b
	case strings.HasPrefix(t.name, "time") || strings.HasPrefix(t.name, "interval day"):
		return a == b || c.equalMoments(a, b)
	}
	return strings.TrimRight(a, " ") == strings.TrimRight(b, " ")
}

var moment = regexp.MustCompile(`^([+-]?\d[\d-]*(?: \d\d:\d\d:\d\d)?|\d\d:\d\d:\d\d)(?:\.(\d+))?(.*)$`)

func (c *comparison) equalMoments(want, got string) bool {
	a, b := moment.FindStringSubmatch(want), moment.FindStringSubmatch(got)
	if a == nil || b == nil || a[1] != b[1] || strings.TrimSpace(a[3]) != strings.TrimSpace(b[3]) {
		return false
	}
	p, q := strings.TrimRight(a[2], "0"), strings.TrimRight(b[2], "0")
	if p != q && len(p) > 3 && strings.TrimRight(p[:3], "0") == q {
		c.imprecise = true
		return true
	}
	return p == q
}

// equalMaps compares a JSON object, whose keys are texts, with a map.
func (c *comparison) equalMaps(t sqlType, want, got any) bool {
	a, ok := want.(map[string]any)
	b, found := got.(engine.Map)
	if !ok || !found || len(a) != len(b) || len(t.args) != 2 {
		return false
	}
	rest := slices.Clone(b)
	for key, value := range a {
		i := slices.IndexFunc(rest, func(e engine.Entry) bool {
			return c.equalKeys(t.args[0], key, e.Key) && (&comparison{}).equal(t.args[1], value, e.Value)
		})
		if i < 0 {
			return false
		}
		rest = slices.Delete(rest, i, i+1)
	}
	return true
}

// equalKeys compares the text of a key. Trino's protocol does not say how it writes nested keys.
func (c *comparison) equalKeys(t sqlType, want string, got any) bool {
	switch t.name {
	case "double", "real":
		x, err := strconv.ParseFloat(want, 64)
		y, ok := floatOf(got)
		return err == nil && ok && closeTo(x, y, t.name == "real")
	case "array", "row", "map":
		return len(want) > 0
	}
	if c.equal(t, want, got) {
		return true
	}
	return want == textOf(got)
}

func textOf(v any) string {
	switch x := v.(type) {
	case []byte:
		return string(x)
	case bool, int64, float64:
		return fmt.Sprint(x)
	case string:
		return x
	}
	return fmt.Sprintf("%T %v", v, v)
}

func floatOf(v any) (float64, bool) {
	switch x := v.(type) {
	case float64:
		return x, true
	case float32:
		return float64(x), true
	case int64:
		return float64(x), true
	case json.Number:
		f, err := strconv.ParseFloat(x.String(), 64)
		return f, err == nil || math.IsInf(f, 0)
	case string:
		f, err := strconv.ParseFloat(x, 64)
		return f, err == nil
	}
	return 0, false
}

// closeTo compares floats. Sums depend on the order of their terms, and functions differ in the last digits.
func closeTo(x, y float64, single bool) bool {
	switch {
	case math.IsNaN(x) || math.IsNaN(y):
		return math.IsNaN(x) && math.IsNaN(y)
	case x == y:
		return math.Signbit(x) == math.Signbit(y)
	case math.IsInf(x, 0) || math.IsInf(y, 0):
		return false
	case single:
		return float32(x) == float32(y) || math.Abs(x-y) <= 3e-7*max(math.Abs(x), math.Abs(y))
	}
	return math.Abs(x-y) <= 1e-9*max(math.Abs(x), math.Abs(y))
}

// A reply is the result of a statement in the sandbox.
type reply struct {
	types []string
	rows  [][]any
	err   error
	named bool // the error names what the sandbox does not support
}

// judge compares the sandbox's reply with the real engine's answer. The detail shows the difference.
func judge(sql string, want answer, got reply, hive bool) (outcome, string) {
	switch {
	case strings.HasPrefix(want.Error, "EXCEEDED_"): // a limit of the real engine
		return same, ""
	case want.Error != "" && got.err != nil:
		if internalMessage.MatchString(got.err.Error()) && !strings.Contains(want.Error, got.err.Error()) {
			return internal, fmt.Sprintf("want error %s\n\tgot  error %v", clip(want.Error), got.err)
		}
		return same, ""
	case want.Error != "":
		return accepted, fmt.Sprintf("want error %s\n\tgot  %s %v", clip(want.Error), got.types, clip(show(got.rows)))
	case got.err != nil:
		detail := fmt.Sprintf("want %s %s\n\tgot  error %v", want.Types, clip(show(want.Rows)), got.err)
		switch {
		case internalMessage.MatchString(got.err.Error()):
			return internal, detail
		case got.named:
			return refused, detail
		}
		return rejected, detail
	}
	detail := fmt.Sprintf("want %s %s\n\tgot  %s %s", want.Types, clip(show(want.Rows)), got.types, clip(show(got.rows)))
	if len(want.Types) != len(got.types) || len(want.Rows) != len(got.rows) {
		return wrong, detail
	}
	var types []sqlType
	for _, t := range want.Types {
		types = append(types, parseType(t, hive))
	}
	c := &comparison{}
	a, b := want.Rows, got.rows
	if hive {
		converted, ok := hiveRows(types, a)
		if !ok {
			return same, "" // the text of the values is ambiguous
		}
		a = converted
	}
	if !c.equalRows(types, a, b) {
		a, b = sortRows(a), sortRows(b)
		if orderedQuery.MatchString(sql) || !c.equalRows(types, a, b) && !c.matchRows(types, a, b) {
			return wrong, detail
		}
	}
	for i, t := range types {
		if u := parseType(got.types[i], hive); t.String() != u.String() {
			return wrongType, detail
		}
	}
	if c.imprecise {
		return precision, detail
	}
	return same, ""
}

// orderedQuery matches a statement with an ORDER BY of its own.
var orderedQuery = regexp.MustCompile(`(?i) order by [^()]*$`)

func (c *comparison) equalRows(types []sqlType, a, b [][]any) bool {
	for i := range a {
		if !c.equalRow(types, a[i], b[i]) {
			return false
		}
	}
	return true
}

func (c *comparison) equalRow(types []sqlType, a, b []any) bool {
	for i, t := range types {
		if !c.equal(t, a[i], b[i]) {
			return false
		}
	}
	return true
}

// matchRows finds for each row of a an equal one of b.
func (c *comparison) matchRows(types []sqlType, a, b [][]any) bool {
	rest := slices.Clone(b)
	for _, row := range a {
		i := slices.IndexFunc(rest, func(other []any) bool { return c.equalRow(types, row, other) })
		if i < 0 {
			return false
		}
		rest = slices.Delete(rest, i, i+1)
	}
	return true
}

func sortRows(rows [][]any) [][]any {
	list := slices.Clone(rows)
	sort.SliceStable(list, func(i, j int) bool { return show(list[i]) < show(list[j]) })
	return list
}

// show returns values as text for messages.
func show(v any) string {
	switch x := v.(type) {
	case []any:
		return "[" + join(x) + "]"
	case [][]any:
		var parts []string
		for _, row := range x {
			parts = append(parts, show(row))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case engine.Map:
		var parts []string
		for _, e := range x {
			parts = append(parts, show(e.Key)+": "+show(e.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case float64, int64, bool, json.Number:
		return fmt.Sprint(x)
	case []byte:
		return fmt.Sprintf("X'%x'", x)
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(v) != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSpace(b.String())
}

func join(list []any) string {
	var parts []string
	for _, v := range list {
		parts = append(parts, show(v))
	}
	return strings.Join(parts, ", ")
}

func clip(s string) string {
	if len(s) > 300 {
		return s[:300] + "…"
	}
	return s
}
