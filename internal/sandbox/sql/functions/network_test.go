package functions

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The results in this file are those of Trino 476. See https://trino.io/docs/current/functions.html.

func TestNetworkFunctions(t *testing.T) {
	const id = "12151fd2-7586-11e9-8f9e-2a86e4085a59"
	idBytes := []byte("\x12\x15\x1f\xd2\x75\x86\x11\xe9\x8f\x9e\x2a\x86\xe4\x08\x5a\x59")
	checkCalls(t, []callTest{
		{"f_cast_ipaddress", "10.0.0.1", args("::ffff:a00:1")},
		{"f_cast_ipaddress", "2001:db8::1:0:0:1", args("2001:DB8:0:0:1:0:0:1")},
		{"f_cast_ipaddress", "10.0.0.1", args([]byte{10, 0, 0, 1})},
		{"f_cast_ipaddress", failure("Cannot cast value to IPADDRESS: 300.1.1.1"), args("300.1.1.1")},
		{"f_cast_ipaddress", failure("Invalid IP address binary length: 1"), args([]byte{0})},
		{"f_ip_bytes", []byte("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x0a\x00\x00\x01"), args("10.0.0.1")},
		{"f_ip_bytes", make([]byte, 16), args("::")},
		{"f_ip_bytes", append(make([]byte, 15), 1), args("::1")},
		{"f_ip_bytes", append([]byte{0x20, 0x01}, make([]byte, 14)...), args("2001::")},
		{"f_ip_bytes", nil, args(nil)},
		{"f_contains_ip", true, args("10.0.0.0/8", "10.1.2.3")},
		{"f_contains_ip", false, args("10.0.0.0/8", "11.1.2.3")},
		{"f_contains_ip", true, args("2001:db8::/32", "2001:db8::1")},
		{"f_contains_ip", false, args("0.0.0.0/0", "::1")},
		{"f_contains_ip", failure("Invalid CIDR"), args("0.0.0.0/33", "11.1.2.3")},
		{"f_cast_uuid", id, args(strings.ToUpper(id))},
		{"f_cast_uuid", id, args(idBytes)},
		{"f_cast_uuid", failure("Cannot cast value to UUID: x"), args("x")},
		{"f_cast_uuid", failure("Invalid UUID binary length: 1"), args([]byte{0})},
		{"f_cast_uuid", failure("Cannot cast value to UUID: 12151fd2x7586-11e9-8f9e-2a86e4085a59"), args("12151fd2x7586-11e9-8f9e-2a86e4085a59")},
		{"f_uuid_bytes", idBytes, args(id)},
		{"f_uuid_bytes", make([]byte, 16), args("00000000-0000-0000-0000-000000000000")},
		{"f_uuid_bytes", []byte(strings.Repeat("\xff", 16)), args("ffffffff-ffff-ffff-ffff-ffffffffffff")},
		{"f_uuid_bytes", failure("Cannot cast value to UUID: "), args("")},
		{"f_uuid_bytes", nil, args(nil)},
	})
}

func TestSizeFunctions(t *testing.T) {
	checkCalls(t, []callTest{
		{"f_format_number", "999", args(999)},
		{"f_format_number", "-1.23K", args(-1234)},
		{"f_format_number", "1000K", args(999999)},
		{"f_format_number", "9223Q", args(1e20)},
		{"f_format_number", "-9223Q", args(-1e20)},
		{"f_format_number", "12", args(12.345)},
		{"f_format_number", "0", args(math.NaN())},
		{"f_parse_data_size", "2411724", args("2.3MB")},
		{"f_parse_data_size", "1024", args("1kB")},
		{"f_parse_data_size", "0", args("0.1B")},
		{"f_parse_data_size", "1208925819614629174706176", args("1YB")},
		{"f_parse_data_size", failure("Invalid data size: '1KB'"), args("1KB")},
		{"f_t_cdf", 0.8295534338489701, args(1.0, 10.0)},
		{"f_t_cdf", 0.17044656615103, args(-1.0, 10.0)},
		{"f_t_cdf", 0.6711510400651427, args(0.5, 2.5)},
		{"f_t_cdf", math.NaN(), args(math.NaN(), 2.0)},
		{"f_t_cdf", failure("degrees of freedom must be greater than or equal to 1"), args(1.0, 0.0)},
		{"f_t_pdf", 0.2303619892291386, args(1.0, 10.0)},
		{"f_t_pdf", 0.3183098861837907, args(0.0, 1.0)},
		{"f_t_pdf", 0.0386614857271673, args(-2.5, 3.0)},
		{"f_t_pdf", failure("degrees of freedom must be greater than or equal to 1"), args(1.0, -1.0)},
		{"f_t_pdf", nil, args(nil, 1.0)},
		{"f_dot_product", 11.0, args("[1.0,2.0]", "[3.0,4.0]")},
		{"f_dot_product", 3.0, args("[1.0,null]", "[3.0,4.0]")},
		{"f_dot_product", 0.0, args("[]", "[]")},
		{"f_dot_product", failure("The arguments must have the same length"), args("[1.0]", "[]")},
		{"f_dot_product", nil, args(nil, "[]")},
		{"f_euclidean_distance", 2.8284271247461903, args("[1.0,2.0]", "[3.0,4.0]")},
		{"f_euclidean_distance", 4.47213595499958, args("[1.0,null]", "[3.0,4.0]")},
		{"f_euclidean_distance", 0.0, args("[]", "[]")},
		{"f_euclidean_distance", failure("The arguments must have the same length"), args("[1.0]", "[]")},
		{"f_euclidean_distance", nil, args(nil, "[]")},
	})
}

