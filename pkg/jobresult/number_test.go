package jobresult

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

func TestAppendFloat(t *testing.T) {
	for _, test := range []struct {
		f    float64
		want string
	}{
		{0, "0.0"},
		{math.Copysign(0, -1), "-0.0"},
		{1, "1.0"},
		{-100, "-100.0"},
		{0.5, "0.5"},
		{12.34, "12.34"},
		{-1.005, "-1.005"},
		{0.30000000000000004, "0.30000000000000004"},
		{1e11, "100000000000.0"},
		{123456789012.25, "123456789012.25"},
		{999999999999999, "999999999999999.0"},
		{1e15, "1.0e+15"},
		{1.5e15, "1.5e+15"},
		{-1e16, "-1.0e+16"},
		{1234567890123456.5, "1234567890123456.5"},
		{2251799813685249.5, "2251799813685249.5"},
		{4503599627370498, "4.503599627370498e+15"},
		{9007199254740993, "9.007199254740992e+15"},
		{1e20, "1.0e+20"},
		{1e100, "1.0e+100"},
		{0.001, "0.001"},
		{0.0001, "0.0001"},
		{0.00012345, "0.00012345"},
		{0.00001, "1.0e-05"},
		{1e-7, "1.0e-07"},
		{-1.25e-7, "-1.25e-07"},
		{5e-324, "5.0e-324"},
		{math.MaxFloat64, "1.7976931348623157e+308"},
		{float64(float32(0.1)), "0.10000000149011612"},
		{math.NaN(), "NaN"},
		{math.Inf(1), "Infinity"},
		{math.Inf(-1), "-Infinity"},
	} {
		if got := string(appendFloat([]byte("x"), test.f)); got != "x"+test.want {
			t.Errorf("%g: %s, want %s", test.f, got, test.want)
		}
	}
}

// FuzzAppendFloat checks that the text of a float reads back as the same float and
// has the fewest digits possible.
func FuzzAppendFloat(f *testing.F) {
	for _, x := range []float64{0, 1, 0.1, 1e15, 1e-5, 99999999.999, 12345.675, 1 << 53, 1e11 - 0.001, 4.35} {
		f.Add(math.Float64bits(x), int64(x*1000))
	}
	f.Fuzz(func(t *testing.T, bits uint64, thousandths int64) {
		for _, x := range []float64{math.Float64frombits(bits), float64(thousandths) / 1000, float64(thousandths) / 100} {
			got := string(appendFloat(nil, x))
			back, err := strconv.ParseFloat(got, 64)
			if err != nil || math.Float64bits(back) != math.Float64bits(x) && x == x {
				t.Errorf("%g: %s, %v", x, got, err)
			}
			if x-x != 0 || x == 0 {
				continue
			}
			if digits(got) != digits(strconv.FormatFloat(x, 'e', -1, 64)) || !strings.Contains(got, ".") {
				t.Errorf("%g: %s", x, got)
			}
			a := math.Abs(x)
			if fixed := a >= 1e-4 && (a < 1e15 || x != math.Trunc(x)); fixed == strings.Contains(got, "e") {
				t.Errorf("%g: %s", x, got)
			}
		}
	})
}

// digits returns the significant digits of a number.
func digits(s string) string {
	s, _, _ = strings.Cut(strings.TrimPrefix(s, "-"), "e")
	return strings.Trim(strings.ReplaceAll(s, ".", ""), "0")
}
