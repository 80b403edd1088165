package functions

import (
	"strings"
	"time"
)

// parseISO parses an ISO 8601 date: a year, month, day, week, day of a week or day of a year. See
// https://www.joda.org/joda-time/apidocs/org/joda/time/format/ISODateTimeFormat.html. The rest of
// the text is returned.
func parseISO(s string) (date time.Time, rest string, ok bool) {
	d := digitScanner{s: s}
	negative := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		d.at++
	}
	start := d.at
	year, ok := d.scanNumber(6)
	if !ok || d.at-start < 4 {
		return time.Time{}, "", false
	}
	if negative {
		year = -year
	}
	fixed := func(n int) (int, bool) {
		from := d.at
		v, ok := d.scanNumber(n)
		return v, ok && d.at-from == n
	}
	next := func(prefix string) bool {
		if strings.HasPrefix(s[d.at:], prefix) {
			d.at += len(prefix)
			return true
		}
		return false
	}
	switch {
	case next("-W"):
		week, ok := fixed(2)
		day := 1
		if ok && next("-") {
			day, ok = fixed(1)
		}
		if !ok || week < 1 || week > weeksOfYear(year) || day < 1 || day > 7 {
			return time.Time{}, "", false
		}
		return isoWeekDate(year, week, day), s[d.at:], true
	case next("-"):
		n, width := 0, 0
		from := d.at
		n, ok = d.scanNumber(3)
		if width = d.at - from; !ok {
			return time.Time{}, "", false
		}
		if width == 3 {
			date = time.Date(year, 1, n, 0, 0, 0, 0, time.UTC)
			return date, s[d.at:], n > 0 && date.Year() == year
		}
		day := 1
		if next("-") {
			day, ok = d.scanNumber(2)
		}
		date = time.Date(year, time.Month(n), day, 0, 0, 0, 0, time.UTC)
		return date, s[d.at:], ok && n >= 1 && n <= 12 && day >= 1 && date.Day() == day
	}
	return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), s[d.at:], true
}

// isoWeekDate returns the date of a day in a week of ISO 8601. Monday is day 1.
func isoWeekDate(year, week, day int) time.Time {
	fourth := time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC) // always in week 1
	monday := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7)
	return monday.AddDate(0, 0, 7*(week-1)+day-1)
}

func weeksOfYear(year int) int {
	_, week := time.Date(year, 12, 28, 0, 0, 0, 0, time.UTC).ISOWeek()
	return week
}

// castISODate implements from_iso8601_date.
func castISODate(a []any) (any, error) {
	s := toText(a[0])
	date, rest, ok := parseISO(s)
	switch {
	case !ok:
		return nil, dataError("Invalid format: \"%s\"", clip(s))
	case rest != "":
		return nil, dataError("Invalid format: \"%s\" is malformed at \"%s\"", clip(s), clip(rest))
	case date.Year() > maxYear:
		return nil, dataError("Value of %s exceeds the range of type date", clip(s))
	}
	return newDatetime(date, kindDate).String(), nil
}

// parseISOTimestamp implements from_iso8601_timestamp; it also accepts dates and times.
func (r *Registry) parseISOTimestamp(a []any) (any, error) {
	s := toText(a[0])
	date, rest := time.Unix(0, 0).UTC(), s
	if !strings.HasPrefix(s, "T") {
		var ok bool
		if date, rest, ok = parseISO(s); !ok {
			return nil, dataError("Invalid format: \"%s\"", clip(s))
		}
	}
	malformed := func(at string) error {
		return dataError("Invalid format: \"%s\" is malformed at \"%s\"", clip(s), clip(at))
	}
	l := time.UTC
	if rest != "" {
		if rest[0] != 'T' {
			return nil, malformed(rest)
		}
		clock, zone, ok := scanISOClock(rest[1:])
		if !ok {
			return nil, dataError("Invalid format: \"%s\"", clip(s))
		}
		date = date.Add(clock)
		switch {
		case zone == "":
		case zone[0] == '+' || zone[0] == '-' || zone == "Z":
			var err error
			if l, err = r.zones.get(zone); err != nil {
				return nil, malformed(zone)
			}
		default:
			return nil, malformed(zone)
		}
	}
	if y := date.Year(); y > 73326 || y < -69387 { // packed milliseconds and zone
		return nil, dataError("Millis overflow: %d", date.UnixMilli())
	}
	return newDatetime(newLocalTime(date, l, 0, false), kindZoned).String(), nil
}

// parseISONanos implements from_iso8601_timestamp_nanos, which requires a date and a time.
func (r *Registry) parseISONanos(a []any) (any, error) {
	s := toText(a[0])
	m, ok := r.scanDatetime(strings.Replace(s, "T", " ", 1))
	if !ok || !hasTimeSeparator(s) || m.digits > 9 || strings.ContainsAny(s, " []") {
		return nil, dataError("Text '%s' could not be parsed", clip(s))
	}
	return m.as(m.Time, kindZoned).withDigits(9).String(), nil
}

// scanISOClock parses hh, hh:mm, hh:mm:ss or hh:mm:ss.SSS and returns the rest of the text.
func scanISOClock(s string) (clock time.Duration, rest string, ok bool) {
	d := digitScanner{s: s}
	hour, ok := d.scanNumber(2)
	if !ok || hour > 23 {
		return 0, "", false
	}
	clock = time.Duration(hour) * time.Hour
	for _, unit := range []time.Duration{time.Minute, time.Second} {
		if d.atEnd() || d.s[d.at] != ':' {
			return clock, d.s[d.at:], true
		}
		n, ok := d.scanAfter(':')
		if !ok || n > 59 {
			return 0, "", false
		}
		clock += time.Duration(n) * unit
	}
	if d.atEnd() || d.s[d.at] != '.' && d.s[d.at] != ',' {
		return clock, d.s[d.at:], true
	}
	d.at++
	start := d.at
	fraction, ok := d.scanNumber(9)
	for i := d.at - start; i < 9; i++ {
		fraction *= 10
	}
	for !d.atEnd() && d.s[d.at] >= '0' && d.s[d.at] <= '9' {
		d.at++
	}
	return clock + time.Duration(fraction), d.s[d.at:], ok
}
