package functions

import (
	"strconv"
	"strings"
	"time"
)

// tdFunctions returns Treasure Data's own functions. Times are in seconds since 1970. See
// https://docs.treasuredata.com/display/public/PD/Supported+Presto+and+TD+Functions.
func (r *Registry) tdFunctions() []Scalar {
	return []Scalar{
		newScalar("f_td_time_format", 2, 3, func(a []any) (any, error) {
			t, l, err := r.parseTimeAndZone(a, 2)
			if err != nil {
				return nil, err
			}
			s, err := r.formatPattern(t.In(l), toText(a[1]), simpleDateFormat)
			return s, err
		}),
		newScalar("f_td_time_parse", 1, 2, func(a []any) (any, error) {
			t, err := r.parseTDTime(a, 0, 1)
			return t.Unix(), err
		}),
		newScalar("f_td_time_add", 2, 3, func(a []any) (any, error) {
			l, err := r.parseOptionalZone(a, 2)
			if err != nil {
				return nil, err
			}
			t, err := r.parseTDTime(a, 0, 2)
			if err != nil {
				return nil, err
			}
			t, err = addDuration(t.In(l), toText(a[1]))
			return t.Unix(), err
		}),
		newScalar("f_td_time_string", 2, 3, r.formatTimeString),
		newScalar("f_td_date_trunc", 2, 3, func(a []any) (any, error) {
			t, l, err := r.parseTimeAndZone([]any{a[1], nil, getZoneArgument(a)}, 2)
			if err != nil {
				return nil, err
			}
			m, err := newDatetime(t.In(l), kindZoned).trunc(toText(a[0]))
			return m.Unix(), err
		}),
		newNullScalar("f_td_time_range", 2, 4, r.matchTimeRange),
		newScalar("f_td_interval", 4, 4, func(a []any) (any, error) {
			t, err := toInteger(a[0])
			if err != nil {
				return nil, err
			}
			scheduled, err := unixTime(a[3])
			if err != nil {
				return nil, err
			}
			from, to, err := Interval(toText(a[1]), toText(a[2]), scheduled)
			return t >= from && t < to, err
		}),
		newScalar("f_td_ip_to_country_code", 1, -1, func([]any) (any, error) {
			return nil, notSupported("TD_IP_TO_COUNTRY_CODE is not available in the sandbox: it has no database of addresses")
		}),
		newScalar("f_td_currency_conv", 1, -1, func([]any) (any, error) {
			return nil, notSupported("TD_CURRENCY_CONV is not available in the sandbox: it has no exchange rates")
		}),
	}
}

func getZoneArgument(a []any) any {
	if len(a) > 2 {
		return a[2]
	}
	return "UTC"
}

// parseOptionalZone returns the zone named by argument i, or UTC if it is missing.
func (r *Registry) parseOptionalZone(a []any, i int) (*time.Location, error) {
	if i >= len(a) || a[i] == nil || toText(a[i]) == "" {
		return time.UTC, nil
	}
	return r.zone(a[i])
}

func (r *Registry) parseTimeAndZone(a []any, i int) (time.Time, *time.Location, error) {
	l, err := r.parseOptionalZone(a, i)
	if err != nil {
		return time.Time{}, nil, err
	}
	t, err := unixTime(a[0])
	return t, l, err
}

// parseTDTime returns the time of argument i: seconds, or text in the zone of argument z unless
// the text contains a zone.
func (r *Registry) parseTDTime(a []any, i, z int) (time.Time, error) {
	if _, ok := a[i].(string); !ok {
		return unixTime(a[i])
	}
	l, err := r.parseOptionalZone(a, z)
	if err != nil {
		return time.Time{}, err
	}
	return r.parseTime(toText(a[i]), l)
}

func (r *Registry) parseTime(s string, l *time.Location) (time.Time, error) {
	s = strings.TrimSpace(s)
	if m, ok := r.scanDatetime(s); ok && !m.isTimeOfDay() {
		if m.kind == kindZoned {
			return m.Time, nil
		}
		y, mon, d := m.Date()
		return time.Date(y, mon, d, m.Hour(), m.Minute(), m.Second(), m.Nanosecond(), l), nil
	}
	for _, layout := range []string{"2006/1/2", "2006/1/2 15:04", "2006/1/2 15:04:05", "2006-01-02 15", "2006-01-02T15", "2006-01", "2006"} {
		if t, err := time.ParseInLocation(layout, s, l); err == nil {
			return t, nil
		}
	}
	return time.Time{}, dataError("Invalid time format: '%s'", clip(s))
}

// ParseTime parses a text argument of TD_TIME_RANGE or TD_TIME_PARSE and returns seconds since
// 1970. An empty zone is UTC.
func ParseTime(s, zone string) (int64, error) {
	r := &Registry{}
	r.zones.build = loadZone
	l, err := r.parseOptionalZone([]any{zone}, 0)
	if err != nil {
		return 0, err
	}
	t, err := r.parseTime(s, l)
	return t.Unix(), err
}

