package functions

import (
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// hiveNumberFunctions returns the mathematical functions of Hive that differ from Trino's. See
// https://hive.apache.org/docs/latest/language/languagemanual-udf/.
func hiveNumberFunctions() []Scalar {
	return []Scalar{
		newScalar("h_factorial", 1, 1, func(a []any) (any, error) {
			n, err := toInteger(a[0])
			if err != nil || n < 0 || n > 20 {
				return nil, err
			}
			return new(big.Int).MulRange(1, n).Int64(), nil
		}),
		newScalar("h_shift", 4, 4, func(a []any) (any, error) {
			values := make([]int64, 4)
			for i := range a {
				var err error
				if values[i], err = toInteger(a[i]); err != nil {
					return nil, err
				}
			}
			return shift(values[0], values[1], values[2], values[3]), nil
		}),
		newScalar("h_greatest_decimal", 1, -1, func(a []any) (any, error) { return extremeDecimal(a, 1) }),
		newScalar("h_least_decimal", 1, -1, func(a []any) (any, error) { return extremeDecimal(a, -1) }),
		newScalar("h_bround_decimal", 2, 2, func(a []any) (any, error) {
			d, err := toDecimal(a[0])
			if err != nil {
				return nil, err
			}
			places, err := toCount(a[1])
			if err != nil {
				return nil, err
			}
			d = d.roundHalfEven(max(-maxDigits, min(places, maxDigits)))
			if d.scale < 0 {
				d = decimal{new(big.Int).Mul(d.unscaled, pow10(-d.scale)), 0}
			}
			return d.String(), nil
		}),
		newScalar("h_trunc_number", 2, 2, truncateNumber),
		newScalar("h_round", 1, 2, func(a []any) (any, error) { return roundHive(a, false) }),
		newScalar("h_bround", 1, 2, func(a []any) (any, error) { return roundHive(a, true) }),
	}
}

// hiveNumberTexts returns conversions between numbers and their texts.
func hiveNumberTexts() []Scalar {
	return []Scalar{
		newScalar("h_hex", 1, 1, func(a []any) (any, error) {
			if n, ok := a[0].(int64); ok {
				return strings.ToUpper(strconv.FormatUint(uint64(n), 16)), nil
			}
			return strings.ToUpper(hex.EncodeToString([]byte(toText(a[0])))), nil
		}),
		newScalar("h_unhex", 1, 1, func(a []any) (any, error) {
			s := toText(a[0])
			if len(s)%2 == 1 {
				s = "0" + s
			}
			b, err := hex.DecodeString(s)
			if err != nil {
				return nil, nil
			}
			return b, nil
		}),
		newScalar("h_bin", 1, 1, func(a []any) (any, error) {
			n, err := toInteger(a[0])
			return strconv.FormatUint(uint64(n), 2), err
		}),
		newScalar("h_conv", 3, 3, convertBase),
		newScalar("h_format_number", 2, 2, func(a []any) (any, error) {
			x, err := toDouble(a[0])
			if err != nil {
				return nil, nil
			}
			if pattern, ok := a[1].(string); ok {
				return formatDecimalPattern(x, pattern)
			}
			n, err := toCount(a[1])
			if err != nil || n < 0 {
				return nil, err
			}
			return groupThousands(formatFixed(x, min(n, 100))), nil
		}),
	}
}

// hiveLogarithms returns functions that are NULL for numbers outside of their domain.
func hiveLogarithms() []Scalar {
	positive := func(name string, f func(float64) float64) Scalar {
		return newScalar(name, 1, 1, func(a []any) (any, error) {
			x, err := toDouble(a[0])
			if err != nil || x <= 0 {
				return nil, nil
			}
			return f(x), nil
		})
	}
	return []Scalar{
		positive("h_ln", logarithm),
		positive("h_log2", logarithm2),
		positive("h_log10", logarithm10),
		newScalar("h_sqrt", 1, 1, func(a []any) (any, error) {
			x, err := toDouble(a[0])
			if err != nil || x < 0 {
				return nil, nil
			}
			return math.Sqrt(x), nil
		}),
		newScalar("h_log", 1, 2, func(a []any) (any, error) {
			base, x := math.E, 0.0
			var err error
			if x, err = toDouble(a[len(a)-1]); err == nil && len(a) == 2 {
				base, err = toDouble(a[0])
			}
			if err != nil || x <= 0 || base <= 1 {
				return nil, nil
			}
			if len(a) == 1 {
				return logarithm(x), nil
			}
			return logarithm(x) / logarithm(base), nil
		}),
	}
}

// formatFixed formats x with a fixed number of digits after the point. As in Java, the digits of a large number are
// those that distinguish it from others.
func formatFixed(x float64, places int) string {
	if math.Abs(x) < 1<<53 {
		return strconv.FormatFloat(x, 'f', places, 64)
	}
	s := strconv.FormatFloat(x, 'f', -1, 64)
	if places > 0 {
		s += "." + strings.Repeat("0", places)
	}
	return s
}

// extremeDecimal returns the greatest decimal if sign is 1, the least if it is -1.
func extremeDecimal(a []any, sign int) (any, error) {
	best, err := toDecimal(a[0])
	if err != nil {
		return nil, err
	}
	for _, v := range a[1:] {
		d, err := toDecimal(v)
		if err != nil {
			return nil, err
		}
		x, y := alignScales(d, best)
		if x.unscaled.Cmp(y.unscaled)*sign > 0 {
			best = d
		}
	}
	return best.String(), nil
}

// shift shifts an integer of the given width, 32 or 64 bits. The operation is -1 for a left shift,
// 0 for an arithmetic and 1 for a logical right shift. As in Java, the distance is taken modulo the
// width.
func shift(n, distance, width, operation int64) int64 {
	bits := uint64(distance & (width - 1))
	if width == 64 {
		switch operation {
		case -1:
			return n << bits
		case 0:
			return n >> bits
		}
		return int64(uint64(n) >> bits)
	}
	switch operation {
	case -1:
		return int64(int32(n) << bits)
	case 0:
		return int64(int32(n) >> bits)
	}
	return int64(int32(uint32(n) >> bits))
}

// convertBase implements conv: it converts the leading digits of a number that are valid in a base.
// Numbers beyond 64 bits become the largest one. A negative target base has a signed result.
func convertBase(a []any) (any, error) {
	from, err := toCount(a[1])
	if err != nil {
		return nil, err
	}
	to, err := toCount(a[2])
	if err != nil {
		return nil, err
	}
	signed := to < 0
	if signed {
		to = -to
	}
	s := toText(a[0])
	if from < 2 || from > 36 || to < 2 || to > 36 || s == "" {
		return nil, nil
	}
	digits, negative := strings.CutPrefix(s, "-")
	var n uint64
	for _, c := range strings.ToLower(digits) {
		digit := strings.IndexRune("0123456789abcdefghijklmnopqrstuvwxyz"[:from], c)
		if digit < 0 {
			break
		}
		if n > (math.MaxUint64-uint64(digit))/uint64(from) {
			n = math.MaxUint64
			break
		}
		n = n*uint64(from) + uint64(digit)
	}
	if negative {
		n = -n
	}
	if signed {
		return strings.ToUpper(strconv.FormatInt(int64(n), to)), nil
	}
	return strings.ToUpper(strconv.FormatUint(n, to)), nil
}

// formatDecimalPattern formats x with a pattern of java.text.DecimalFormat that consists of #, 0, a
// grouping comma and a decimal point.
func formatDecimalPattern(x float64, pattern string) (any, error) {
	whole, fraction, _ := strings.Cut(pattern, ".")
	if pattern == "" || strings.Trim(whole, "#0,") != "" || strings.Trim(fraction, "#0") != "" || strings.Contains(strings.TrimLeft(fraction, "0"), "0") {
		return nil, notSupported("format_number with the pattern '%s' is not supported by the sandbox", clip(pattern))
	}
	s := strconv.FormatFloat(math.Abs(x), 'f', len(fraction), 64)
	integer, decimals, _ := strings.Cut(s, ".")
	for strings.HasSuffix(decimals, "0") && len(decimals) > strings.Count(fraction, "0") {
		decimals = decimals[:len(decimals)-1]
	}
	least := strings.Count(whole, "0")
	if integer = strings.TrimLeft(integer, "0"); len(integer) < least {
		integer = strings.Repeat("0", least-len(integer)) + integer
	}
	if comma := strings.LastIndexByte(whole, ','); comma >= 0 {
		size := len(whole) - comma - 1
		if size != 3 {
			return nil, notSupported("format_number with the pattern '%s' is not supported by the sandbox", clip(pattern))
		}
		integer = groupThousands(integer)
	}
	if decimals != "" {
		integer += "." + decimals
	}
	if x < 0 {
		integer = "-" + integer
	}
	return integer, nil
}

// groupThousands inserts commas between the thousands of a formatted number.
func groupThousands(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, fraction, ok := strings.Cut(s, ".")
	var b strings.Builder
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if ok {
		return sign + b.String() + "." + fraction
	}
	return sign + b.String()
}

// truncateNumber drops the digits of a number after a number of places, which is negative for those before the point. The
// result is of the same type.
func truncateNumber(a []any) (any, error) {
	places, err := toCount(a[1])
	if err != nil {
		return nil, err
	}
	if x, ok := a[0].(float64); ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
		return nil, dataError("Infinite or NaN")
	}
	d, err := toDecimal(a[0])
	if err != nil {
		return nil, err
	}
	text := truncateDecimal(d, max(-maxDigits, min(places, maxDigits))).String()
	if strings.Contains(text, ".") {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	switch a[0].(type) {
	case int64:
		return strconv.ParseInt(text, 10, 64)
	case float64:
		return strconv.ParseFloat(text, 64)
	}
	return text, nil
}

// truncateDecimal drops the digits after a number of places. The number without the point wraps around at 64 bits, as in
// Hive.
func truncateDecimal(d decimal, places int) decimal {
	n := new(big.Int).Set(d.unscaled)
	if shift := places - d.scale; shift >= 0 {
		n.Mul(n, pow10(shift))
	} else {
		n.Quo(n, pow10(-shift))
	}
	low := new(big.Int).And(n, new(big.Int).SetUint64(math.MaxUint64))
	n.SetInt64(int64(low.Uint64()))
	if places < 0 {
		return decimal{n.Mul(n, pow10(-places)), 0}
	}
	return decimal{n, places}
}
