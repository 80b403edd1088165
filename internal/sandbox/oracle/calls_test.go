package oracle

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A signature is a line of the registry: how a function is called.
type signature struct {
	name      string
	params    []string
	required  int
	repeated  bool // the last parameter can be repeated
	result    string
	aggregate bool
	window    bool
	refused   bool
}

// readRegistry returns the signatures of the dialect's functions. Functions of the service itself are not among them:
// there is no other implementation.
func readRegistry(t testing.TB, hive bool) (list []signature) {
	t.Helper()
	file := "trino.txt"
	if hive {
		file = "hive.txt"
	}
	text, err := os.ReadFile(filepath.Join("..", "sql", "registry", file))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		head, _, _ := strings.Cut(strings.TrimSpace(line), " = ")
		name, rest, _ := strings.Cut(head, "(")
		s := signature{name: name}
		params, rest := cutParameters(rest)
		for _, p := range params {
			p, s.repeated = strings.CutSuffix(p, "...")
			p = strings.NewReplacer("!", "", "?", "", "*", "").Replace(p)
			if inner, optional := strings.CutPrefix(p, "["); optional {
				p = strings.TrimSuffix(inner, "]")
			} else if !s.repeated {
				s.required++
			}
			s.params = append(s.params, p)
		}
		words := strings.Fields(rest)
		for len(words) > 1 {
			switch words[len(words)-1] {
			case "aggregate":
				s.aggregate = true
			case "window":
				s.window = true
			case "refused":
				s.refused = true
			}
			if last := words[len(words)-1]; last != "aggregate" && last != "window" && last != "refused" && last != "special" {
				break
			}
			words = words[:len(words)-1]
		}
		s.result = strings.Join(words, " ")
		list = append(list, s)
	}
	return list
}

// cutParameters splits "T, [bigint]) T aggregate" into the parameters and the rest.
func cutParameters(text string) (params []string, rest string) {
	depth, start := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth < 0 || depth == 0 && text[i] == ',' {
			if p := strings.TrimSpace(text[start:i]); p != "" {
				params = append(params, p)
			}
			start = i + 1
		}
		if depth < 0 {
			return params, text[start:]
		}
	}
	return params, ""
}

