package functions

import (
	"math"
	"strings"
	"time"
)

const hiveTimestamp = "2006-01-02 15:04:05"

// hiveDateFunctions returns Hive's date functions, which are null for invalid dates. See
// https://hive.apache.org/docs/latest/language/languagemanual-udf/.
func (r *Registry) hiveDateFunctions() []Scalar {
	null := func(name string, least, most int, call func([]any) (any, error)) Scalar {
		return newScalar(name, least, most, func(a []any) (any, error) { return nullOnError(call(a)) })
	}
	addDays := func(sign int64) func([]any) (any, error) {
		return func(a []any) (any, error) {
			m, err := r.parseDatetime(a[0])
			if err != nil {
				return nil, err
			}
			n, err := toInteger(a[1])
			if err != nil || n > maxSpan || n < -maxSpan {
				return nil, dataError("days are out of range")
			}
			m.kind = kindDate
			return formatDatetime(m.add(sign*n, "day"))
		}
	}
	return []Scalar{
		null("h_from_unixtime", 1, 2, func(a []any) (any, error) {
			t, err := unixTime(a[0])
			if err != nil || len(a) == 1 {
				return t.Format(hiveTimestamp), err
			}
			s, err := r.formatPattern(t, toText(a[1]), simpleDateFormat)
			return s, err
		}),
		null("h_unix_timestamp", 1, 2, func(a []any) (any, error) {
			if len(a) == 2 {
				t, err := r.parseWithPattern(toText(a[0]), toText(a[1]), time.UTC, simpleDateFormat)
				return t.Unix(), err
			}
			m, err := r.parseDatetime(a[0])
			return m.Unix(), err
		}),
		null("h_to_date", 1, 1, r.castDate),
		null("h_date_add", 2, 2, addDays(1)),
		null("h_date_sub", 2, 2, addDays(-1)),
		null("h_datediff", 2, 2, func(a []any) (any, error) {
			x, y, err := r.parseDatetimes(a[0], a[1])
			if err != nil {
				return nil, err
			}
			x, _ = datetime{x.wallTime(), kindTimestamp}.trunc("day")
			y, _ = datetime{y.wallTime(), kindTimestamp}.trunc("day")
			n, err := diffUnits("day", y, x)
			return n, err
		}),
		null("h_add_months", 2, 2, func(a []any) (any, error) {
			m, err := r.parseDatetime(a[0])
			if err != nil {
				return nil, err
			}
			n, err := toInteger(a[1])
			if err != nil {
				return nil, err
			}
			last := m.AddDate(0, 0, 1).Day() == 1
			m.kind = kindDate
			if m, err = m.addMonths(n); err == nil && last {
				m.Time = time.Date(m.Year(), m.Month()+1, 0, 0, 0, 0, 0, time.UTC)
			}
			return formatDatetime(m, err)
		}),
		null("h_date_format", 2, 2, func(a []any) (any, error) {
			m, err := r.parseDatetime(a[0])
			if err != nil {
				return nil, err
			}
			s, err := r.formatPattern(m.Time, toText(a[1]), simpleDateFormat)
			return s, err
		}),
		null("h_last_day", 1, 1, func(a []any) (any, error) {
			m, err := r.parseDatetime(a[0])
			return formatDatetime(datetime{time.Date(m.Year(), m.Month()+1, 0, 0, 0, 0, 0, time.UTC), kindDate}, err)
		}),
		null("h_next_day", 2, 2, r.findNextDay),
		null("h_trunc", 2, 2, func(a []any) (any, error) {
			m, err := r.parseDatetime(a[0])
			if err != nil {
				return nil, err
			}
			m.kind = kindDate
			switch strings.ToUpper(toText(a[1])) {
			case "YEAR", "YYYY", "YY":
				return formatDatetime(m.trunc("year"))
			case "QUARTER", "Q":
				return formatDatetime(m.trunc("quarter"))
			case "MONTH", "MON", "MM":
				return formatDatetime(m.trunc("month"))
			}
			return nil, nil
		}),
		null("h_months_between", 2, 2, r.hiveMonthsBetween),
		null("h_from_utc_timestamp", 2, 2, func(a []any) (any, error) {
			m, l, err := r.parseDatetimeAndZone(a)
			if err != nil {
				return nil, err
			}
			return datetime{m.In(l), kindTimestamp}.String(), nil
		}),
		null("h_to_utc_timestamp", 2, 2, func(a []any) (any, error) {
			m, l, err := r.parseDatetimeAndZone(a)
			if err != nil {
				return nil, err
			}
			y, mon, d := m.Date()
			t := time.Date(y, mon, d, m.Hour(), m.Minute(), m.Second(), m.Nanosecond(), l)
			return datetime{t.UTC(), kindTimestamp}.String(), nil
		}),
	}
}

func (r *Registry) parseDatetimeAndZone(a []any) (datetime, *time.Location, error) {
	m, err := r.parseDatetime(a[0])
	if err != nil {
		return m, nil, err
	}
	l, err := r.zone(a[1])
	return m, l, err
}

// findNextDay implements next_day: the first given day of the week after a date.
func (r *Registry) findNextDay(a []any) (any, error) {
	m, err := r.parseDatetime(a[0])
	if err != nil {
		return nil, err
	}
	name := strings.ToLower(toText(a[1]))
	for i := range 7 {
		day := m.AddDate(0, 0, i+1)
		full := strings.ToLower(day.Weekday().String())
		if len(name) >= 2 && (name == full || name == full[:3] || name == full[:2]) {
			return datetime{day, kindDate}.String(), nil
		}
	}
	return nil, nil
}

// hiveMonthsBetween implements months_between: fractions are based on months of 31 days; equal
// days of the month and last days of months are whole months apart.
func (r *Registry) hiveMonthsBetween(a []any) (any, error) {
	x, y, err := r.parseDatetimes(a[0], a[1])
	if err != nil {
		return nil, err
	}
	months := float64((x.Year()-y.Year())*12 + int(x.Month()) - int(y.Month()))
	lastX, lastY := x.AddDate(0, 0, 1).Day() == 1, y.AddDate(0, 0, 1).Day() == 1
	if x.Day() == y.Day() || lastX && lastY {
		return months, nil
	}
	seconds := func(m datetime) float64 {
		return float64(m.Day()*86400 + m.Hour()*3600 + m.Minute()*60 + m.Second())
	}
	exact := months + (seconds(x)-seconds(y))/(31*86400)
	return math.Round(exact*1e8) / 1e8, nil
}
