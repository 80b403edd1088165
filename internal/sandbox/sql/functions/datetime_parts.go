package functions

import (
	"strings"
	"time"
)

// datePartFunctions returns the functions that extract a field. Hive's are null for invalid dates.
func (r *Registry) datePartFunctions() []Scalar {
	week := func(t time.Time) int {
		_, w := t.ISOWeek()
		return w
	}
	parts := []struct {
		names string
		f     func(time.Time) int
		clock bool
	}{
		{names: "f_year h_year", f: time.Time.Year},
		{names: "f_quarter h_quarter", f: func(t time.Time) int { return (int(t.Month()) + 2) / 3 }},
		{names: "f_month h_month", f: func(t time.Time) int { return int(t.Month()) }},
		{names: "f_week h_weekofyear", f: week},
		{names: "f_day h_day", f: time.Time.Day},
		{names: "f_hour h_hour", f: time.Time.Hour, clock: true},
		{names: "f_minute h_minute", f: time.Time.Minute, clock: true},
		{names: "f_second h_second", f: time.Time.Second, clock: true},
		{names: "f_millisecond", f: func(t time.Time) int { return t.Nanosecond() / 1e6 }},
		{names: "f_day_of_week", f: func(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }},
		{names: "h_dayofweek", f: func(t time.Time) int { return int(t.Weekday()) + 1 }},
		{names: "f_day_of_year", f: time.Time.YearDay},
		{names: "f_year_of_week", f: func(t time.Time) int {
			y, _ := t.ISOWeek()
			return y
		}},
		{names: "f_timezone_hour", f: func(t time.Time) int {
			_, offset := t.Zone()
			return offset / 3600
		}},
		{names: "f_timezone_minute", f: func(t time.Time) int {
			_, offset := t.Zone()
			return offset / 60 % 60
		}},
	}
	var list []Scalar
	for _, p := range parts {
		for name := range strings.FieldsSeq(p.names) {
			part := r.newDatetimeScalar(name, func(m datetime) (any, error) { return int64(p.f(m.Time)), nil })
			if name[0] == 'h' {
				parse := parseHiveDate
				if p.clock {
					parse = parseHiveClock
				}
				part.Call = func(a []any) (any, error) {
					m, ok := parse(a[0])
					if !ok {
						return nil, nil
					}
					return int64(p.f(m.Time)), nil
				}
			}
			list = append(list, part)
		}
	}
	return list
}
