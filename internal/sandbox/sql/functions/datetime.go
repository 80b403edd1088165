package functions

import (
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
		return m.Format("2006-01-02")
	case kindTime:
		return m.Format("15:04:05.000")
	case kindZoned:
		return m.Format("2006-01-02 15:04:05.000") + " " + m.Location().String()
	}
	return m.Format("2006-01-02 15:04:05.000")
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
