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
func bitwise(name string, f func(a, b int64) int64) Scalar {
	return fn("f_bitwise_"+name, 2, 2, func(args []any) (any, error) {
		a, err := integer(args[0])
		if err != nil {
			return nil, err
		}
		b, err := integer(args[1])
		if err != nil {
			return nil, err
		}
		return f(a, b), nil
	})
}

func bitwises() []Scalar {
	return []Scalar{
		bitwise("and", func(a, b int64) int64 { return a & b }),
		bitwise("or", func(a, b int64) int64 { return a | b }),
		bitwise("xor", func(a, b int64) int64 { return a ^ b }),
		bitwise("left_shift", func(a, n int64) int64 {
			if n < 0 || n > 63 {
				return 0
			}
			return a << n
		}),
		bitwise("right_shift", func(a, n int64) int64 { // logical, as Trino's
			if n < 0 || n > 63 {
				return 0
			}
			return int64(uint64(a) >> n)
		}),
		fn("f_bitwise_not", 1, 1, func(a []any) (any, error) {
			n, err := integer(a[0])
			return ^n, err
		}),
		fn("f_bit_count", 1, 2, func(a []any) (any, error) {
			n, err := integer(a[0])
			if err != nil {
				return nil, err
			}
			width := 64
			if len(a) == 2 {
				if width, err = count(a[1]); err != nil {
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

func hiveNumbers() []Scalar {
	return []Scalar{
		fn("h_log", 1, 2, func(a []any) (any, error) {
			if len(a) == 1 {
				x, err := double(a[0])
				return math.Log(x), err
			}
			return twoDoubles(func(b, x float64) float64 { return math.Log(x) / math.Log(b) })(a)
		}),
		fn("h_hex", 1, 1, func(a []any) (any, error) {
			if n, ok := a[0].(int64); ok {
				return strings.ToUpper(strconv.FormatUint(uint64(n), 16)), nil
			}
			return strings.ToUpper(hex.EncodeToString([]byte(text(a[0])))), nil
		}),
		fn("h_unhex", 1, 1, func(a []any) (any, error) {
			s := text(a[0])
			if len(s)%2 == 1 {
				s = "0" + s
			}
			b, err := hex.DecodeString(s)
			if err != nil {
				return nil, nil
			}
			return b, nil
		}),
		fn("h_bin", 1, 1, func(a []any) (any, error) {
			n, err := integer(a[0])
			return strconv.FormatUint(uint64(n), 2), err
		}),
		fn("h_conv", 3, 3, func(a []any) (any, error) {
			from, err := count(a[1])
			if err != nil {
				return nil, err
			}
			to, err := count(a[2])
			if err != nil {
				return nil, err
			}
			signed := to < 0
			to = max(to, -to)
			if from < 2 || from > 36 || to < 2 || to > 36 {
				return nil, nil
			}
			n, err := strconv.ParseInt(text(a[0]), from, 64)
			if err != nil {
				return nil, nil
			}
			if signed {
				return strings.ToUpper(strconv.FormatInt(n, to)), nil
			}
			return strings.ToUpper(strconv.FormatUint(uint64(n), to)), nil
		}),
		fn("h_format_number", 2, 2, func(a []any) (any, error) {
			x, err := double(a[0])
			if err != nil {
				return nil, nil
			}
			n, err := count(a[1])
			if err != nil || n < 0 {
				return nil, err
			}
			return group(fmt.Sprintf("%.*f", min(n, 100), x)), nil
		}),
	}
}

// group puts commas between the thousands of a number's text.
func group(s string) string {
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
