package functions

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // every zone, whatever the machine has
)

// A kind of moment is how its text looks.
type momentKind int

const (
	aDate momentKind = iota
	aTimestamp
	aZoned
	aTime
)

// A moment is a point in time as one of SQL's types. A date and a timestamp
// are in UTC, a time is on the first of January 1970.
type moment struct {
	time.Time
	kind momentKind
}

// String is the text that travels.
func (m moment) String() string {
	switch m.kind {
	case aDate:
		return m.Format("2006-01-02")
	case aTime:
		return m.Format("15:04:05.000")
	case aZoned:
		return m.Format("2006-01-02 15:04:05.000") + " " + m.Location().String()
	}
	return m.Format("2006-01-02 15:04:05.000")
}

// at is the same kind of moment at another time.
func (m moment) at(ms int64) moment { return moment{time.UnixMilli(ms).In(m.Location()), m.kind} }

// The years that are reckoned with; beyond, the calendar would overflow.
const maxYear = 200_000

func (m moment) checked() (moment, error) {
	if y := m.Year(); y > maxYear || y < -maxYear {
		return m, dataError("timestamp is out of range")
	}
	return m, nil
}

// loadZone finds a zone: an IANA name, an offset, or one of the abbreviations
// that are in use, which are offsets.
func loadZone(name string) (*time.Location, error) {
	switch strings.ToUpper(name) {
	case "UTC", "Z", "GMT", "UT", "ETC/UTC", "+00:00":
		return time.UTC, nil
	}
	if hours, ok := abbreviation(strings.ToUpper(name)); ok {
		return time.FixedZone(offsetName(hours*3600), hours*3600), nil
	}
	if seconds, ok := parseOffset(name); ok {
		if seconds == 0 {
			return time.UTC, nil
		}
		return time.FixedZone(offsetName(seconds), seconds), nil
	}
	if name != "" && name != "Local" {
		if l, err := time.LoadLocation(name); err == nil {
			return l, nil
		}
	}
	return nil, dataError("'%s' is not a valid time zone", clip(name))
}

func abbreviation(name string) (hours int, ok bool) {
	switch name {
	case "JST", "KST":
		return 9, true
	case "PST":
		return -8, true
	case "PDT", "MST":
		return -7, true
	case "MDT", "CST":
		return -6, true
	case "CDT", "EST":
		return -5, true
	case "EDT":
		return -4, true
	case "CET":
		return 1, true
	case "CEST", "EET":
		return 2, true
	case "WET":
		return 0, true
	}
	return 0, false
}

