package functions

import "testing"

// The tables of this file are results of Trino 476 for arguments at the limits of what functions accept. See
// https://trino.io/docs/current/functions.html.

func TestNumberArguments(t *testing.T) {
	checkCalls(t, []callTest{
		{"f_abs_integer", 128, args(-128, "smallint")},
		{"f_abs_integer", failure("Value -128 is out of range for abs(tinyint)"), args(-128, "tinyint")},
		{"f_abs_integer", failure("Value -32768 is out of range for abs(smallint)"), args(-32768, "smallint")},
		{"f_abs_integer", failure("Value -2147483648 is out of range for abs(integer)"), args(-2147483648, "integer")},
		{"f_abs_integer", 7, args(-7, "bigint")},
		{"f_abs_integer", nil, args(nil, "bigint")},
		{"f_round_integer", 130, args(128, "smallint", -1)},
		{"f_round_integer", failure("numerical overflow: -128"), args(-128, "tinyint", -1)},
		{"f_round_integer", failure("numerical overflow: 32767"), args(32767, "smallint", -1)},
		{"f_round_integer", 0, args(2147483647, "integer", -11)},
		{"f_round_integer", failure("numerical overflow: 2147483647"), args(2147483647, "integer", -100)},
		{"f_round_integer", failure("numerical overflow: 0"), args(0, "integer", -30)},
		{"f_round_integer", 5, args(5, "bigint", 3)},
		{"f_width_bucket", 2, args(3.5, "[1.0,1.0]")},
		{"f_width_bucket", 0, args(0.5, "[1.0,2.0]")},
		{"f_width_bucket", 1, args(1.5, "[1.0,2.3,2.0]")},
		{"f_width_bucket", failure("Bins cannot be an empty array"), args(3.5, "[]")},
		{"f_width_bucket", failure("Bin values are not sorted in ascending order"), args(3.5, "[1.0,0.0]")},
		{"f_width_bucket", failure("Bin value must be finite, got Infinity"), args(3.5, `[0.0,"Infinity"]`)},
	})
}

func TestTextArguments(t *testing.T) {
	checkCalls(t, []callTest{
		{"f_lpad", failure("Padding string must not be empty"), args("abc", 3, "")},
		{"f_rpad", failure("Padding string must not be empty"), args("abc", 2, "")},
		{"f_binary_lpad", failure("Padding bytes must not be empty"), args([]byte("ab"), 1, []byte{})},
		{"f_from_utf8", "xA", args([]byte("\xffA"), "x")},
		{"f_from_utf8", "", args([]byte("\xff"), "")},
		{"f_from_utf8", failure("Replacement character string must empty or a single character"), args([]byte("\xff"), "ab")},
		{"f_repeat", failure("count argument of repeat function must be greater than or equal to 0"), args(`"a"`, -1)},
	})
}

func TestArrayArguments(t *testing.T) {
	const incomparable = " does not support arrays with elements that are null or contain null"
	checkCalls(t, []callTest{
		{"f_array_intersect", "[4,5,8]", args("[8,1,4,5]", "[4,5,8,9,3]")},
		{"f_array_intersect", "[8,4,5]", args("[8,1,4,5]", "[4,5,8,9]")},
		{"f_array_intersect", "[null,1]", args("[1,null]", "[null,1,3]")},
		{"f_arrays_overlap", false, args("[]", "[null]")},
		{"f_arrays_overlap", false, args("[null]", "[]")},
		{"f_contains", true, args("[[1,2],[1,null]]", "[1,2]")},
		{"f_contains", failure("contains" + incomparable), args("[[1,null]]", "[1,null]")},
		{"f_array_position", failure("array_position" + incomparable), args("[[null]]", "[1]")},
		{"f_array_remove", failure("array_remove" + incomparable), args("[[1]]", "[null]")},
		{"f_sequence", failure("result of sequence function must not have more than 10000 entries"), args(9223372036854775807, -9223372036854775808, -1)},
		{"f_map", failure("map key cannot be indeterminate: [1, null]"), args("[[1,null]]", "[2]")},
		{"f_map", failure("map key cannot be indeterminate: [null]"), args("[[null]]", "[2]")},
	})
}

func TestFormatFlags(t *testing.T) {
	invalid := func(format, reason string) failure {
		return failure("Invalid format string: " + format + " (" + reason + ")")
	}
	checkCalls(t, []callTest{
		{"f_format", "8    |", args("%-5d|", "bigint", 8)},
		{"f_format", "0xff", args("%#x", "bigint", 255)},
		{"f_format", "(5)", args("%(d", "bigint", -5)},
		{"f_format", "5", args("%h", "bigint", 5)},
		{"f_format", "0x1.8p0", args("%a", "double", 1.5)},
		{"f_format", "-0x1.0p3", args("%a", "double", -8.0)},
		{"f_format", invalid("%--2d", "DuplicateFormatFlags: Flags = '-'"), args("%--2d", "bigint", 8)},
		{"f_format", invalid("%+s", "FormatFlagsConversionMismatch: Conversion = s, Flags = +"), args("%+s", "bigint", 8)},
		{"f_format", invalid("%#d", "FormatFlagsConversionMismatch: Conversion = d, Flags = #"), args("%#d", "bigint", 8)},
		{"f_format", invalid("%,x", "FormatFlagsConversionMismatch: Conversion = x, Flags = ,"), args("%,x", "bigint", 8)},
		{"f_format", invalid("%+ d", "IllegalFormatFlags: Flags = '+ '"), args("%+ d", "bigint", 8)},
		{"f_format", invalid("%-05d", "IllegalFormatFlags: Flags = '-0'"), args("%-05d", "bigint", 8)},
		{"f_format", invalid("%z", "UnknownFormatConversion: Conversion = 'z'"), args("%z", "bigint", 8)},
		{"f_format", "04:17:13 PM", args("%tr", "time", "16:17:13.000")},
		{"f_format", "Sun Jul 20 16:17:00 EDT 1969", args("%tc", "timestamp with time zone", "1969-07-20 16:17:00.000 America/New_York")},
		{"f_format", "-14182980000", args("%tQ", "timestamp with time zone", "1969-07-20 16:17:00.000 America/New_York")},
		{"f_format", "-14182980", args("%ts", "timestamp with time zone", "1969-07-20 16:17:00.000 America/New_York")},
		{"f_format", "123000000", args("%tN", "time", "16:17:13.123")},
		{"f_format", "6", args("%tk", "time", "06:17:13.123")},
		{"f_format", "20", args("%tC", "date", "2020-01-01")},
		{"f_format", "EDT", args("%tZ", "timestamp with time zone", "1969-07-20 16:17:00.000 America/New_York")},
		{"f_format", invalid("%tH", "IllegalFormatConversion: H != java.time.LocalDate"), args("%tH", "date", "2020-01-01")},
	})
}
