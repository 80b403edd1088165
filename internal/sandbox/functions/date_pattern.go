package functions

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A patternPart is a run of one letter of a Java pattern, or text.
type patternPart struct {
	letter byte // 0 is text
	n      int
	text   string
}

// parsePattern reads a pattern of Joda's or SimpleDateFormat's: letters in runs,
// text between quotes, ” a quote.
func parsePattern(p string) ([]patternPart, error) {
	var parts []patternPart
	literal := func(s string) { parts = append(parts, patternPart{text: s}) }
	for i := 0; i < len(p); {
		c := p[i]
		isLetter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		switch {
		case c == '\'' && strings.HasPrefix(p[i:], "''"):
			literal("'")
			i += 2
		case c == '\'':
			var b strings.Builder
			i++
			for i < len(p) && (p[i] != '\'' || strings.HasPrefix(p[i:], "''")) {
				if p[i] == '\'' {
					i++
				}
				b.WriteByte(p[i])
				i++
			}
			if i == len(p) {
				return nil, dataError("Unterminated quote")
			}
			literal(b.String())
			i++
		case isLetter:
			n := 1
			for i+n < len(p) && p[i+n] == c {
				n++
			}
			if n > 32 {
				return nil, dataError("Invalid pattern specification: %s", clip(p))
			}
			parts = append(parts, patternPart{letter: c, n: n})
			i += n
		default:
			literal(p[i : i+1])
			i++
		}
	}
	return parts, nil
}

// A family is which letters a pattern may have.
type family bool

const (
	joda   family = false
	simple family = true // SimpleDateFormat
)

