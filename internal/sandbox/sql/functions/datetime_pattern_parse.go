package functions

import (
	"strings"
	"time"
)

// dateFields holds the parsed fields of a date and time. A month, a day or a week that is not
// parsed is 0.
type dateFields struct {
	year, weekYear                         int
	hasYear, hasWeekYear, hasMonth, hasDay bool
	month, day, yearDay, week              int
	sundayFirst                            int // day of the week, 1: Sunday
	mondayFirst                            int // day of the week, 1: Monday
	hour, minute, second, nanosecond       int
	ampm                                   int // 1: AM, 2: PM
	halfDay                                bool
	zone                                   *time.Location
	lenient                                bool // fields out of range roll over, as in SimpleDateFormat
}

// fieldError is Joda-Time's message for a field out of range.
func fieldError(s string, value int, name string, low, high int) error {
	return dataError("Cannot parse \"%s\": Value %d for %s must be in the range [%d,%d]", clip(s), value, name, low, high)
}

// malformed is Joda-Time's message for text that does not match at rest.
func malformed(s, rest string) error {
	switch {
	case rest == "" && s != "":
		return dataError("Invalid format: \"%s\" is too short", clip(s))
	case rest == s:
		return dataError("Invalid format: \"%s\"", clip(s))
	}
	return dataError("Invalid format: \"%s\" is malformed at \"%s\"", clip(s), clip(rest))
}

// date combines the fields of the date. Without a year, it is in 2000 if there is a month or a day,
// otherwise in 1970.
func (f dateFields) date(s string) (time.Time, error) {
	year := f.year
	if !f.hasYear {
		year = 1970
		if !f.lenient && (f.hasMonth || f.hasDay) {
			year = 2000
		}
	}
	weekDay := f.mondayFirst
	if f.sundayFirst > 0 {
		weekDay = (f.sundayFirst+5)%7 + 1
	}
	if !f.lenient && (f.hasWeekYear || f.week > 0) {
		weekYear := year
		if f.hasWeekYear {
			weekYear = f.weekYear
		}
		week := max(f.week, 1)
		if high := weeksOfYear(weekYear); week > high {
			return time.Time{}, fieldError(s, week, "weekOfWeekyear", 1, high)
		}
		return isoWeekDate(weekYear, week, max(weekDay, 1)), nil
	}
	month, day := max(f.month, 1), max(f.day, 1)
	if f.yearDay > 0 {
		month, day = 1, f.yearDay
	}
	if f.lenient {
		if f.hasMonth {
			month = f.month
		}
		if f.hasDay {
			day = f.day
		}
		return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC), nil
	}
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	switch {
	case f.hasMonth && (f.month < 1 || f.month > 12):
		return time.Time{}, fieldError(s, f.month, "monthOfYear", 1, 12)
	case f.yearDay > 0 && date.Year() != year:
		return time.Time{}, fieldError(s, f.yearDay, "dayOfYear", 1, 365)
	case f.hasDay && f.yearDay == 0 && date.Day() != f.day:
		last := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
		return time.Time{}, fieldError(s, f.day, "dayOfMonth", 1, last)
	}
	return date, nil
}

// time combines all fields of s. It fails if a field is out of range or text remains.
func (f dateFields) time(l *time.Location, s, rest string) (time.Time, error) {
	if f.zone != nil {
		l = f.zone
	}
	date, err := f.date(s)
	if err != nil {
		return time.Time{}, err
	}
	hour := f.hour
	if f.halfDay {
		if !f.lenient && (f.hour > 12 || f.hour < 0) {
			return time.Time{}, fieldError(s, f.hour, "clockhourOfHalfday", 1, 12)
		}
		if hour == 12 {
			hour = 0
		}
		if f.ampm == 2 {
			hour += 12
		}
	}
	if !f.lenient {
		switch {
		case hour > 23:
			return time.Time{}, fieldError(s, hour, "hourOfDay", 0, 23)
		case f.minute > 59:
			return time.Time{}, fieldError(s, f.minute, "minuteOfHour", 0, 59)
		case f.second > 59:
			return time.Time{}, fieldError(s, f.second, "secondOfMinute", 0, 59)
		case rest != "":
			return time.Time{}, malformed(s, rest)
		}
	}
	y, mon, d := date.Date()
	return newLocalTime(time.Date(y, mon, d, hour, f.minute, f.second, f.nanosecond, time.UTC), l, 0, false), nil
}

// parseWithPattern parses a string with a Java date pattern.
func (r *Registry) parseWithPattern(s, pattern string, l *time.Location, f patternSyntax) (time.Time, error) {
	parts, err := r.patterns.get(pattern)
	if err != nil {
		return time.Time{}, err
	}
	out := dateFields{lenient: f == simpleDateFormat}
	rest := s
	for i, p := range parts {
		if p.letter == 0 {
			after, ok := strings.CutPrefix(rest, p.text)
			if !ok {
				return time.Time{}, malformed(s, rest)
			}
			rest = after
			continue
		}
		// The pattern separates adjacent numbers by their number of digits.
		adjacent := i+1 < len(parts) && parts[i+1].letter != 0
		n, ok := r.scanField(&out, p, rest, adjacent, f)
		if !ok {
			return time.Time{}, malformed(s, rest)
		}
		rest = rest[n:]
	}
	return out.time(l, s, rest)
}

// scanField parses one field at the start of s and returns its length.
func (r *Registry) scanField(out *dateFields, p patternPart, s string, adjacent bool, f patternSyntax) (int, bool) {
	switch p.letter {
	case 'E':
		return scanName(s, 7, func(i int) string { return time.Weekday(i).String() }, &out.sundayFirst)
	case 'a':
		return scanName(s, 2, func(i int) string { return []string{"AM", "PM"}[i] }, &out.ampm)
	case 'G':
		return scanName(s, 2, func(i int) string { return []string{"AD", "BC"}[i] }, new(int))
	case 'z', 'Z', 'X':
		return r.scanZone(out, s, p.letter == 'z' && f == jodaSyntax)
	case 'M', 'L':
		if p.n >= 3 {
			out.hasMonth = true
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
		if p.letter == 'x' {
			out.weekYear, out.hasWeekYear = v, true
		} else {
			out.year, out.hasYear = v, true
		}
		return d.at, v <= maxYear && v >= -maxYear
	case 'M', 'L':
		out.month, out.hasMonth = v, true
	case 'd':
		out.day, out.hasDay = v, true
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
	case 'w':
		out.week = v
	case 'e', 'u':
		out.mondayFirst = v
	case 'W', 'F', 'C': // ignored
	default:
		return 0, false
	}
	return d.at, v < 100 || out.lenient
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

// scanZone parses a zone at the start of s: a name or an offset, or one of Joda-Time's abbreviations.
func (r *Registry) scanZone(out *dateFields, s string, abbreviated bool) (int, bool) {
	if abbreviated {
		zones := jodaZones()
		for n := min(3, len(s)); n > 1; n-- {
			if name, ok := zones[s[:n]]; ok {
				l, err := r.zones.get(name)
				out.zone = l
				return n, err == nil
			}
		}
		return 0, false
	}
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

// jodaZones returns the names of zones that Joda-Time parses. See
// https://www.joda.org/joda-time/apidocs/org/joda/time/DateTimeUtils.html.
func jodaZones() map[string]string {
	return map[string]string{
		"UTC": "UTC", "UT": "UTC", "GMT": "UTC",
		"EST": "America/New_York", "EDT": "America/New_York", "CST": "America/Chicago", "CDT": "America/Chicago",
		"MST": "America/Denver", "MDT": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
	}
}