func TestSpookyHash(t *testing.T) {
	of := func(n int) []byte { return []byte(strings.Repeat("abc", n))[:n] }
	checkCalls(t, []callTest{
		{"f_spooky_hash_v2_64", []byte("\x23\x27\x06\xfc\x6b\xf5\x09\x19"), args([]byte{})},
		{"f_spooky_hash_v2_64", []byte("\x37\x68\x82\x6a\xd3\x82\xe6\xca"), args([]byte("hello"))},
		{"f_spooky_hash_v2_64", []byte("\x06\xa6\x9b\x5d\x31\x6c\x9c\xa3"), args(of(31))},
		{"f_spooky_hash_v2_64", []byte("\x05\xec\x99\x07\x3f\xad\xf0\xe3"), args(of(100))},
		{"f_spooky_hash_v2_64", []byte("\xf7\x19\x16\x5a\x60\xef\x03\x4a"), args(of(192))},
		{"f_spooky_hash_v2_64", []byte("\x2a\x45\x3a\x43\x63\x4f\xa1\x02"), args(of(500))},
		{"f_spooky_hash_v2_32", []byte("\x6b\xf5\x09\x19"), args([]byte{})},
		{"f_spooky_hash_v2_32", []byte("\xd3\x82\xe6\xca"), args([]byte("hello"))},
		{"f_spooky_hash_v2_32", []byte("\x04\x02\x0f\x5e"), args(of(191))},
		{"f_spooky_hash_v2_32", []byte("\x63\x4f\xa1\x02"), args(of(500))},
		{"f_spooky_hash_v2_32", nil, args(nil)},
	})
}

func TestLambdaFunctions(t *testing.T) {
	checkCalls(t, []callTest{
		{"f_map_zip", `[["a",1,3],["b",2,null],["c",null,4]]`, args(`{"a":1,"b":2}`, `{"a":3,"c":4}`)},
		{"f_map_zip", `[]`, args(`{}`, `{}`)},
		{"f_map_zip", `[["a",null,1]]`, args(`{}`, `{"a":1}`)},
		{"f_map_zip", `[["a",null,null]]`, args(`{"a":null}`, `{"a":null}`)},
		{"f_map_zip", nil, args(`{}`, nil)},
		{"f_map_unique", `{"a":1,"b":2}`, args(`{"a":1,"b":2}`)},
		{"f_map_unique", `{}`, args(`{}`)},
		{"f_map_unique", failure("Duplicate map keys (1) are not allowed"), args(`{"1":1,"1":2}`)},
		{"f_map_unique", failure("not a map: '[]'"), args(`[]`)},
		{"f_map_unique", nil, args(nil)},
	})
	comparator := func(array string, results ...int64) [][]any {
		rows := [][]any{{array, int64(0), int64(0), nil}}
		for i, c := range results {
			rows = append(rows, []any{array, int64(i % 2), int64(1 - i%2), c})
		}
		return rows
	}
	for _, tt := range []struct {
		name string
		want any
		rows [][]any
	}{
		{"f_array_sort_by", "[2,1]", comparator("[1,2]", 1, -1)},
		{"f_array_sort_by", "[1,2]", comparator("[1,2]", 0, 0)},
		{"f_array_sort_by", "[]", [][]any{{"[]", nil, nil, nil}}},
		{"f_array_sort_by", nil, [][]any{{nil, nil, nil, nil}}},
		{"f_array_sort_by", failure("Lambda comparator must return either -1, 0, or 1"), comparator("[1,2]", 2, -2)},
		{"f_approx_most_frequent", `{"b":2,"a":1}`, [][]any{{2, "a", 10}, {2, "b", 10}, {2, "b", 10}, {2, "c", 10}}},
		{"f_approx_most_frequent", `{"1":1}`, [][]any{{3, nil, 10}, {3, 1, 10}}},
		{"f_approx_most_frequent", nil, nil},
		{"f_approx_most_frequent", failure("approx_most_frequent bucket count must be greater than one"), [][]any{{1, "a", 10}}},
		{"f_approx_most_frequent", failure("approx_most_frequent over more than 1 distinct values, its capacity, is not supported by the sandbox"), [][]any{{2, "a", 1}, {2, "b", 1}}},
	} {
		if diff := cmp.Diff(args(tt.want)[0], aggregateRows(findAggregate(t, tt.name), tt.rows)); diff != "" {
			t.Errorf("%s(%v) (-want +got):\n%s", tt.name, tt.rows, diff)
		}
	}
}