// texts lists arguments with a meaning, in single quotes where they are texts.
var texts = map[string][]string{
	"capacity":      {"10", "100", "1000", "0", "-1"},
	"unit":          {"'millisecond'", "'second'", "'minute'", "'hour'", "'day'", "'week'", "'month'", "'quarter'", "'year'", "'DAY'", "'x'"},
	"zone":          {"'UTC'", "'Asia/Tokyo'", "'America/New_York'", "'+05:30'", "'-08:00'", "'Europe/London'", "'x'", "'+00:00'"},
	"hivezone":      {"'UTC'", "'Asia/Tokyo'", "'America/New_York'", "'GMT+5'", "'PST'", "'Europe/London'", "'JST'"},
	"mysqlformat":   {"'%Y-%m-%d'", "'%Y-%m-%d %H:%i:%s'", "'%a %b %c %d %e %f'", "'%h %I %k %l %M %p %r %S %T'", "'%v %W %x %y %j'", "'%%'", "''", "'%D'", "'x%qz'"},
	"jodaformat":    {"'yyyy-MM-dd'", "'yyyy-MM-dd HH:mm:ss'", "'yyyy-MM-dd HH:mm:ss.SSS'", "'EEE, d MMM yyyy'", "'EEEE MMMM'", "'hh:mm a'", "'xxxx-ww-e'", "'D K k'", "'YY G'", "'''T'' yy'", "'yyyy-MM-dd Z'", "'ZZ'", "'q'", "''"},
	"jodatext":      {"'2020-02-29'", "'2020-02-29 12:34:56'", "'2020-02-29 12:34:56.789'", "'2020-13-01'", "'2020-02-30'", "'abc'", "''"},
	"javaformat":    {"'yyyy-MM-dd'", "'yyyy-MM-dd HH:mm:ss'", "'yyyy/MM/dd'", "'EEE, d MMM yyyy'", "'hh:mm a'", "'D'", "'yyyyMMdd'", "'HH'", "'w'", "'u'", "'yy'"},
	"isodate":       {"'2020-02-29'", "'2020-02-30'", "'2020-W01-1'", "'2020-060'", "'2020-02'", "'2020'", "''", "'abc'", "'20200229'"},
	"isotime":       {"'2020-02-29T12:34:56'", "'2020-02-29T12:34:56.789Z'", "'2020-02-29T12:34:56+09:00'", "'2020-02-29'", "'2020-02-29 12:34:56'", "'2020-W01-1T10'", "''", "'2020-02-29T25:00'"},
	"datetext":      {"'2014-10-01'", "'2020-02-29'", "'2020-02-29 12:34:56'", "'2014-12-31 23:59:59.5'", "'2014-02-30'", "'abc'", "''", "'2020-1-2'", "'1969-12-31'"},
	"regexp":        {"'a'", "'[a-z]+'", "'(a)(b)?'", "'^a|c$'", "'x*'", "'\\d+'", "'(?i)ABC'", "'\\s'", "''", "'.'", "'(?<n>b)'", "'['", "'b|B'", "'日'", "'\\w+@\\w+'"},
	"replacement":   {"''", "'x'", "'$1'", "'[$0]'", "'\\$'", "'$2'", "'日'"},
	"subject":       {"'abc'", "'aabbcc'", "'a1b22c'", "''", "'ABC def'", "'日本語'", "'x@y z@w'", "'a' || chr(10) || 'b'"},
	"jsonpath":      {"'$'", "'$.a'", "'$.b[0]'", "'$[0]'", "'$[1]'", "'$.a.c'", "'$[\"a\"]'", "'$.x'", "'$..a'", "'a'", "'$.*'", "'$[-1]'"},
	"sqlpath":       {"'$'", "'lax $.a'", "'strict $.a'", "'lax $.b[0]'", "'$.b[*]'", "'strict $.x'", "'lax $.b.size()'", "'lax $.a.type()'"},
	"jsontext":      {"'{\"a\":1,\"b\":[true,\"x\"]}'", "'[1,2,null]'", "'{\"a\":{\"c\":\"é\"}}'", "'null'", "'1.50'", "'\"a\"'", "'[]'", "'{}'", "'bad'", "''", "' [1, 2.0, \"b\", {\"a\": null}] '", "'{\"b\":1,\"a\":2,\"a\":3}'", "'1e20'", "'[1.0,true]'"},
	"delimiter":     {"','", "'b'", "''", "' '", "'aa'", "'日'", "'.'", "'|'"},
	"listtext":      {"'a,b,,c'", "'x=1&y=2'", "''", "'a'", "',a,'", "'aabaa'", "'日本語'", "'k:v,k2:v2'"},
	"url":           {"'http://user:pw@example.com:8080/p/a%20b/h.html?k1=v1&k2=v%202&k1=z#ref'", "'https://www.example.org'", "'not a url'", "''", "'/a?b=c'", "'http://日本.jp/x?y=日#z'", "'ftp://h/p;x?q'", "'http://h?'", "'mailto:a@b.c'"},
	"urlpart":       {"'HOST'", "'PATH'", "'QUERY'", "'REF'", "'PROTOCOL'", "'AUTHORITY'", "'FILE'", "'USERINFO'", "'host'", "'X'"},
	"urlkey":        {"'k1'", "'k2'", "'x'", "''", "'y'"},
	"encoded":       {"'a%20b'", "'a+b'", "'%E6%97%A5'", "'%'", "'100%zz'", "''", "'a b&c=d/é'"},
	"hex":           {"'61'", "'616263'", "''", "'zz'", "'FF00'", "'f'", "'AbCd'"},
	"base64":        {"'YWJj'", "'YQ=='", "''", "'YQ'", "'_-8='", "'/+8='", "'a!'"},
	"base32":        {"'ME======'", "'MFRGG==='", "''", "'1'", "'ME'"},
	"radix":         {"2", "8", "10", "16", "36", "1", "37"},
	"digits":        {"'ff'", "'101'", "'-7'", "'zz'", "''", "'7fffffffffffffff'", "'9'"},
	"format":        {"'%s'", "'%d'", "'%05d'", "'%,d'", "'%.2f'", "'%10.3e'", "'%x'", "'%-8s|'", "'%%'", "'%b'", "'%s %s'", "'%c'", "'%S'"},
	"standarderror": {"1e-1", "23e-3", "0e0"},
	"fraction":      {"0e0", "5e-1", "1e0", "25e-2", "9e-1", "1e-2"},
	"fractions":     {"ARRAY[5e-1]", "ARRAY[0e0, 1e0]", "ARRAY[25e-2, 75e-2, 5e-1]"},
	"probability":   {"5e-1", "1e-1", "999e-3", "1e-3", "9e-1", "0e0", "2e0"},
	"positive":      {"1e0", "2e0", "5e-1", "1e1", "0e0"},
	"small":         {"0", "1", "2", "3", "-1", "-2", "5", "10"},
	"count":         {"0", "1", "2", "3", "5"},
	"buckets":       {"2", "3", "10"},
	"shift":         {"0", "1", "3", "31", "63", "64", "-1"},
	"bits":          {"64", "32", "16", "8", "2", "1"},
	"codepoint":     {"65", "97", "0", "26085", "128512", "-1", "1114112"},
	"seconds":       {"0", "1412121600", "-1", "1577836800", "3600", "86399", "253402300799"},
	"dseconds":      {"0e0", "1.5e0", "-1e-1", "1412121600.123e0", "1577836800e0", "1e10"},
	"nanos":         {"BIGINT '0'", "BIGINT '1412121600123000000'", "BIGINT '-1000000'", "BIGINT '1577836800000000000'"},
	"duration":      {"'1s'", "'1.5h'", "'3d'", "'42ms'", "'100us'", "'2m'", "'1 s'", "''", "'x'"},
	"card":          {"'79927398713'", "'79927398714'", "''", "'abc'", "'0'", "'4111111111111111'"},
	"minutes":       {"0", "30", "-30", "45", "60"},
	"weekday":       {"'MO'", "'tuesday'", "'FRI'", "'su'", "'x'", "'Wed'"},
	"truncunit":     {"'MM'", "'MONTH'", "'YEAR'", "'YY'", "'mon'", "'x'", "'Q'"},
	"charset":       {"'UTF-8'", "'US-ASCII'", "'ISO-8859-1'", "'UTF-16BE'"},
	"sha2":          {"224", "256", "384", "512", "0", "1"},
	"bins":          {"ARRAY[0e0, 1e0, 2e0]", "ARRAY[-1e0, 5e-1]", "ARRAY[1e0]", "CAST(ARRAY[] AS array(double))"},
	"feature":       {"'a:1.5'", "'b:2'", "'c'", "'a:b:3'", "'日:0.5'"},
	"features":      {"array('a:1.5', 'b:2')", "array('b:1', 'c:3')", "array('a', 'b')", "array('a:1', 'c:0.5', 'd:2')", "array()"},
	"names":         {"array('a', 'b')", "array('x', 'y', 'z')", "array('a')"},
	"vector":        {"array(1.0D, 2.0D)", "array(0.5D, -1.0D)", "array(3.0D, 4.0D)"},
	"tokens":        {"'Hello, world. It is a test'", "'a b  c'", "''", "'日本語 text'"},
	"form2":         {"'NFC'", "'NFD'", "'NFKC'", "'NFKD'"},
	"key16":         {"'1234567890123456'", "cast('1234567890123456' as binary)", "'short'"},
	"separator":     {"','", "''", "' | '", "NULL"},
	"word":          {"'running'", "'happy'", "'a'", "''"},
	"frequency":     {"BIGINT '3'", "BIGINT '2'"},
	"cases":         {"'aXbXc'", "'Ab1-日'", "''", "'123-456'"},
	"truncation":    {"0", "1", "2", "-1", "-2", "10"},
	"mapseparator":  {"','", "'&'", "'='", "':'", "''"},
}