func (r *Registry) matchTimeRange(a []any) (any, error) {
	if a[0] == nil {
		return nil, nil
	}
	t, err := toInteger(a[0])
	if err != nil {
		return nil, err
	}
	for i := 1; i <= 2 && i < len(a); i++ {
		if a[i] == nil {
			continue
		}
		bound, err := r.parseTDTime(a, i, 3)
		if err != nil {
			return nil, err
		}
		if i == 1 && t < bound.Unix() || i == 2 && t >= bound.Unix() {
			return false, nil
		}
	}
	return true, nil
}

// formatTimeString implements TD_TIME_STRING: it truncates to a unit and formats with time and
// zone; d! formats the date only.
func (r *Registry) formatTimeString(a []any) (any, error) {
	t, l, err := r.parseTimeAndZone(a, 2)
	if err != nil {
		return nil, err
	}
	unit, short := strings.CutSuffix(toText(a[1]), "!")
	name, ok := parseUnit(unit)
	if !ok {
		return nil, dataError("Invalid format string: '%s'", clip(toText(a[1])))
	}
	m, err := newDatetime(t.In(l), kindZoned).trunc(name)
	if err != nil {
		return nil, err
	}
	layout := "2006-01-02 15:04:05-0700"
	if short {
		layout = map[string]string{
			"second": "2006-01-02 15:04:05", "minute": "2006-01-02 15:04", "hour": "2006-01-02 15",
			"month": "2006-01", "quarter": "2006-01", "year": "2006",
		}[name]
		if layout == "" {
			layout = "2006-01-02"
		}
	}
	return m.Format(layout), nil
}

// parseUnit returns the unit of a duration's letter.
func parseUnit(letter string) (string, bool) {
	name, ok := map[string]string{
		"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "M": "month", "q": "quarter", "y": "year",
	}[letter]
	return name, ok
}

// span is a number of units, such as -7d.
type span struct {
	n    int64
	unit string
}

// parseSpans parses one or more spans: 1d, -7d, 1d12h.
func parseSpans(s string) ([]span, error) {
	var spans []span
	for rest := s; rest != ""; {
		end := strings.IndexFunc(rest, func(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' })
		if end < 0 {
			return nil, dataError("Invalid duration: '%s'", clip(s))
		}
		n, err := strconv.ParseInt(rest[:end], 10, 64)
		unit, ok := parseUnit(rest[end : end+1])
		if err != nil || !ok {
			return nil, dataError("Invalid duration: '%s'", clip(s))
		}
		spans = append(spans, span{n, unit})
		rest = rest[end+1:]
	}
	if spans == nil {
		return nil, dataError("Invalid duration: ''")
	}
	return spans, nil
}

func addDuration(t time.Time, s string) (time.Time, error) {
	spans, err := parseSpans(s)
	m := newDatetime(t, kindZoned)
	for _, d := range spans {
		if m, err = m.add(d.n, d.unit); err != nil {
			return t, err
		}
	}
	return m.Time, err
}

// Interval returns the range of TD_INTERVAL in seconds: -1d is yesterday, 1d today, -7d the seven
// days before today, -7d/-1d the same one day earlier, -1h/now the last 60 minutes. Days are
// those of the zone; an empty zone is UTC.
func Interval(spec, zone string, scheduled time.Time) (from, to int64, err error) {
	l := time.UTC
	if zone != "" {
		if l, err = loadZone(zone); err != nil {
			return 0, 0, err
		}
	}
	length, offset, hasOffset := strings.Cut(spec, "/")
	spans, err := parseSpans(length)
	if err != nil {
		return 0, 0, err
	}
	if len(spans) != 1 || spans[0].n == 0 {
		return 0, 0, dataError("Invalid interval: '%s'", clip(spec))
	}
	at := newDatetime(scheduled.In(l), kindZoned)
	switch {
	case offset == "now":
		at.Time = at.Truncate(time.Second)
	case !hasOffset:
		at, err = at.trunc(spans[0].unit)
	default:
		if at, err = resolveOffset(at, offset, l); err == nil {
			at, err = at.trunc(spans[0].unit)
		}
	}
	if err != nil {
		return 0, 0, err
	}
	other, err := at.add(spans[0].n, spans[0].unit)
	if err != nil {
		return 0, 0, err
	}
	if spans[0].n > 0 {
		return at.Unix(), other.Unix(), nil
	}
	return other.Unix(), at.Unix(), nil
}

// resolveOffset resolves the second part of an interval: a number of units relative to the
// scheduled time, or an absolute time.
func resolveOffset(at datetime, offset string, l *time.Location) (datetime, error) {
	spans, err := parseSpans(offset)
	if err != nil {
		r := &Registry{}
		r.zones.build = loadZone
		t, timeErr := r.parseTime(offset, l)
		if timeErr != nil {
			return at, err
		}
		return newDatetime(t.In(l), kindZoned), nil
	}
	if at, err = at.trunc(spans[len(spans)-1].unit); err != nil {
		return at, err
	}
	for _, s := range spans {
		if at, err = at.add(s.n, s.unit); err != nil {
			return at, err
		}
	}
	return at, nil
}
