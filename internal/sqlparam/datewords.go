package sqlparam

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ResolveDates returns p with the words for dates in the value of a date or timestamp replaced: today, yesterday,
// tomorrow, now, start-of-week (Monday), start-of-month, start-of-year, each with an optional distance such as -7d, +2w,
// -1m (months) or -1y. The calendar is that of now's location. Other values remain unchanged.
func (p Param) ResolveDates(now time.Time) Param {
	kind, isList := strings.CutSuffix(p.Type, "[]")
	layout := time.DateOnly
	// The results have no zone. UTC has every midnight, unlike zones whose daylight-saving time starts then.
	now = time.Date(now.Year(), now.Month(), now.Day(), now.Hour(), now.Minute(), now.Second(), 0, time.UTC)
	switch kind {
	case "date":
	case "timestamp":
		layout = time.DateTime
	default:
		return p
	}
	if !isList {
		p.Value = resolveDate(p.Value, layout, now)
		return p
	}
	values := strings.Split(p.Value, ",")
	for i, v := range values {
		values[i] = resolveDate(v, layout, now)
	}
	p.Value = strings.Join(values, ",")
	return p
}

// resolveDate returns the time of a word in a layout, or text if it is not a word.
func resolveDate(text, layout string, now time.Time) string {
	m := regexp.MustCompile(`^\s*(today|yesterday|tomorrow|now|start-of-(?:week|month|year))\s*(?:([+-])\s*([0-9]{1,4})([dwmy]))?\s*$`).
		FindStringSubmatch(strings.ToLower(text))
	if m == nil {
		return text
	}
	t := wordTime(m[1], now)
	if m[3] != "" {
		n, err := strconv.Atoi(m[2] + m[3])
		if err != nil {
			return text
		}
		t = addDistance(t, n, m[4])
	}
	return t.Format(layout)
}

// wordTime returns the time that a word denotes.
func wordTime(word string, now time.Time) time.Time {
	day := now.Truncate(24 * time.Hour)
	switch word {
	case "yesterday":
		return day.AddDate(0, 0, -1)
	case "tomorrow":
		return day.AddDate(0, 0, 1)
	case "now":
		return now
	case "start-of-week":
		return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	case "start-of-month":
		return day.AddDate(0, 0, 1-day.Day())
	case "start-of-year":
		return day.AddDate(0, 0, 1-day.YearDay())
	}
	return day
}

// addDistance adds n days, weeks, months or years. The day of a month that is too short is its last one.
func addDistance(t time.Time, n int, unit string) time.Time {
	switch unit {
	case "w":
		n *= 7
	case "m", "y":
		if unit == "y" {
			n *= 12
		}
		first := t.AddDate(0, n, 1-t.Day())
		last := first.AddDate(0, 1, -1).Day()
		return first.AddDate(0, 0, min(t.Day(), last)-1)
	}
	return t.AddDate(0, 0, n)
}
