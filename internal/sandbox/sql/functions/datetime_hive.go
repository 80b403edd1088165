package functions

import (
	"math"
	"strings"
	"time"
)

const hiveTimestamp = "2006-01-02 15:04:05"

// newHiveDateScalar returns a Scalar whose first argument is a date; it is null for other text.
func newHiveDateScalar(name string, args int, f func(date datetime, rest []any) (any, error)) Scalar {
	return newScalar(name, args, args, func(a []any) (any, error) {
		m, ok := parseHiveDate(a[0])
		if !ok {
			return nil, nil
		}
		return nullOnError(f(m, a[1:]))
	})
}

// hiveDateFunctions returns Hive's date functions, which are null for invalid dates. See
// https://hive.apache.org/docs/latest/language/languagemanual-udf/.
func hiveDateFunctions() []Scalar {
	addDays := func(sign int64) func(datetime, []any) (any, error) {
		return func(m datetime, rest []any) (any, error) {
			n, err := toInteger(rest[0])
			if err != nil || n > maxSpan || n < -maxSpan {
				return nil, dataError("days are out of range")
			}
			return formatDatetime(m.add(sign*n, "day"))
		}
	}
	return []Scalar{
		newHiveDateScalar("h_to_date", 1, func(m datetime, _ []any) (any, error) { return m.String(), nil }),
		newHiveDateScalar("h_date_add", 2, addDays(1)),
		newHiveDateScalar("h_date_sub", 2, addDays(-1)),
		newHiveDateScalar("h_datediff", 2, func(m datetime, rest []any) (any, error) {
			other, ok := parseHiveDate(rest[0])
			if !ok {
				return nil, nil
			}
			return int64(m.Sub(other.Time) / (24 * time.Hour)), nil
		}),
		newHiveDateScalar("h_add_months", 2, func(m datetime, rest []any) (any, error) {
			n, err := toInteger(rest[0])
			if err != nil {
				return nil, err
			}
			last := m.AddDate(0, 0, 1).Day() == 1
			if m, err = m.addMonths(n); err == nil && last {
				m.Time = time.Date(m.Year(), m.Month()+1, 0, 0, 0, 0, 0, time.UTC)
			}
			return formatDatetime(m, err)
		}),
		newHiveDateScalar("h_last_day", 1, func(m datetime, _ []any) (any, error) {
			return newDatetime(time.Date(m.Year(), m.Month()+1, 0, 0, 0, 0, 0, time.UTC), kindDate).String(), nil
		}),
		newHiveDateScalar("h_next_day", 2, findNextDay),
		newHiveDateScalar("h_trunc", 2, func(m datetime, rest []any) (any, error) {
			switch toText(rest[0]) {
			case "YEAR", "YYYY", "YY":
				return formatDatetime(m.trunc("year"))
			case "QUARTER", "Q":
				return formatDatetime(m.trunc("quarter"))
			case "MONTH", "MON", "MM":
				return formatDatetime(m.trunc("month"))
			}
			return nil, nil
		}),
		newScalar("h_months_between", 2, 2, hiveMonthsBetween),
	}
}

// hiveTimestampFunctions returns Hive's functions on timestamps and Unix times, and casts; they are null for invalid values.
func (r *Registry) hiveTimestampFunctions() []Scalar {
	return []Scalar{
		newScalar("h_from_unixtime", 1, 2, func(a []any) (any, error) {
			t, err := unixTime(a[0])
			if err != nil {
				return nil, nil
			}
			if len(a) == 1 {
				return t.Format(hiveTimestamp), nil
			}
			return nullOnError(r.formatHivePattern(t, toText(a[1])))
		}),
		newScalar("h_unix_timestamp", 1, 2, func(a []any) (any, error) {
			if len(a) == 2 {
				t, err := r.parseWithPattern(toText(a[0]), toText(a[1]), time.UTC, simpleDateFormat)
				return nullOnError(t.Unix(), err)
			}
			if t, ok := scanHiveDateTime(toText(a[0])); ok {
				return t.Unix(), nil
			}
			return nil, nil
		}),
		newScalar("h_date_format", 2, 2, func(a []any) (any, error) {
			m, ok := parseHiveDateTime(a[0])
			if !ok {
				return nil, nil
			}
			return nullOnError(r.formatHivePattern(m.Time, toText(a[1])))
		}),
		newScalar("h_from_utc_timestamp", 2, 2, func(a []any) (any, error) {
			t, l, ok := r.parseHiveZoned(a)
			if !ok {
				return nil, nil
			}
			return newDatetime(t.In(l), kindTimestamp).String(), nil
		}),
		newScalar("h_to_utc_timestamp", 2, 2, func(a []any) (any, error) {
			t, l, ok := r.parseHiveZoned(a)
			if !ok {
				return nil, nil
			}
			_, standard := time.Date(t.Year(), 1, 1, 0, 0, 0, 0, l).Zone()
			return newDatetime(newLocalTime(t, l, standard, true).UTC(), kindTimestamp).String(), nil
		}),
		newScalar("h_cast_date", 1, 1, func(a []any) (any, error) {
			t, ok := castHiveTimestamp(a[0])
			if _, isText := a[0].(string); !ok || !isText {
				return nil, nil
			}
			return newDatetime(t, kindDate).String(), nil
		}),
		newScalar("h_cast_timestamp", 1, 1, func(a []any) (any, error) {
			t, ok := castHiveTimestamp(a[0])
			if !ok {
				return nil, nil
			}
			return newDatetime(t, kindTimestamp).String(), nil
		}),
		newScalar("h_cast_varchar_timestamp", 1, 1, func(a []any) (any, error) {
			return FormatHiveTimestamp(toText(a[0])), nil
		}),
	}
}

// FormatHiveTimestamp returns a timestamp as Hive displays it: without trailing zeros.
func FormatHiveTimestamp(text string) string {
	if strings.Contains(text, ".") {
		return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// formatHivePattern formats t with a pattern of SimpleDateFormat.
func (r *Registry) formatHivePattern(t time.Time, pattern string) (any, error) {
	s, err := r.formatPattern(t, pattern, simpleDateFormat)
	return s, err
}

// parseHiveZoned parses a timestamp and a zone.
func (r *Registry) parseHiveZoned(a []any) (time.Time, *time.Location, bool) {
	t, ok := castHiveTimestamp(a[0])
	if !ok {
		return t, nil, false
	}
	l, err := r.hiveZones.get(toText(a[1]))
	return t, l, err == nil
}

// findNextDay implements next_day: the first given day of the week after a date.
func findNextDay(m datetime, rest []any) (any, error) {
	name := strings.ToLower(toText(rest[0]))
	for i := range 7 {
		day := m.AddDate(0, 0, i+1)
		full := strings.ToLower(day.Weekday().String())
		if len(name) >= 2 && (name == full || name == full[:3] || name == full[:2]) {
			return newDatetime(day, kindDate).String(), nil
		}
	}
	return nil, nil
}

// hiveMonthsBetween implements months_between: fractions are based on months of 31 days; equal days of
// the month and last days of months are whole months apart.
func hiveMonthsBetween(a []any) (any, error) {
	x, okX := parseHiveDateTime(a[0])
	y, okY := parseHiveDateTime(a[1])
	if !okX || !okY {
		return nil, nil
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
