package functions

import (
	"math"
	"strconv"
	"strings"
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
	s := formatShortest(f, bits)
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

// formatExponential formats a double like a cast to varchar in Trino: 1.5E0, -1.0E10. See
// https://trino.io/docs/current/functions/conversion.html.
func formatExponential(f float64, bits int) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return FormatDouble(f)
	}
	if f == 0 {
		if math.Signbit(f) {
			return "-0E0"
		}
		return "0E0"
	}
	mantissa, exponent, _ := strings.Cut(formatShortest(f, bits), "E")
	n, _ := strconv.Atoi(exponent)
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	return mantissa + "E" + strconv.Itoa(n)
}

// formatReal formats a real like a cast to varchar in Trino, with at most seven digits: 1.234568E7.
func formatReal(f float64) string {
	text := formatExponential(f, 32)
	const most = 7
	mantissa, _, ok := strings.Cut(text, "E")
	if !ok || len(strings.Trim(mantissa, "-")) <= most+1 {
		return text
	}
	digits, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(digits, 'E', most-1, 64), "E")
	n, _ := strconv.Atoi(exponent)
	if mantissa = strings.TrimRight(mantissa, "0"); strings.HasSuffix(mantissa, ".") {
		mantissa += "0"
	}
	return mantissa + "E" + strconv.Itoa(n)
}

// formatElement returns the text of an element of a nested value as a cast to varchar does.
func formatElement(v any) string {
	if f, ok := v.(float64); ok {
		return formatExponential(f, 64)
	}
	return toText(v)
}

// formatShortest returns the shortest representation with an exponent. Java has at least two digits, which matters for
// the least doubles and reals.
func formatShortest(f float64, bits int) string {
	shortest := strconv.FormatFloat(f, 'E', -1, bits)
	if strings.Contains(shortest, ".") {
		return shortest
	}
	two := strconv.FormatFloat(f, 'E', 1, 64)
	if g, err := strconv.ParseFloat(two, bits); err != nil || g != f {
		return shortest
	}
	return two
}
