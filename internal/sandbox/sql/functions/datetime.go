package functions

import (
	"fmt"
	"strings"
	"time"
)

// datetimeKind is the SQL type of a datetime.
type datetimeKind int

const (
	kindDate datetimeKind = iota
	kindTimestamp
	kindZoned
	kindTime
	kindZonedTime
)

// datetime is a date, time or timestamp. Dates and timestamps are in UTC, times are on 1970-01-01, of their own zone if they
// have one.
type datetime struct {
	time.Time
	kind   datetimeKind
	picos  int // picoseconds in addition to the nanoseconds of Time
	digits int // precision of the seconds, 0 to 12
}

// newDatetime returns a datetime with a precision of milliseconds.
func newDatetime(t time.Time, kind datetimeKind) datetime {
	return datetime{Time: t, kind: kind, digits: 3}
}

// at returns a datetime of the same kind and precision.
func (m datetime) at(t time.Time) datetime {
	m.Time = t
	return m
}

// as returns a datetime of another kind with the same precision.
func (m datetime) as(t time.Time, kind datetimeKind) datetime {
	m.Time, m.kind = t, kind
	return m
}

// maxSecondDigits is the precision of Trino's timestamps.
const maxSecondDigits = 12

// fraction returns the picoseconds since the start of the second.
func (m datetime) fraction() int { return m.Nanosecond()*1000 + m.picos }

// withFraction replaces the fraction of the second.
func (m datetime) withFraction(picos int) datetime {
	m.Time = m.Add(time.Duration(picos/1000 - m.Nanosecond()))
	m.picos = picos % 1000
	return m
}

// withDigits changes the precision. Halves are rounded up.
func (m datetime) withDigits(digits int) datetime {
	m.digits = digits
	unit := 1
	for range maxSecondDigits - digits {
		unit *= 10
	}
	picos := m.fraction()
	if picos%unit == 0 {
		return m
	}
	m = m.withFraction((picos + unit/2) / unit * unit)
	if m.isTimeOfDay() { // rounded up to midnight
		m.Time = onFirstDay(m.Time)
	}
	return m
}

// isTimeOfDay reports whether m is a time, with or without time zone.
func (m datetime) isTimeOfDay() bool { return m.kind == kindTime || m.kind == kindZonedTime }

// onFirstDay returns 1970-01-01 with the time of the day of t in its zone.
func onFirstDay(t time.Time) time.Time {
	return time.Date(1970, 1, 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
}

// instant returns the value in UTC by which datetimes are compared.
func (m datetime) instant() datetime {
	if m.kind == kindZonedTime {
		return m.at(onFirstDay(m.UTC()))
	}
	return m.at(m.UTC())
}

// formatFraction returns the fraction of the second, with a point, in the precision of m.
func (m datetime) formatFraction() string {
	if m.digits == 0 {
		return ""
	}
	text := []byte(".000000000000")
	for i, n := maxSecondDigits, m.fraction(); n > 0; i, n = i-1, n/10 {
		text[i] = byte('0' + n%10)
	}
	return string(text[:m.digits+1])
}

// String returns the text representation described in the package documentation.
func (m datetime) String() string {
	switch m.kind {
	case kindDate:
		return formatDate(m.Time)
	case kindTime:
		return m.Format("15:04:05") + m.formatFraction()
	case kindZonedTime:
		return m.Format("15:04:05") + m.formatFraction() + m.Format("-07:00")
	case kindZoned:
		s := formatDate(m.Time) + m.Format(" 15:04:05") + m.formatFraction() + " " + m.Location().String()
		if _, offset := m.Zone(); !newLocalTime(m.wallTime(), m.Location(), 0, false).Equal(m.Time) {
			s += "[" + formatOffset(offset) + "]"
		}
		return s
	}
	return formatDate(m.Time) + m.Format(" 15:04:05") + m.formatFraction()
}

// formatDate formats a date. Years beyond 9999 have a sign, as in java.time.
func formatDate(t time.Time) string {
	switch y := t.Year(); {
	case y > 9999:
		return "+" + t.Format("2006-01-02")
	case y < 0:
		return fmt.Sprintf("-%04d", -y) + t.Format("-01-02")
	}
	return t.Format("2006-01-02")
}

// FormatZoned converts the representation of a timestamp with time zone to the text that users see.
// The representation has the offset in brackets if a local time occurs twice, because daylight
// saving time ends, and the later one is meant.
func FormatZoned(text string) string {
	text, _, _ = strings.Cut(text, "[")
	return text
}

// newLocalTime returns the time at which clocks in l show the date and time of wall. If the local
// time is skipped, it is moved forward by the length of the gap. If it occurs twice, the result
// has the preferred offset, or is the earlier time.
func newLocalTime(wall time.Time, l *time.Location, preferred int, hasPreferred bool) time.Time {
	at := func(offset int) (time.Time, bool) {
		t := wall.Add(-time.Duration(offset) * time.Second).In(l)
		_, actual := t.Zone()
		return t, actual == offset
	}
	if hasPreferred {
		if t, ok := at(preferred); ok {
			return t
		}
	}
	_, before := wall.Add(-24 * time.Hour).In(l).Zone()
	_, after := wall.Add(24 * time.Hour).In(l).Zone()
	early, ok := at(max(before, after))
	if ok {
		return early
	}
	if late, ok := at(min(before, after)); ok {
		return late
	}
	t, _ := at(before)
	return t
}

// withMillis returns a datetime of the same kind and zone at the given Unix time in milliseconds. It keeps the
// digits of m after the milliseconds.
func (m datetime) withMillis(ms int64) datetime {
	return m.at(time.UnixMilli(ms).Add(time.Duration(m.Nanosecond() % 1e6)).In(m.Location()))
}

// maxYear limits the supported years; the calendar arithmetic would overflow beyond.
const maxYear = 200_000

// checkRange rounds to the precision of m and fails if the year is not supported.
func (m datetime) checkRange() (datetime, error) {
	m = m.withDigits(m.digits)
	if y := m.Year(); y > maxYear || y < -maxYear {
		return m, dataError("timestamp is out of range")
	}
	if m.isOverflow() {
		return m, dataError("Millis overflow: %d", m.UnixMilli())
	}
	return m, nil
}

// isOverflow reports whether m is a timestamp with time zone that is out of range: Trino uses 52 bits for the milliseconds.
func (m datetime) isOverflow() bool {
	const limit = 1 << 51
	ms := m.UnixMilli()
	return m.kind == kindZoned && (ms >= limit || ms < -limit)
}

// parseDatetime parses a date, time or timestamp with or without time zone.
func (r *Registry) parseDatetime(v any) (datetime, error) {
	s, ok := v.(string)
	if !ok {
		if b, isBytes := v.([]byte); isBytes {
			s, ok = string(b), true
		}
	}
	if ok {
		if m, ok := r.scanDatetime(s); ok {
			return m, nil
		}
	}
	return datetime{}, dataError("Value cannot be cast to timestamp: %s", clip(toText(v)))
}
