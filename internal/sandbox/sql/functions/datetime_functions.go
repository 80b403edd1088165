package functions

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// newDatetimeScalar returns a Scalar with one datetime argument.
func (r *Registry) newDatetimeScalar(name string, f func(datetime) (any, error)) Scalar {
	return newScalar(name, 1, 1, func(a []any) (any, error) {
		m, err := r.parseDatetime(a[0])
		if err != nil {
			return nil, err
		}
		return f(m)
	})
}

func (r *Registry) parseDatetimes(a, b any) (x, y datetime, err error) {
	if x, err = r.parseDatetime(a); err != nil {
		return x, y, err
	}
	y, err = r.parseDatetime(b)
	return x, y, err
}

// formatDatetime returns the text of m unless err is set.
func formatDatetime(m datetime, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return m.String(), nil
}

// castTimestamp implements CAST of text as timestamp; date and time are separated by a blank.
func (r *Registry) castTimestamp(a []any) (any, error) {
	m, err := r.parseDatetime(a[0])
	if err != nil || m.isTimeOfDay() || hasTimeSeparator(toText(a[0])) {
		return nil, dataError("Value cannot be cast to timestamp: %s", clip(toText(a[0])))
	}
	return formatWithDigits(m.as(m.wallTime(), kindTimestamp), a)
}

// formatWithDigits formats m with the precision that is the second argument, 3 by default.
func formatWithDigits(m datetime, a []any) (any, error) {
	digits := 3
	if len(a) > 1 {
		var err error
		if digits, err = toCount(a[1]); err != nil {
			return nil, err
		}
	}
	return m.withDigits(min(max(digits, 0), maxSecondDigits)).String(), nil
}

// castDate implements CAST of text as date.
func (r *Registry) castDate(a []any) (any, error) {
	s := toText(a[0])
	m, err := r.parseDatetime(a[0])
	if err != nil || m.kind != kindDate {
		if m, ok := parseShortYear(s); ok {
			return m.String(), nil
		}
		return nil, dataError("Value cannot be cast to date: %s", clip(s))
	}
	return m.String(), nil
}

// parseShortYear parses a date whose year has fewer than four digits.
func parseShortYear(s string) (datetime, bool) {
	d := digitScanner{s: strings.TrimFunc(s, isSpace)}
	sign := 1
	if strings.HasPrefix(d.s, "-") || strings.HasPrefix(d.s, "+") {
		d.at++
		if d.s[0] == '-' {
			sign = -1
		}
	}
	year, ok := d.scanNumber(3)
	if !ok {
		return datetime{}, false
	}
	year *= sign
	month, ok := d.scanAfter('-')
	if !ok || month < 1 || month > 12 {
		return datetime{}, false
	}
	day, ok := d.scanAfter('-')
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return newDatetime(date, kindDate), ok && d.atEnd() && day > 0 && date.Day() == day
}

// hasTimeSeparator reports whether the T of ISO 8601 separates date and time.
func hasTimeSeparator(s string) bool {
	i := strings.IndexByte(s, 'T')
	return i > 0 && s[i-1] >= '0' && s[i-1] <= '9'
}

// datetimeCalls implements functions on dates, times and timestamps with the time zones of a Registry.
type datetimeCalls struct{ *Registry }

// datetimeFunctions returns conversions and arithmetic. See
// https://trino.io/docs/current/functions/datetime.html.
func (r datetimeCalls) datetimeFunctions() []Scalar {
	return slices.Concat(r.datetimeCasts(), r.unixTimeFunctions(), r.datetimeArithmetic(), r.timeZoneFunctions(), r.isoFunctions())
}

// newShiftScalar returns a function of a datetime and an integer.
func (r datetimeCalls) newShiftScalar(name string, shift func(m datetime, n int64) (any, error)) Scalar {
	return newScalar(name, 2, 2, func(a []any) (any, error) {
		m, err := r.parseDatetime(a[0])
		if err != nil {
			return nil, err
		}
		n, err := toInteger(a[1])
		if err != nil {
			return nil, err
		}
		return shift(m, n)
	})
}