func (r *Registry) formatPattern(t time.Time, pattern string, f family) (string, error) {
	parts, err := r.patterns.get(pattern)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, p := range parts {
		if p.letter == 0 {
			b.WriteString(p.text)
			continue
		}
		s, ok := p.format(t, f)
		if !ok {
			return "", dataError("Illegal pattern component: %s", strings.Repeat(string(p.letter), p.n))
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

// format writes one field.
func (p patternPart) format(t time.Time, f family) (string, bool) {
	if v, ok := p.number(t, f); ok {
		if p.n == 2 && strings.IndexByte("yYx", p.letter) >= 0 {
			return fmt.Sprintf("%02d", (v%100+100)%100), true
		}
		return fmt.Sprintf("%0*d", p.n, v), true
	}
	switch p.letter {
	case 'M', 'L':
		if p.n > 3 {
			return t.Month().String(), true
		}
		return t.Month().String()[:3], true
	case 'E':
		if p.n > 3 {
			return t.Weekday().String(), true
		}
		return t.Weekday().String()[:3], true
	case 'a':
		return t.Format("PM"), true
	case 'G':
		if t.Year() <= 0 {
			return "BC", true
		}
		return "AD", true
	case 'S': // Joda's is a fraction
		s := fmt.Sprintf("%09d", t.Nanosecond())
		if p.n > len(s) {
			s += strings.Repeat("0", p.n-len(s))
		}
		return s[:p.n], true
	case 'z':
		return t.Format("MST"), true
	case 'Z':
		switch {
		case f == joda && p.n == 2:
			return t.Format("-07:00"), true
		case f == joda && p.n > 2:
			return t.Location().String(), true
		}
		return t.Format("-0700"), true
	case 'X':
		layouts := []string{"Z07", "Z0700", "Z07:00"}
		if f == simple && p.n <= len(layouts) {
			return t.Format(layouts[p.n-1]), true
		}
	}
	return "", false
}

// number is the value of a field that is written in digits.
func (p patternPart) number(t time.Time, f family) (int, bool) {
	weekYear, week := t.ISOWeek()
	switch p.letter {
	case 'y':
		return t.Year(), true
	case 'Y':
		if f == simple {
			return weekYear, true
		}
		return t.Year(), true
	case 'x':
		return weekYear, f == joda
	case 'C':
		return t.Year() / 100, f == joda
	case 'M', 'L':
		return int(t.Month()), p.n < 3
	case 'w':
		return week, true
	case 'W':
		first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
		return (t.Day()+int(first.Weekday())-1)/7 + 1, f == simple
	case 'F':
		return (t.Day()-1)/7 + 1, f == simple
	case 'D':
		return t.YearDay(), true
	case 'd':
		return t.Day(), true
	case 'e':
		return (int(t.Weekday())+6)%7 + 1, f == joda
	case 'u':
		return (int(t.Weekday())+6)%7 + 1, f == simple
	case 'H':
		return t.Hour(), true
	case 'k':
		return (t.Hour()+23)%24 + 1, true
	case 'K':
		return t.Hour() % 12, true
	case 'h':
		return (t.Hour()+11)%12 + 1, true
	case 'm':
		return t.Minute(), true
	case 's':
		return t.Second(), true
	case 'S':
		return t.Nanosecond() / 1e6, f == simple
	}
	return 0, false
}

// A fields is what a text says about a moment.
type fields struct {
	year, month, day, hour, minute, second, nanosecond int
	yearDay                                            int
	half                                               int // 1 is AM, 2 PM
	twelve                                             bool
	zone                                               *time.Location
}

// moment puts the fields together; false when there is no such day.
func (f fields) time(l *time.Location) (time.Time, bool) {
	if f.zone != nil {
		l = f.zone
	}
	hour := f.hour
	if f.twelve {
		hour %= 12
		if f.half == 2 {
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

// parseWithPattern reads a text by a Java pattern.
func (r *Registry) parseWithPattern(s, pattern string, l *time.Location, f family) (time.Time, error) {
	parts, err := r.patterns.get(pattern)
	if err != nil {
		return time.Time{}, err
	}
	invalid := dataError("Invalid format: \"%s\"", clip(s))
	out := fields{year: 1970, month: 1, day: 1}
	rest := s
	for i, p := range parts {
		if p.letter == 0 {
			var ok bool
			if rest, ok = strings.CutPrefix(rest, p.text); !ok {
				return time.Time{}, invalid
			}
			continue
		}
		// digits that follow one another are told apart by their numbers
		adjacent := i+1 < len(parts) && parts[i+1].letter != 0
		n, ok := r.readField(&out, p, rest, adjacent, f)
		if !ok {
			return time.Time{}, invalid
		}
		rest = rest[n:]
	}
	t, ok := out.time(l)
	if !ok || rest != "" && f == joda {
		return time.Time{}, invalid
	}
	return t, nil
}

// readField reads one field from the beginning of s and tells its length.
func (r *Registry) readField(out *fields, p patternPart, s string, adjacent bool, f family) (int, bool) {
	switch p.letter {
	case 'E':
		return prefixName(s, 7, func(i int) string { return time.Weekday(i).String() }, new(int))
	case 'a':
		return prefixName(s, 2, func(i int) string { return []string{"AM", "PM"}[i] }, &out.half)
	case 'G':
		return prefixName(s, 2, func(i int) string { return []string{"AD", "BC"}[i] }, new(int))
	case 'z', 'Z', 'X':
		return r.readZone(out, s)
	case 'M', 'L':
		if p.n >= 3 {
			return prefixName(s, 12, func(i int) string { return time.Month(i + 1).String() }, &out.month)
		}
	}
	most := 9
	if adjacent {
		most = p.n
	}
	d := digits{s: s}
	negative := p.letter == 'y' && strings.HasPrefix(s, "-")
	if negative {
		d.at++
	}
	start := d.at
	v, ok := d.number(most)
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
		out.hour, out.twelve = v, true
		return d.at, v <= 12
	case 'm':
		out.minute = v
	case 's':
		out.second = v
	case 'S':
		scale := 3 // SimpleDateFormat counts milliseconds
		if f == joda {
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
	case 'e', 'u', 'w', 'W', 'F', 'C': // read, and of no weight
	default:
		return 0, false
	}
	return d.at, v < 100
}

// prefixName finds which of n names s begins with, in full or with three
// letters, whatever their case; *at counts from 1.
func prefixName(s string, n int, name func(int) string, at *int) (int, bool) {
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

func (r *Registry) readZone(out *fields, s string) (int, bool) {
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

// formatMySQL writes a moment by a pattern such as %Y-%m-%d.
func formatMySQL(t time.Time, pattern string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' || i+1 == len(pattern) {
			b.WriteByte(pattern[i])
			continue
		}
		i++
		s, ok := mysqlField(t, pattern[i])
		if !ok {
			return "", dataError("%%%c not currently supported in the date format string", pattern[i])
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

func mysqlField(t time.Time, c byte) (string, bool) {
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
	return string(c), true // %% and letters that mean nothing
}

// parseMySQL reads a text by a pattern such as %Y-%m-%d.
func parseMySQL(s, pattern string) (time.Time, error) {
	invalid := dataError("Invalid format: \"%s\"", clip(s))
	out, rest := fields{year: 1970, month: 1, day: 1}, s
	pattern = strings.ReplaceAll(pattern, "%T", "%H:%i:%s")
	pattern = strings.ReplaceAll(pattern, "%r", "%h:%i:%s %p")
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' || i+1 == len(pattern) {
			if !strings.HasPrefix(rest, pattern[i:i+1]) {
				return time.Time{}, invalid
			}
			rest = rest[1:]
			continue
		}
		i++
		if strings.IndexByte("DUuVwXvx", pattern[i]) >= 0 {
			return time.Time{}, dataError("%%%c not currently supported in the date format string", pattern[i])
		}
		n, ok := readMySQL(&out, rest, pattern[i])
		if !ok {
			return time.Time{}, invalid
		}
		rest = rest[n:]
	}
	t, ok := out.time(time.UTC)
	if !ok || rest != "" {
		return time.Time{}, invalid
	}
	return t, nil
}

func readMySQL(out *fields, s string, c byte) (int, bool) {
	switch c {
	case 'a', 'W':
		return prefixName(s, 7, func(i int) string { return time.Weekday(i).String() }, new(int))
	case 'b', 'M':
		return prefixName(s, 12, func(i int) string { return time.Month(i + 1).String() }, &out.month)
	case 'p':
		return prefixName(s, 2, func(i int) string { return []string{"AM", "PM"}[i] }, &out.half)
	}
	width := map[byte]int{'Y': 4, 'f': 9, 'j': 3}[c]
	if width == 0 {
		width = 2
	}
	d := digits{s: s}
	v, ok := d.number(width)
	switch c {
	case 'Y':
		out.year = v
	case 'y':
		out.year = 2000 + v
		if v >= 70 {
			out.year = 1900 + v
		}
	case 'c', 'm':
		out.month = v
	case 'd', 'e':
		out.day = v
	case 'j':
		out.yearDay = v
		ok = ok && v > 0
	case 'H', 'k':
		out.hour = v
	case 'h', 'I', 'l':
		out.hour, out.twelve = v, true
		ok = ok && v <= 12
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

func (r *Registry) patternsOfDates() []Scalar {
	return []Scalar{
		fn("f_date_format", 2, 2, func(a []any) (any, error) {
			m, err := r.parseMoment(a[0])
			if err != nil {
				return nil, err
			}
			s, err := formatMySQL(m.Time, text(a[1]))
			return s, err
		}),
		fn("f_date_parse", 2, 2, func(a []any) (any, error) {
			t, err := parseMySQL(text(a[0]), text(a[1]))
			if err != nil {
				return nil, err
			}
			return moment{t, aTimestamp}.String(), nil
		}),
		fn("f_format_datetime", 2, 2, func(a []any) (any, error) {
			m, err := r.parseMoment(a[0])
			if err != nil {
				return nil, err
			}
			s, err := r.formatPattern(m.Time, text(a[1]), joda)
			return s, err
		}),
		fn("f_parse_datetime", 2, 2, func(a []any) (any, error) {
			t, err := r.parseWithPattern(text(a[0]), text(a[1]), time.UTC, joda)
			if err != nil {
				return nil, err
			}
			return moment{t, aZoned}.String(), nil
		}),
	}
}
