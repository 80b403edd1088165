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
	}{
		{"f_year h_year", time.Time.Year},
		{"f_quarter h_quarter", func(t time.Time) int { return (int(t.Month()) + 2) / 3 }},
		{"f_month h_month", func(t time.Time) int { return int(t.Month()) }},
		{"f_week h_weekofyear", week},
		{"f_day h_day", time.Time.Day},
		{"f_hour h_hour", time.Time.Hour},
		{"f_minute h_minute", time.Time.Minute},
		{"f_second h_second", time.Time.Second},
		{"f_millisecond", func(t time.Time) int { return t.Nanosecond() / 1e6 }},
		{"f_day_of_week", func(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }},
		{"h_dayofweek", func(t time.Time) int { return int(t.Weekday()) + 1 }},
		{"f_day_of_year", time.Time.YearDay},
		{"f_year_of_week", func(t time.Time) int {
			y, _ := t.ISOWeek()
			return y
		}},
		{"f_timezone_hour", func(t time.Time) int {
			_, offset := t.Zone()
			return offset / 3600
		}},
		{"f_timezone_minute", func(t time.Time) int {
			_, offset := t.Zone()
			return offset / 60 % 60
		}},
	}
	var list []Scalar
	for _, p := range parts {
		for name := range strings.FieldsSeq(p.names) {
			part := r.newDatetimeScalar(name, func(m datetime) (any, error) { return int64(p.f(m.Time)), nil })
			if call := part.Call; name[0] == 'h' {
				part.Call = func(a []any) (any, error) { return nullOnError(call(a)) }
			}
			list = append(list, part)
		}
	}
	return list
}