// datetimeCasts returns casts between dates, times and timestamps.
func (r datetimeCalls) datetimeCasts() []Scalar {
	return []Scalar{
		newScalar("f_cast_timestamp", 1, 2, r.castTimestamp),
		newScalar("f_cast_date", 1, 1, r.castDate),
		newScalar("f_cast_timestamp_tz", 1, 2, func(a []any) (any, error) {
			m, err := r.parseDatetime(a[0])
			if err != nil || m.isTimeOfDay() || hasTimeSeparator(toText(a[0])) {
				return nil, dataError("Value cannot be cast to timestamp: %s", clip(toText(a[0])))
			}
			if m = m.as(m.Time, kindZoned); m.isOverflow() {
				return nil, dataError("Out of range for timestamp with time zone: %d", m.UnixMilli())
			}
			return formatWithDigits(m, a)
		}),
		newScalar("f_cast_time", 1, 2, func(a []any) (any, error) {
			m, err := r.parseDatetime(a[0])
			if text := toText(a[0]); err != nil || m.kind != kindTime || text != strings.TrimFunc(text, isSpace) {
				return nil, dataError("Value cannot be cast to time: %s", clip(toText(a[0])))
			}
			return formatTimeOfDay(m, a)
		}),
		newScalar("f_cast_time_tz", 1, 2, func(a []any) (any, error) {
			m, err := r.parseDatetime(a[0])
			if err != nil || !m.isTimeOfDay() {
				return nil, dataError("Value cannot be cast to time with time zone: %s", clip(toText(a[0])))
			}
			return formatWithDigits(m.as(m.Time, kindZonedTime), a)
		}),
		newScalar("f_to_time", 1, 2, func(a []any) (any, error) {
			m, err := r.parseDatetime(a[0])
			if err != nil {
				return nil, err
			}
			return formatTimeOfDay(m, a)
		}),
		newScalar("f_to_time_tz", 1, 2, func(a []any) (any, error) {
			m, err := r.parseDatetime(a[0])
			if err != nil {
				return nil, err
			}
			// Trino takes the offset at the instant when clocks in UTC show the local time.
			wall := m.wallTime()
			_, offset := wall.In(m.Location()).Zone()
			l, err := newOffsetZone(int64(offset) / 60)
			if err != nil {
				return nil, err
			}
			t := time.Date(1970, 1, 1, wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), l)
			return formatWithDigits(m.as(t, kindZonedTime), a)
		}),
		r.newDatetimeScalar("f_to_date", func(m datetime) (any, error) { return formatDate(m.Time), nil }),
		newScalar("f_cast_varchar_zoned", 1, 1, func(a []any) (any, error) { return FormatZoned(toText(a[0])), nil }),
	}
}

// unixTimeFunctions returns conversions between numbers and timestamps.
func (r datetimeCalls) unixTimeFunctions() []Scalar {
	return []Scalar{
		newScalar("f_from_unixtime", 1, 2, func(a []any) (any, error) {
			t, err := unixTime(a[0])
			if err != nil {
				return nil, err
			}
			l := time.UTC
			if len(a) == 2 {
				if l, err = r.zone(a[1]); err != nil {
					return nil, err
				}
			}
			return formatDatetime(newDatetime(t.In(l), kindZoned).checkRange())
		}),
		newScalar("f_from_unixtime_offset", 3, 3, func(a []any) (any, error) {
			t, err := unixTime(a[0])
			if err != nil {
				return nil, err
			}
			hours, err := toInteger(a[1])
			if err != nil {
				return nil, err
			}
			minutes, err := toInteger(a[2])
			if err != nil {
				return nil, err
			}
			l, err := newOffsetZone(hours*60 + minutes)
			if err != nil {
				return nil, err
			}
			return newDatetime(t.In(l), kindZoned).String(), nil
		}),
		newScalar("f_from_unixtime_nanos", 1, 1, func(a []any) (any, error) {
			n, err := toInteger(a[0])
			if err != nil {
				return nil, err
			}
			return newDatetime(time.Unix(0, n).UTC(), kindZoned).withDigits(9).String(), nil
		}),
		r.newDatetimeScalar("f_to_unixtime", func(m datetime) (any, error) {
			return float64(m.UnixMilli())/1000 + float64(m.fraction()%picosPerMilli)/1e12, nil
		}),
		r.newDatetimeScalar("f_instant", func(m datetime) (any, error) { return m.UnixMilli(), nil }),
		r.newDatetimeScalar("f_instant_picos", func(m datetime) (any, error) { // text that is ordered like the instants
			m = m.instant()
			return fmt.Sprintf("%020d.%012d", m.Unix()+1<<62, m.fraction()), nil
		}),
	}
}

