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
)

// datetime is a date, time or timestamp. Dates and timestamps are in UTC, times are on 1970-01-01.
type datetime struct {
	time.Time
	kind datetimeKind
}

// String returns the text representation described in the package documentation.
func (m datetime) String() string {
	switch m.kind {
	case kindDate:
		return formatDate(m.Time)
	case kindTime:
		return m.Format("15:04:05.000")
	case kindZoned:
		s := formatDate(m.Time) + m.Format(" 15:04:05.000 ") + m.Location().String()
		if _, offset := m.Zone(); !newLocalTime(m.wallTime(), m.Location(), 0, false).Equal(m.Time) {
			s += "[" + formatOffset(offset) + "]"
		}
		return s
	}
	return formatDate(m.Time) + m.Format(" 15:04:05.000")
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

// withMillis returns a datetime of the same kind and zone at the given Unix time in milliseconds.
func (m datetime) withMillis(ms int64) datetime {
	return datetime{time.UnixMilli(ms).In(m.Location()), m.kind}
}

// maxYear limits the supported years; the calendar arithmetic would overflow beyond.
const maxYear = 200_000

func (m datetime) checkRange() (datetime, error) {
	if y := m.Year(); y > maxYear || y < -maxYear {
		return m, dataError("timestamp is out of range")
	}
	return m, nil
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
