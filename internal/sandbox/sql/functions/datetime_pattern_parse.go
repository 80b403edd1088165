package functions

import (
	"strings"
	"time"
)

// dateFields holds the parsed fields of a date and time.
type dateFields struct {
	year, month, day, hour, minute, second, nanosecond int
	yearDay                                            int
	ampm                                               int // 1: AM, 2: PM
	halfDay                                            bool
	zone                                               *time.Location
}

// time combines the fields. It returns false if there is no such date.
func (f dateFields) time(l *time.Location) (time.Time, bool) {
	if f.zone != nil {
		l = f.zone
	}
	hour := f.hour
	if f.halfDay {
		hour %= 12
		if f.ampm == 2 {
			hour += 12
		}
	}
	if f.yearDay > 0 {
		f.month, f.day = 1, f.yearDay
	} else if f.month < 1 || f.month > 12 || f.day < 1 || time.Date(f.year, time.Month(f.month), f.day, 0, 0, 0, 0, time.UTC).Day() != f.day {
		return time.Time{}, false
	}
	if hour > 24 || f.minute > 59 || f.second > 59 || hour == 24 && f.hour != 24 {
		return time.Time{}, false
	}
	return time.Date(f.year, time.Month(f.month), f.day, hour, f.minute, f.second, f.nanosecond, l), f.yearDay <= 366
}

// parseWithPattern parses a text with a Java date pattern.
func (r *Registry) parseWithPattern(s, pattern string, l *time.Location, f patternSyntax) (time.Time, error) {
	parts, err := r.patterns.get(pattern)
	if err != nil {
		return time.Time{}, err
	}
	invalid := dataError("Invalid format: \"%s\"", clip(s))
	out := dateFields{year: 1970, month: 1, day: 1}
	rest := s
	for i, p := range parts {
		if p.letter == 0 {
			var ok bool
			if rest, ok = strings.CutPrefix(rest, p.text); !ok {
				return time.Time{}, invalid
			}
			continue
		}
		// The pattern separates adjacent numbers by their number of digits.
		adjacent := i+1 < len(parts) && parts[i+1].letter != 0
		n, ok := r.scanField(&out, p, rest, adjacent, f)
		if !ok {
			return time.Time{}, invalid
		}
		rest = rest[n:]
	}
	t, ok := out.time(l)
	if !ok || rest != "" && f == jodaSyntax {
		return time.Time{}, invalid
	}
	return t, nil
}

// scanField parses one field at the start of s and returns its length.
func (r *Registry) scanField(out *dateFields, p patternPart, s string, adjacent bool, f patternSyntax) (int, bool) {
	switch p.letter {
	case 'E':
		return scanName(s, 7, func(i int) string { return time.Weekday(i).String() }, new(int))
	case 'a':
		return scanName(s, 2, func(i int) string { return []string{"AM", "PM"}[i] }, &out.ampm)
	case 'G':
		return scanName(s, 2, func(i int) string { return []string{"AD", "BC"}[i] }, new(int))
	case 'z', 'Z', 'X':
		return r.scanZone(out, s)
	case 'M', 'L':
		if p.n >= 3 {
			return scanName(s, 12, func(i int) string { return time.Month(i + 1).String() }, &out.month)
		}
	}
	most := 9
	if adjacent {
		most = p.n
	}
	d := digitScanner{s: s}
	negative := p.letter == 'y' && strings.HasPrefix(s, "-")
	if negative {
		d.at++
	}
	start := d.at
	v, ok := d.scanNumber(most)
	if !ok {
		return 0, false
	}
	if negative {
		v = -v
	}
	width := d.at - start
	switch p.letter {
	case 'y', 'Y', 'x':
		if p.n == 2 && width == 2 {
			v += 2000
			if v > time.Now().Year()+20 {
				v -= 100
			}
		}
		out.year = v
		return d.at, v <= maxYear && v >= -maxYear
	case 'M', 'L':
		out.month = v
	case 'd':
		out.day = v
	case 'D':
		out.yearDay = v
		return d.at, v > 0
	case 'H':
		out.hour = v
	case 'k':
		out.hour = v % 24
		return d.at, v <= 24
	case 'K', 'h':
		out.hour, out.halfDay = v, true
		return d.at, v <= 12
	case 'm':
		out.minute = v
	case 's':
		out.second = v
	case 'S':
		scale := 3 // SimpleDateFormat: milliseconds
		if f == jodaSyntax {
			scale = width
		}
		for ; scale < 9; scale++ {
			v *= 10
			if v >= 1e10 {
				return 0, false
			}
		}
		out.nanosecond = v
		return d.at, v < 1e9
	case 'e', 'u', 'w', 'W', 'F', 'C': // ignored
	default:
		return 0, false
	}
	return d.at, v < 100
}

// scanName finds the name at the start of s, in full or abbreviated to three letters, in any case.
// It stores the index counted from 1 in *at.
func scanName(s string, n int, name func(int) string, at *int) (int, bool) {
	for i := range n {
		full := name(i)
		for _, w := range []string{full, full[:min(3, len(full))]} {
			if len(s) >= len(w) && strings.EqualFold(s[:len(w)], w) {
				*at = i + 1
				return len(w), true
			}
		}
	}
	return 0, false
}

func (r *Registry) scanZone(out *dateFields, s string) (int, bool) {
	n := 0
	for n < len(s) && n < 40 && (s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z' ||
		s[n] >= '0' && s[n] <= '9' || strings.IndexByte("+-:/_", s[n]) >= 0) {
		n++
	}
	for ; n > 0; n-- {
		if l, err := r.zones.get(s[:n]); err == nil {
			out.zone = l
			return n, true
		}
	}
	return 0, false
}