// datetimeArithmetic returns sums, differences and truncation.
func (r datetimeCalls) datetimeArithmetic() []Scalar {
	return []Scalar{
		newScalar("f_date_trunc", 2, 2, func(a []any) (any, error) {
			m, err := r.parseDatetime(a[1])
			if err != nil {
				return nil, err
			}
			return formatDatetime(m.trunc(toText(a[0])))
		}),
		newScalar("f_date_add", 3, 3, func(a []any) (any, error) {
			m, err := r.parseDatetime(a[2])
			if err != nil {
				return nil, err
			}
			n, err := toInteger(a[1])
			if err != nil {
				return nil, err
			}
			return formatDatetime(m.add(n, toText(a[0])))
		}),
		newScalar("f_date_diff", 3, 3, func(a []any) (any, error) {
			x, y, err := r.parseDatetimes(a[1], a[2])
			if err != nil {
				return nil, err
			}
			n, err := diffUnits(toText(a[0]), x, y)
			return n, err
		}),
		r.newShiftScalar("f_ts_add", func(m datetime, ms int64) (any, error) {
			if m.kind == kindDate && ms%86400000 != 0 {
				return nil, dataError("Cannot add hour, minutes or seconds to a date")
			}
			return formatDatetime(m.addMillis(ms))
		}),
		r.newShiftScalar("f_ts_add_months", func(m datetime, n int64) (any, error) { return formatDatetime(m.addMonths(n)) }),
		newScalar("f_ts_sub", 2, 2, func(a []any) (any, error) {
			x, y, err := r.parseDatetimes(a[0], a[1])
			x, y = x.instant(), y.instant()
			picos := x.fraction() - y.fraction() + 1000*picosPerMilli + picosPerMilli/2 // halves are rounded up
			return (x.Unix()-y.Unix()-1)*1000 + int64(picos/picosPerMilli), err
		}),
		r.newDatetimeScalar("f_last_day_of_month", func(m datetime) (any, error) {
			return newDatetime(time.Date(m.Year(), m.Month()+1, 0, 0, 0, 0, 0, time.UTC), kindDate).String(), nil
		}),
		newScalar("f_parse_duration", 1, 1, parseDuration),
	}
}

// timeZoneFunctions returns conversions between time zones.
func (r datetimeCalls) timeZoneFunctions() []Scalar {
	return []Scalar{
		newScalar("f_at_timezone", 2, 2, func(a []any) (any, error) { return r.convertZone(a, time.Time.In) }),
		r.newShiftScalar("f_at_offset", func(m datetime, ms int64) (any, error) {
			if ms%60_000 != 0 {
				return nil, dataError("Invalid time zone offset interval: interval contains seconds")
			}
			l, err := newOffsetZone(ms / 60_000)
			if err != nil {
				return nil, err
			}
			return m.as(m.In(l), kindZoned).String(), nil
		}),
		newScalar("f_with_timezone", 2, 2, func(a []any) (any, error) {
			return r.convertZone(a, func(t time.Time, l *time.Location) time.Time {
				return newLocalTime(newDatetime(t, kindTimestamp).wallTime(), l, 0, false)
			})
		}),
		r.newDatetimeScalar("f_timezone", func(m datetime) (any, error) {
			if m.kind == kindZonedTime {
				return m.Format("-07:00"), nil
			}
			return m.Location().String(), nil
		}),
	}
}

// isoFunctions returns conversions from and to ISO 8601.
func (r datetimeCalls) isoFunctions() []Scalar {
	return []Scalar{
		newScalar("f_from_iso8601_timestamp", 1, 1, r.parseISOTimestamp),
		newScalar("f_from_iso8601_timestamp_nanos", 1, 1, r.parseISONanos),
		newScalar("f_from_iso8601_date", 1, 1, castISODate),
		r.newDatetimeScalar("f_to_iso8601", func(m datetime) (any, error) {
			switch m.kind {
			case kindDate:
				return strings.TrimPrefix(m.String(), "+"), nil
			case kindZoned:
				return formatDate(m.Time) + m.Format("T15:04:05") + m.formatFraction() + m.Format("Z07:00"), nil
			}
			return formatDate(m.Time) + m.Format("T15:04:05") + m.formatFraction(), nil
		}),
	}
}

// unixTime converts seconds since 1970 to a time rounded to milliseconds.
func unixTime(v any) (time.Time, error) {
	const most = 366 * 86400 * maxYear
	if n, ok := v.(int64); ok && n < most && n > -most {
		return time.Unix(n, 0).UTC(), nil
	}
	f, err := toDouble(v)
	if err != nil {
		return time.Time{}, err
	}
	if math.IsNaN(f) {
		f = 0
	}
	if math.Abs(f) > most {
		return time.Time{}, dataError("timestamp is out of range")
	}
	return time.UnixMilli(int64(math.Round(f * 1000))).UTC(), nil
}

// convertZone applies show to a datetime and a time zone.
func (r datetimeCalls) convertZone(a []any, show func(time.Time, *time.Location) time.Time) (any, error) {
	m, err := r.parseDatetime(a[0])
	if err != nil {
		return nil, err
	}
	l, err := r.zone(a[1])
	if err != nil {
		return nil, err
	}
	return m.as(show(m.Time, l), kindZoned).String(), nil
}

// formatTimeOfDay returns the time of the day with the digits that the second argument requests.
func formatTimeOfDay(m datetime, a []any) (any, error) {
	t := time.Date(1970, 1, 1, m.Hour(), m.Minute(), m.Second(), m.Nanosecond(), time.UTC)
	return formatWithDigits(m.as(t, kindTime), a)
}
