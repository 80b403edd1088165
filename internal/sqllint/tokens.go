package sqllint

import (
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// checkTokens returns the findings in a statement that need no syntax tree: syntax of the other dialect.
func checkTokens(sql string, tokens []sqlsyntax.Token, d sqlsyntax.Dialect) []Finding {
	s := statement{sql, tokens}
	var findings []Finding
	for i, t := range tokens {
		rule, message, advice := TrinoSyntax, "", ""
		if d == sqlsyntax.Hive {
			message, advice = s.findTrino(i)
		} else {
			rule = HiveSyntax
			message, advice = s.findHive(i)
		}
		if message != "" {
			findings = append(findings, Finding{rule, t.Position, message, advice})
		}
	}
	return findings
}

// A statement is a statement without comments.
type statement struct {
	sql    string
	tokens []sqlsyntax.Token
}

// at returns a token, or one that has no text.
func (s statement) at(i int) sqlsyntax.Token {
	if i < 0 || i >= len(s.tokens) {
		return sqlsyntax.Token{Kind: sqlsyntax.Symbol}
	}
	return s.tokens[i]
}

// is reports whether the tokens at i are these words or symbols.
func (s statement) is(i int, words ...string) bool {
	for n, w := range words {
		t := s.at(i + n)
		if t.Kind != sqlsyntax.Word && t.Kind != sqlsyntax.Symbol || t.Upper != w {
			return false
		}
	}
	return true
}

// isAny reports whether the token at i is one of these words or symbols.
func (s statement) isAny(i int, words ...string) bool {
	for _, w := range words {
		if s.is(i, w) {
			return true
		}
	}
	return false
}

// quote returns the quotation mark of the name or text at i, or 0.
func (s statement) quote(i int) byte {
	if t := s.at(i); t.Kind == sqlsyntax.QuotedName || t.Kind == sqlsyntax.StringText {
		return s.sql[t.Start]
	}
	return 0
}

// endsOperand reports whether the token at i can be the end of an operand.
func (s statement) endsOperand(i int) bool {
	switch t := s.at(i); t.Kind {
	case sqlsyntax.QuotedName, sqlsyntax.StringText, sqlsyntax.NumberText:
		return true
	case sqlsyntax.Word:
		return !isKeyword(t.Upper)
	default:
		return t.Text == ")" || t.Text == "]"
	}
}

// isKeyword reports whether a word can neither be an operand nor the name of a function.
func isKeyword(upper string) bool {
	switch upper {
	case "SELECT", "DISTINCT", "ALL", "FROM", "WHERE", "AND", "OR", "NOT", "ON", "BY", "WHEN", "THEN", "ELSE", "CASE", "AS", "IN", "LIKE", "BETWEEN",
		"HAVING", "UNION", "EXCEPT", "INTERSECT", "LIMIT", "ORDER", "GROUP", "JOIN", "CROSS", "INNER", "LEFT", "RIGHT", "FULL", "OUTER", "TABLE", "INTO", "OVERWRITE",
		"WITH", "OVER", "PARTITION", "INSERT", "CREATE", "DROP", "DELETE", "VALUES", "USING", "SET", "IS", "EXISTS", "RECURSIVE", "VIEW":
		return true
	}
	return false
}

// isCall reports whether a call of a function starts at i: a name and a parenthesis, where a value can be.
func (s statement) isCall(i int) bool {
	if s.at(i).Kind != sqlsyntax.Word || !s.is(i+1, "(") {
		return false
	}
	// AS f (…), t f (…), FROM f (…) and f (…) AS (…) name a relation and its columns.
	return i > 0 && !s.endsOperand(i-1) && !s.isAny(i-1, ".", "AS", "TABLE", "INTO", "JOIN", "WITH", "VIEW", "RECURSIVE", "EXISTS", "FROM") &&
		!s.is(s.closing(i+1)+1, "AS", "(")
}

// maxDistance is the number of tokens among which parentheses are matched.
const maxDistance = 100

// closing returns the index of the token that closes the parenthesis at i, or that of the last token that was examined.
func (s statement) closing(i int) int {
	depth := 0
	for end := min(i+maxDistance, len(s.tokens)); i < end; i++ {
		switch {
		case s.is(i, "("):
			depth++
		case s.is(i, ")"):
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return i
}

// findHive returns the message and the advice for syntax of Hive at token i of a statement for Trino.
func (s statement) findHive(i int) (message, advice string) {
	t := s.at(i)
	switch {
	case s.is(i, "LATERAL", "VIEW"):
		return "LATERAL VIEW is Hive syntax", "use CROSS JOIN UNNEST(…) AS t (x)"
	case s.quote(i) == '`':
		return "names in backquotes are Hive syntax", `use "` + t.Text + `"`
	case s.is(i, "=="):
		return "== is Hive syntax", "use ="
	case s.is(i, "<=") && s.is(i+1, ">") && s.at(i+1).Start == t.End:
		return "<=> is Hive syntax", "use IS NOT DISTINCT FROM"
	case s.isAny(i, "RLIKE", "REGEXP") && (s.endsOperand(i-1) || s.is(i-1, "NOT")) && (s.quote(i+1) != 0 || s.isCall(i+1)):
		return t.Upper + " is Hive syntax", "use regexp_like(x, 'pattern')"
	case s.is(i, "INSERT", "OVERWRITE"):
		return "INSERT OVERWRITE is Hive syntax", "use DELETE FROM and INSERT INTO, or run it with -T hive"
	case s.isAny(i, "DISTRIBUTE", "SORT", "CLUSTER") && s.is(i+1, "BY"):
		return t.Upper + " BY is Hive syntax", "use ORDER BY, or omit it"
	case s.isDateName(i):
		return `"` + t.Text + `" is a column name; text in double quotes is Hive syntax`, "use '" + t.Text + "'"
	case s.isCall(i):
		return adviseFunction(t.Text, "Hive", hiveFunction(strings.ToLower(t.Text)))
	}
	return "", ""
}

// isDateName reports whether the token at i is a quoted name that is meant to be a date: a later argument of TD_TIME_RANGE
// and similar functions.
func (s statement) isDateName(i int) bool {
	text := s.at(i).Text
	if s.quote(i) != '"' || !s.is(i-1, ",") || text[0] < '0' || text[0] > '9' {
		return false
	}
	depth := 0
	start := max(i-maxDistance, 0)
	for i--; i > start; i-- {
		switch {
		case s.is(i, ")"):
			depth++
		case s.is(i, "(") && depth == 0:
			return s.at(i-1).Kind == sqlsyntax.Word && strings.HasPrefix(s.at(i-1).Upper, "TD_")
		case s.is(i, "("):
			depth--
		}
	}
	return false
}

// findTrino returns the message and the advice for syntax of Trino at token i of a statement for Hive.
func (s statement) findTrino(i int) (message, advice string) {
	t := s.at(i)
	switch {
	case s.is(i, "UNNEST", "("):
		return "UNNEST is Trino syntax", "use LATERAL VIEW explode(…) t AS x"
	case s.isDoubleQuotedName(i):
		return `"` + t.Text + `" is text; names in double quotes are Trino syntax`, "use `" + t.Text + "`"
	case s.is(i, "->"):
		return "lambda functions are Trino syntax", "use LATERAL VIEW explode(…), or run it with -T trino"
	case s.is(i, "ARRAY", "[") && !s.is(i-1, "."):
		return "ARRAY[…] is Trino syntax", "use array(…)"
	case s.is(i, "AT", "TIME", "ZONE"):
		return "AT TIME ZONE is Trino syntax", "use from_utc_timestamp, or TD_TIME_FORMAT with a time zone"
	case s.isCall(i):
		return adviseFunction(t.Text, "Trino", trinoFunction(strings.ToLower(t.Text)))
	}
	return "", ""
}

// isDoubleQuotedName reports whether the text in double quotes at i is where only a name can be.
func (s statement) isDoubleQuotedName(i int) bool {
	if s.quote(i) != '"' {
		return false
	}
	if s.is(i-1, "AS") || s.isAny(i-1, "JOIN", "INTO") || s.is(i-1, "FROM") && !s.insideCall(i) {
		return true
	}
	next, previous := s.at(i+1), s.at(i-1)
	return s.is(i+1, ".") && next.Start == s.at(i).End || s.is(i-1, ".") && previous.End == s.at(i).Start
}

// insideCall reports whether the token at i is inside a call that has the word FROM: extract(day FROM "…"), trim.
func (s statement) insideCall(i int) bool {
	start := max(i-maxDistance, 0)
	for i -= 2; i > start; i-- {
		switch {
		case s.isAny(i, "SELECT", ")"):
			return false
		case s.is(i, "("):
			return true
		}
	}
	return false
}

// adviseFunction returns the message for a function that only the other dialect has. A function without advice is in
// both.
func adviseFunction(name, dialect, instead string) (message, advice string) {
	if instead == "" {
		return "", ""
	}
	return name + " is a function of " + dialect, "use " + instead
}

// hiveFunction returns what replaces a function of Hive in Trino, or "" for other functions.
func hiveFunction(name string) string {
	switch name {
	case "explode", "inline":
		return "CROSS JOIN UNNEST(…) AS t (x)"
	case "posexplode":
		return "CROSS JOIN UNNEST(…) WITH ORDINALITY AS t (x, n)"
	case "collect_list":
		return "array_agg(x)"
	case "collect_set":
		return "array_agg(DISTINCT x)"
	case "get_json_object":
		return "json_extract_scalar(x, '$.path')"
	case "json_tuple":
		return "json_extract_scalar(x, '$.path') for each field"
	case "nvl":
		return "coalesce(x, y)"
	case "nvl2":
		return "if(x IS NOT NULL, y, z)"
	case "parse_url":
		return "url_extract_host(x) and similar functions"
	case "unix_timestamp":
		return "to_unixtime(x), or TD_TIME_PARSE for text"
	case "datediff":
		return "date_diff('day', start, end)"
	case "date_sub":
		return "date_add('day', -n, x)"
	case "add_months":
		return "date_add('month', n, x)"
	case "str_to_map":
		return "split_to_map(x, ',', ':')"
	case "named_struct":
		return "CAST(row(…) AS row(a bigint))"
	case "sort_array":
		return "array_sort(x)"
	case "array_contains":
		return "contains(x, y)"
	case "size":
		return "cardinality(x)"
	case "instr":
		return "strpos(x, y)"
	case "percentile", "percentile_approx":
		return "approx_percentile(x, p)"
	case "from_utc_timestamp", "to_utc_timestamp":
		return "AT TIME ZONE"
	case "regexp":
		return "regexp_like(x, 'pattern')"
	}
	return ""
}

// trinoFunction returns what replaces a function of Trino in Hive, or "" for other functions. Functions of Hivemall, such
// as element_at and try_cast, are in both.
func trinoFunction(name string) string {
	switch name {
	case "approx_distinct":
		return "count(DISTINCT x)"
	case "approx_percentile":
		return "percentile_approx(x, p)"
	case "array_agg":
		return "collect_list(x)"
	case "array_join":
		return "concat_ws(',', x)"
	case "array_sort":
		return "sort_array(x)"
	case "cardinality":
		return "size(x)"
	case "contains":
		return "array_contains(x, y)"
	case "count_if":
		return "sum(if(x, 1, 0))"
	case "date_diff":
		return "datediff(end, start)"
	case "date_parse":
		return "unix_timestamp(x, 'yyyy-MM-dd'), or TD_TIME_PARSE"
	case "from_iso8601_timestamp", "from_iso8601_date":
		return "TD_TIME_PARSE(x)"
	case "json_extract", "json_extract_scalar":
		return "get_json_object(x, '$.path')"
	case "json_parse":
		return "get_json_object(x, '$.path') on the text"
	case "regexp_like":
		return "x RLIKE 'pattern'"
	case "split_to_map":
		return "str_to_map(x, ',', ':')"
	case "strpos":
		return "instr(x, y)"
	case "to_unixtime":
		return "unix_timestamp(x)"
	case "url_extract_host", "url_extract_path", "url_extract_query", "url_extract_protocol", "url_extract_parameter":
		return "parse_url(x, 'HOST') and similar calls"
	}
	return ""
}
