package functions

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON returns the compact JSON text of v; it is the inverse of ParseJSON.
func JSON(v any) string { return string(AppendJSON(nil, v)) }

// formatJSON returns the text of a value of type json, in which Trino escapes supplementary
// characters as surrogate pairs.
func formatJSON(v any) string {
	s := JSON(quoteSpecials(v))
	if !strings.ContainsFunc(s, isSupplementary) {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		if isSupplementary(c) {
			high, low := utf16.EncodeRune(c)
			fmt.Fprintf(&b, `\u%04X\u%04X`, high, low)
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

func isSupplementary(c rune) bool { return c > 0xffff }

// AppendJSON appends the compact JSON text of v to b.
func AppendJSON(b []byte, v any) []byte {
	switch x := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, x)
	case int64:
		return strconv.AppendInt(b, x, 10)
	case float64:
		return appendJSONFloat(b, x)
	case Number:
		return append(b, x...)
	case string:
		return appendJSONString(b, x)
	case []byte:
		return appendJSONString(b, string(x))
	case []any:
		b = append(b, '[')
		for i, e := range x {
			if i > 0 {
				b = append(b, ',')
			}
			b = AppendJSON(b, e)
		}
		return append(b, ']')
	case Object:
		b = append(b, '{')
		for i, m := range x {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendJSONString(b, m.Key), ':')
			b = AppendJSON(b, m.Value)
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

// notANumber represents NaN in nested values, for which JSON has no number. It starts with a code point that is reserved for
// internal use.
const notANumber = "\ufdd0NaN"

// quoteSpecials replaces NaN and the infinities by strings, as in values of type json.
func quoteSpecials(v any) any {
	switch x := v.(type) {
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return FormatDouble(x)
		}
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = quoteSpecials(e)
		}
		return out
	case Object:
		out := make(Object, len(x))
		for i, m := range x {
			out[i] = Member{m.Key, quoteSpecials(m.Value)}
		}
		return out
	}
	return v
}

// appendJSONFloat writes a double in Java's notation, which is valid JSON: 1.0, 1.0E10. An infinity is a number that is
// out of range.
func appendJSONFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return appendJSONString(b, notANumber)
	case math.IsInf(f, 1):
		return append(b, "9.0e+999"...)
	case math.IsInf(f, -1):
		return append(b, "-9.0e+999"...)
	}
	return append(b, FormatDouble(f)...)
}

const hexDigits = "0123456789abcdef"

func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			b = append(b, s[start:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			case '\t':
				b = append(b, '\\', 't')
			default:
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			start = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b = append(b, s[start:i]...)
			b = append(b, "\ufffd"...)
			start = i + 1
		}
		i += n
	}
	return append(append(b, s[start:]...), '"')
}
