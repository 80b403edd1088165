package rewrite

import (
	"fmt"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/functions"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// bind returns an expression that evaluates value once: in body, name is its value.
func bind(name, value, body string) string {
	return "element_at(transform(ARRAY[" + value + "], " + name + " -> " + body + "), 1)"
}

// parseTime returns the expression for the seconds since 1970 of the text in the variable v. A cast to timestamp
// ignores an offset in the text, so texts with an offset or a zone are distinguished by a pattern.
func parseTime(v, zone string) string {
	return strings.NewReplacer("{v}", v, "{zone}", zone).Replace(
		`CAST(floor(to_unixtime(CASE WHEN regexp_like({v}, ':\d\d.*(Z|[+-]\d\d:?\d\d| [A-Za-z].*)$') ` +
			`THEN coalesce(TRY(CAST({v} AS timestamp(3) with time zone)), from_iso8601_timestamp(replace({v}, ' ', 'T'))) ` +
			`ELSE with_timezone(coalesce(TRY(CAST({v} AS timestamp(3))), TRY(CAST(replace({v}, 'T', ' ') AS timestamp(3))), ` +
			`TRY(CAST(replace({v}, '/', '-') AS timestamp(3))), TRY(date_parse({v}, '%Y-%m-%d %H')), TRY(date_parse({v}, '%Y-%m')), ` +
			`date_parse({v}, '%Y')), {zone}) END)) AS bigint)`)
}

// anyTime returns the expression for the time of an argument, whose type is known to the cluster only: text or a
// number of seconds.
func anyTime(argument, zone string) string {
	const number = "coalesce(TRY_CAST(CAST(td_x AS varchar) AS bigint), CAST(floor(TRY_CAST(CAST(td_x AS varchar) AS double)) AS bigint))"
	return bind("td_x", argument, "IF(typeof(td_x) LIKE '%char%', "+bind("td_v", "CAST(td_x AS varchar)", parseTime("td_v", zone))+", "+number+")")
}

// timeFunction returns the template for a call of a time function whose result is not constant.
func (w *rewriter) timeFunction(c call) (string, bool) {
	n := len(c.args)
	switch c.name {
	case "td_time_range":
		return w.timeRange(c), n >= 2 && n <= 4
	case "td_interval":
		if n < 2 || n > 3 {
			return "", false
		}
		return w.interval(c), true
	case "td_time_format":
		if n < 2 || n > 3 {
			return "", false
		}
		return "format_datetime(from_unixtime($1, " + w.zone(c, 2) + "), " + w.pattern(c, 1) + ")", true
	case "td_time_parse":
		if n < 1 || n > 2 {
			return "", false
		}
		return bind("td_v", "CAST($1 AS varchar)", parseTime("td_v", w.zone(c, 1))), true
	case "td_date_trunc":
		if n < 2 || n > 3 {
			return "", false
		}
		return "CAST(to_unixtime(date_trunc($1, from_unixtime($2, " + w.zone(c, 2) + "))) AS bigint)", true
	case "td_time_add":
		if n < 2 || n > 3 {
			return "", false
		}
		return w.addTime(c), true
	case "td_time_string":
		if n < 2 || n > 3 {
			return "", false
		}
		return w.timeString(c), true
	}
	return "", false
}

// timeRange compares with numbers if the bounds are constant: the cluster can then skip files.
func (w *rewriter) timeRange(c call) string {
	zone, literalZone := w.stringLiteral(c, 3)
	var tests []string
	for i := 1; i <= 2; i++ {
		if w.isNull(c, i) {
			continue
		}
		operator, open := ">=", "($1)"
		if i == 2 {
			operator, open = "<", "($1) + 1"
		}
		n, ok := int64(0), false
		if literalZone {
			n, ok = w.seconds(c.args[i], zone)
		}
		bound := fmt.Sprint(n)
		if !ok { // a bound that is null does not restrict the time
			bound = "coalesce(" + anyTime(fmt.Sprintf("$%d", i+1), w.zone(c, 3)) + ", " + open + ")"
		}
		tests = append(tests, "($1) "+operator+" "+bound)
	}
	if tests == nil {
		return "(($1) IS NOT NULL)"
	}
	return "(" + strings.Join(tests, " AND ") + ")"
}

func (w *rewriter) interval(c call) string {
	spec, isLiteral := w.stringLiteral(c, 1)
	zone, literalZone := w.stringLiteral(c, 2)
	if !isLiteral || !literalZone {
		w.fail(translate.NotSupported, c.at, "TD_INTERVAL requires literals on a Trino cluster")
	}
	from, to, err := functions.Interval(spec, zone, w.scheduled)
	if err != nil {
		w.fail(translate.DataError, w.tokens[c.args[1].lo], "%v", err)
	}
	return fmt.Sprintf("(($1) >= %d AND ($1) < %d)", from, to)
}

func (w *rewriter) addTime(c call) string {
	duration, isLiteral := w.stringLiteral(c, 1)
	if !isLiteral {
		w.fail(translate.NotSupported, c.at, "TD_TIME_ADD requires a literal duration on a Trino cluster")
	}
	spans, err := functions.ParseDuration(duration)
	if err != nil {
		w.fail(translate.DataError, w.tokens[c.args[1].lo], "%v", err)
	}
	zone := w.zone(c, 2)
	sql := "from_unixtime(" + anyTime("$1", zone) + ", " + zone + ")"
	for _, s := range spans {
		sql = fmt.Sprintf("date_add('%s', %d, %s)", s.Unit, s.N, sql)
	}
	return "CAST(to_unixtime(" + sql + ") AS bigint)"
}

func (w *rewriter) timeString(c call) string {
	text, isLiteral := w.stringLiteral(c, 1)
	letter, short := strings.CutSuffix(text, "!")
	spans, err := functions.ParseDuration("1" + letter)
	if !isLiteral {
		w.fail(translate.NotSupported, c.at, "TD_TIME_STRING requires a literal format on a Trino cluster")
	}
	if err != nil || len(spans) != 1 {
		w.fail(translate.DataError, w.tokens[c.args[1].lo], "Invalid format string: '%s'", text)
	}
	pattern := "yyyy-MM-dd HH:mm:ssZ"
	if short {
		switch spans[0].Unit {
		case "second":
			pattern = "yyyy-MM-dd HH:mm:ss"
		case "minute":
			pattern = "yyyy-MM-dd HH:mm"
		case "hour":
			pattern = "yyyy-MM-dd HH"
		case "month", "quarter":
			pattern = "yyyy-MM"
		case "year":
			pattern = "yyyy"
		default:
			pattern = "yyyy-MM-dd"
		}
	}
	return "format_datetime(date_trunc('" + spans[0].Unit + "', from_unixtime($1, " + w.zone(c, 2) + ")), '" + pattern + "')"
}

// pattern returns argument i, a pattern of java.text.SimpleDateFormat, as a pattern of format_datetime. See
// https://docs.oracle.com/javase/8/docs/api/java/text/SimpleDateFormat.html and
// https://www.joda.org/joda-time/apidocs/org/joda/time/format/DateTimeFormat.html.
func (w *rewriter) pattern(c call, i int) string {
	text, isLiteral := w.stringLiteral(c, i)
	if !isLiteral || w.isNull(c, i) {
		return fmt.Sprintf("$%d", i+1)
	}
	var b strings.Builder
	quoted := false
	for n := 0; n < len(text); n++ {
		letter := text[n]
		if letter == '\'' {
			quoted = !quoted
		}
		end := n + 1
		for end < len(text) && text[end] == letter {
			end++
		}
		switch {
		case quoted:
			b.WriteByte(letter)
			continue
		case letter == 'X':
			b.WriteString(map[bool]string{true: "ZZ", false: "Z"}[end-n == 3])
			if end-n != 2 && end-n != 3 {
				w.fail(translate.NotSupported, w.tokens[c.args[i].lo], "the pattern letter X is not available on a Trino cluster: use XX or XXX")
			}
			n = end - 1
		case letter == 'u':
			b.WriteByte('e')
		case strings.IndexByte("FWLY", letter) >= 0:
			w.fail(translate.NotSupported, w.tokens[c.args[i].lo], "the pattern letter %c is not available on a Trino cluster", letter)
		default:
			b.WriteByte(letter)
		}
	}
	return quote(b.String())
}

// sessionID returns the expression for the ID of a session. The aggregate keeps the start and the duration of the
// session in one number. The ID is a hash of the keys and the start, so a repeated query returns the same IDs.
func sessionID(keys, over string) string {
	const state = "reduce_agg(CAST($1 AS bigint), BIGINT '-1', (s, x) -> CASE WHEN s < 0 OR " +
		"x - (bitwise_right_shift(s, 31) + bitwise_and(s, 2147483647)) > $2 THEN bitwise_left_shift(x, 31) " +
		"ELSE s + (x - bitwise_right_shift(s, 31) - bitwise_and(s, 2147483647)) END, (a, b) -> a)"
	return "lower(to_hex(md5(to_utf8(json_format(CAST(ROW(" + keys + ", bitwise_right_shift(" + state +
		" OVER (" + over + " ROWS UNBOUNDED PRECEDING), 31)) AS json))))))"
}

// replaceSessionWindow replaces a call together with its OVER clause, whose partition is a part of the ID.
func (w *rewriter) replaceSessionWindow(c call) int {
	open := c.end + 2
	end, _, ok := 0, []span(nil), false
	if w.isWord(c.end+1, "OVER") && w.is(open, "(") {
		end, _, ok = w.readList(open, len(w.tokens))
	}
	if !ok {
		w.fail(translate.SemanticError, c.at, "td_sessionize_window requires OVER (PARTITION BY … ORDER BY …)")
	}
	keys, partition := "1", 0
	for i, depth := open+1, 0; i < end; i++ {
		switch {
		case w.is(i, "("), w.is(i, "["):
			depth++
		case w.is(i, ")"), w.is(i, "]"):
			depth--
		case depth > 0:
		case w.isWord(i, "PARTITION", "BY"):
			partition = i + 2
		case w.isWord(i, "ORDER", "BY") && partition > 0:
			c.args = append(c.args, span{partition, i})
			keys, partition = fmt.Sprintf("$%d", len(c.args)), 0
		}
	}
	if open+1 >= end {
		w.fail(translate.SemanticError, c.at, "td_sessionize_window requires OVER (PARTITION BY … ORDER BY …)")
	}
	c.args = append(c.args, span{open + 1, end})
	w.expand(c, sessionID(keys, fmt.Sprintf("$%d", len(c.args))))
	return end
}
