package functions

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCasts(t *testing.T) {
	checkKnown(t, []known{
		in("f_cast_bigint", failure("Cannot cast 'abc' to BIGINT"), "abc"),
		in("f_try_cast_bigint", nil, "abc"),
		in("f_cast_bigint", 42, "42"),
		in("f_cast_bigint", 3, 2.5),
		in("f_cast_bigint", -3, -2.5),
		in("f_cast_integer", failure("Cannot cast '2147483648' to INTEGER"), 2147483648),
		in("f_cast_double", 12.5, " 12.5"),
		in("f_cast_double", failure("Cannot cast '0x10' to DOUBLE"), "0x10"),
		in("f_cast_boolean", true, "TRUE"),
		in("f_cast_boolean", failure("Cannot cast 'yes' to BOOLEAN"), "yes"),
		in("f_cast_varchar_double", "1.0E10", 1e10),
		in("f_cast_varchar_double", "0.1", 0.1),
		in("f_cast_varchar_double", "1.0E-5", 1e-5),
		in("f_cast_varchar_double", "123456.0", 123456.0),
		in("f_cast_varchar_boolean", "true", 1),
		in("f_cast_decimal", "1.24", "1.235", 10, 2),
		in("f_cast_decimal", failure("Cannot cast '123' to DECIMAL(2, 0)"), 123, 2, 0),
		in("f_cast_timestamp", "2014-10-01 00:00:00.000", "2014-10-01"),
		in("f_cast_timestamp", failure("Value cannot be cast to timestamp: x"), "x"),
		in("f_cast_timestamp", "2014-10-01 12:00:00.000", "2014-10-01 12:00:00.000 Asia/Tokyo"),
		in("f_cast_timestamp_tz", "2014-10-01 12:00:00.000 UTC", "2014-10-01 12:00"),
		in("f_cast_date", "2014-10-01", "2014-10-01 23:59:59.999"),
		in("f_cast_date", failure("Value cannot be cast to date: 2014-02-30"), "2014-02-30"),
		in("f_cast_json", `"a\"b"`, `a"b`),
		in("f_cast_json", "1.0", 1.0),
		in("f_cast_nested", "[1,2]", `["1",2]`, "array(bigint)"),
		in("f_cast_nested", failure("Cannot cast 'x' to BIGINT"), `["x"]`, "array(bigint)"),
		in("f_cast_nested", `[1,"b"]`, `{"b":"b","a":1}`, "row(a bigint, b varchar)"),
		in("f_cast_nested", `{"k":[true]}`, `{"k":["true"]}`, "map(varchar, array(boolean))"),
		in("h_cast_bigint", 1, "1.9"),
		in("h_cast_bigint", nil, "abc"),
		in("h_cast_tinyint", nil, 200),
		in("h_cast_boolean", false, ""),
	})
}

