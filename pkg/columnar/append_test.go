package columnar

import (
	"fmt"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// appendAny appends a Go value.
func appendAny(c *Column, v any) error {
	switch v := v.(type) {
	case nil:
		c.AppendNull()
		return nil
	case bool:
		return c.AppendBool(v)
	case int:
		return c.AppendInt(int64(v))
	case uint64:
		return c.AppendUint(v)
	case float64:
		return c.AppendFloat(v)
	case string:
		return c.AppendText([]byte(v))
	case time.Time:
		return c.AppendTime(v)
	}
	panic(fmt.Sprintf("unexpected %T", v))
}

// valueText returns a value of a column as text.
func valueText(c *Column, i int) string {
	switch {
	case c.IsNull(i):
		return "NULL"
	case c.Type.Kind == Bool:
		return fmt.Sprint(c.Bool(i))
	case c.Type.Kind == Float32:
		return fmt.Sprint(math.Float32frombits(uint32(c.Int(i))))
	case c.Type.Kind == Float64:
		return fmt.Sprint(math.Float64frombits(uint64(c.Int(i))))
	case c.Type.Kind == Decimal:
		b := c.Bytes(i)
		n := new(big.Int)
		for j := 15; j >= 0; j-- {
			n.Or(n.Lsh(n, 8), big.NewInt(int64(b[j])))
		}
		if b[15] >= 0x80 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), 128))
		}
		return n.String()
	case c.Type.Kind == String || c.Type.Kind == Binary:
		return string(c.Bytes(i))
	}
	return fmt.Sprint(c.Int(i))
}

