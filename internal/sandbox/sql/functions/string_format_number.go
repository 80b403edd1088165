package functions

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

func (p formatSpec) formatInteger(n int64) string {
	switch p.verb {
	case 'd':
		return p.addSign(strconv.FormatInt(n, 10))
	case 'o':
		s := strconv.FormatUint(uint64(n), 8)
		if p.has("#") {
			s = "0" + s
		}
		return s
	}
	s := strconv.FormatUint(uint64(n), 16)
	if p.has("#") {
		s = "0x" + s
	}
	if p.verb == 'X' {
		s = strings.ToUpper(s)
	}
	return s
}

// addSign adds thousands separators and the sign.
func (p formatSpec) addSign(s string) string {
	if p.has(",") {
		s = groupThousands(s)
	}
	switch {
	case strings.HasPrefix(s, "-"):
		if p.has("(") {
			return "(" + s[1:] + ")"
		}
	case p.has("+"):
		return "+" + s
	case p.has(" "):
		return " " + s
	}
	return s
}

// formatFloat formats with %f, %e or %g. Java rounds the shortest decimal representation half up.
func (p formatSpec) formatFloat(a formatArgument) (string, error) {
	text := toText(a.value)
	if x, ok := a.value.(float64); ok {
		if math.IsNaN(x) {
			return "NaN", nil
		}
		if math.IsInf(x, 0) {
			return p.addSign(strings.TrimSuffix(FormatDouble(x), ".0")), nil
		}
		bits := 64
		if a.typ == "real" {
			bits = 32
		}
		text = strconv.FormatFloat(x, 'f', -1, bits)
	}
	d, ok := parseDecimal(text)
	if !ok {
		return "", dataError("a number with too many digits: %s", clip(text))
	}
	precision := min(p.precision, maxDigits)
	if precision < 0 {
		precision = 6
	}
	negative := strings.HasPrefix(text, "-")
	s := ""
	switch p.verb {
	case 'f':
		s = d.round(precision).String()
	case 'e', 'E':
		s = formatExponent(d, precision)
	default:
		precision = max(precision, 1)
		exponent := decimalExponent(d, precision)
		if d.unscaled.Sign() == 0 || exponent >= -4 && exponent < precision {
			s = d.round(max(precision-1-exponent, 0)).String()
		} else {
			s = formatExponent(d, precision-1)
		}
	}
	if p.verb == 'E' || p.verb == 'G' {
		s = strings.ToUpper(s)
	}
	if negative && !strings.HasPrefix(s, "-") {
		s = "-" + s
	}
	return p.addSign(s), nil
}

// formatHexadecimal formats with %a: 0x1.8p0.
func (p formatSpec) formatHexadecimal(x float64) (string, error) {
	switch {
	case p.precision >= 0 || p.width > 0 || math.Abs(x) < 0x1p-1022 && x != 0:
		return "", notSupported("format with %s is not supported by the sandbox", p.text)
	case math.IsNaN(x) || math.IsInf(x, 0):
		return FormatDouble(x), nil
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'x', -1, 64), "p")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, err := strconv.Atoi(exponent)
	s := mantissa + "p" + strconv.Itoa(n)
	if p.verb == 'A' {
		s = strings.ToUpper(s)
	}
	return p.addSign(s), err
}

// decimalExponent returns the exponent of d in scientific notation after rounding to a number of
// digits.
func decimalExponent(d decimal, digits int) int {
	if d.unscaled.Sign() == 0 {
		return 0
	}
	length := len(strings.TrimPrefix(d.unscaled.String(), "-"))
	exponent := length - 1 - d.scale
	rounded := d.round(digits - 1 - exponent)
	return len(strings.TrimPrefix(rounded.unscaled.String(), "-")) - 1 - rounded.scale
}

// formatExponent formats d like 1.234560e+05.
func formatExponent(d decimal, precision int) string {
	exponent := decimalExponent(d, precision+1)
	rounded := d.round(precision - exponent)
	sign := ""
	digits := rounded.unscaled.String()
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	if len(digits) < precision+1 {
		digits += strings.Repeat("0", precision+1-len(digits))
	}
	digits = digits[:precision+1]
	if precision > 0 {
		digits = digits[:1] + "." + digits[1:]
	}
	return fmt.Sprintf("%s%se%+03d", sign, digits, exponent)
}