// parameters names the lists of texts for the parameters of functions, with an empty name for those that take values
// of their type.
var parameters = map[string]string{
	"approx_distinct": ",standarderror", "approx_most_frequent": "buckets,,capacity", "approx_percentile": ",fraction,fraction",
	"array_join": ",delimiter,delimiter", "at_timezone": ",zone", "beta_cdf": "positive,positive,fraction", "bit_count": ",bits",
	"bitwise_left_shift": ",shift", "bitwise_right_shift": ",shift", "bitwise_right_shift_arithmetic": ",shift", "chr": "codepoint",
	"combinations": ",count", "concat_ws": "delimiter", "contains_sequence": "", "date_add": "unit,small", "date_diff": "unit",
	"date_format": ",mysqlformat", "date_parse": "datetext,mysqlformat", "date_trunc": "unit", "date": "isodate", "element_at": "",
	"ends_with": "subject,delimiter", "format": "format", "format_datetime": ",jodaformat", "from_base": "digits,radix", "from_base32": "base32",
	"from_base64": "base64", "from_base64url": "base64", "from_hex": "hex", "from_iso8601_date": "isodate", "from_iso8601_timestamp": "isotime",
	"from_unixtime": "seconds,zone,minutes", "from_unixtime_nanos": "nanos", "hamming_distance": "subject,subject", "human_readable_seconds": "dseconds",
	"inverse_beta_cdf": "positive,positive,fraction", "inverse_normal_cdf": ",positive,probability", "json_array_contains": "jsontext",
	"json_array_get": "jsontext,small", "json_array_length": "jsontext", "json_exists": "jsontext,sqlpath", "json_extract": "jsontext,jsonpath",
	"json_extract_scalar": "jsontext,jsonpath", "json_parse": "jsontext", "json_query": "jsontext,sqlpath", "json_size": "jsontext,jsonpath",
	"json_value": "jsontext,sqlpath", "is_json_scalar": "jsontext", "lag": ",count", "lead": ",count", "levenshtein_distance": "subject,subject",
	"listagg": ",separator", "lpad": "subject,count,delimiter", "rpad": "subject,count,delimiter", "luhn_check": "card", "max": ",count", "min": ",count",
	"max_by": ",,count", "min_by": ",,count", "ngrams": ",count", "normal_cdf": ",positive", "normalize": "", "nth_value": ",count", "ntile": "count",
	"numeric_histogram": "buckets", "parse_datetime": "jodatext,jodaformat", "parse_duration": "duration", "parse_data_size": "datasize", "parse_presto_data_size": "datasize", "rand": "", "regexp_count": "subject,regexp",
	"regexp_extract": "subject,regexp,count", "regexp_extract_all": "subject,regexp,count", "regexp_like": "subject,regexp",
	"regexp_position": "subject,regexp,count,count", "regexp_replace": "subject,regexp,replacement", "regexp_split": "subject,regexp",
	"repeat": ",count", "replace": "subject,delimiter,delimiter", "round": ",truncation", "sequence": "small,small,small", "slice": ",small,count",
	"split": "listtext,delimiter,count", "split_part": "listtext,delimiter,count", "split_to_map": "listtext,mapseparator,mapseparator",
	"split_to_multimap": "listtext,mapseparator,mapseparator", "starts_with": "subject,delimiter", "strpos": "subject,delimiter,small",
	"substr": ",small,small", "substring": ",small,small", "to_base": ",radix", "translate": "subject,delimiter,delimiter", "trim_array": ",count",
	"truncate": ",truncation", "url_decode": "encoded", "url_encode": "encoded", "url_extract_fragment": "url", "url_extract_host": "url",
	"url_extract_parameter": "url,urlkey", "url_extract_path": "url", "url_extract_port": "url", "url_extract_protocol": "url", "url_extract_query": "url",
	"width_bucket": ",bins,,buckets", "wilson_interval_lower": "count,count,positive", "wilson_interval_upper": "count,count,positive",
	"with_timezone": ",zone", "word_stem": "word", "soundex": "subject", "from_utf8": "", "trim": ",delimiter", "ltrim": ",delimiter", "rtrim": ",delimiter",
}

