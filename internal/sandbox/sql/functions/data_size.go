package functions

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// sizeFunctions returns the functions that format numbers for people and parse sizes. See
// https://trino.io/docs/current/functions/conversion.html.
func sizeFunctions() []Scalar {
	dataSize := regexp.MustCompile(`^(\d+(?:\.\d+)?)(B|kB|MB|GB|TB|PB|EB|ZB|YB)$`)
	return []Scalar{
		newScalar("f_format_number", 1, 1, func(a []any) (any, error) {
			n, ok := a[0].(int64)
			if !ok {
				x, err := toDouble(a[0])
				if err != nil {
					return nil, err
				}
				n = clampToInteger(x)
			}
			return abbreviateNumber(n), nil
		}),
		newScalar("f_parse_data_size", 1, 1, func(a []any) (any, error) {
			m := dataSize.FindStringSubmatch(toText(a[0]))
			if m == nil {
				return nil, dataError("Invalid data size: '%s'", clip(toText(a[0])))
			}
			d, ok := parseDecimal(m[1])
			if !ok {
				return nil, dataError("Invalid data size: '%s'", clip(toText(a[0])))
			}
			power := uint(strings.Index("BkMGTPEZY", m[2][:1]))
			return decimal{new(big.Int).Lsh(d.unscaled, 10*power), d.scale}.truncate(0).String(), nil
		}),
	}
}

// clampToInteger converts a double as Java does: the fraction is dropped, NaN is 0.
func clampToInteger(x float64) int64 {
	switch {
	case math.IsNaN(x):
		return 0
	case x >= math.MaxInt64:
		return math.MaxInt64
	case x <= math.MinInt64:
		return math.MinInt64
	}
	return int64(x)
}

// abbreviateNumber writes a number with three digits and a unit: 1.23K.
func abbreviateNumber(n int64) string {
	x, unit := float64(n), 0
	units := []string{"", "K", "M", "B", "T", "Q"}
	for math.Abs(x) >= 1000 && unit < len(units)-1 {
		x /= 1000
		unit++
	}
	places := 0
	switch {
	case math.Abs(x) < 10:
		places = 2
	case math.Abs(x) < 100:
		places = 1
	}
	s := strconv.FormatFloat(x, 'f', places, 64)
	if places > 0 {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	return s + units[unit]
}
