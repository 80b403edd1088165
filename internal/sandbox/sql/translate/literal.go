package translate

import (
	"cmp"
	"encoding/hex"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/functions"
	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// A literalTranslator translates literals.
type literalTranslator struct {
	*state

	conversions *converter
}

// The layouts in which the engine represents times.
const (
	timestampForm = "2006-01-02 15:04:05.000"
	dateForm      = "2006-01-02"
	timeForm      = "15:04:05.000"
)

// translate translates a literal.
func (lit *literalTranslator) translate(n *sqlsyntax.Expr) value {
	switch n.Kind {
	case sqlsyntax.Boolean:
		sql := "0"
		if n.Text == "true" {
			sql = "1"
		}
		return value{sql: sql, typ: types.Named("boolean")}
	case sqlsyntax.Number:
		return lit.translateNumber(n, "")
	case sqlsyntax.String:
		if lit.hive {
			return value{sql: quoteString(n.Text), typ: types.Named("varchar"), node: n}
		}
		return value{sql: quoteString(n.Text), typ: types.Varchar(len([]rune(n.Text))), node: n}
	case sqlsyntax.Interval:
		return lit.translateInterval(n)
	}
	return lit.translateTyped(n)
}

// translateNumber translates a number. One with a decimal point is a double, as in the service.
func (lit *literalTranslator) translateNumber(n *sqlsyntax.Expr, sign string) value {
	text := sign + n.Text
	if name, bits := suffixType(n.Unit); name != "" {
		_, err := strconv.ParseInt(n.Text, 10, bits) // without the sign
		i, _ := strconv.ParseInt(text, 10, 64)
		if err != nil {
			fail(SemanticError, n.Pos, "Invalid numerical constant '"+n.Text+n.Unit+"'")
		}
		return value{sql: text, typ: types.Named(name), node: n, fixed: big.NewInt(i)}
	}
	whole := strings.Trim(n.Text, "0123456789") == ""
	if lit.hive && (n.Unit == "BD" || n.Unit == "" && !strings.ContainsAny(n.Text, "eE")) {
		_, err := strconv.ParseInt(n.Text, 10, 64)
		if v, ok := hiveDecimal(sign, n); ok && (!whole || err != nil || n.Unit == "BD") {
			return v
		}
	}
	if n.Unit == "" && whole {
		i, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			fail(SemanticError, n.Pos, "Invalid numeric literal: "+text)
		}
		t := types.Named("bigint")
		if i >= math.MinInt32 && i <= math.MaxInt32 && (!lit.hive || i != math.MinInt32) {
			t = types.Named("integer")
		}
		return value{sql: text, typ: t, node: n, fixed: big.NewInt(i)}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(f, 0) {
		fail(SyntaxError, n.Pos, "Invalid numeric literal: "+text)
	}
	if strings.Trim(text, "-0123456789") == "" {
		text += ".0"
	}
	return value{sql: text, typ: types.Named("double"), node: n}
}

// suffixType returns the integer type that the suffix of a number in Hive names, and its width.
func suffixType(suffix string) (name string, bits int) {
	switch suffix {
	case "L":
		return "bigint", 64
	case "S":
		return "smallint", 16
	case "Y":
		return "tinyint", 8
	}
	return "", 0
}

// hiveDecimal translates a number with a decimal point, which is a decimal with exactly its digits in Hive. It
// returns false if there are more than 38 digits.
func hiveDecimal(sign string, n *sqlsyntax.Expr) (value, bool) {
	whole, fraction, _ := strings.Cut(n.Text, ".")
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	t := types.Type{Name: "decimal", Precision: max(1, len(whole)+len(fraction)), Scale: len(fraction)}
	if t.Precision > maxPrecision {
		return value{}, false
	}
	text := sign + cmp.Or(whole, "0")
	if fraction != "" {
		text += "." + fraction
	}
	if whole+fraction == "" {
		text = "0"
	}
	return value{sql: quoteString(text), typ: t, node: n, digits: t}, true
}

// maxPrecision is the number of digits that a decimal can have.
const maxPrecision = 38

// translateTyped translates a literal with a type, such as DATE '2014-10-01'.
func (lit *literalTranslator) translateTyped(n *sqlsyntax.Expr) value {
	v := value{typ: types.Named(n.Type.Name)}
	var err error
	switch n.Type.Name {
	case "date", "timestamp", "time":
		v, err = lit.translateMoment(n)
	case "varbinary":
		var b []byte
		b, err = hex.DecodeString(strings.ReplaceAll(n.Text, " ", ""))
		v.sql = "X'" + hexOf(string(b)) + "'"
	case "decimal":
		whole, fraction, _ := strings.Cut(strings.TrimLeft(n.Text, "+-"), ".")
		_, err = strconv.ParseFloat(n.Text, 64)
		whole = strings.TrimLeft(whole, "0")
		v.typ = types.Type{Name: "decimal", Precision: max(1, len(whole)+len(fraction)), Scale: len(fraction)}
		v.sql = quoteString(signOf(n.Text) + cmp.Or(whole, "0"))
		if fraction != "" {
			v.sql = quoteString(signOf(n.Text) + cmp.Or(whole, "0") + "." + fraction)
		}
	case "tinyint", "smallint", "integer", "bigint":
		bits := map[string]int{"tinyint": 8, "smallint": 16, "integer": 32, "bigint": 64}[n.Type.Name]
		var i int64
		i, err = strconv.ParseInt(n.Text, 10, bits)
		v.sql, v.fixed = strconv.FormatInt(i, 10), big.NewInt(i)
	case "json":
		v.sql = call("f_json_parse", quoteString(n.Text))
	case "char":
		if len(n.Type.Numbers) == 0 && !lit.hive { // has the length of the text
			return value{sql: quoteString(n.Text), typ: types.Char(len([]rune(n.Text)))}
		}
		fallthrough
	default:
		return lit.conversions.cast(lit.translate(&sqlsyntax.Expr{Kind: sqlsyntax.String, Text: n.Text, Pos: n.Pos}), lit.conversions.resolveType(n.Type), false, n.Pos)
	}
	if err != nil {
		fail(SemanticError, n.Pos, "'"+n.Text+"' is not a valid "+n.Type.Name+" literal")
	}
	return v
}

// signOf returns the minus sign of a number, if it has one.
func signOf(number string) string {
	if strings.HasPrefix(number, "-") {
		return "-"
	}
	return ""
}

// translateMoment translates a literal of a date, a time or a timestamp, which has the precision of its text. Hive's
// timestamps have milliseconds.
func (lit *literalTranslator) translateMoment(n *sqlsyntax.Expr) (value, error) {
	m, err := functions.ParseMoment(n.Text)
	if err != nil {
		return value{}, err
	}
	t := types.Named(m.Type)
	if t.HasClock() {
		t.Precision = m.Digits
	}
	v := value{sql: quoteString(m.Text), typ: t}
	switch {
	case n.Type.Name == "timestamp" && t.Is("date"):
		v = lit.conversions.cast(v, types.Named("timestamp").WithPrecision(0), false, n.Pos)
	case !strings.HasPrefix(t.Name+" ", n.Type.Name+" "):
		return value{}, strconv.ErrSyntax
	}
	if lit.hive && t.HasClock() {
		v = lit.conversions.cast(v, types.Named(t.Name), false, n.Pos)
	}
	return v, nil
}

// translateInterval translates INTERVAL to milliseconds or months.
func (lit *literalTranslator) translateInterval(n *sqlsyntax.Expr) value {
	first, _, _ := strings.Cut(n.Unit, " ")
	text, negative := strings.CutPrefix(n.Text, "-")
	sign := int64(1)
	if negative {
		sign = -1
	}
	total, ok := parseInterval(text, n.Unit)
	if !ok {
		fail(SemanticError, n.Pos, "'"+n.Text+"' is not a valid interval literal")
	}
	if dot := strings.LastIndexByte(n.Text, '.'); lit.hive && dot >= 0 && len(strings.TrimRight(n.Text[dot+1:], "0")) > 3 {
		fail(NotSupported, n.Pos, "an interval finer than a millisecond is not supported by the sandbox")
	}
	t := types.Named("interval day to second")
	if first == "year" || first == "month" {
		t = types.Named("interval year to month")
	}
	return value{sql: strconv.FormatInt(sign*total, 10), typ: t}
}

// parseInterval returns an interval such as '1', '1.5', '2-3' or '1 02:03:04' in milliseconds or months.
func parseInterval(text, unit string) (int64, bool) {
	from, to, several := strings.Cut(unit, " to ")
	if !several {
		text, minus := strings.CutPrefix(strings.TrimSpace(text), "-")
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || from != "second" && f != math.Trunc(f) || f > 1e12 {
			return 0, false
		}
		if minus {
			f = -f
		}
		return int64(math.Round(f * float64(unitSize(from)))), true
	}
	return parseCompound(text, from, to)
}

// parseCompound returns an interval of several units. The last ones can be missing, as in INTERVAL '1 02' DAY TO SECOND.
func parseCompound(text, from, to string) (total int64, ok bool) {
	units, separators := []string{"day", "hour", "minute", "second"}, " ::"
	if from == "year" || from == "month" {
		units, separators = []string{"year", "month"}, "-"
	}
	first, last := slices.Index(units, from), slices.Index(units, to)
	if first < 0 || last <= first {
		return 0, false
	}
	for i := first; i <= last; i++ {
		part, rest, more := text, "", false
		if i < last {
			part, rest, more = strings.Cut(text, separators[i:i+1])
		}
		f, err := strconv.ParseFloat(part, 64)
		if digits := strings.Trim(part, "0123456789"); err != nil || digits != "" && (digits != "." || units[i] != "second") || f > 1e12 {
			return 0, false
		}
		total += int64(math.Round(f * float64(unitSize(units[i]))))
		if text = rest; !more {
			break
		}
	}
	return total, true
}

// unitSize returns the length of a unit in milliseconds, or in months.
func unitSize(unit string) int64 {
	switch unit {
	case "year":
		return 12
	case "month":
		return 1
	case "week":
		return 7 * 86400_000
	case "day":
		return 86400_000
	case "hour":
		return 3600_000
	case "minute":
		return 60_000
	}
	return 1000
}
