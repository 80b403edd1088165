package functions

import (
	"cmp"
	"strings"
	"time"
)

// trunc truncates to a unit in the datetime's own zone.
func (m datetime) trunc(unit string) (datetime, error) {
	y, mon, d := m.Date()
	l := m.Location()
	date := func(y int, mon time.Month, d int) (datetime, error) {
		return m.withFraction(0).at(newLocalTime(time.Date(y, mon, d, 0, 0, 0, 0, time.UTC), l, 0, false)), nil
	}
	unit = strings.ToLower(unit)
	if m.kind == kindDate && isClockUnit(unit) {
		return m, dataError("'%s' is not a valid DATE field", unit)
	}
	if m.isTimeOfDay() && !isClockUnit(unit) {
		return m, dataError("'%s' is not a valid TIME field", clip(unit))
	}
	switch unit {
	case "millisecond":
		return m.withFraction(m.fraction() / picosPerMilli * picosPerMilli), nil
	case "second":
		return m.withFraction(0), nil
	case "minute", "hour":
		// Subtract instead of calling time.Date: local times repeat at the end of daylight saving time.
		t := m.Add(-time.Duration(m.Second())*time.Second - time.Duration(m.Nanosecond()))
		if unit == "hour" {
			t = t.Add(-time.Duration(t.Minute()) * time.Minute)
		}
		return m.withFraction(0).at(t), nil
	case "day":
		return date(y, mon, d)
	case "week":
		return date(y, mon, d-(int(m.Weekday())+6)%7)
	case "month":
		return date(y, mon, 1)
	case "quarter":
		return date(y, (mon-1)/3*3+1, 1)
	case "year":
		return date(y, 1, 1)
	}
	return m, dataError("'%s' is not a valid TIMESTAMP field", clip(unit))
}

func isClockUnit(unit string) bool {
	switch unit {
	case "millisecond", "second", "minute", "hour":
		return true
	}
	return false
}

// unitDuration returns the length of a unit of at most one hour.
func unitDuration(unit string) time.Duration {
	switch unit {
	case "millisecond":
		return time.Millisecond
	case "second":
		return time.Second
	case "minute":
		return time.Minute
	}
	return time.Hour
}

// maxSpan limits the number of units that can be added.
const maxSpan = 1 << 40

// add adds n units. Months keep the day of the month if it exists, otherwise they use the last
// one.
func (m datetime) add(n int64, unit string) (datetime, error) {
	unit = strings.ToLower(unit)
	if n > maxSpan || n < -maxSpan {
		return m, dataError("timestamp is out of range")
	}
	switch {
	case m.kind == kindDate && isClockUnit(unit):
		return m, dataError("'%s' is not a valid DATE field", unit)
	case m.isTimeOfDay() && !isClockUnit(unit):
		return m, dataError("'%s' is not a valid TIME field", clip(unit))
	}
	switch unit {
	case "millisecond", "second", "minute", "hour":
		return m.addMillis(n * int64(unitDuration(unit)/time.Millisecond))
	case "day", "week":
		if unit == "week" {
			n *= 7
		}
		if n > 366*maxYear || n < -366*maxYear {
			return m, dataError("timestamp is out of range")
		}
		return m.at(m.withWallTime(m.wallTime().AddDate(0, 0, int(n)))).checkRange()
	case "month":
		return m.addMonths(n)
	case "quarter":
		return m.addMonths(3 * n)
	case "year":
		return m.addMonths(12 * n)
	}
	return m, dataError("'%s' is not a valid TIMESTAMP field", clip(unit))
}

func (m datetime) addMillis(ms int64) (datetime, error) {
	const most = 366 * maxYear * 86400000
	if ms > most || ms < -most {
		return m, dataError("timestamp is out of range")
	}
	t := time.UnixMilli(m.UnixMilli() + ms).Add(time.Duration(m.Nanosecond() % 1e6)).In(m.Location())
	if m.isTimeOfDay() {
		t = onFirstDay(t)
	}
	return m.at(t).checkRange()
}

func (m datetime) addMonths(n int64) (datetime, error) {
	if n > 12*maxYear || n < -12*maxYear {
		return m, dataError("timestamp is out of range")
	}
	y, mon, d := m.Date()
	first := time.Date(y, mon+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	t := time.Date(first.Year(), first.Month(), min(d, last), m.Hour(), m.Minute(), m.Second(), m.Nanosecond(), time.UTC)
	return m.at(m.withWallTime(t)).checkRange()
}

// compare compares two instants.
func (m datetime) compare(other datetime) int {
	m, other = m.instant(), other.instant()
	if c := m.Compare(other.Time); c != 0 {
		return c
	}
	return cmp.Compare(m.picos, other.picos)
}

// wallTime returns the local date and time of day as a time in UTC.
func (m datetime) wallTime() time.Time {
	y, mon, d := m.Date()
	return time.Date(y, mon, d, m.Hour(), m.Minute(), m.Second(), m.Nanosecond(), time.UTC)
}

// withWallTime returns the time at which clocks in the zone of m show wall, with the offset of m if
// the local time occurs twice.
func (m datetime) withWallTime(wall time.Time) time.Time {
	_, offset := m.Zone()
	return newLocalTime(wall, m.Location(), offset, true)
}

// picosPerMilli is the number of picoseconds in a millisecond.
const picosPerMilli = 1e9

// millisBetween returns the number of whole milliseconds from a to b.
func millisBetween(a, b datetime) int64 {
	a, b = a.instant(), b.instant()
	seconds, picos := b.Unix()-a.Unix(), b.fraction()-a.fraction()
	switch {
	case seconds > 0 && picos < 0:
		seconds, picos = seconds-1, picos+1000*picosPerMilli
	case seconds < 0 && picos > 0:
		seconds, picos = seconds+1, picos-1000*picosPerMilli
	}
	return seconds*1000 + int64(picos/picosPerMilli)
}

// diffUnits returns the number of whole units from a to b.
func diffUnits(unit string, a, b datetime) (int64, error) {
	unit = strings.ToLower(unit)
	switch unit {
	case "millisecond", "second", "minute", "hour":
		if a.kind == kindDate && b.kind == kindDate {
			return 0, dataError("'%s' is not a valid DATE field", unit)
		}
		return millisBetween(a, b) / int64(unitDuration(unit)/time.Millisecond), nil
	}
	if a.isTimeOfDay() {
		return 0, dataError("'%s' is not a valid TIME field", clip(unit))
	}
	ms := millisBetween(a.at(a.wallTime()), b.at(b.at(b.In(a.Location())).wallTime()))
	b.Time = b.In(a.Location())
	const day = 86400000
	switch unit {
	case "day":
		return ms / day, nil
	case "week":
		return ms / (7 * day), nil
	case "month":
		return countMonths(a, b), nil
	case "quarter":
		return countMonths(a, b) / 3, nil
	case "year":
		return countMonths(a, b) / 12, nil
	}
	return 0, dataError("'%s' is not a valid TIMESTAMP field", clip(unit))
}

// countMonths returns the number of whole months from a to b. When counting backwards, the last day of
// a month also counts as the days that the month lacks.
func countMonths(a, b datetime) int64 {
	n := int64(b.Year()-a.Year())*12 + int64(b.Month()-a.Month())
	reached, err := a.addMonths(n)
	switch {
	case err != nil:
	case n > 0 && reached.compare(b) > 0:
		n--
	case n < 0 && reached.compare(b) < 0:
		back, err := b.addMonths(-n)
		if err != nil || back.compare(a) > 0 {
			n++
		}
	}
	return n
}