// parseOffset reads +09:00, +0900, +09, +9:00.
func parseOffset(s string) (seconds int, ok bool) {
	if len(s) < 2 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	digits := s[1:]
	hour, minute, colon := strings.Cut(digits, ":")
	if !colon && len(digits) == 4 {
		hour, minute = digits[:2], digits[2:]
	}
	h, err := strconv.ParseUint(hour, 10, 8)
	if err != nil || len(hour) > 2 || h > 18 {
		return 0, false
	}
	m := uint64(0)
	if minute != "" {
		if m, err = strconv.ParseUint(minute, 10, 8); err != nil || len(minute) != 2 || m > 59 {
			return 0, false
		}
	}
	seconds = int(h*3600 + m*60) //nolint:gosec // 18 hours at most
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

func offsetName(seconds int) string {
	sign := byte('+')
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d:%02d", sign, seconds/3600, seconds/60%60)
}

// zone finds the zone that an argument names.
func (r *Registry) zone(v any) (*time.Location, error) { return r.zones.get(text(v)) }

// parseMoment reads the text of a date, a timestamp or one with a zone, as it
// travels and as people write it.
func (r *Registry) parseMoment(v any) (moment, error) {
	s, ok := v.(string)
	if !ok {
		if b, isBytes := v.([]byte); isBytes {
			s, ok = string(b), true
		}
	}
	if ok {
		if m, ok := r.readMoment(s); ok {
			return m, nil
		}
	}
	return moment{}, dataError("Value cannot be cast to timestamp: %s", clip(text(v)))
}

func (r *Registry) readMoment(s string) (moment, bool) {
	s = strings.TrimSpace(s)
	d := digits{s: s}
	year, ok := d.year()
	if !ok {
		return d.timeOfDay()
	}
	month, day := 1, 1
	if month, ok = d.after('-', 2); !ok {
		return moment{}, false
	}
	if day, ok = d.after('-', 2); !ok || month < 1 || month > 12 || day < 1 {
		return moment{}, false
	}
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if date.Day() != day {
		return moment{}, false
	}
	if d.done() {
		return moment{date, aDate}, true
	}
	if c := d.s[d.at]; c != ' ' && c != 'T' {
		return moment{}, false
	}
	d.at++
	h, min, sec, ns, ok := d.clock()
	if !ok {
		return moment{}, false
	}
	zone := strings.TrimSpace(d.s[d.at:])
	if zone == "" {
		return moment{time.Date(year, time.Month(month), day, h, min, sec, ns, time.UTC), aTimestamp}, true
	}
	l, err := r.zones.get(zone)
	if err != nil {
		return moment{}, false
	}
	return moment{time.Date(year, time.Month(month), day, h, min, sec, ns, l), aZoned}, true
}

// A digits reads numbers from a text.
type digits struct {
	s  string
	at int
}

func (d *digits) done() bool { return d.at == len(d.s) }

func (d *digits) number(most int) (int, bool) {
	start, n := d.at, 0
	for d.at < len(d.s) && d.at-start < most && d.s[d.at] >= '0' && d.s[d.at] <= '9' {
		n = n*10 + int(d.s[d.at]-'0')
		d.at++
	}
	return n, d.at > start
}

// after reads a number behind c.
func (d *digits) after(c byte, most int) (int, bool) {
	if d.done() || d.s[d.at] != c {
		return 0, false
	}
	d.at++
	return d.number(most)
}

// year reads four to six digits, with a sign if need be, that a - follows.
func (d *digits) year() (int, bool) {
	negative := false
	if d.at < len(d.s) && (d.s[d.at] == '-' || d.s[d.at] == '+') {
		negative = d.s[d.at] == '-'
		d.at++
	}
	start := d.at
	n, ok := d.number(6)
	if !ok || d.at-start < 4 || d.done() || d.s[d.at] != '-' || n > maxYear {
		d.at = 0
		return 0, false
	}
	if negative {
		n = -n
	}
	return n, true
}

// clock reads 15:04, 15:04:05, 15:04:05.123456789.
func (d *digits) clock() (hour, minute, second, nanosecond int, ok bool) {
	if hour, ok = d.number(2); !ok {
		return 0, 0, 0, 0, false
	}
	if minute, ok = d.after(':', 2); !ok {
		return 0, 0, 0, 0, false
	}
	if second, ok = d.after(':', 2); !ok {
		second = 0
	} else if d.at < len(d.s) && d.s[d.at] == '.' {
		d.at++
		start := d.at
		if nanosecond, ok = d.number(9); !ok {
			return 0, 0, 0, 0, false
		}
		for i := d.at - start; i < 9; i++ {
			nanosecond *= 10
		}
		for d.at < len(d.s) && d.s[d.at] >= '0' && d.s[d.at] <= '9' {
			d.at++
		}
	}
	return hour, minute, second, nanosecond, hour < 24 && minute < 60 && second < 60
}

// timeOfDay reads the whole text as a time.
func (d *digits) timeOfDay() (moment, bool) {
	d.at = 0
	h, min, sec, ns, ok := d.clock()
	if !ok || !d.done() {
		return moment{}, false
	}
	return moment{time.Date(1970, 1, 1, h, min, sec, ns, time.UTC), aTime}, true
}

// FormatDaySecond spells an interval of milliseconds: 1 02:03:04.005.
func FormatDaySecond(ms int64) string {
	sign, n := "", magnitude(ms)
	if ms < 0 {
		sign = "-"
	}
	return fmt.Sprintf("%s%d %02d:%02d:%02d.%03d", sign, n/86400000, n/3600000%24, n/60000%60, n/1000%60, n%1000)
}

// FormatYearMonth spells an interval of months: 1-2.
func FormatYearMonth(months int64) string {
	sign, n := "", magnitude(months)
	if months < 0 {
		sign = "-"
	}
	return fmt.Sprintf("%s%d-%d", sign, n/12, n%12)
}

// trunc cuts a moment to a unit, in its own zone.
func (m moment) trunc(unit string) (moment, error) {
	y, mon, d := m.Date()
	l := m.Location()
	date := func(y int, mon time.Month, d int) (moment, error) {
		return moment{time.Date(y, mon, d, 0, 0, 0, 0, l), m.kind}, nil
	}
	unit = strings.ToLower(unit)
	if m.kind == aDate && isClockUnit(unit) {
		return m, dataError("'%s' is not a valid DATE field", unit)
	}
	if m.kind == aTime && !isClockUnit(unit) {
		return m, dataError("'%s' is not a valid TIME field", clip(unit))
	}
	switch unit {
	case "millisecond":
		return m, nil
	case "second":
		return moment{m.Truncate(time.Second), m.kind}, nil
	case "minute", "hour":
		// by subtraction: the clock may show an hour twice
		t := m.Add(-time.Duration(m.Second())*time.Second - time.Duration(m.Nanosecond()))
		if unit == "hour" {
			t = t.Add(-time.Duration(t.Minute()) * time.Minute)
		}
		return moment{t, m.kind}, nil
	case "day":
		return date(y, mon, d)
	case "week":
		return date(y, mon, d-(int(m.Weekday())+6)%7)
	case "month":
		return date(y, mon, 1)
	case "quarter":
		return date(y, (mon-1)/3*3+1, 1)
	case "year":
		return date(y, 1, 1)
	}
	return m, dataError("'%s' is not a valid TIMESTAMP field", clip(unit))
}

func isClockUnit(unit string) bool {
	switch unit {
	case "millisecond", "second", "minute", "hour":
		return true
	}
	return false
}

// clockUnit is how long a unit is.
func clockUnit(unit string) time.Duration {
	switch unit {
	case "millisecond":
		return time.Millisecond
	case "second":
		return time.Second
	case "minute":
		return time.Minute
	}
	return time.Hour
}

// maxSpan bounds what is added, in any unit.
const maxSpan = 1 << 40

// add moves a moment by n units; months keep the day where there is one.
func (m moment) add(n int64, unit string) (moment, error) {
	unit = strings.ToLower(unit)
	if n > maxSpan || n < -maxSpan {
		return m, dataError("timestamp is out of range")
	}
	if m.kind == aDate && isClockUnit(unit) {
		return m, dataError("'%s' is not a valid DATE field", unit)
	}
	switch unit {
	case "millisecond", "second", "minute", "hour":
		return m.addMillis(n * int64(clockUnit(unit)/time.Millisecond))
	case "day", "week":
		if unit == "week" {
			n *= 7
		}
		if n > 366*maxYear || n < -366*maxYear {
			return m, dataError("timestamp is out of range")
		}
		return moment{m.AddDate(0, 0, int(n)), m.kind}.checked()
	case "month":
		return m.addMonths(n)
	case "quarter":
		return m.addMonths(3 * n)
	case "year":
		return m.addMonths(12 * n)
	}
	return m, dataError("'%s' is not a valid TIMESTAMP field", clip(unit))
}

func (m moment) addMillis(ms int64) (moment, error) {
	const most = 366 * maxYear * 86400000
	if ms > most || ms < -most {
		return m, dataError("timestamp is out of range")
	}
	t := time.UnixMilli(m.UnixMilli() + ms).Add(time.Duration(m.Nanosecond() % 1e6)).In(m.Location())
	if m.kind == aTime {
		t = time.Date(1970, 1, 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	}
	return moment{t, m.kind}.checked()
}

func (m moment) addMonths(n int64) (moment, error) {
	if n > 12*maxYear || n < -12*maxYear {
		return m, dataError("timestamp is out of range")
	}
	y, mon, d := m.Date()
	first := time.Date(y, mon+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	t := time.Date(first.Year(), first.Month(), min(d, last), m.Hour(), m.Minute(), m.Second(), m.Nanosecond(), m.Location())
	return moment{t, m.kind}.checked()
}

// wall is what the clock shows, as if it were UTC.
func (m moment) wall() time.Time {
	y, mon, d := m.Date()
	return time.Date(y, mon, d, m.Hour(), m.Minute(), m.Second(), m.Nanosecond(), time.UTC)
}

// diff counts the whole units from a to b.
func diff(unit string, a, b moment) (int64, error) {
	unit = strings.ToLower(unit)
	switch unit {
	case "millisecond", "second", "minute", "hour":
		return (b.UnixMilli() - a.UnixMilli()) / int64(clockUnit(unit)/time.Millisecond), nil
	}
	b.Time = b.In(a.Location())
	ms := b.wall().UnixMilli() - a.wall().UnixMilli()
	const day = 86400000
	switch unit {
	case "day":
		return ms / day, nil
	case "week":
		return ms / (7 * day), nil
	case "month":
		return monthsBetween(a, b), nil
	case "quarter":
		return monthsBetween(a, b) / 3, nil
	case "year":
		return monthsBetween(a, b) / 12, nil
	}
	return 0, dataError("'%s' is not a valid TIMESTAMP field", clip(unit))
}

// monthsBetween counts whole months.
func monthsBetween(a, b moment) int64 {
	n := int64(b.Year()-a.Year())*12 + int64(b.Month()-a.Month())
	reached, err := a.addMonths(n)
	switch {
	case err != nil:
	case n > 0 && reached.After(b.Time):
		n--
	case n < 0 && reached.Before(b.Time):
		n++
	}
	return n
}