// hiveParameters is parameters for the functions of Hive that differ.
var hiveParameters = map[string]string{
	"add_months": "datetext,small", "aes_decrypt": ",key16", "aes_encrypt": ",key16", "array_slice": ",small,count", "bround": ",truncation",
	"conv": "digits,radix,radix", "date_add": "datetext,small", "date_sub": "datetext,small", "date_format": "datetext,javaformat",
	"datediff": "datetext,datetext", "day": "datetext", "dayofmonth": "datetext", "dayofweek": "datetext", "decode": ",charset", "encode": ",charset",
	"element_at": ",small", "elt": "count", "extract_feature": "feature", "extract_weight": "feature", "add_bias": "features", "angular_similarity": "features,features",
	"cosine_similarity": "features,features", "euclid_distance": "features,features", "manhattan_distance": "features,features", "l1_normalize": "features",
	"l2_normalize": "features", "feature": "word,", "feature_hashing": "features", "find_in_set": "delimiter,listtext", "format_number": ",count",
	"from_unixtime": "seconds,javaformat", "from_utc_timestamp": "datetext,hivezone", "to_utc_timestamp": "datetext,hivezone", "get_json_object": "jsontext,jsonpath",
	"hour": "datetext", "minute": "datetext", "month": "datetext", "quarter": "datetext", "second": "datetext", "year": "datetext", "weekofyear": "datetext",
	"instr": "subject,delimiter", "last_day": "datetext", "locate": "delimiter,subject,small", "lpad": "subject,small,delimiter", "rpad": "subject,small,delimiter",
	"months_between": "datetext,datetext", "next_day": "datetext,weekday", "parse_url": "url,urlpart,urlkey", "percentile": ",fraction", "percentile_approx": ",fraction,buckets",
	"printf": "format", "regexp": "subject,regexp", "regexp_extract": "subject,regexp,count", "regexp_like": "subject,regexp", "rlike": "subject,regexp",
	"regexp_replace": "subject,regexp,replacement", "repeat": "subject,small", "replace": "subject,delimiter,delimiter", "round": ",truncation", "sha2": "subject,sha2",
	"shiftleft": ",shift", "shiftright": ",shift", "shiftrightunsigned": ",shift", "space": "small", "split": "listtext,regexp", "str_to_map": "listtext,mapseparator,mapseparator",
	"substr": "subject,small,small", "substring": "subject,small,small", "substring_index": "listtext,delimiter,small", "to_date": "datetext", "to_unix_timestamp": "datetext,javaformat",
	"translate": "subject,delimiter,delimiter", "trunc": "datetext,truncunit", "unbase64": "base64", "unhex": "hex", "unix_timestamp": "datetext,javaformat",
	"ntile": "buckets", "lag": ",count,", "lead": ",count,", "mask": "cases", "mask_first_n": "cases,small", "mask_last_n": "cases,small", "mask_show_first_n": "cases,small",
	"mask_show_last_n": "cases,small", "mask_hash": "cases", "chr": "codepoint", "ascii": "subject", "levenshtein": "subject,subject", "histogram_numeric": ",buckets",
	"categorical_features": "names", "quantitative_features": "names", "vectorize_features": "names", "add_feature_index": "vector", "tokenize": "tokens", "subarray": ",count,count",
	"width_bucket": "", "initcap": "subject", "normalize_unicode": "subject,form2",
}

