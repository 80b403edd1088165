// Package functions holds the bodies of the SQL functions that Treasure Data's
// Trino and Hive have. They are plain Go and know no SQL engine.
//
// A function called f_NAME behaves as Trino's, or TD's, NAME; h_NAME as Hive's
// where the two differ. Unless noted, a null argument makes the result null, and
// a failure is an *Error in the service's words.
//
// Values: boolean is 1 or 0, real and double are float64, timestamp is text
// "2006-01-02 15:04:05.000", with time zone " Zone" follows, date "2006-01-02",
// time "15:04:05.000", interval day to second integer milliseconds, year to
// month integer months, varbinary []byte, decimal exact text, array and row
// JSON array text, map JSON object text with keys as text, json JSON text.
// Where a function gives out an element of an array or a map, a boolean comes
// as 1 or 0 and an array, map or row as its JSON text. An element that is passed
// in as a value of its own, as in f_contains, is one of those too.
//
// # Casts
//
// Every f_cast_T fails in Trino's words: Cannot cast 'abc' to BIGINT. Every one has an
// f_try_cast_T with the same arguments, that is null instead, and the ones marked
// + an h_cast_T, that is null instead and reads what Hive reads ("1.9" is 1).
//
//	f_cast_bigint(v)                   to bigint; doubles round +
//	f_cast_integer(v)                  to integer, checked range +
//	f_cast_smallint(v)                 to smallint, checked range +
//	f_cast_tinyint(v)                  to tinyint, checked range +
//	f_cast_double(v)                   to double +
//	f_cast_real(v)                     to real, rounded +
//	f_cast_boolean(v)                  to boolean +
//	f_cast_decimal(v, p, s)            to decimal text, rounded +
//	f_cast_timestamp(v)                text, date, zoned to timestamp +
//	f_cast_timestamp_tz(v)             to timestamp with time zone
//	f_cast_date(v)                     text, timestamp to date +
//	f_cast_time(v)                     text, timestamp to time
//	f_cast_varchar_double(v)           Java spelling: 1.0E10, 0.1
//	f_cast_varchar_real(v)             the same of a real
//	f_cast_varchar_boolean(v)          true, false
//	f_cast_varchar_json(v)             JSON scalar to its text
//	f_cast_varchar_interval(v)         milliseconds as 1 02:03:04.005
//	f_cast_varchar_months(v)           months as 1-2
//	f_cast_char(v, n)                  text cut to n characters
//	f_cast_json(v)                     number, text to JSON
//	f_cast_json_boolean(v)             boolean to JSON
//	f_cast_nested(v, type)             JSON, array, map to 'array(bigint)' and such
//	f_cast_json_nested(v, type)        array, map of that type to JSON
//
// # Operators
//
//	f_add(a, b)                        bigint sum, overflow fails
//	f_sub(a, b)                        bigint difference, overflow fails
//	f_mul(a, b)                        bigint product, overflow fails
//	f_neg(a)                           negation, overflow fails
//	f_div_bigint(a, b)                 truncates, Division by zero fails
//	f_div_double(a, b)                 Infinity for x/0; null for 0/0
//	f_mod(a, b)                        remainder; integers fail on zero
//	f_decimal_add(a, b)                exact decimal sum
//	f_decimal_sub(a, b)                exact decimal difference
//	f_decimal_mul(a, b)                exact decimal product
//	f_decimal_div(a, b, s)             decimal quotient of scale s
//	f_decimal_mod(a, b)                exact decimal remainder
//	f_decimal_cmp(a, b)                -1, 0, 1 by value
//	h_div(a, b)                        double quotient, null for zero
//	h_intdiv(a, b)                     DIV: truncates, null for zero
//	h_mod(a, b)                        remainder, null for zero
//	h_pmod(a, b)                       positive remainder, null for zero
//	f_like(v, pattern[, escape])       LIKE, case matters
//	f_concat(a, ...)                   text joined, null with null
//	f_subscript(array, i)              from 1; fails outside
//	f_element_at(array|map, i|key)     from 1 or -1; null outside
//	f_map_subscript(map, key)          fails when missing
//	f_row_field(row, i)                ith field, from 1
//	h_index(array, i)                  from 0; null outside
//	h_map_index(map, key)              null when missing
//	f_try(name, ...)                   the scalar of that name, null where it fails
//	f_fail(message, v)                 fails with the message
//	f_greatest(a, ...)                 null with null
//	f_least(a, ...)                    null with null
//
// # Numbers
//
//	f_abs(x) f_sign(x) f_ceil(x) f_floor(x) f_truncate(x[, n])   keep integers
//	f_round(x[, n])                    half away from zero
//	f_power(x, y) f_sqrt(x) f_cbrt(x) f_exp(x) f_ln(x) f_log2(x) f_log10(x)
//	f_log(base, x)                     logarithm
//	f_pi() f_e() f_nan() f_infinity()  constants; nan is null here
//	f_degrees(x) f_radians(x) f_sin(x) f_cos(x) f_tan(x) f_asin(x) f_acos(x)
//	f_atan(x) f_atan2(y, x) f_sinh(x) f_cosh(x) f_tanh(x)
//	f_is_nan(x) f_is_finite(x) f_is_infinite(x)
//	f_rand([n] | [low, high])          random; volatile
//	f_uuid()                           random UUID; volatile
//	f_width_bucket(x, low, high, n)    bucket; also (x, array)
//	f_bit_count(x[, bits])             set bits
//	f_bitwise_and(a, b) f_bitwise_or(a, b) f_bitwise_xor(a, b) f_bitwise_not(a)
//	f_bitwise_left_shift(a, n) f_bitwise_right_shift(a, n)
//	f_to_base(n, radix) f_from_base(s, radix)
//	h_log(base, x)                     or natural logarithm of one argument
//	h_hex(v) h_unhex(s) h_bin(n) h_conv(s, from, to)
//
// # Text
//
//	f_length(s)                        code points; bytes of varbinary
//	f_lower(s) f_upper(s)              Unicode
//	f_substr(s, start[, n])            from 1 or -1
//	f_trim(s[, chars]) f_ltrim(s[, chars]) f_rtrim(s[, chars])
//	f_replace(s, find[, with])         all occurrences
//	f_reverse(s) f_array_reverse(a)    code points; elements
//	f_lpad(s, n, fill) f_rpad(s, n, fill)
//	f_split(s, sep[, limit])           array of parts
//	f_split_part(s, sep, n)            nth part, from 1, or null
//	f_split_to_map(s, entry, kv)       map, duplicates fail
//	f_split_to_multimap(s, entry, kv)  map of arrays
//	f_strpos(s, sub[, n])              position from 1, or 0
//	f_starts_with(s, p) f_ends_with(s, p)
//	f_chr(n) f_codepoint(s)
//	f_translate(s, from, to)           character by character
//	f_concat_ws(sep, a, ...)           skips nulls; arrays too
//	f_format(format, ...)              Java format: %d %s %.2f %,d
//	f_levenshtein_distance(a, b) f_hamming_distance(a, b)
//	f_soundex(s)                       sound code
//	f_normalize(s[, form])             NFC, NFD, NFKC, NFKD
//	h_initcap(s)                       Words Begin Large
//	h_substr(s, start[, n])            start 0 is 1
//	h_substring_index(s, sep, n)       before the nth sep
//	h_instr(s, sub) h_locate(sub, s[, from]) h_find_in_set(s, list)
//	h_split(s, regexp)                 array of parts
//	h_repeat(s, n) h_space(n) h_ascii(s) h_elt(n, ...) h_field(v, ...)
//	h_lpad(s, n, fill) h_rpad(s, n, fill)
//	h_concat_ws(sep, ...)              skips nulls; arrays too
//	h_format_number(x, n)              1,234.50
//	h_printf(format, ...)              as f_format
//	h_parse_url(url, part[, key])      HOST PATH QUERY REF PROTOCOL FILE ...
//
// # Regular expressions
//
// Java's syntax where Go's engine has it. Look-around, back-references, atomic groups and
// possessive quantifiers are refused by name.
//
//	f_regexp_like(s, re)               found anywhere
//	f_regexp_extract(s, re[, group])   first match or null
//	f_regexp_extract_all(s, re[, group])
//	f_regexp_replace(s, re[, with])    $1, ${name}, \$
//	f_regexp_split(s, re) f_regexp_count(s, re)
//	f_regexp_position(s, re[, start[, n]])
//	h_rlike(s, re)                     found anywhere
//	h_regexp_replace(s, re, with)      $1 and \ escapes
//	h_regexp_extract(s, re[, group])   group 1 unless told; '' unmatched
//
// # URLs, binary, digests
//
//	f_url_extract_host(u) f_url_extract_path(u) f_url_extract_query(u) f_url_extract_protocol(u)
//	f_url_extract_port(u) f_url_extract_fragment(u) f_url_extract_parameter(u, name)
//	f_url_encode(s) f_url_decode(s)
//	f_to_utf8(s) f_from_utf8(b[, replacement]) f_to_hex(b) f_from_hex(s)
//	f_to_base64(b) f_from_base64(s) f_to_base64url(b) f_from_base64url(s)
//	f_md5(b) f_sha1(b) f_sha256(b) f_sha512(b)            varbinary
//	f_hmac_md5(b, key) f_hmac_sha1(b, key) f_hmac_sha256(b, key) f_hmac_sha512(b, key)
//	f_crc32(b)                         integer
//	h_md5(s) h_sha1(s) h_sha2(s, bits) hex text
//	h_base64(b) h_unbase64(s)
//
// # JSON
//
//	f_json_extract(j, path)            JSON or null
//	f_json_extract_scalar(j, path)     text of a scalar or null
//	f_json_parse(s)                    fails on what is no JSON
//	f_json_format(j)                   text of JSON
//	f_json_array_length(j) f_json_array_get(j, i) f_json_array_contains(j, v)
//	f_json_size(j, path)               members or elements
//	f_is_json_scalar(j)
//	h_get_json_object(s, path)         text; JSON of what is nested
//
// # Arrays and maps
//
//	f_cardinality(v) h_size(v)         h_size is -1 for null
//	f_contains(a, x)                   null when unsure
//	h_array_contains(a, x)             never null
//	f_array_join(a, sep[, null])       f_array_join skips nulls
//	f_array_distinct(a) f_array_sort(a) f_array_sort_desc(a)
//	f_array_max(a) f_array_min(a) f_array_sum(a) f_array_average(a)
//	f_array_position(a, x[, n]) f_array_remove(a, x)
//	f_array_union(a, b) f_array_intersect(a, b) f_array_except(a, b) f_arrays_overlap(a, b)
//	f_array_concat(a, b, ...)          arrays joined
//	f_array_append(a, x) f_array_prepend(x, a)   x as JSON text
//	f_slice(a, start, n) f_trim_array(a, n) f_flatten(a) f_zip(a, b, ...)
//	f_sequence(from, to[, step])       integers or dates; step in days
//	f_sequence_ts(from, to, ms)        timestamps by an interval
//	f_sequence_months(from, to, n)     dates, timestamps by months
//	f_repeat(x, n)                     x as JSON text
//	f_ngrams(a, n) f_combinations(a, n) f_shuffle(a)
//	f_array_frequency(a)               map of counts
//	f_map(keys, values)                from two arrays
//	f_map_keys(m) f_map_values(m) f_map_entries(m) f_map_from_entries(a)
//	f_multimap_from_entries(a)         map of arrays
//	f_map_concat(m, ...)               later ones win
//	f_map_keys_bigint(m)               keys as numbers, booleans
//	f_map_entries_bigint(m)            the same of entries
//	h_map(k, v, ...)                   values as JSON text
//	h_sort_array(a[, ascending])       sorted
//	h_str_to_map(s[, entry[, kv]])     , and : unless told
//
// # Dates
//
//	f_from_unixtime(x[, zone])         timestamp with time zone
//	f_to_unixtime(t)                   seconds as double
//	f_instant(t)                       milliseconds as bigint, to compare zoned ones
//	f_date_trunc(unit, t) f_date_add(unit, n, t) f_date_diff(unit, a, b)
//	f_ts_add(t, ms) f_ts_add_months(t, n)        interval arithmetic
//	f_ts_sub(a, b)                     a - b in milliseconds
//	f_date_format(t, pattern) f_date_parse(s, pattern)            MySQL patterns
//	f_format_datetime(t, pattern) f_parse_datetime(s, pattern)    Joda patterns
//	f_from_iso8601_timestamp(s) f_from_iso8601_date(s) f_to_iso8601(t)
//	f_at_timezone(t, zone) f_with_timezone(t, zone)
//	f_last_day_of_month(t)
//	f_year(t) f_quarter(t) f_month(t) f_week(t) f_day(t) f_hour(t) f_minute(t) f_second(t)
//	f_millisecond(t) f_day_of_week(t) f_day_of_year(t) f_year_of_week(t)
//	f_timezone_hour(t) f_timezone_minute(t)
//	f_parse_duration(s)                '3.5d' as milliseconds
//	h_from_unixtime(x[, pattern])      text, UTC
//	h_unix_timestamp(t[, pattern])     seconds or null
//	h_to_date(t) h_date_add(t, n) h_date_sub(t, n) h_datediff(a, b) h_add_months(t, n)
//	h_date_format(t, pattern) h_last_day(t) h_next_day(t, day) h_trunc(t, unit)
//	h_months_between(a, b) h_from_utc_timestamp(t, zone) h_to_utc_timestamp(t, zone)
//	h_year(t) h_quarter(t) h_month(t) h_day(t) h_hour(t) h_minute(t) h_second(t)
//	h_weekofyear(t) h_dayofweek(t)     null for what is no date
//
// # TD
//
//	f_td_time_format(t, pattern[, zone]) f_td_time_parse(s[, zone])
//	f_td_time_add(t, duration[, zone]) f_td_time_string(t, unit[, zone])
//	f_td_date_trunc(unit, t[, zone])
//	f_td_time_range(t, from, to[, zone])          nulls are open ends
//	f_td_interval(t, spec, zone, scheduled)       scheduled in seconds
//	f_td_parse_agent(s)                map: os, vendor, version, name, category
//	f_td_parse_user_agent(s[, key])    JSON text; or one of its parts
//	f_td_md5(s)                        hex text
//	f_td_url_decode(s)                 null when broken
//	f_td_numeric_range(n) | (from, to[, step])    array
//	f_td_ip_to_country_code(ip) f_td_currency_conv(...)   refuse
//
// # Aggregates
//
// All may be used over a window whose frame begins at its partition's start; those marked *
// over any frame.
//
//	f_max_by(x, y[, n]) f_min_by(x, y[, n])
//	f_max_n(x, n) f_min_n(x, n)        max(x, n): array
//	f_approx_distinct(x[, e])          * exact here
//	f_approx_percentile(x, p) | (x, w, p)    p may be an array
//	h_percentile(x, p) h_percentile_approx(x, p[, b])     interpolated
//	f_histogram(x) f_numeric_histogram(n, x[, w])
//	f_map_agg(k, v) f_multimap_agg(k, v) f_map_union(m)
//	f_map_agg_json(k, j) f_multimap_agg_json(k, j)   values as JSON text
//	f_array_agg(x)                     * nulls kept
//	f_array_agg_json(j)                * elements as JSON text
//	f_set_agg(x)                       * distinct
//	h_collect_list(x) h_collect_set(x) * nulls skipped, never null
//	h_collect_list_json(j) h_collect_set_json(j)
//	f_arbitrary(x) f_any_value(x)      first that is not null
//	f_last_value(x)                    last that is not null
//	f_count_if(b) f_bool_and(b) f_bool_or(b) f_every(b)      *
//	f_sum_bigint(x)                    * overflow fails
//	f_stddev(x) f_stddev_samp(x) f_stddev_pop(x)             *
//	f_variance(x) f_var_samp(x) f_var_pop(x)                 *
//	f_corr(y, x) f_covar_samp(y, x) f_covar_pop(y, x)        *
//	f_regr_slope(y, x) f_regr_intercept(y, x)                *
//	f_skewness(x) f_kurtosis(x) f_geometric_mean(x) f_entropy(x)
//	f_checksum(x)                      * varbinary
//	f_bitwise_and_agg(x) f_bitwise_or_agg(x)
//	f_listagg(x[, sep])                text joined
//	f_td_first(x, y, ...) f_td_last(x, y, ...)    x at the least, greatest y
//	f_td_sessionize_window(t, gap)     window only: session's UUID
package functions
