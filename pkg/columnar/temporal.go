package columnar

import (
	"errors"
	"fmt"
	"math"
	"time"
	_ "time/tzdata" // not all systems have a time zone database
)

const (
	secondsPerDay  = 24 * 60 * 60
	unixYears      = 5881580 // limit of years, those of a Date
	nanosPerSecond = 1_000_000_000
)

var (
	errRange     = errors.New("it is out of the range of the type")
	errAmbiguous = errors.New("the zone has this time twice, or never, because its offset changes; convert it with AT TIME ZONE 'UTC' in the SQL")
)

// zones are time zones by name. Loading one takes long.
type zones map[string]*time.Location

func (z zones) load(name string) (*time.Location, error) {
	if zone, ok := z[name]; ok {
		return zone, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fmt.Errorf("unknown time zone %q", name)
	}
	z[name] = zone
	return zone, nil
}

// parseTemporal parses the text of a Date, Time or Timestamp.
func (t Type) parseTemporal(s []byte, known zones) (int64, error) {
	switch t.Kind {
	case Date:
		days, rest, ok := parseDate(s)
		if !ok || len(rest) > 0 {
			return 0, t.unfit()
		}
		if days < math.MinInt32 || days > math.MaxInt32 {
			return 0, errRange
		}
		return days, nil
	case Time:
		seconds, nanos, rest, err := parseClock(s)
		if err != nil || len(rest) > 0 {
			return 0, t.unfit()
		}
		return t.units(seconds, nanos)
	}
	days, rest, ok := parseDate(s)
	if !ok {
		return 0, t.unfit()
	}
	var seconds, nanos int64
	if len(rest) > 0 && (rest[0] == ' ' || rest[0] == 'T') {
		var err error
		if seconds, nanos, rest, err = parseClock(rest[1:]); err != nil {
			return 0, t.unfit()
		}
	}
	seconds += days * secondsPerDay
	if len(rest) > 0 != t.UTC {
		return 0, t.unfit()
	}
	if t.UTC {
		offset, err := parseZone(rest, seconds, known)
		if err != nil {
			return 0, err
		}
		seconds -= offset
	}
	return t.units(seconds, nanos)
}

func (t Type) unfit() error { return fmt.Errorf("it is not a valid %s", t) }

// units converts seconds and nanoseconds to units of the type, without a loss of digits.
func (t Type) units(seconds, nanos int64) (int64, error) {
	perSecond := int64(nanosPerSecond)
	if !t.Nanos {
		perSecond = 1_000_000
		if nanos%1000 != 0 {
			return 0, fmt.Errorf("it has more digits after the seconds than %s", t)
		}
		nanos /= 1000
	}
	if limit := math.MaxInt64/perSecond - 1; seconds > limit || seconds < -limit {
		return 0, errRange
	}
	return seconds*perSecond + nanos, nil
}

// parseDate parses the date at the start of s, such as 2024-02-29 or -0001-01-01, and returns the
// days since 1970-01-01 in the Gregorian calendar.
func parseDate(s []byte) (days int64, rest []byte, ok bool) {
	sign := int64(1)
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	year, n := parseDigits(s, 7)
	if n < 4 || len(s) < n+6 || s[n] != '-' || s[n+3] != '-' {
		return 0, nil, false
	}
	year *= sign
	month, m := parseDigits(s[n+1:], 2)
	day, d := parseDigits(s[n+4:], 2)
	if m != 2 || d != 2 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || year > unixYears || year < -unixYears {
		return 0, nil, false
	}
	return daysSinceUnix(year, month, day), s[n+6:], true
}

// daysSinceUnix returns the number of days from 1970-01-01 to a date. It counts from the first of
// March, so that a leap day ends its year.
func daysSinceUnix(year, month, day int64) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := year / 400
	if year < 0 {
		era = (year - 399) / 400
	}
	ofEra := year - era*400
	ofYear := (153*(month-3)+2)/5 + day - 1
	return era*146097 + ofEra*365 + ofEra/4 - ofEra/100 + ofYear - 719468
}

func daysIn(year, month int64) int64 {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// parseDigits parses the digits at the start of s, at most limit, and returns their number.
func parseDigits(s []byte, limit int) (v int64, n int) {
	for n < len(s) && n < limit && s[n] >= '0' && s[n] <= '9' {
		v = v*10 + int64(s[n]-'0')
		n++
	}
	return v, n
}

var errClock = errors.New("not a time of day")

// parseClock parses the time of day at the start of s, such as 01:02:03.456 or 01:02, and returns
// the seconds and nanoseconds since midnight.
func parseClock(s []byte) (seconds, nanos int64, rest []byte, err error) {
	if len(s) < 5 || s[2] != ':' {
		return 0, 0, nil, errClock
	}
	hour, h := parseDigits(s, 2)
	minute, m := parseDigits(s[3:], 2)
	if h != 2 || m != 2 || hour > 23 || minute > 59 {
		return 0, 0, nil, errClock
	}
	seconds = hour*3600 + minute*60
	s = s[5:]
	if len(s) == 0 || s[0] != ':' {
		return seconds, 0, s, nil
	}
	second, n := parseDigits(s[1:], 2)
	if n != 2 || second > 59 {
		return 0, 0, nil, errClock
	}
	seconds += second
	s = s[3:]
	if len(s) == 0 || s[0] != '.' {
		return seconds, 0, s, nil
	}
	s = s[1:]
	nanos, n = parseDigits(s, 9)
	if n == 0 {
		return 0, 0, nil, errClock
	}
	s = s[n:]
	for ; n < 9; n++ {
		nanos *= 10
	}
	for len(s) > 0 && s[0] == '0' {
		s = s[1:]
	}
	if len(s) > 0 && s[0] >= '1' && s[0] <= '9' {
		return 0, 0, nil, errClock
	}
	return seconds, nanos, s, nil
}

// parseZone parses the zone after a time, such as " Asia/Tokyo", " +09:00", "Z" or " UTC", and
// returns its offset in seconds at the local time.
func parseZone(s []byte, local int64, known zones) (int64, error) {
	for len(s) > 0 && s[0] == ' ' {
		s = s[1:]
	}
	name := string(s)
	switch name {
	case "UTC", "Z", "GMT", "UT", "Zulu":
		return 0, nil
	case "":
		return 0, errors.New("it has no time zone")
	}
	if name[0] == '+' || name[0] == '-' {
		return parseOffset(name)
	}
	zone, err := known.load(name)
	if err != nil {
		return 0, err
	}
	return zoneOffset(zone, local)
}

func parseOffset(s string) (int64, error) {
	for _, layout := range []string{"-07:00", "-0700", "-07", "-07:00:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			_, offset := t.Zone()
			return int64(offset), nil
		}
	}
	return 0, fmt.Errorf("unknown time zone %q", s)
}

// zoneOffset returns the offset of a zone at a local time, which must be unique.
func zoneOffset(zone *time.Location, local int64) (int64, error) {
	offsetAt := func(unix int64) int64 {
		_, offset := time.Unix(unix, 0).In(zone).Zone()
		return int64(offset)
	}
	before, after := offsetAt(local-secondsPerDay), offsetAt(local+secondsPerDay)
	isBefore, isAfter := offsetAt(local-before) == before, offsetAt(local-after) == after
	switch {
	case before == after && isBefore:
		return before, nil
	case isBefore != isAfter && isBefore:
		return before, nil
	case isBefore != isAfter:
		return after, nil
	}
	return 0, errAmbiguous
}
