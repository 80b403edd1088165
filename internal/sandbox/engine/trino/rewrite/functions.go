package rewrite

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/functions"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// expressions are the functions that one expression replaces, by the number of arguments. $1 is the first argument.
func expressions(name string, args int) string {
	switch fmt.Sprintf("%s/%d", name, args) {
	case "td_md5/1":
		return "lower(to_hex(md5(to_utf8(CAST($1 AS varchar)))))"
	case "td_url_decode/1":
		return "TRY(url_decode($1))"
	case "td_array_index/2":
		return "IF(($2) >= 0, element_at($1, ($2) + 1))"
	case "td_sumif/2":
		return "sum(CAST(CASE WHEN $2 THEN $1 END AS double))"
	case "td_avgif/2":
		return "avg(CAST(CASE WHEN $2 THEN $1 END AS double))"
	case "td_first/2":
		return "min_by($1, $2)"
	case "td_last/2":
		return "max_by($1, $2)"
	case "td_numeric_range/1":
		return "slice(sequence(BIGINT '0', greatest($1, 0)), 1, greatest($1, 0))"
	case "td_numeric_range/2":
		return "slice(sequence(CAST($1 AS bigint), greatest($1, $2)), 1, greatest(($2) - ($1), 0))"
	case "td_numeric_range/3":
		return "slice(sequence(CAST($1 AS bigint), CASE WHEN (($2) - ($1)) / ($3) >= 0 THEN $2 ELSE $1 END, $3), 1, " +
			"CAST(greatest(ceiling(CAST(($2) - ($1) AS double) / ($3)), 0e0) AS bigint))"
	}
	if args >= 3 && (name == "td_first" || name == "td_last") {
		return map[string]string{"td_first": "min_by", "td_last": "max_by"}[name] + "($1, ROW(" + argumentList(2, args) + "))"
	}
	return ""
}

// argumentList returns the arguments from lo to hi of a template.
func argumentList(lo, hi int) string {
	var list []string
	for i := lo; i <= hi; i++ {
		list = append(list, "$"+strconv.Itoa(i))
	}
	return strings.Join(list, ", ")
}

// replace writes the replacement of a call and returns the index of its last token.
func (w *rewriter) replace(c call) int {
	const maxDepth = 200
	if w.depth++; w.depth > maxDepth {
		w.fail(translate.NotSupported, c.at, "the calls of TD functions are nested too deeply")
	}
	defer func() { w.depth-- }()
	if n, ok := w.constant(c); ok {
		w.write(c.at.Start, fmt.Sprintf("BIGINT '%d'", n))
		return c.end
	}
	if template := expressions(c.name, len(c.args)); template != "" {
		return w.expand(c, template)
	}
	if replacement, ok := w.timeFunction(c); ok {
		return w.expand(c, replacement)
	}
	switch {
	case c.name == "td_sessionize_window" && len(c.args) == 2:
		return w.replaceSessionWindow(c)
	case c.name == "td_sessionize" && len(c.args) >= 3:
		keys := argumentList(3, len(c.args))
		return w.expand(c, sessionID(keys, "PARTITION BY "+keys+" ORDER BY $1"))
	case strings.HasPrefix(c.name, "td_ip_to_"), strings.HasPrefix(c.name, "td_parse_"), c.name == "td_currency_conv",
		c.name == "td_lat_long_to_country", c.name == "td_substr_inencoding", c.name == "td_interval_range":
		w.fail(translate.NotSupported, c.at, "%s is not available on a Trino cluster", strings.ToUpper(c.name))
	case isTDFunction(c.name):
		w.fail(translate.SemanticError, c.at, "Unexpected parameters for function %s", c.name)
	}
	// The cluster reports the unknown function.
	w.copyText(c.at.Start, c.at.End)
	for i := range c.args {
		w.write(c.at.Start, map[bool]string{true: "(", false: ", "}[i == 0])
		w.argument(c, i)
	}
	if c.args == nil {
		w.write(c.at.Start, "(")
	}
	w.write(c.at.Start, ")")
	return c.end
}

// isTDFunction reports whether name is a function that is replaced for some numbers of arguments.
func isTDFunction(name string) bool {
	switch name {
	case "td_md5", "td_url_decode", "td_array_index", "td_sumif", "td_avgif", "td_first", "td_last", "td_numeric_range",
		"td_time_range", "td_interval", "td_time_format", "td_time_parse", "td_time_add", "td_date_trunc", "td_time_string",
		"td_sessionize", "td_sessionize_window", "td_scheduled_time":
		return true
	}
	return false
}

// argument writes argument i of a call.
func (w *rewriter) argument(c call, i int) {
	a := c.args[i]
	w.copy(a.lo, a.hi, w.tokens[a.lo].Start, w.tokens[a.hi-1].End)
}

