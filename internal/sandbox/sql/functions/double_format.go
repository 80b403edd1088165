package functions

import (
	"math"
	"strconv"
)

// FormatDouble formats a double like Java's Double.toString: 1.0, 0.1, 1.0E10, 1.0E-5, NaN,
// Infinity.
func FormatDouble(f float64) string { return formatFloat(f, 64) }

func formatFloat(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		if math.Signbit(f) {
			return "-0.0"
		}
		return "0.0"
	}
	if a := math.Abs(f); a >= 1e-3 && a < 1e7 {
		s := strconv.FormatFloat(f, 'f', -1, bits)
		if math.Trunc(f) == f {
			s += ".0"
		}
		return s
	}
	s := strconv.FormatFloat(f, 'E', -1, bits)
	mantissa, exponent := s, ""
	for i := range s {
		if s[i] == 'E' {
			mantissa, exponent = s[:i], s[i+1:]
		}
	}
	n, _ := strconv.Atoi(exponent)
	dot := false
	for i := range mantissa {
		dot = dot || mantissa[i] == '.'
	}
	if !dot {
		mantissa += ".0"
	}
	return mantissa + "E" + strconv.Itoa(n)
}