// TestAppend checks which values a column of each type accepts.
func TestAppend(t *testing.T) {
	const bad = "error"
	maxDecimal := "99999999999999999999999999999999999999"
	for _, test := range []struct {
		typeName string
		value    any
		want     string
	}{
		{"bigint", math.MaxInt64, "9223372036854775807"},
		{"bigint", math.MinInt64, "-9223372036854775808"},
		{"bigint", uint64(math.MaxUint64), bad},
		{"bigint", 2.0, "2"},
		{"bigint", 2.5, bad},
		{"bigint", 1e300, bad},
		{"bigint", math.NaN(), bad},
		{"bigint", "-7", "-7"},
		{"bigint", "7 ", bad},
		{"bigint", true, bad},
		{"bigint", nil, "NULL"},
		{"integer", math.MaxInt32, "2147483647"},
		{"integer", math.MaxInt32 + 1, bad},
		{"smallint", -32768, "-32768"},
		{"smallint", 32768, bad},
		{"tinyint", -128, "-128"},
		{"tinyint", 128, bad},
		{"boolean", true, "true"},
		{"boolean", 0, "false"},
		{"boolean", 2, bad},
		{"boolean", "true", "true"},
		{"boolean", "yes", bad},
		{"double", 1, "1"},
		{"double", 1<<53 + 1, bad},
		{"double", math.MaxInt64, bad},
		{"double", math.Inf(-1), "-Inf"},
		{"double", "NaN", "NaN"},
		{"double", "Infinity", "+Inf"},
		{"double", "x", bad},
		{"real", 0.1, "0.1"},
		{"real", float64(float32(0.1)), "0.1"},
		{"real", 0.123456789012, bad},
		{"real", math.NaN(), "NaN"},
		{"real", 1<<24 + 1, bad},
		{"decimal(5,2)", "-123.45", "-12345"},
		{"decimal(5,2)", "123.450", "12345"},
		{"decimal(5,2)", "123.456", bad},
		{"decimal(5,2)", "1234.5", bad},
		{"decimal(5,2)", 12, "1200"},
		{"decimal(5,2)", 1.5, "150"},
		{"decimal(5,2)", "1.2E+1", "1200"},
		{"decimal(5,2)", "12E-1", "120"},
		{"decimal(5,2)", "0E-10", "0"},
		{"decimal(5,2)", "1E999", bad},
		{"decimal(5,2)", "", bad},
		{"decimal(5,2)", ".", bad},
		{"decimal(5,2)", "1.2.3", bad},
		{"decimal(5,2)", math.NaN(), bad},
		{"decimal(38,0)", maxDecimal, maxDecimal},
		{"decimal(38,0)", "-" + maxDecimal, "-" + maxDecimal},
		{"decimal(38,0)", maxDecimal + "0", bad},
		{"decimal(38,0)", uint64(math.MaxUint64), "18446744073709551615"},
		{"date", "1970-01-01", "0"},
		{"date", "1969-12-31", "-1"},
		{"date", "2024-02-29", "19782"},
		{"date", "2023-02-29", bad},
		{"date", "0001-01-01", "-719162"},
		{"date", "0000-01-01", "-719528"},
		{"date", "-0001-12-31", "-719529"},
		{"date", "9999-12-31", "2932896"},
		{"date", "12345-06-07", "3789548"},
		{"date", "5881580-07-11", "2147483647"},
		{"date", "5881580-07-12", bad},
		{"date", "2024-1-2", bad},
		{"date", "2024-01-02 00:00:00", bad},
		{"date", 19782, bad},
		{"time", "01:02:03.456", "3723456000"},
		{"time", "23:59:59.999999", "86399999999"},
		{"time", "23:59:59.9999999", bad},
		{"time", "24:00:00", bad},
		{"time(9)", "00:00:00.123456789", "123456789"},
		{"timestamp(3)", "1970-01-01 00:00:01.5", "1500000"},
		{"timestamp(3)", "1969-12-31T23:59:59.999", "-1000"},
		{"timestamp(3)", "2024-02-29", "1709164800000000"},
		{"timestamp(3)", "2024-02-29 12:30", "1709209800000000"},
		{"timestamp(3)", "1970-01-01 00:00:00.1234560000000", "123456"},
		{"timestamp(3)", "1970-01-01 00:00:00.1234567", bad},
		{"timestamp(3)", "1970-01-01 00:00:00 UTC", bad},
		{"timestamp(3)", "0001-01-01 00:00:00", "-62135596800000000"},
		{"timestamp(3)", "9999-12-31 23:59:59.999", "253402300799999000"},
		{"timestamp(3)", "999999-01-01 00:00:00", bad},
		{"timestamp(3)", "1970-01-01 00:00:00.", bad},
		{"timestamp(3)", "1970-01-01 00:00:60", bad},
		{"timestamp(3)", 5, bad},
		{"timestamp(3)", time.Unix(1, 5000), "1000005"},
		{"timestamp(3)", time.Unix(1, 5), bad},
		{"timestamp(9)", time.Unix(1, 5), "1000000005"},
		{"timestamp(9)", "2262-04-11 23:47:15.123456789", "9223372035123456789"},
		{"timestamp(9)", "2262-04-12 00:00:00", bad},
		{"timestamp(9)", "1677-09-21 00:00:00", bad},
		{"timestamp(3) with time zone", "1970-01-01 09:00:00 Asia/Tokyo", "0"},
		{"timestamp(3) with time zone", "1970-01-01 09:00:00 +09:00", "0"},
		{"timestamp(3) with time zone", "1970-01-01 00:00:00-0130", "5400000000"},
		{"timestamp(3) with time zone", "1970-01-01T00:00:00Z", "0"},
		{"timestamp(3) with time zone", "1970-01-01 00:00:00 UTC", "0"},
		{"timestamp(3) with time zone", "1970-01-01 00:00:00", bad},
		{"timestamp(3) with time zone", "1970-01-01 00:00:00 Mars/Base", bad},
		{"timestamp(3) with time zone", "2024-03-10 01:59:59 America/New_York", "1710053999000000"},
		{"timestamp(3) with time zone", "2024-03-10 02:30:00 America/New_York", bad},
		{"timestamp(3) with time zone", "2024-03-10 03:00:00 America/New_York", "1710054000000000"},
		{"timestamp(3) with time zone", "2024-11-03 00:59:59 America/New_York", "1730609999000000"},
		{"timestamp(3) with time zone", "2024-11-03 01:30:00 America/New_York", bad},
		{"timestamp(3) with time zone", "2024-11-03 02:00:00 America/New_York", "1730617200000000"},
		{"varchar", "日本", "日本"},
		{"varchar", "\xff", bad},
		{"varchar", 5, "5"},
		{"varchar", uint64(math.MaxUint64), "18446744073709551615"},
		{"varchar", false, "false"},
		{"varbinary", "\xff\x00", "\xff\x00"},
		{"varbinary", 5, bad},
		{"array(integer)", 5, bad},
		{"row(a integer)", "x", bad},
	} {
		c := New("c", ParseType(test.typeName))
		got := bad
		if err := appendAny(c, test.value); err == nil {
			got = valueText(c, 0)
		}
		if got != test.want {
			t.Errorf("%s, %v: got %s, want %s", test.typeName, test.value, got, test.want)
		}
		if got == bad && c.Len != 0 {
			t.Errorf("%s, %v: the rejected value was appended", test.typeName, test.value)
		}
	}
}

// TestTruncate checks that a column is the same after an unfinished value was removed.
func TestTruncate(t *testing.T) {
	build := func() *Column {
		c := New("c", ParseType("array(row(a integer, b array(boolean), c varchar))"))
		element := c.Children[0]
		for i := range 9 {
			_ = element.Children[0].AppendInt(int64(i))
			_ = element.Children[1].Children[0].AppendBool(true)
			_ = element.Children[1].AppendParent()
			_ = element.Children[2].AppendText([]byte("text"))
			_ = element.AppendParent()
			element.AppendNull()
			_ = c.AppendParent()
		}
		c.AppendNull()
		return c
	}
	got := build()
	element := got.Children[0]
	_ = element.Children[0].AppendInt(1)
	_ = element.Children[1].Children[0].AppendBool(true)
	got.Truncate(10)
	if diff := cmp.Diff(build(), got, cmp.AllowUnexported(Column{})); diff != "" {
		t.Errorf("after Truncate (-want +got):\n%s", diff)
	}
	got.Truncate(3)
	if got.Len != 3 || got.Children[0].Len != 6 || got.Children[0].Nulls != 3 || got.Children[0].Children[1].Children[0].Len != 3 {
		t.Errorf("Truncate(3) left %d values, %d elements, %d of them NULL", got.Len, got.Children[0].Len, got.Children[0].Nulls)
	}
	got.Reset()
	if got.Len != 0 || got.Nulls != 0 || got.Children[0].Len != 0 {
		t.Error("Reset left values")
	}
}