// expand writes a template and returns the index of the call's last token. In the template, $1 is the first argument
// and $$ is a $.
func (w *rewriter) expand(c call, template string) int {
	for template != "" {
		i := strings.IndexByte(template, '$')
		if i < 0 {
			w.write(c.at.Start, template)
			break
		}
		end := i + 1
		if strings.HasPrefix(template[end:], "$") {
			w.write(c.at.Start, template[:end])
			template = template[end+1:]
			continue
		}
		for end < len(template) && template[end] >= '0' && template[end] <= '9' {
			end++
		}
		n, err := strconv.Atoi(template[i+1 : end])
		if err != nil || n < 1 || n > len(c.args) { // a $ in a literal
			w.write(c.at.Start, template[:end])
		} else {
			if i > 0 {
				w.write(c.at.Start, template[:i])
			}
			w.argument(c, n-1)
		}
		template = template[end:]
	}
	return c.end
}

// stringLiteral returns the text of argument i if it is a literal. A missing argument and NULL are empty texts.
func (w *rewriter) stringLiteral(c call, i int) (string, bool) {
	if w.isNull(c, i) {
		return "", true
	}
	a := c.args[i]
	t := w.tokens[a.lo]
	return t.Text, a.hi-a.lo == 1 && t.Kind == sqlsyntax.StringText && w.source[t.Start] == '\''
}

// isNull reports whether argument i is missing or the literal NULL.
func (w *rewriter) isNull(c call, i int) bool {
	return i >= len(c.args) || c.args[i].hi-c.args[i].lo == 1 && w.isWord(c.args[i].lo, "NULL")
}

// quote returns a string literal for a template.
func quote(s string) string { return "'" + strings.NewReplacer("'", "''", "$", "$$").Replace(s) + "'" }

// zone returns argument i as a time zone that Trino knows.
func (w *rewriter) zone(c call, i int) string {
	name, ok := w.stringLiteral(c, i)
	if !ok {
		return fmt.Sprintf("$%d", i+1)
	}
	name, err := functions.ZoneName(name)
	if err != nil {
		w.fail(translate.DataError, w.tokens[c.args[i].lo], "%v", err)
	}
	return quote(name)
}

// constant returns the value of a call whose result is a time that is known already.
func (w *rewriter) constant(c call) (n int64, ok bool) {
	literal := func(i int) string {
		text, isLiteral := w.stringLiteral(c, i)
		ok = ok && isLiteral
		return text
	}
	ok = true
	var err error
	switch {
	case c.name == "td_scheduled_time" && len(c.args) == 0:
		return w.scheduled.Unix(), true
	case c.name == "td_time_parse" && (len(c.args) == 1 || len(c.args) == 2):
		zone := literal(1)
		if _, isText := w.stringLiteral(c, 0); !ok || !isText || w.isNull(c, 0) {
			return 0, false
		}
		return w.seconds(c.args[0], zone)
	case c.name == "td_time_add" && (len(c.args) == 2 || len(c.args) == 3) && !w.isNull(c, 1):
		duration, zone := literal(1), literal(2)
		if !ok {
			return 0, false
		}
		if n, ok = w.seconds(c.args[0], zone); ok {
			n, err = functions.AddDuration(n, duration, zone)
		}
	case c.name == "td_date_trunc" && (len(c.args) == 2 || len(c.args) == 3) && !w.isNull(c, 0):
		unit, zone := literal(0), literal(2)
		if !ok {
			return 0, false
		}
		if n, ok = w.seconds(c.args[1], zone); ok {
			n, err = functions.TruncateTime(unit, n, zone)
		}
	default:
		return 0, false
	}
	if err != nil {
		w.fail(translate.DataError, c.at, "%v", err)
	}
	return n, ok
}

// seconds returns the time of an argument that is a number, a text or a constant call.
func (w *rewriter) seconds(a span, zone string) (int64, bool) {
	t := w.tokens[a.lo]
	single := a.hi-a.lo == 1
	switch {
	case single && t.Kind == sqlsyntax.NumberText:
		n, err := strconv.ParseInt(t.Text, 10, 64)
		return n, err == nil
	case single && t.Kind == sqlsyntax.StringText && w.source[t.Start] == '\'':
		n, err := functions.ParseTime(t.Text, zone)
		if err != nil {
			w.fail(translate.DataError, t, "%v", err)
		}
		return n, true
	case a.hi-a.lo == 2 && w.is(a.lo, "-") && w.tokens[a.lo+1].Kind == sqlsyntax.NumberText:
		n, err := strconv.ParseInt(w.tokens[a.lo+1].Text, 10, 64)
		return -n, err == nil
	}
	if c, ok := w.readCall(a.lo, a.hi); ok && c.end == a.hi-1 {
		return w.constant(c)
	}
	return 0, false
}
