package functions

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// formatMySQL formats t with a pattern such as %Y-%m-%d.
func formatMySQL(t time.Time, pattern string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' {
			b.WriteByte(pattern[i])
			continue
		}
		if i+1 == len(pattern) {
			break // a single % at the end is dropped
		}
		i++
		s, ok := formatMySQLField(t, pattern[i])
		if !ok {
			return "", dataError("%%%c not supported in date format string", pattern[i])
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

func formatMySQLField(t time.Time, c byte) (string, bool) {
	weekYear, week := t.ISOWeek()
	layouts := map[byte]string{
		'a': "Mon", 'b': "Jan", 'c': "1", 'd': "02", 'e': "2", 'H': "15", 'h': "03", 'I': "03", 'i': "04", 'j': "002",
		'l': "3", 'M': "January", 'm': "01", 'p': "PM", 'r': "03:04:05 PM", 'S': "05", 's': "05", 'T': "15:04:05",
		'W': "Monday", 'y': "06",
	}
	if layout, ok := layouts[c]; ok {
		return t.Format(layout), true
	}
	switch c {
	case 'f':
		return fmt.Sprintf("%06d", t.Nanosecond()/1000), true
	case 'k':
		return strconv.Itoa(t.Hour()), true
	case 'v':
		return fmt.Sprintf("%02d", week), true
	case 'x':
		return fmt.Sprintf("%04d", weekYear), true
	case 'Y':
		return fmt.Sprintf("%04d", t.Year()), true
	case 'D', 'U', 'u', 'V', 'w', 'X':
		return "", false
	}
	return string(c), true // %% and unassigned letters
}

// parseMySQL parses a string with a pattern such as %Y-%m-%d.
func parseMySQL(s, pattern string) (time.Time, error) {
	var out dateFields
	rest := s
	pattern = strings.ReplaceAll(pattern, "%T", "%H:%i:%s")
	pattern = strings.ReplaceAll(pattern, "%r", "%h:%i:%s %p")
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' || i+1 == len(pattern) {
			if !strings.HasPrefix(rest, pattern[i:i+1]) {
				return time.Time{}, malformed(s, rest)
			}
			rest = rest[1:]
			continue
		}
		i++
		if strings.IndexByte("DUuVwX", pattern[i]) >= 0 {
			return time.Time{}, dataError("%%%c not supported in date format string", pattern[i])
		}
		n, ok := scanMySQLField(&out, rest, pattern[i])
		if !ok {
			return time.Time{}, malformed(s, rest)
		}
		rest = rest[n:]
	}
	return out.time(time.UTC, s, rest)
}

func scanMySQLField(out *dateFields, s string, c byte) (int, bool) {
	switch c {
	case 'a', 'W':
		return scanName(s, 7, func(i int) string { return time.Weekday(i).String() }, &out.sundayFirst)
	case 'b', 'M':
		out.hasMonth = true
		return scanName(s, 12, func(i int) string { return time.Month(i + 1).String() }, &out.month)
	case 'p':
		return scanName(s, 2, func(i int) string { return []string{"AM", "PM"}[i] }, &out.ampm)
	}
	width := map[byte]int{'Y': 4, 'x': 4, 'f': 9, 'j': 3}[c]
	if width == 0 {
		width = 2
	}
	d := digitScanner{s: s}
	v, ok := d.scanNumber(width)
	switch c {
	case 'Y':
		out.year, out.hasYear = v, true
	case 'x':
		out.weekYear, out.hasWeekYear = v, true
	case 'v':
		out.week = v
	case 'y':
		out.hasYear = true
		out.year = 2000 + v
		if v >= 70 {
			out.year = 1900 + v
		}
	case 'c', 'm':
		out.month, out.hasMonth = v, true
	case 'd', 'e':
		out.day, out.hasDay = v, true
	case 'j':
		out.yearDay = v
		ok = ok && v > 0
	case 'H', 'k':
		out.hour = v
	case 'h', 'I', 'l':
		out.hour, out.halfDay = v, true
	case 'i':
		out.minute = v
	case 's', 'S':
		out.second = v
	case 'f':
		for n := d.at; n < 9; n++ {
			v *= 10
		}
		out.nanosecond = v
	default:
		return 1, strings.HasPrefix(s, string(c))
	}
	return d.at, ok
}

func (r *Registry) datePatternFunctions() []Scalar {
	return []Scalar{
		newScalar("f_date_format", 2, 2, func(a []any) (any, error) {
			m, err := r.parseDatetime(a[0])
			if err != nil {
				return nil, err
			}
			s, err := formatMySQL(m.withDigits(3).Time, toText(a[1]))
			return s, err
		}),
		newScalar("f_date_parse", 2, 2, func(a []any) (any, error) {
			t, err := parseMySQL(toText(a[0]), toText(a[1]))
			if err != nil {
				return nil, err
			}
			return newDatetime(t, kindTimestamp).String(), nil
		}),
		newScalar("f_format_datetime", 2, 2, func(a []any) (any, error) {
			m, err := r.parseDatetime(a[0])
			if err != nil {
				return nil, err
			}
			if m.kind == kindTimestamp {
				if err := checkZoneFields(r, toText(a[1])); err != nil {
					return nil, err
				}
			}
			s, err := r.formatPattern(m.withDigits(3).Time, toText(a[1]), jodaSyntax)
			return s, err
		}),
		newScalar("f_parse_datetime", 2, 2, func(a []any) (any, error) {
			t, err := r.parseWithPattern(toText(a[0]), toText(a[1]), time.UTC, jodaSyntax)
			if err != nil {
				return nil, err
			}
			return newDatetime(t, kindZoned).String(), nil
		}),
	}
}

// checkZoneFields rejects a pattern with a zone, for values without one.
func checkZoneFields(r *Registry, pattern string) error {
	parts, err := r.patterns.get(pattern)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if p.letter == 'z' || p.letter == 'Z' {
			return dataError("format_datetime for TIMESTAMP type, cannot use 'Z' nor 'z' in format, as this type does not contain TZ information")
		}
	}
	return nil
}