// lambdas lists the calls of functions with lambdas; $T is replaced by an array, $M by a map, $v and $k by values of
// their elements and keys.
var lambdas = map[string][]string{
	"all_match":        {"all_match($T, x -> x IS NOT NULL)", "all_match($T, x -> x = $v)", "all_match($T, x -> NULL)"},
	"any_match":        {"any_match($T, x -> x IS NULL)", "any_match($T, x -> x = $v)", "any_match($T, x -> true)"},
	"none_match":       {"none_match($T, x -> x IS NULL)", "none_match($T, x -> x = $v)", "none_match($T, x -> false)"},
	"filter":           {"filter($T, x -> x IS NOT NULL)", "filter($T, x -> x <> $v)", "filter($T, x -> x IS DISTINCT FROM $v)"},
	"transform":        {"transform($T, x -> ROW(x, 1))", "transform($T, x -> x IS NULL)", "transform($T, x -> coalesce(x, $v))", "transform($T, x -> ARRAY[x])", "transform($T, x -> NULL)"},
	"reduce":           {"reduce($T, 0, (s, x) -> s + 1, s -> s)", "reduce($T, CAST(NULL AS varchar), (s, x) -> concat(s, 'a'), s -> coalesce(s, 'z'))", "reduce($T, $v, (s, x) -> coalesce(s, x), s -> ARRAY[s])"},
	"array_sort":       {"array_sort($T, (x, y) -> IF(x < y, 1, IF(x = y, 0, -1)))", "array_sort($T, (x, y) -> 0)"},
	"zip_with":         {"zip_with($T, $T, (x, y) -> x)", "zip_with($T, ARRAY[1, 2], (x, y) -> ROW(x, y))", "zip_with($T, ARRAY['a', NULL], (x, y) -> y)"},
	"map_filter":       {"map_filter($M, (k, v) -> v IS NOT NULL)", "map_filter($M, (k, v) -> k <> $k)", "map_filter($M, (k, v) -> v IS DISTINCT FROM $v)"},
	"map_zip_with":     {"map_zip_with($M, $M, (k, a, b) -> ROW(a, b))", "map_zip_with($M, $M, (k, a, b) -> a IS NULL)", "map_zip_with(MAP(ARRAY[1, 2], ARRAY['a', 'b']), MAP(ARRAY[2, 3], ARRAY[1e0, NULL]), (k, a, b) -> coalesce(a, CAST(b AS varchar)))"},
	"transform_keys":   {"transform_keys($M, (k, v) -> ROW(k, 1))", "transform_keys($M, (k, v) -> k)", "transform_keys($M, (k, v) -> CAST(k AS varchar))", "transform_keys($M, (k, v) -> 1)"},
	"transform_values": {"transform_values($M, (k, v) -> v)", "transform_values($M, (k, v) -> k)", "transform_values($M, (k, v) -> v IS NULL)", "transform_values($M, (k, v) -> ROW(k, v))"},
	"reduce_agg":       {"reduce_agg(x, 0, (a, b) -> a + b, (a, b) -> a + b)", "reduce_agg(x, 1, (a, b) -> a * 2, (a, b) -> a * b)"},
}

// expandLambda fills in a template of lambdas.
func (g *generator) expandLambda(template string) string {
	element, key := g.elementType(), g.keyType()
	out := strings.ReplaceAll(template, "$T", g.value(g.nest("array", element)))
	out = strings.ReplaceAll(out, "$M", g.value(g.nest("map", key, element)))
	out = strings.ReplaceAll(out, "$v", g.value(element))
	return strings.ReplaceAll(out, "$k", g.value(key))
}

// allocates reports whether the real engine allocates memory for the value of an argument: a huge one ends it.
func allocates(kind string) bool { return kind == "buckets" || kind == "capacity" }

