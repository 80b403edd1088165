package functions

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// hiveNumberFunctions returns the mathematical functions of Hive that differ from Trino's.
func hiveNumberFunctions() []Scalar {
	return []Scalar{
		newScalar("h_log", 1, 2, func(a []any) (any, error) {
			if len(a) == 1 {
				x, err := toDouble(a[0])
				return math.Log(x), err
			}
			return applyDoubles(func(b, x float64) float64 { return math.Log(x) / math.Log(b) })(a)
		}),
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
		newScalar("h_conv", 3, 3, func(a []any) (any, error) {
			from, err := toCount(a[1])
			if err != nil {
				return nil, err
			}
			to, err := toCount(a[2])
			if err != nil {
				return nil, err
			}
			signed := to < 0
			to = max(to, -to)
			if from < 2 || from > 36 || to < 2 || to > 36 {
				return nil, nil
			}
			n, err := strconv.ParseInt(toText(a[0]), from, 64)
			if err != nil {
				return nil, nil
			}
			if signed {
				return strings.ToUpper(strconv.FormatInt(n, to)), nil
			}
			return strings.ToUpper(strconv.FormatUint(uint64(n), to)), nil
		}),
		newScalar("h_format_number", 2, 2, func(a []any) (any, error) {
			x, err := toDouble(a[0])
			if err != nil {
				return nil, nil
			}
			n, err := toCount(a[1])
			if err != nil || n < 0 {
				return nil, err
			}
			return groupThousands(fmt.Sprintf("%.*f", min(n, 100), x)), nil
		}),
	}
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
