package functions

import (
	"time"
	_ "time/tzdata" // every zone, whatever the machine has
)

// A kind of moment is how its text looks.
type datetimeKind int

const (
	kindDate datetimeKind = iota
	kindTimestamp
	kindZoned
	kindTime
)

// A moment is a point in time as one of SQL's types. A date and a timestamp
// are in UTC, a time is on the first of January 1970.
type datetime struct {
	time.Time
	kind datetimeKind
}

// String is the text that travels.
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

// at is the same kind of moment at another time.
func (m datetime) withMillis(ms int64) datetime {
	return datetime{time.UnixMilli(ms).In(m.Location()), m.kind}
}

// The years that are reckoned with; beyond, the calendar would overflow.
const maxYear = 200_000

func (m datetime) checkRange() (datetime, error) {
	if y := m.Year(); y > maxYear || y < -maxYear {
		return m, dataError("timestamp is out of range")
	}
	return m, nil
}

// parseMoment reads the text of a date, a timestamp or one with a zone, as it
// travels and as people write it.
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
