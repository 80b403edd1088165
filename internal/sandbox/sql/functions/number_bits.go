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
		newScalar("f_bitwise_shift", 4, 4, func(a []any) (any, error) {
			values := make([]int64, 4)
			for i := range a {
				var err error
				if values[i], err = toInteger(a[i]); err != nil {
					return nil, err
				}
			}
			return shiftBits(values[0], values[1], int(values[2]), values[3]), nil
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

// shiftBits shifts an integer of the given width. The operation is -1 for a left shift, 0 for an
// arithmetic and 1 for a logical right shift.
func shiftBits(n, distance int64, width int, operation int64) int64 {
	if distance >= int64(width) {
		if operation == 0 && n < 0 {
			return -1
		}
		return 0
	}
	distance &= 63 // as Java does for a negative distance
	unused := uint64(64-width) & 63
	switch operation {
	case -1:
		return n << distance << unused >> unused
	case 0:
		return n >> distance
	}
	return int64(uint64(n)<<unused>>unused>>distance) << unused >> unused
}
