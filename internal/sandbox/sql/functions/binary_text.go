package functions

import (
	"encoding/base32"
	"slices"
)

// varbinaryFunctions returns the text functions that also accept varbinary, and base 32. See
// https://trino.io/docs/current/functions/binary.html.
func varbinaryFunctions() []Scalar {
	return []Scalar{
		newScalar("f_binary_substr", 2, 3, func(a []any) (any, error) {
			start, err := toCount(a[1])
			if err != nil {
				return nil, err
			}
			b := []byte(toText(a[0]))
			n := len(b)
			if len(a) == 3 {
				if n, err = toCount(a[2]); err != nil {
					return nil, err
				}
			}
			if start < 0 {
				start += len(b) + 1
			}
			if start < 1 || start > len(b) || n <= 0 {
				return []byte{}, nil
			}
			return b[start-1 : min(start-1+n, len(b))], nil
		}),
		newScalar("f_binary_reverse", 1, 1, func(a []any) (any, error) {
			b := []byte(toText(a[0]))
			slices.Reverse(b)
			return b, nil
		}),
		newScalar("f_binary_lpad", 3, 3, func(a []any) (any, error) { return padBytes(a, true) }),
		newScalar("f_binary_rpad", 3, 3, func(a []any) (any, error) { return padBytes(a, false) }),
		newTextScalar("f_to_base32", func(s string) any { return base32.StdEncoding.EncodeToString([]byte(s)) }),
		newScalar("f_from_base32", 1, 1, func(a []any) (any, error) {
			b, err := base32.StdEncoding.DecodeString(toText(a[0]))
			if err != nil {
				b, err = base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(toText(a[0]))
			}
			if err != nil {
				return nil, dataError("Invalid input: %s", clip(toText(a[0])))
			}
			return b, nil
		}),
	}
}

// padBytes extends or truncates a binary value to n bytes.
func padBytes(a []any, left bool) (any, error) {
	n, err := toCount(a[1])
	if err != nil {
		return nil, err
	}
	b, fill := []byte(toText(a[0])), []byte(toText(a[2]))
	switch {
	case n < 0 || n > maxText:
		return nil, dataError("Target length must be in the range [0..2147483647]")
	case len(fill) == 0:
		return nil, dataError("Padding bytes must not be empty")
	case n <= len(b):
		return b[:n], nil
	}
	padding := slices.Repeat(fill, (n-len(b))/len(fill)+1)[:n-len(b)]
	if left {
		return append(padding, b...), nil
	}
	return append(b, padding...), nil
}
