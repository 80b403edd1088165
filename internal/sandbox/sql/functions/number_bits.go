package functions

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// bitwise is a Scalar of two integers' bits.
func newBitwise(name string, f func(a, b int64) int64) Scalar {
	return newScalar("f_bitwise_"+name, 2, 2, func(args []any) (any, error) {
		a, err := toInteger(args[0])
		if err != nil {
			return nil, err
		}
		b, err := toInteger(args[1])
		if err != nil {
			return nil, err
		}
		return f(a, b), nil
	})
}

func bitwiseFunctions() []Scalar {
	return []Scalar{
		newBitwise("and", func(a, b int64) int64 { return a & b }),
		newBitwise("or", func(a, b int64) int64 { return a | b }),
		newBitwise("xor", func(a, b int64) int64 { return a ^ b }),
		newBitwise("left_shift", func(a, n int64) int64 {
			if n < 0 || n > 63 {
				return 0
			}
			return a << n
		}),
		newBitwise("right_shift", func(a, n int64) int64 { // logical, as Trino's
			if n < 0 || n > 63 {
				return 0
			}
			return int64(uint64(a) >> n)
		}),
		newScalar("f_bitwise_not", 1, 1, func(a []any) (any, error) {
			n, err := toInteger(a[0])
			return ^n, err
		}),
		newScalar("f_bit_count", 1, 2, func(a []any) (any, error) {
			n, err := toInteger(a[0])
			if err != nil {
				return nil, err
			}
			width := 64
			if len(a) == 2 {
				if width, err = toCount(a[1]); err != nil {
					return nil, err
				}
				if width < 2 || width > 64 {
					return nil, dataError("Bits specified in bit_count must be between 2 and 64, got %d", width)
				}
			}
			if width < 64 && (n >= 1<<(width-1) || n < -1<<(width-1)) {
				return nil, dataError("Number must be representable with the bits specified. %d cannot be represented with %d bits", n, width)
			}
			return int64(bits.OnesCount64(uint64(n) << (64 - width))), nil
		}),
	}
}

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

// group puts commas between the thousands of a number's text.
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
