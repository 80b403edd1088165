package columnar

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
)

var errNotDecimal = errors.New("it is not a decimal number")

// parseDecimal parses a decimal number, such as -12.30 or 1.5E+3, and returns its digits up to the
// given scale as an integer of 128 bits. Digits that the type does not have must be zeros.
func parseDecimal(s []byte, precision, scale int) (lo, hi uint64, err error) {
	negative := false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	exponent := 0
	for i, c := range s {
		if c == 'e' || c == 'E' {
			if exponent, err = strconv.Atoi(string(s[i+1:])); err != nil || exponent < -1000 || exponent > 1000 {
				return 0, 0, errNotDecimal
			}
			s = s[:i]
			break
		}
	}
	digits, significant := 0, 0
	add := func(d byte) error {
		if significant > 0 || d != 0 {
			if significant++; significant > precision {
				return fmt.Errorf("it has too many digits for decimal(%d,%d)", precision, scale)
			}
		}
		var carry uint64
		carry, lo = bits.Mul64(lo, 10)
		hi = hi*10 + carry
		lo, carry = bits.Add64(lo, uint64(d), 0)
		hi += carry
		return nil
	}
	point, position := -1, 0 // position counts the digits before and after the point
	for _, c := range s {
		if c == '.' && point < 0 {
			point = position
			continue
		}
		if c < '0' || c > '9' {
			return 0, 0, errNotDecimal
		}
		position++
		digits++
	}
	if digits == 0 {
		return 0, 0, errNotDecimal
	}
	if point < 0 {
		point = position
	}
	kept := point + exponent + scale // number of the given digits that the scale keeps
	index := 0
	for _, c := range s {
		if c == '.' {
			continue
		}
		if index >= kept && c != '0' {
			return 0, 0, fmt.Errorf("it has more than %d decimal places", scale)
		}
		if index < kept {
			if err := add(c - '0'); err != nil {
				return 0, 0, err
			}
		}
		index++
	}
	for ; index < kept && lo|hi != 0; index++ {
		if err := add(0); err != nil {
			return 0, 0, err
		}
	}
	if negative {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	return lo, hi, nil
}