func TestOperators(t *testing.T) {
	checkKnown(t, []known{
		in("f_div_bigint", 3, 7, 2),
		in("f_div_bigint", -3, -7, 2),
		in("f_div_bigint", failure("Division by zero"), 1, 0),
		in("f_mod", -1, -7, 2),
		in("f_mod", failure("Division by zero"), 1, 0),
		in("f_add", failure("bigint addition overflow: 9223372036854775807, 1"), math.MaxInt64, 1),
		in("f_mul", failure("bigint multiplication overflow: 4611686018427387904, 2"), 1<<62, 2),
		in("f_mul", math.MinInt64, -1<<62, 2),
		in("f_div_double", math.Inf(1), 1.0, 0.0),
		in("h_div", 3.5, 7, 2),
		in("h_div", nil, 7, 0),
		in("h_intdiv", 3, 7, 2),
		in("h_pmod", 1, -7, 2),
		in("f_decimal_add", "0.30", "0.1", "0.20"),
		in("f_decimal_div", "0.3333", "1", "3", 4),
		in("f_decimal_cmp", 0, "1.0", "1.00"),
		in("f_like", true, "a_b%", `a\_b\%`, `\`),
		in("f_like", false, "GET", "get"),
		in("f_like", true, "日本語", "日_%"),
		in("f_like", failure("Escape string must be a single character"), "a", "a", "ab"),
		in("f_subscript", 2, "[1,2,3]", 2),
		in("f_subscript", failure("SQL array indices start at 1"), "[1]", 0),
		in("f_subscript", failure("Array subscript must be less than or equal to array length: 5 > 3"), "[1,2,3]", 5),
		in("f_element_at", nil, "[1,2,3]", 5),
		in("f_element_at", 3, "[1,2,3]", -1),
		in("f_element_at", `[1]`, `{"a":[1]}`, "a"),
		in("f_map_subscript", failure("Key not present in map: b"), `{"a":1}`, "b"),
		in("f_map_subscript", 9007199254740993, `{"1":9007199254740993}`, 1),
		in("h_index", 1, "[1,2]", 0),
		in("h_index", nil, "[1,2]", 2),
		in("f_greatest", "b", "a", "b"),
		in("f_greatest", nil, 1, nil),
		in("f_least", 1, 1, 1.5),
	})
}

func TestNumbers(t *testing.T) {
	checkKnown(t, []known{
		in("f_round", 3.0, 2.5), in("f_round", -3.0, -2.5), in("f_round", 2.68, 2.675, 2), in("f_round", 1300, 1250, -2),
		in("f_round", 7, 7), in("f_truncate", 2.67, 2.679, 2), in("f_truncate", 1200, 1299, -2), in("f_truncate", -2.0, -2.9),
		in("f_abs", failure("Value -9223372036854775808 is out of range for abs(bigint)"), math.MinInt64),
		in("f_ceil", 3.0, 2.1), in("f_sign", -1, -5), in("f_cbrt", 3.0, 27), in("f_log", 3.0, 2, 8),
		in("f_width_bucket", 3, 3.14, 0, 4, 3), in("f_width_bucket", 1, 3, "[2,4]"),
		in("f_bit_count", 64, -1), in("f_bit_count", 8, -1, 8), in("f_bitwise_right_shift", 1<<62, -1<<63, 1),
		in("f_to_base", "ff", 255, 16), in("f_from_base", 255, "ff", 16), in("h_hex", "FF", 255), in("h_conv", "4", "100", 2, 10),
		in("h_format_number", "12,332.1235", 12332.123456, 4),
		in("f_is_nan", true, math.NaN()), in("f_is_finite", false, math.Inf(1)),
	})
}

func TestTexts(t *testing.T) {
	checkKnown(t, []known{
		in("f_length", 2, "日本"), in("f_length", 6, []byte("日本")), in("f_upper", "ÀB", "àb"),
		in("f_substr", "bcd", "abcdef", 2, 3), in("f_substr", "ef", "abcdef", -2), in("f_substr", "", "abc", 0), in("h_substr", "ab", "abc", 0, 2),
		in("f_trim", "x", "  x "), in("f_trim", "bb", "abba", "a"), in("f_replace", "a-b", "aXb", "X", "-"), in("f_replace", "xaxbx", "ab", "", "x"),
		in("f_lpad", "007", "7", 3, "0"), in("f_rpad", "ab", "abc", 2, "x"), in("f_lpad", failure("Padding string must not be empty"), "a", 3, ""),
		in("f_split", `["a","b","c"]`, "a,b,c", ","), in("f_split", `["a","b,c"]`, "a,b,c", ",", 2),
		in("f_split_part", "b", "a,b,c", ",", 2), in("f_split_part", nil, "a", ",", 2), in("f_split_part", failure("Index must be greater than zero"), "a", ",", 0),
		in("f_split_to_map", `{"a":"1","b":"2"}`, "a=1;b=2", ";", "="), in("h_str_to_map", `{"a":"1","b":null}`, "a:1,b"),
		in("f_strpos", 3, "hello", "l"), in("f_strpos", 4, "hello", "l", 2), in("f_strpos", 4, "hello", "l", -1), in("f_strpos", 0, "hello", "z"),
		in("f_reverse", "cba", "abc"), in("f_translate", "axy", "abcd", "bcd", "xy"), in("f_chr", "A", 65), in("f_codepoint", 65, "A"),
		in("f_concat_ws", "a-b", "-", "a", nil, "b"), in("f_concat_ws", "a-b-c", "-", `["a","b"]`, "c"),
		in("f_format", "  3.14 1,234 x 007", "%6.2f %,d %s %03d", 3.14159, 1234, "x", 7),
		in("f_levenshtein_distance", 3, "kitten", "sitting"), in("f_soundex", "R163", "Robert"), in("f_soundex", "T522", "Tymczak"),
		in("h_initcap", "Ab Cd", "aB cD"), in("h_substring_index", "a.b", "a.b.c", ".", 2), in("h_substring_index", "b.c", "a.b.c", ".", -2),
		in("h_locate", 3, "l", "hello"), in("h_locate", 4, "l", "hello", 4), in("h_find_in_set", 2, "b", "a,b"),
		in("f_to_hex", "0FFF", []byte{15, 255}), in("f_from_hex", []byte{15, 255}, "0fff"), in("f_crc32", 3421780262, "123456789"),
		in("h_md5", "900150983cd24fb0d6963f7d28e17f72", "abc"), in("f_from_utf8", "a\ufffd", []byte("a\xff")),
		in("f_to_base64", "YWI=", []byte("ab")), in("f_from_base64", []byte("ab"), "YWI="), in("f_normalize", "é", "e\u0301"),
	})
}

func TestRegularExpressions(t *testing.T) {
	checkKnown(t, []known{
		in("f_regexp_like", true, "/item/books/42", "^/item/"),
		in("f_regexp_extract", "42", "/item/books/42", `/item/(\w+)/(\d+)`, 2),
		in("f_regexp_extract", nil, "x", `(\d)`),
		in("f_regexp_extract", failure("Pattern has 1 groups. Cannot access group 2"), "x", `(x)`, 2),
		in("h_regexp_extract", "books", "/item/books/42", `/item/(\w+)/(\d+)`),
		in("h_regexp_extract", "", "x", `(\d)`),
		in("f_regexp_extract_all", `["1","22"]`, "a1b22", `\d+`),
		in("f_regexp_replace", "a#b#", "a1b22", "[0-9]+", "#"),
		in("f_regexp_replace", "2-1", "1-2", `(\d)-(\d)`, "$2-$1"),
		in("f_regexp_replace", "b$", "ab", `a(?<x>b)`, `${x}\$`),
		in("f_regexp_replace", failure("Illegal replacement sequence: unknown group 3"), "ab", "(a)", "$3"),
		in("f_regexp_replace", "b", "ab", "a"),
		in("f_regexp_split", `["1","2",""]`, "1a2a", "a"),
		in("h_split", `["a","b"]`, "a|b", `\|`),
		in("f_regexp_count", 2, "a1b22", `\d+`),
		in("f_regexp_position", 4, "a1日2", `\d`, 3),
		in("f_regexp_like", failure("regular expressions with look-ahead are not supported by the sandbox"), "a", "a(?=b)"),
		in("f_regexp_like", failure("regular expressions with back-references are not supported by the sandbox"), "a", `(a)\1`),
		in("f_regexp_like", failure("regular expressions with possessive quantifiers are not supported by the sandbox"), "a", `a++`),
		in("f_regexp_like", failure("regular expressions with look-behind are not supported by the sandbox"), "a", `(?<!b)a`),
		in("f_regexp_like", true, "a+", `a\+?b??`),
		in("f_regexp_like", true, "aé", `\p{Alpha}\u00e9\Z`),
		in("f_regexp_like", true, "x.y", `\Qx.y\E`),
		in("f_regexp_like", true, "]", `[]]`),
		in("f_regexp_like", true, "a", `(?i)A+?`),
	})
}

func TestURLs(t *testing.T) {
	const u = "http://user@www.example.com:8080/a%20b?x=1&y=%E3%81%82&z#top"
	checkKnown(t, []known{
		in("f_url_extract_host", "www.example.com", u), in("f_url_extract_host", nil, "-"), in("f_url_extract_path", "/a b", u),
		in("f_url_extract_port", 8080, u), in("f_url_extract_protocol", "http", u), in("f_url_extract_fragment", "top", u),
		in("f_url_extract_parameter", "あ", u, "y"), in("f_url_extract_parameter", "", u, "z"), in("f_url_extract_parameter", nil, u, "w"),
		in("f_url_encode", "a+b%7E*", "a b~*"), in("f_url_decode", "a b", "a+b"),
		in("h_parse_url", "www.example.com", u, "HOST"), in("h_parse_url", "x=1&y=%E3%81%82&z", u, "QUERY"), in("h_parse_url", "1", u, "QUERY", "x"),
		in("h_parse_url", "/a%20b?x=1&y=%E3%81%82&z", u, "FILE"), in("h_parse_url", nil, "-", "HOST"),
	})
}

func TestJSONFunctions(t *testing.T) {
	const doc = `{"a":{"b":[1,"x",null,2.50]},"c d":true,"big":9007199254740993}`
	checkKnown(t, []known{
		in("f_json_extract", `[1,"x",null,2.5]`, doc, "$.a.b"), in("f_json_extract", nil, doc, "$.z"), in("f_json_extract", "null", doc, "$.a.b[2]"),
		in("f_json_extract_scalar", "x", doc, "$.a.b[1]"), in("f_json_extract_scalar", "true", doc, `$["c d"]`), in("f_json_extract_scalar", nil, doc, "$.a"),
		in("f_json_extract_scalar", "9007199254740993", doc, "$.big"), in("f_json_extract", nil, "nojson", "$.a"),
		in("f_json_extract", failure("Invalid JSON path: 'a'"), doc, "a"), in("f_json_extract", `[1,"x",null,2.5]`, doc, "$.a.b[*]"),
		in("h_get_json_object", `{"b":[1,"x",null,2.5]}`, doc, "$.a"), in("h_get_json_object", nil, doc, "$.a.b[2]"),
		in("f_json_array_length", 2, "[1,2]"), in("f_json_array_length", nil, "{}"), in("f_json_array_get", "2", "[1,2]", -1),
		in("f_json_array_contains", true, `["a"]`, "a"), in("f_json_size", 4, doc, "$.a.b"), in("f_json_size", 0, doc, "$.big"),
		in("f_json_parse", failure("Cannot convert value to JSON: '{'"), "{"), in("f_json_parse", `{"a":1}`, ` {"a" : 1}`),
		in("f_is_json_scalar", false, "[1]"),
	})
}

func TestArraysAndMaps(t *testing.T) {
	checkKnown(t, []known{
		in("f_cardinality", 2, "[1,2]"), in("f_cardinality", 1, `{"a":1}`), in("h_size", -1, nil),
		in("f_contains", true, `["a","b"]`, "b"), in("f_contains", nil, `["a",null]`, "b"), in("f_contains", false, `[1]`, 2), in("f_contains", true, "[true]", 1),
		in("h_array_contains", false, `["a",null]`, "b"), in("f_array_join", "a-b", `["a",null,"b"]`, "-"), in("f_array_join", "1-x", "[1,null]", "-", "x"),
		in("f_array_distinct", `[1,2,null]`, "[1,2,1.0,null,null]"), in("f_array_sort", "[1,2,10,null]", "[10,null,2,1]"), in("f_array_sort_desc", "[10,2,1,null]", "[10,null,2,1]"),
		in("f_array_max", nil, "[1,null]"), in("f_array_max", 3, "[1,3,2]"), in("f_array_min", "a", `["b","a"]`), in("f_array_sum", 6, "[1,2,3]"), in("f_array_average", 2.0, "[1,null,3]"),
		in("f_array_position", 2, `["a","b"]`, "b"), in("f_array_remove", "[1]", "[1,2,2]", 2), in("f_array_union", "[1,2,3]", "[1,2]", "[2,3]"),
		in("f_array_intersect", "[2]", "[1,2,2]", "[2,3]"), in("f_array_except", "[1]", "[1,2]", "[2]"), in("f_arrays_overlap", true, "[1,2]", "[2]"),
		in("f_array_concat", "[1,2,3]", "[1]", "[2,3]"), in("f_array_append", `[1,[2]]`, "[1]", "[2]"), in("f_array_prepend", `["x",1]`, `"x"`, "[1]"),
		in("f_slice", "[2,3]", "[1,2,3]", 2, 2), in("f_slice", "[3]", "[1,2,3]", -1, 5), in("f_flatten", "[1,2]", "[[1],null,[2]]"), in("f_zip", `[[1,"a"],[2,null]]`, "[1,2]", `["a"]`),
		in("f_sequence", "[1,2,3]", 1, 3), in("f_sequence", "[3,2,1]", 3, 1), in("f_sequence", `["2014-10-01","2014-10-02"]`, "2014-10-01", "2014-10-02"),
		in("f_sequence_months", `["2014-01-31","2014-02-28","2014-03-31"]`, "2014-01-31", "2014-03-31", 1),
		in("f_sequence_ts", `["2014-10-01 00:00:00.000","2014-10-01 12:00:00.000"]`, "2014-10-01 00:00:00.000", "2014-10-01 23:00:00.000", 43200000),
		in("f_sequence", failure("step must not be zero"), 1, 3, 0), in("f_repeat", `["x","x"]`, `"x"`, 2), in("f_ngrams", "[[1,2],[2,3]]", "[1,2,3]", 2),
		in("f_combinations", "[[1,2],[1,3],[2,3]]", "[1,2,3]", 2), in("f_td_numeric_range", "[0,1,2]", 3), in("f_td_numeric_range", "[2,4]", 2, 6, 2), in("f_td_numeric_range", "[]", 0),
		in("f_map", `{"x":1,"y":2}`, `["x","y"]`, "[1,2]"), in("f_map", failure("Duplicate map keys (x) are not allowed"), `["x","x"]`, "[1,2]"),
		in("f_map_keys", `["b","a"]`, `{"b":1,"a":2}`), in("f_map_keys_bigint", `[2,1]`, `{"2":1,"1":2}`), in("f_map_values", "[1,2]", `{"b":1,"a":2}`),
		in("f_map_entries", `[["b",1]]`, `{"b":1}`), in("f_map_from_entries", `{"b":1}`, `[["b",1]]`), in("f_map_concat", `{"a":2,"b":1}`, `{"a":1,"b":1}`, `{"a":2}`),
		in("h_map", `{"k":1,"l":"x"}`, "k", "1", "l", `"x"`), in("h_sort_array", "[2,1,null]", "[null,1,2]", 0),
	})
}

func TestDates(t *testing.T) {
	const ts, tokyo = "2014-10-01 12:34:56.789", "2014-10-01 12:34:56.789 Asia/Tokyo"
	checkKnown(t, []known{
		in("f_from_unixtime", "2014-10-01 00:00:00.000 UTC", 1412121600), in("f_from_unixtime", "2014-10-01 09:00:00.500 Asia/Tokyo", 1412121600.5, "Asia/Tokyo"),
		in("f_to_unixtime", 1412208000.0, "2014-10-02 00:00:00.000"), in("f_instant", 1412134496789, tokyo),
		in("f_date_trunc", "2014-10-01 12:00:00.000", "hour", ts), in("f_date_trunc", "2014-09-29", "week", "2014-10-01"),
		in("f_date_trunc", "2014-10-01 00:00:00.000 Asia/Tokyo", "day", tokyo), in("f_date_trunc", failure("'eon' is not a valid TIMESTAMP field"), "eon", ts),
		in("f_date_add", "2014-10-02", "day", 1, "2014-10-01"), in("f_date_add", "2014-02-28", "month", 1, "2014-01-31"), in("f_date_add", "2014-10-01 11:34:56.789 Asia/Tokyo", "hour", -1, tokyo),
		in("f_date_diff", 2, "day", "2014-10-01", "2014-10-03"), in("f_date_diff", 0, "month", "2014-01-31", "2014-02-27"), in("f_date_diff", -1, "month", "2014-03-31", "2014-02-28"),
		in("f_ts_add", "2014-10-02 12:34:56.789", ts, 86400000), in("f_ts_add_months", "2015-10-01", "2014-10-01", 12), in("f_ts_sub", 86400000, "2014-10-02", "2014-10-01"),
		in("f_date_format", "2014-10-01 12:34", ts, "%Y-%m-%d %H:%i"), in("f_date_format", "Wed October 1 789000 PM %", ts, "%a %M %e %f %p %%"),
		in("f_date_parse", "2014-10-01 00:00:00.000", "2014-10-01", "%Y-%m-%d"), in("f_date_parse", failure(`Invalid format: "x"`), "x", "%Y"),
		in("f_date_parse", "2014-10-01 15:04:05.000", "Oct 1 2014 03:04:05 PM", "%b %e %Y %r"),
		in("f_format_datetime", "2014-10-01T12:34:56.789+0900", tokyo, "yyyy-MM-dd'T'HH:mm:ss.SSSZ"), in("f_format_datetime", "Wed, 1 Oct 14", ts, "EEE, d MMM yy"),
		in("f_parse_datetime", "2014-10-01 12:34:56.789 +09:00", "2014-10-01 12:34:56.789 +0900", "yyyy-MM-dd HH:mm:ss.SSS Z"),
		in("f_from_iso8601_timestamp", "2014-10-01 12:34:56.000 UTC", "2014-10-01T12:34:56Z"), in("f_from_iso8601_timestamp", "2014-10-01 12:34:56.000 +09:00", "2014-10-01T12:34:56+09:00"),
		in("f_from_iso8601_date", "2014-10-01", "2014-10-01"), in("f_to_iso8601", "2014-10-01T12:34:56.789+09:00", tokyo),
		in("f_at_timezone", "2014-10-01 09:00:00.000 Asia/Tokyo", "2014-10-01 00:00:00.000 UTC", "Asia/Tokyo"), in("f_with_timezone", "2014-10-01 12:34:56.789 -07:00", ts, "PDT"),
		in("f_last_day_of_month", "2014-02-28", "2014-02-03"), in("f_year", 2014, ts), in("f_quarter", 4, ts), in("f_day_of_week", 3, "2014-10-01"), in("f_week", 40, ts),
		in("f_hour", 12, tokyo), in("f_timezone_hour", 9, tokyo), in("f_day_of_year", 274, ts), in("f_millisecond", 789, ts), in("f_parse_duration", 1500, "1.5s"),
		in("h_from_unixtime", "2014-10-01 08:00:00", 1412150400), in("h_from_unixtime", "2014-10-01", 1412150400, "yyyy-MM-dd"),
		in("h_unix_timestamp", 1412121600, "2014-10-01", "yyyy-MM-dd"), in("h_unix_timestamp", nil, "x"), in("h_unix_timestamp", 1412121600, "2014-10-01 00:00:00"),
		in("h_to_date", "2014-10-01", ts), in("h_date_add", "2014-10-02", "2014-10-01", 1), in("h_date_sub", "2014-09-30", "2014-10-01", 1), in("h_datediff", 2, "2014-10-03 01:00:00", "2014-10-01 23:00:00"),
		in("h_add_months", "2014-02-28", "2014-01-31", 1), in("h_add_months", "2014-03-31", "2014-02-28", 1), in("h_date_format", "01/10/2014", "2014-10-01", "dd/MM/yyyy"),
		in("h_last_day", "2014-10-31", ts), in("h_next_day", "2014-10-07", "2014-10-01", "TU"), in("h_trunc", "2014-10-01", "2014-10-17", "MM"), in("h_year", nil, "x"),
		in("h_months_between", 3.94959677, "1997-02-28 10:30:00", "1996-10-30"), in("h_from_utc_timestamp", "2014-10-01 09:00:00.000", "2014-10-01", "JST"), in("h_to_utc_timestamp", "2014-09-30 15:00:00.000", "2014-10-01", "Asia/Tokyo"),
		in("h_dayofweek", 4, "2014-10-01"),
	})
}

func TestTreasure(t *testing.T) {
	checkKnown(t, []known{
		in("f_td_time_format", "2014-10-01 17:01:00 +0900", 1412150460, "yyyy-MM-dd HH:mm:ss Z", "JST"), in("f_td_time_format", "2014-10-01", 1412150460, "yyyy-MM-dd"),
		in("f_td_time_parse", 1412089200, "2014-10-01", "JST"), in("f_td_time_parse", failure("Invalid time format: 'soon'"), "soon"),
		in("f_td_time_add", 1412208000, "2014-10-01", "1d", "UTC"), in("f_td_time_add", 1412208000+3600, 1412121600, "1d1h"),
		in("f_td_date_trunc", 1412121600, "day", 1412150460, "UTC"), in("f_td_date_trunc", 1412089200, "day", 1412121599, "JST"),
		in("f_td_time_string", "2014-10-01", 1412150460, "d!"), in("f_td_time_string", "2014-10-01 08:01:00", 1412150460, "s!"), in("f_td_time_string", "2014-10-01 00:00:00+0000", 1412150460, "M"),
		in("f_td_time_range", true, 1412146800, "2014-10-01", "2014-10-02", "PDT"), in("f_td_time_range", false, 1412121600, "2014-10-01", nil, "PDT"), in("f_td_time_range", true, 5, nil, 6),
		in("f_td_interval", true, 1412121600, "-1d", "UTC", 1412208100), in("f_td_interval", false, 1412208000, "-1d", "UTC", 1412208100),
		in("f_td_md5", "900150983cd24fb0d6963f7d28e17f72", "abc"), in("f_td_url_decode", nil, "%zz"),
		in("f_td_ip_to_country_code", failure("TD_IP_TO_COUNTRY_CODE is not available in the sandbox: it has no database of addresses"), "1.1.1.1"),
		in("f_td_parse_agent", `{"os":"Windows 7","vendor":"Mozilla","os_version":"6.1","name":"Firefox","category":"pc","version":"9.0.1"}`,
			"Mozilla/5.0 (Windows NT 6.1; WOW64; rv:9.0.1) Gecko/20100101 Firefox/9.0.1"),
		in("f_td_parse_user_agent", "iOS", "Mozilla/5.0 (iPhone; CPU iPhone OS 12_1 like Mac OS X) Version/12.0 Safari/604.1", "os_family"),
	})
}

func TestInterval(t *testing.T) {
	scheduled := time.Unix(1412208100, 0) // 2014-10-02 00:01:40 UTC, a Thursday
	for _, tt := range []struct {
		spec, zone, from, to string
	}{
		{"-1d", "", "2014-10-01 00:00:00", "2014-10-02 00:00:00"},
		{"1d", "", "2014-10-02 00:00:00", "2014-10-03 00:00:00"},
		{"-1d", "JST", "2014-09-30 15:00:00", "2014-10-01 15:00:00"},
		{"-7d/-1d", "", "2014-09-24 00:00:00", "2014-10-01 00:00:00"},
		{"-1h/now", "", "2014-10-01 23:01:40", "2014-10-02 00:01:40"},
		{"-1w", "", "2014-09-22 00:00:00", "2014-09-29 00:00:00"},
		{"-1M", "", "2014-09-01 00:00:00", "2014-10-01 00:00:00"},
		{"-1d/2014-09-10", "", "2014-09-09 00:00:00", "2014-09-10 00:00:00"},
	} {
		from, to, err := Interval(tt.spec, tt.zone, scheduled)
		if err != nil {
			t.Errorf("%s: %v", tt.spec, err)
			continue
		}
		got := []string{time.Unix(from, 0).UTC().Format(time.DateTime), time.Unix(to, 0).UTC().Format(time.DateTime)}
		if diff := cmp.Diff([]string{tt.from, tt.to}, got); diff != "" {
			t.Errorf("%s: %s", tt.spec, diff)
		}
	}
	for _, spec := range []string{"", "d", "0d", "1x", "1d/x", "1d1h"} {
		if _, _, err := Interval(spec, "", scheduled); err == nil {
			t.Errorf("%q was accepted", spec)
		}
	}
}

func TestAggregates(t *testing.T) {
	all := map[string]Aggregate{}
	for _, f := range New().Aggregates() {
		all[f.Name] = f
	}
	rows := func(values ...any) (out [][]any) {
		for _, v := range values {
			if row, ok := v.([]any); ok {
				out = append(out, row)
				continue
			}
			out = append(out, []any{v})
		}
		return out
	}
	type r = []any
	for _, tt := range []struct {
		name string
		rows [][]any
		want any
	}{
		{"f_max_by", rows(r{"a", int64(1)}, r{"b", int64(3)}, r{"c", nil}), "b"},
		{"f_min_by", rows(r{"a", int64(1)}, r{"b", int64(3)}), "a"},
		{"f_max_by", rows(r{"a", 1.0, int64(2)}, r{"b", 3.0, int64(2)}, r{"c", 2.0, int64(2)}), `["b","c"]`},
		{"f_max_n", rows(r{int64(1), int64(2)}, r{int64(5), int64(2)}, r{int64(3), int64(2)}), "[5,3]"},
		{"f_min_n", rows(r{int64(1), int64(2)}, r{int64(5), int64(2)}, r{int64(3), int64(2)}), "[1,3]"},
		{"f_approx_distinct", rows("a", "b", "a", nil), int64(2)},
		{"f_approx_percentile", rows(r{int64(10), 0.5}, r{int64(20), 0.5}, r{int64(30), 0.5}), int64(20)},
		{"f_approx_percentile", rows(r{1.0, "[0.0,1.0]"}, r{2.0, "[0.0,1.0]"}), "[1.0,2.0]"},
		{"h_percentile_approx", rows(r{int64(10), 0.5}, r{int64(20), 0.5}), 15.0},
		{"f_histogram", rows("a", "b", "a"), `{"a":2,"b":1}`},
		{"f_map_agg", rows(r{"k", int64(1)}, r{"k", int64(2)}, r{nil, int64(3)}), `{"k":1}`},
		{"f_map_agg_json", rows(r{"k", "[1]"}), `{"k":[1]}`},
		{"f_multimap_agg", rows(r{"k", int64(1)}, r{"k", nil}), `{"k":[1,null]}`},
		{"f_map_union", rows(`{"a":1}`, `{"a":2,"b":3}`), `{"a":1,"b":3}`},
		{"f_array_agg", rows(int64(1), nil, "x"), `[1,null,"x"]`},
		{"f_array_agg", nil, nil},
		{"f_array_agg_json", rows("[1]", `"x"`), `[[1],"x"]`},
		{"h_collect_list", nil, "[]"},
		{"h_collect_set", rows("a", "a", nil), `["a"]`},
		{"f_arbitrary", rows(nil, "x", "y"), "x"},
		{"f_count_if", rows(int64(1), int64(0), nil), int64(1)},
		{"f_bool_and", rows(int64(1), nil), true},
		{"f_bool_or", rows(int64(0), int64(0)), false},
		{"f_every", nil, nil},
		{"f_sum_bigint", rows(int64(1), nil, int64(2)), int64(3)},
		{"f_stddev_pop", rows(int64(2), int64(4)), 1.0},
		{"f_var_samp", rows(int64(1)), nil},
		{"f_corr", rows(r{1.0, 2.0}, r{2.0, 4.0}), 1.0},
		{"f_regr_slope", rows(r{3.0, 1.0}, r{5.0, 2.0}), 2.0},
		{"f_regr_intercept", rows(r{3.0, 1.0}, r{5.0, 2.0}), 1.0},
		{"f_geometric_mean", rows(1.0, 100.0), 10.0},
		{"f_listagg", rows(r{"a", ","}, r{nil, ","}, r{"b", ","}), "a,b"},
		{"f_numeric_histogram", rows(r{int64(2), 1.0}, r{int64(2), 1.0}, r{int64(2), 9.0}), `{"1.0":2.0,"9.0":1.0}`},
		{"f_td_first", rows(r{"a", int64(2)}, r{"b", int64(1)}), "b"},
		{"f_td_last", rows(r{"a", int64(2), int64(1)}, r{"b", int64(2), int64(2)}), "b"},
		{"f_bitwise_or_agg", rows(int64(1), int64(4)), int64(5)},
	} {
		state := all[tt.name].New()
		var err error
		for _, row := range tt.rows {
			if err = state.Step(row); err != nil {
				break
			}
		}
		var got any
		if err == nil {
			got, err = state.Value()
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// What an Inverter has after a row was taken back is what it has without it.
func TestInverse(t *testing.T) {
	for _, f := range New().Aggregates() {
		with, ok := f.New().(Inverter)
		if !ok {
			continue
		}
		without := f.New()
		for i := range 6 {
			row := []any{float64(i*i%7) + 1, float64(i)}[:f.Min]
			if f.Name == "f_sum_bigint" {
				row[0] = int64(i)
			}
			if err := with.Step(row); err != nil {
				t.Fatal(err)
			}
			if i < 2 {
				continue
			}
			if err := without.Step(row); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 2 {
			row := []any{float64(i*i%7) + 1, float64(i)}[:f.Min]
			if f.Name == "f_sum_bigint" {
				row[0] = int64(i)
			}
			if err := with.Inverse(row); err != nil {
				t.Fatal(err)
			}
		}
		got, _ := with.Value()
		want, _ := without.Value()
		if f.Name == "f_approx_distinct" || f.Name == "f_set_agg" || f.Name == "f_histogram" {
			continue // the order of first appearance may differ
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })); diff != "" {
			t.Errorf("%s: %s", f.Name, diff)
		}
	}
}
