package functions

import (
	"math/big"
	"strings"
)

// decimal is the number unscaled / 10^scale.
type decimal struct {
	unscaled *big.Int
	scale    int
}

// maxDigits limits intermediate results; DECIMAL values have at most 38 digits.
const maxDigits = 400

// parseDecimal parses 12, -1.50 or 1e3.
func parseDecimal(s string) (decimal, bool) {
	s = strings.TrimSpace(s)
	mantissa, exponent, hasExponent := strings.Cut(strings.ToLower(s), "e")
	shift := 0
	if hasExponent {
		n, err := toInteger(exponent)
		if err != nil || n > maxDigits || n < -maxDigits {
			return decimal{}, false
		}
		shift = int(n)
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	bare := strings.TrimLeft(digits, "+-")
	if bare == "" || len(digits)-len(bare) > 1 || len(bare) > maxDigits || strings.Trim(bare, "0123456789") != "" {
		return decimal{}, false
	}
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		return decimal{}, false
	}
	d := decimal{n, len(fraction) - shift}
	if d.scale < 0 {
		d = decimal{n.Mul(n, pow10(-d.scale)), 0}
	}
	return d, true
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func toDecimal(v any) (decimal, error) {
	s := toText(v)
	if d, ok := parseDecimal(s); ok {
		return d, nil
	}
	return decimal{}, newCastError(v, "decimal")
}

func (d decimal) String() string {
	s := d.unscaled.String()
	if d.scale == 0 {
		return s
	}
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	if len(s) <= d.scale {
		s = strings.Repeat("0", d.scale-len(s)+1) + s
	}
	return sign + s[:len(s)-d.scale] + "." + s[len(s)-d.scale:]
}

// round changes the scale, rounding half away from zero.
func (d decimal) round(scale int) decimal {
	if scale >= d.scale {
		return decimal{new(big.Int).Mul(d.unscaled, pow10(scale-d.scale)), scale}
	}
	return decimal{divideRounded(d.unscaled, pow10(d.scale-scale)), scale}
}

// roundHalfEven changes the scale, rounding half to even.
func (d decimal) roundHalfEven(scale int) decimal {
	if scale >= d.scale {
		return d.round(scale)
	}
	unit := pow10(d.scale - scale)
	q, m := new(big.Int).QuoRem(d.unscaled, unit, new(big.Int))
	if c := m.Abs(m).Lsh(m, 1).CmpAbs(unit); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(int64(d.unscaled.Sign())))
	}
	return decimal{q, scale}
}

func divideRounded(a, b *big.Int) *big.Int {
	q, m := new(big.Int).QuoRem(a, b, new(big.Int))
	if m.Abs(m).Lsh(m, 1).CmpAbs(b) >= 0 {
		q.Add(q, big.NewInt(int64(a.Sign()*b.Sign())))
	}
	return q
}

// truncate reduces the scale without rounding.
func (d decimal) truncate(scale int) decimal {
	if scale >= d.scale {
		return d.round(scale)
	}
	return decimal{new(big.Int).Quo(d.unscaled, pow10(d.scale-scale)), scale}
}

// roundUp rounds to an integer: up if direction is 1, down if it is -1.
func (d decimal) roundUp(direction int64) decimal {
	q, m := new(big.Int).QuoRem(d.unscaled, pow10(d.scale), new(big.Int))
	if int64(m.Sign()) == direction {
		q.Add(q, big.NewInt(direction))
	}
	return decimal{q, 0}
}

// roundPlaces rounds to a number of places and keeps the scale.
func (d decimal) roundPlaces(places int, round func(decimal, int) decimal) decimal {
	if places >= d.scale {
		return d
	}
	rounded := round(d, places)
	return decimal{rounded.unscaled.Mul(rounded.unscaled, pow10(d.scale-places)), d.scale}
}

// checked returns the text of d, or an error if it has more than 38 digits.
func (d decimal) checked() (any, error) {
	if d.unscaled.CmpAbs(pow10(38)) >= 0 {
		return nil, dataError("Decimal overflow")
	}
	return d.String(), nil
}

// alignScales gives two decimals the larger of their scales.
func alignScales(a, b decimal) (decimal, decimal) {
	scale := max(a.scale, b.scale)
	return a.round(scale), b.round(scale)
}

func castDecimal(a []any) (any, error) {
	precision, err := toCount(a[1])
	if err != nil {
		return nil, err
	}
	scale, err := toCount(a[2])
	if err != nil {
		return nil, err
	}
	if precision < 1 || precision > 38 || scale < 0 || scale > precision {
		return nil, dataError("DECIMAL(%d, %d) is out of range", precision, scale)
	}
	d, ok := parseDecimal(toText(a[0]))
	if ok {
		d = d.round(scale)
	}
	if !ok || d.unscaled.CmpAbs(pow10(precision)) >= 0 {
		return nil, newDecimalError(toText(a[0]), a[1], a[2])
	}
	return d.String(), nil
}

