package functions

import (
	"math/bits"
)

// newBitwise returns a bitwise Scalar with two integer arguments.
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

// bitwiseFunctions returns the functions over bits. See
// https://trino.io/docs/current/functions/bitwise.html.
func bitwiseFunctions() []Scalar {
	return []Scalar{
		newBitwise("xor", func(a, b int64) int64 { return a ^ b }),
		newBitwise("left_shift", func(a, n int64) int64 {
			if n < 0 || n > 63 {
				return 0
			}
			return a << n
		}),
		newBitwise("right_shift", func(a, n int64) int64 {
			if n < 0 || n > 63 {
				return 0
			}
			return int64(uint64(a) >> n)
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
