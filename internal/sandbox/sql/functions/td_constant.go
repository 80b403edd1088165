package functions

import "time"

// A Span is a number of units, such as -7 days.
type Span struct {
	N    int64
	Unit string // second, minute, hour, day, week, month, quarter or year
}

// ParseDuration parses a duration of TD_TIME_ADD, such as -1d12h.
func ParseDuration(s string) ([]Span, error) {
	spans, err := parseSpans(s)
	list := make([]Span, len(spans))
	for i, d := range spans {
		list[i] = Span{d.n, d.unit}
	}
	return list, err
}

// AddDuration adds a duration of TD_TIME_ADD to a time in seconds since 1970. An empty zone is UTC.
func AddDuration(seconds int64, duration, zone string) (int64, error) {
	l, err := zoneOrUTC(zone)
	if err != nil {
		return 0, err
	}
	t, err := addDuration(time.Unix(seconds, 0).In(l), duration)
	return t.Unix(), err
}

// TruncateTime implements TD_DATE_TRUNC. An empty zone is UTC.
func TruncateTime(unit string, seconds int64, zone string) (int64, error) {
	l, err := zoneOrUTC(zone)
	if err != nil {
		return 0, err
	}
	t, err := newDatetime(time.Unix(seconds, 0).In(l), kindZoned).trunc(unit)
	return t.Unix(), err
}

// ZoneName returns the name of a time zone in the database of time zones, or its offset, such as +09:00 for JST. An
// empty zone is UTC.
func ZoneName(zone string) (string, error) {
	l, err := zoneOrUTC(zone)
	if err != nil {
		return "", err
	}
	return l.String(), nil
}

func zoneOrUTC(zone string) (*time.Location, error) {
	if zone == "" {
		return time.UTC, nil
	}
	return loadZone(zone)
}