func newDecimalError(text string, precision, scale any) error {
	return dataError("Cannot cast '%s' to DECIMAL(%s, %s)", clip(text), toText(precision), toText(scale))
}

// decimalFunctions returns the arithmetic on decimals. See
// https://trino.io/docs/current/functions/decimal.html.
func decimalFunctions() []Scalar {
	one := func(name string, f func(d decimal) decimal) Scalar {
		return newScalar(name, 1, 1, func(a []any) (any, error) {
			d, err := toDecimal(a[0])
			if err != nil {
				return nil, err
			}
			return f(d).checked()
		})
	}
	rounded := func(name string, f func(d decimal, places int) decimal) Scalar {
		return newScalar(name, 2, 2, func(a []any) (any, error) {
			d, err := toDecimal(a[0])
			if err != nil {
				return nil, err
			}
			n, err := toCount(a[1])
			if err != nil {
				return nil, err
			}
			return f(d, max(n, -maxDigits)).checked()
		})
	}
	two := func(name string, f func(a, b decimal) (any, error)) Scalar {
		return newScalar(name, 2, 2, func(args []any) (any, error) {
			a, err := toDecimal(args[0])
			if err != nil {
				return nil, err
			}
			b, err := toDecimal(args[1])
			if err != nil {
				return nil, err
			}
			return f(a, b)
		})
	}
	return []Scalar{
		one("f_decimal_abs", func(d decimal) decimal { return decimal{new(big.Int).Abs(d.unscaled), d.scale} }),
		one("f_decimal_sign", func(d decimal) decimal { return decimal{big.NewInt(int64(d.unscaled.Sign())), 0} }),
		one("f_decimal_ceil", func(d decimal) decimal { return d.roundUp(1) }),
		one("f_decimal_floor", func(d decimal) decimal { return d.roundUp(-1) }),
		one("f_decimal_round", func(d decimal) decimal { return d.round(0) }),
		one("f_decimal_truncate", func(d decimal) decimal { return d.truncate(0) }),
		rounded("f_decimal_round_places", func(d decimal, places int) decimal { return d.roundPlaces(places, decimal.round) }),
		rounded("f_decimal_truncate_places", func(d decimal, places int) decimal { return d.roundPlaces(places, decimal.truncate) }),
		two("f_decimal_add", func(a, b decimal) (any, error) {
			a, b = alignScales(a, b)
			if a.unscaled.BitLen() > 127 || b.unscaled.BitLen() > 127 { // as Trino represents decimals
				return nil, dataError("Decimal overflow")
			}
			return decimal{new(big.Int).Add(a.unscaled, b.unscaled), a.scale}.checked()
		}),
		two("f_decimal_sub", func(a, b decimal) (any, error) {
			a, b = alignScales(a, b)
			if a.unscaled.BitLen() > 127 || b.unscaled.BitLen() > 127 { // as Trino represents decimals
				return nil, dataError("Decimal overflow")
			}
			return decimal{new(big.Int).Sub(a.unscaled, b.unscaled), a.scale}.checked()
		}),
		two("f_decimal_mul", func(a, b decimal) (any, error) {
			return decimal{new(big.Int).Mul(a.unscaled, b.unscaled), a.scale + b.scale}.checked()
		}),
		two("f_decimal_mod", func(a, b decimal) (any, error) {
			if a, b = alignScales(a, b); b.unscaled.Sign() == 0 {
				return nil, dataError("Division by zero")
			}
			return decimal{new(big.Int).Rem(a.unscaled, b.unscaled), a.scale}.String(), nil
		}),
		two("f_decimal_cmp", func(a, b decimal) (any, error) {
			a, b = alignScales(a, b)
			return int64(a.unscaled.Cmp(b.unscaled)), nil
		}),
		newScalar("f_decimal_div", 3, 3, func(args []any) (any, error) {
			a, err := toDecimal(args[0])
			if err != nil {
				return nil, err
			}
			b, err := toDecimal(args[1])
			if err != nil {
				return nil, err
			}
			scale, err := toCount(args[2])
			if err != nil {
				return nil, err
			}
			if b.unscaled.Sign() == 0 {
				return nil, dataError("Division by zero")
			}
			scale = min(max(scale, 0), 38)
			up := decimal{a.unscaled, a.scale}.round(max(a.scale, scale+b.scale))
			q := decimal{divideRounded(up.unscaled, b.unscaled), up.scale - b.scale}
			return q.round(scale).checked()
		}),
	}
}