// argument returns the i-th argument of a call.
func (g *generator) argument(s signature, i int, bound map[string]string) string {
	list, ok := parameters[s.name]
	if hive, found := hiveParameters[s.name]; g.hive && found {
		list, ok = hive, true
	}
	t := s.params[min(i, len(s.params)-1)]
	if kinds := strings.Split(list, ","); ok && i < len(kinds) && kinds[i] != "" && (allocates(kinds[i]) || !g.chance(12)) {
		values := texts[kinds[i]]
		if kinds[i] == "fraction" && strings.HasPrefix(t, "array") {
			values = texts["fractions"]
		}
		if len(values) > 0 && fits(t, values[0]) {
			v := pick(g, values)
			if g.hive {
				v = strings.ReplaceAll(strings.ReplaceAll(v, `\`, `\\`), " || chr(10) || ", "")
			}
			return v
		}
	}
	switch {
	case g.chance(4):
		t = g.valueType()
	case g.chance(5) && g.hive:
		t = "string"
	default:
		t = g.bindVariables(t, bound)
	}
	if i > 0 && t == "bigint" && !g.chance(25) {
		return pick(g, texts["small"])
	}
	return g.value(t)
}

// fits reports whether a text of the lists can be an argument of a type.
func fits(t, value string) bool {
	number := value[0] >= '0' && value[0] <= '9'
	switch {
	case strings.HasPrefix(value, "'"):
		return t == "varchar" || t == "json" || t == "any" || t == "K"
	case strings.HasPrefix(value, "ARRAY") || strings.HasPrefix(value, "array"):
		return strings.HasPrefix(t, "array")
	case number && strings.Contains(value, "e"):
		return t == "double" || t == "N"
	case number:
		return t == "bigint" || t == "integer" || t == "any"
	}
	return true
}

// arguments returns a list of arguments.
func (g *generator) arguments(s signature) []string {
	n := s.required
	if more := len(s.params) - n; more > 0 && !s.repeated {
		n += g.IntN(more + 1)
	}
	if s.repeated {
		n = len(s.params) - 1 + g.IntN(4)
	}
	if g.chance(2) {
		n = max(0, n+1-2*g.IntN(2))
	}
	bound := map[string]string{}
	args := make([]string, n)
	for i := range args {
		if len(s.params) == 0 {
			args[i] = g.value(g.scalarType())
			continue
		}
		args[i] = g.argument(s, i, bound)
	}
	return args
}

// special lists the calls whose syntax is not that of a function, or whose arguments depend on each other.
var special = map[bool]map[string][]string{
	false: {
		"current_date": {"current_date = CAST(now() AS date)", "typeof(current_date)", "current_date > DATE '2020-01-01'", "date_diff('day', current_date, current_date)", "current_date IS NULL"},
		"current_timestamp": {
			"typeof(current_timestamp)", "current_timestamp > TIMESTAMP '2020-01-01 00:00:00 UTC'", "current_timestamp = now()", "current_timestamp IS NULL",
			"typeof(current_timestamp(0))",
		},
		"localtimestamp":   {"typeof(localtimestamp)", "localtimestamp > TIMESTAMP '2020-01-01 00:00:00'", "localtimestamp IS NULL", "localtimestamp = localtimestamp", "CAST(localtimestamp AS date) = current_date"},
		"now":              {"typeof(now())", "now() = current_timestamp", "now() IS NULL", "now() > TIMESTAMP '2020-01-01 00:00:00 UTC'", "now(1)"},
		"current_timezone": {"current_timezone()", "typeof(current_timezone())", "current_timezone() = 'UTC'", "length(current_timezone())", "current_timezone(1)"},
		"uuid":             {"typeof(uuid())", "uuid() = uuid()", "length(CAST(uuid() AS varchar))", "uuid() IS NULL", "uuid(1)"},
		"rand":             {"typeof(rand())", "rand() < 1e0", "rand(1)", "typeof(rand(5, 6))", "rand(5, 6)", "rand(0)", "rand(3, 3)"},
		"random":           {"typeof(random())", "random() < 1e0", "random(1)", "typeof(random(5, 6))", "random(5, 6)", "random(0)", "random(3, 3)"},
		"shuffle":          {"array_sort(shuffle(ARRAY[3, 1, 2]))", "shuffle(ARRAY['a', 'a'])", "shuffle(ARRAY[])", "shuffle(CAST(NULL AS array(integer)))", "shuffle(1)"},
		"try":              {"try(1 / 0)", "try(CAST('a' AS integer))", "try(1)", "try(NULL)", "try(date_parse('x', '%Y'))", "try(ARRAY[1][5])", "try(127 * TINYINT '127')"},
		"e":                {"e()", "typeof(e())", "e() = exp(1)", "ln(e())", "e(1)"},
		"pi":               {"pi()", "typeof(pi())", "sin(pi() / 2)", "pi() > 3", "pi(1)"},
		"nan":              {"nan()", "typeof(nan())", "nan() = nan()", "is_nan(nan())", "nan() <> 1", "nan() IS NULL", "nan() > infinity()"},
		"infinity":         {"infinity()", "-infinity()", "typeof(infinity())", "infinity() - infinity()", "infinity() = infinity()", "1 / infinity()"},
		"map":              {"map()", "typeof(map())", "MAP(ARRAY[1, 2], ARRAY['a', 'b'])", "MAP(ARRAY[1, 1], ARRAY[2, 3])", "MAP(ARRAY[NULL], ARRAY[1])", "MAP(ARRAY[1], ARRAY[1, 2])", "MAP(ARRAY['a'], ARRAY[NULL])", "cardinality(map())"},
		"json_query": {
			"json_query('{\"a\":[1,2]}', 'lax $.a')", "json_query('{\"a\":1}', 'lax $.a' WITH WRAPPER)", "json_query('{\"a\":\"x\"}', 'lax $.a' OMIT QUOTES)",
			"json_query('{}', 'strict $.a' ERROR ON ERROR)", "json_query('bad', 'lax $' NULL ON ERROR)", "json_query('{\"a\":[1]}', 'lax $.b' EMPTY ARRAY ON EMPTY)",
		},
		"json_value": {
			"json_value('{\"a\":1}', 'lax $.a')", "json_value('{\"a\":1}', 'lax $.a' RETURNING integer)", "json_value('{}', 'lax $.a' DEFAULT 'x' ON EMPTY)",
			"json_value('bad', 'lax $' DEFAULT 'y' ON ERROR)", "json_value('{\"a\":[1]}', 'strict $.a' ERROR ON ERROR)", "json_value('{\"a\":true}', 'lax $.a')",
		},
		"json_exists": {
			"json_exists('{\"a\":1}', 'lax $.a')", "json_exists('{}', 'strict $.a')", "json_exists('{}', 'strict $.a' ERROR ON ERROR)", "json_exists('{\"a\":[1,5]}', 'lax $.a[*]?(@ > 3)')",
			"json_exists('bad', 'lax $' UNKNOWN ON ERROR)", "json_exists('{\"a\":null}', 'lax $.a')",
		},
		"json_array":  {"json_array(1, 'a', true)", "json_array()", "json_array(NULL, 1)", "json_array(NULL, 1 NULL ON NULL)", "json_array(1.5e0, DATE '2020-01-01')", "json_array('[1]' FORMAT JSON)", "json_array(ARRAY[1])"},
		"json_object": {"json_object('a': 1)", "json_object('a' VALUE 1, 'b' VALUE NULL)", "json_object('a': NULL ABSENT ON NULL)", "json_object()", "json_object(KEY 'a' VALUE true)", "json_object('a': 1, 'a': 2 WITH UNIQUE KEYS)", "json_object(1: 2)"},
		"normalize":   {"normalize('é')", "normalize('é', NFD)", "normalize('ﬁ', NFKC)", "normalize(NULL)", "normalize('Å', NFKD)", "length(normalize('é', NFD))"},
	},
	true: {
		"current_date":      {"current_date > date '2020-01-01'", "current_date is null", "datediff(current_date, current_date)", "current_date() = current_date", "year(current_date) > 2000"},
		"current_timestamp": {"current_timestamp is null", "current_timestamp > timestamp '2020-01-01 00:00:00'", "current_timestamp = current_timestamp", "to_date(current_timestamp) = current_date", "year(current_timestamp) > 2000"},
		"current_database":  {"length(current_database()) > 0", "current_database() is null", "current_database() = ''", "upper(current_database()) is null", "current_database(1)"},
		"unix_timestamp":    {"unix_timestamp() > 0", "unix_timestamp(null)", "unix_timestamp('2014-10-01 00:00:00')", "unix_timestamp('x')", "unix_timestamp('2014-10-01', 'yyyy-MM-dd')"},
		"rand":              {"rand() < 1", "rand() is null", "rand(1) < 1", "rand(1) >= 0", "cast(rand() as int)"},
		"e":                 {"e()", "ln(e())", "e() > 2", "e() is null", "round(e(), 3)"},
		"pi":                {"pi()", "sin(pi() / 2)", "pi() > 3", "pi() is null", "round(pi(), 3)"},
	},
}

// volatile lists functions whose results differ from call to call. They are only called as in special.
var volatile = map[string]bool{"rand": true, "random": true, "shuffle": true, "uuid": true, "now": true, "unix_timestamp": true}

// keywordCalls lists functions whose arguments have keywords. They are only called as in special.
var keywordCalls = map[string]bool{"json_array": true, "json_object": true}

// A statement is SQL with the name of what it tests: a function, or an operator and its types.
type statement struct {
	kind string
	sql  string
}

// call returns a statement that calls the function.
func (g *generator) call(s signature) statement {
	return statement{s.name, g.callSQL(s)}
}

func (g *generator) callSQL(s signature) string {
	if list := special[g.hive][s.name]; len(list) > 0 && (len(s.params) == 0 || volatile[s.name] || keywordCalls[s.name] || g.chance(50)) {
		return g.sql("SELECT ") + pick(g, list)
	}
	switch {
	case s.name == "grouping":
		return g.groupingCall()
	case s.name == "reduce_agg":
		return "SELECT " + pick(g, lambdas[s.name]) + " FROM " + g.rows("integer")
	case s.window:
		return g.windowCall(s)
	case s.aggregate:
		return g.aggregateCall(s)
	}
	if list := lambdas[s.name]; len(list) > 0 && strings.HasSuffix(s.params[len(s.params)-1], "lambda") {
		return "SELECT " + g.expandLambda(pick(g, list))
	}
	return g.sql("SELECT ") + s.name + "(" + strings.Join(g.arguments(s), ", ") + ")"
}

// sql returns a keyword as each dialect writes it here.
func (g *generator) sql(word string) string {
	if g.hive {
		return strings.ToLower(word)
	}
	return word
}

func (g *generator) groupingCall() string {
	if g.hive {
		return pick(g, []string{
			"select g, grouping(g) from edges group by g with rollup", "select g, grouping__id, count(*) from edges group by g grouping sets ((g), ())",
			"select b, g, grouping(b), grouping(g) from edges group by b, g with cube", "select grouping(g) from edges group by g with rollup", "select grouping(b), count(*) from edges group by b with cube",
		})
	}
	a, b := g.scalarType(), g.scalarType()
	sets := pick(g, []string{"ROLLUP (x, y)", "CUBE (x, y)", "GROUPING SETS ((x), (y), ())", "x, y"})
	return fmt.Sprintf("SELECT %s, count(*) FROM %s GROUP BY %s", pick(g, []string{"grouping(x)", "grouping(x, y)", "grouping(y, x)"}), g.rows(a, b), sets)
}

// rows returns a relation t(x, y, …) with columns of the types.
func (g *generator) rows(types ...string) string {
	var rows []string
	for range 1 + g.IntN(5) {
		var cells []string
		for _, t := range types {
			cells = append(cells, g.value(t))
		}
		rows = append(rows, "("+strings.Join(cells, ", ")+")")
	}
	return "(VALUES " + strings.Join(rows, ", ") + ") t(" + strings.Join(strings.Split("x y z w v u", " ")[:len(types)], ", ") + ")"
}

// columnsOf chooses types and arguments for the columns that a call aggregates. Arguments of which texts lists the
// values are constants.
func (g *generator) columnsOf(s signature) (types, args []string) {
	bound := map[string]string{}
	n := s.required
	if more := len(s.params) - n; more > 0 && !s.repeated {
		n += g.IntN(more + 1)
	}
	kinds := strings.Split(parameters[s.name], ",")
	for i := range n {
		if i < len(kinds) && kinds[i] != "" {
			args = append(args, g.argument(s, i, bound))
			continue
		}
		types = append(types, g.bindVariables(s.params[i], bound))
		args = append(args, strings.Split("x y z w v u", " ")[len(types)-1])
	}
	if len(types) == 0 {
		types = []string{"integer"}
	}
	return types, args
}

func (g *generator) aggregateCall(s signature) string {
	if g.hive {
		return g.hiveAggregate(s)
	}
	types, args := g.columnsOf(s)
	list, order := strings.Join(args, ", "), " ORDER BY x"
	if _, nested := splitType(types[0]); nested != nil && types[0] != "decimal(5,2)" || len(types) > 1 {
		order = ""
	}
	call := s.name + "(" + list + ")"
	switch {
	case s.name == "listagg":
		call += " WITHIN GROUP (ORDER BY x)"
	case len(args) == 0:
	case s.name == "array_agg":
		call = s.name + "(" + list + order + ")"
	case g.chance(10):
		call = s.name + "(DISTINCT " + list + ")"
	}
	if g.chance(12) {
		call += " FILTER (WHERE x IS NOT NULL)"
	}
	from := " FROM " + g.rows(types...)
	switch {
	case g.chance(8):
		from += " WHERE false"
	case g.chance(10) && s.name != "listagg" && s.name != "array_agg":
		return "SELECT " + call + " OVER ()" + from
	}
	return "SELECT " + call + from
}

func (g *generator) windowCall(s signature) string {
	if g.hive {
		return g.hiveWindow(s)
	}
	types, args := g.columnsOf(s)
	over := pick(g, []string{"ORDER BY o", "ORDER BY o", "PARTITION BY p ORDER BY o", "ORDER BY o DESC", ""})
	if s.name == "first_value" || s.name == "last_value" || s.name == "nth_value" {
		over += pick(g, []string{"", " ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING", " RANGE UNBOUNDED PRECEDING", " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"})
		if strings.HasPrefix(over, " ") {
			over = "ORDER BY o" + over
		}
	}
	var rows []string
	for i := range 2 + g.IntN(4) {
		cells := []string{fmt.Sprint(i), fmt.Sprint(g.IntN(2))}
		for _, t := range types {
			cells = append(cells, g.value(t))
		}
		rows = append(rows, "("+strings.Join(cells, ", ")+")")
	}
	nulls := ""
	if len(args) > 0 && s.name != "ntile" && g.chance(25) {
		nulls = pick(g, []string{" IGNORE NULLS", " RESPECT NULLS"})
	}
	names := append([]string{"o", "p"}, strings.Split("x y z w v u", " ")[:len(types)]...)
	return fmt.Sprintf("SELECT o, %s(%s)%s OVER (%s) FROM (VALUES %s) t(%s) ORDER BY o", s.name, strings.Join(args, ", "), nulls, over, strings.Join(rows, ", "), strings.Join(names, ", "))
}
