// Package cronspec parses the times at which an unattended command runs: cron expressions, and phrases such as "every day
// at 06:00".
//
// See https://man7.org/linux/man-pages/man5/crontab.5.html and
// https://www.freedesktop.org/software/systemd/man/latest/systemd.time.html.
package cronspec

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// A Spec is a set of times with the resolution of a minute.
type Spec struct {
	text                                  string // the cron expression
	minutes, hours, days, months, weekday uint64 // bit n is set for the value n; Sunday is 0
	anyDay, anyWeekday                    bool   // the field starts with *
}

// A field is a part of a cron expression.
type field struct {
	name     string
	min, max int
	names    []string // names of the values, starting with min
}

func fields() [5]field {
	return [5]field{
		{"minute", 0, 59, nil},
		{"hour", 0, 23, nil},
		{"day of the month", 1, 31, nil},
		{"month", 1, 12, strings.Fields("jan feb mar apr may jun jul aug sep oct nov dec")},
		{"day of the week", 0, 7, strings.Fields("sun mon tue wed thu fri sat")},
	}
}

// Parse parses a cron expression of five fields, one of @hourly, @daily, @weekly, @monthly and @yearly, or
// "every day|weekday|hour [at] HH:MM".
func Parse(s string) (Spec, error) {
	text := strings.Join(strings.Fields(s), " ")
	switch {
	case strings.HasPrefix(strings.ToLower(text), "every"):
		expression, err := parsePhrase(text)
		if err != nil {
			return Spec{}, fmt.Errorf("invalid time %q: %w", s, err)
		}
		text = expression
	case strings.HasPrefix(text, "@"):
		expression, ok := map[string]string{
			"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
			"@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
		}[strings.ToLower(text)]
		if !ok {
			return Spec{}, fmt.Errorf("invalid time %q: it must be @hourly, @daily, @weekly, @monthly or @yearly", s)
		}
		text = expression
	}
	spec, err := parseExpression(text)
	if err != nil {
		return Spec{}, fmt.Errorf("invalid time %q: %w", s, err)
	}
	return spec, nil
}

// parsePhrase returns the cron expression of a phrase.
func parsePhrase(s string) (string, error) {
	const usage = `it must be a cron expression such as "0 6 * * *", or "every day|weekday|hour [at] HH:MM"`
	words := strings.Fields(strings.ToLower(s))
	if len(words) > 2 && words[2] == "at" {
		words = append(words[:2], words[3:]...)
	}
	if len(words) == 2 && words[1] == "hour" {
		words = append(words, "00:00")
	}
	if len(words) != 3 || words[0] != "every" {
		return "", errors.New(usage)
	}
	unit := words[1]
	if unit != "day" && unit != "weekday" && unit != "hour" {
		return "", fmt.Errorf("%q is not day, weekday or hour", unit)
	}
	hourText, minuteText, ok := strings.Cut(words[2], ":")
	if unit == "hour" && hourText == "" {
		hourText = "0" // every hour at :15
	}
	hour, err := parseNumber(hourText)
	minute, minuteErr := parseNumber(minuteText)
	switch {
	case !ok || err != nil || minuteErr != nil || len(hourText) > 2 || len(minuteText) != 2:
		return "", fmt.Errorf("%q is not a time of the form HH:MM", words[2])
	case hour > 23:
		return "", fmt.Errorf("the hour %d is not between 0 and 23", hour)
	case minute > 59:
		return "", fmt.Errorf("the minute %d is not between 0 and 59", minute)
	case unit == "hour" && hour != 0:
		return "", fmt.Errorf("%q has an hour; use every hour at :%s", words[2], minuteText)
	case unit == "hour":
		return fmt.Sprintf("%d * * * *", minute), nil
	case unit == "weekday":
		return fmt.Sprintf("%d %d * * 1-5", minute, hour), nil
	}
	return fmt.Sprintf("%d %d * * *", minute, hour), nil
}

// parseNumber parses a number without a sign.
func parseNumber(s string) (int, error) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return strconv.Atoi(s)
}

// parseExpression parses five fields.
func parseExpression(s string) (Spec, error) {
	parts := strings.Fields(s)
	if len(parts) != 5 {
		return Spec{}, fmt.Errorf("a cron expression has 5 fields, not %d: minute, hour, day of the month, month, day of the week", len(parts))
	}
	var sets [5]uint64
	for i, f := range fields() {
		var err error
		if sets[i], err = f.parse(parts[i]); err != nil {
			return Spec{}, err
		}
		parts[i] = f.spellOut(parts[i])
	}
	if seven := uint64(1 << 7); sets[4]&seven != 0 { // 7 is Sunday, like 0
		sets[4] = sets[4]&^seven | 1
	}
	spec := Spec{
		text: strings.Join(parts, " "), minutes: sets[0], hours: sets[1], days: sets[2], months: sets[3], weekday: sets[4],
		anyDay: parts[2][0] == '*', anyWeekday: parts[4][0] == '*',
	}
	if !spec.possible() {
		return Spec{}, errors.New("no month has such a day")
	}
	return spec, nil
}

// parse returns the set of values of a field such as "1-5,*/10,mon".
func (f field) parse(s string) (set uint64, err error) {
	for item := range strings.SplitSeq(s, ",") {
		span, stepText, stepped := strings.Cut(item, "/")
		low, high := f.min, f.max
		if span != "*" {
			first, last, isRange := strings.Cut(span, "-")
			if low, err = f.value(first); err != nil {
				return 0, err
			}
			switch {
			case isRange:
				if high, err = f.value(last); err != nil {
					return 0, err
				}
			case !stepped:
				high = low
			}
		} else if f.max == 7 {
			high = 6
		}
		step := 1
		if stepped {
			if step, err = parseNumber(stepText); err != nil || step < 1 {
				return 0, fmt.Errorf("the %s %q has an invalid step", f.name, item)
			}
		}
		if low > high {
			return 0, fmt.Errorf("the %s %q ends before it starts", f.name, item)
		}
		for v := low; v <= high; v += step {
			set |= 1 << v
		}
	}
	return set, nil
}

// spellOut returns a valid field with 5/15 as 5-59/15, because the cron daemon of Debian does not accept the short form.
func (f field) spellOut(s string) string {
	items := strings.Split(s, ",")
	for i, item := range items {
		if span, step, stepped := strings.Cut(item, "/"); stepped && span != "*" && !strings.Contains(span, "-") {
			items[i] = fmt.Sprintf("%s-%d/%s", span, f.max, step)
		}
	}
	return strings.Join(items, ",")
}

// value returns the value of a number or a name.
func (f field) value(s string) (int, error) {
	for i, name := range f.names {
		if strings.EqualFold(s, name) {
			return f.min + i, nil
		}
	}
	n, err := parseNumber(s)
	if err != nil || n < f.min || n > f.max {
		return 0, fmt.Errorf("the %s %q is not between %d and %d", f.name, s, f.min, f.max)
	}
	return n, nil
}

// possible reports whether some month has one of the days.
func (s Spec) possible() bool {
	if !s.anyWeekday { // days of the week exist in each month, as an alternative or a condition
		return true
	}
	longest := [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	first := bits.TrailingZeros64(s.days)
	for month, n := range longest {
		if s.months&(1<<(month+1)) != 0 && first <= n {
			return true
		}
	}
	return false
}

// String returns the cron expression.
func (s Spec) String() string { return s.text }

// IsZero reports whether s is not the result of Parse.
func (s Spec) IsZero() bool { return s.text == "" }

// matchesDay reports whether the command runs on a day. As in all implementations of cron, a day of the month and a day of
// the week are alternatives unless one of the fields starts with *.
func (s Spec) matchesDay(year int, month time.Month, day int) bool {
	if s.months&(1<<month) == 0 {
		return false
	}
	weekday := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Weekday()
	inMonth, inWeek := s.days&(1<<day) != 0, s.weekday&(1<<weekday) != 0
	if s.anyDay || s.anyWeekday {
		return inMonth && inWeek
	}
	return inMonth || inWeek
}

// maxDays is the number of days among which every possible date occurs: a leap day on a given day of the week is at most
// 40 years away.
const maxDays = 41 * 366

// Next returns the first time after t, in the location of t, or the zero time if there is none.
func (s Spec) Next(t time.Time) time.Time {
	return s.search(t, 1, func(candidate time.Time) bool { return candidate.After(t) })
}

// Last returns the last time that is not after t, in the location of t, or the zero time if there is none.
func (s Spec) Last(t time.Time) time.Time {
	return s.search(t, -1, func(candidate time.Time) bool { return !candidate.After(t) })
}

// search returns the first acceptable time of the day of t and the following days in the direction.
func (s Spec) search(t time.Time, direction int, accept func(time.Time) bool) time.Time {
	year, month, day := t.Date()
	for n := range maxDays {
		y, m, d := time.Date(year, month, day+direction*n, 12, 0, 0, 0, time.UTC).Date()
		if !s.matchesDay(y, m, d) {
			continue
		}
		var best time.Time
		for hour := range 24 {
			for minute := range 60 {
				if s.hours&(1<<hour) == 0 || s.minutes&(1<<minute) == 0 {
					continue
				}
				at := wallTime(y, m, d, hour, minute, t.Location())
				if accept(at) && (best.IsZero() || at.Before(best) == (direction > 0)) {
					best = at
				}
			}
		}
		if !best.IsZero() {
			return best
		}
	}
	return time.Time{}
}

// wallTime returns the first instant at which a clock shows a time. A time that the clock skips is an instant before the
// change, so that a command that a cron daemon runs after the change is not earlier.
func wallTime(year int, month time.Month, day, hour, minute int, zone *time.Location) time.Time {
	t := time.Date(year, month, day, hour, minute, 0, 0, zone)
	if h, m, _ := t.Clock(); h == hour && m == minute {
		earlier := t.Add(-time.Hour)
		if h, m, _ := earlier.Clock(); h == hour && m == minute {
			return earlier
		}
		return t
	}
	_, offset := t.Add(24 * time.Hour).Zone()
	return time.Date(year, month, day, hour, minute, 0, 0, time.FixedZone("", offset)).In(zone)
}

// Changes returns the first day within a year after t on which the clock skips a time of the Spec, and the first one on
// which the clock shows it twice, in the location of t. Either may be the zero time. It returns zero times for a Spec with
// several times per day.
func (s Spec) Changes(t time.Time) (skipped, repeated time.Time) {
	if bits.OnesCount64(s.hours) != 1 || bits.OnesCount64(s.minutes) != 1 {
		return time.Time{}, time.Time{}
	}
	hour, minute := bits.TrailingZeros64(s.hours), bits.TrailingZeros64(s.minutes)
	year, month, day := t.Date()
	for n := 1; n <= 366; n++ {
		noon := time.Date(year, month, day+n, 12, 0, 0, 0, t.Location())
		y, m, d := noon.Date()
		if !s.matchesDay(y, m, d) {
			continue
		}
		at := time.Date(y, m, d, hour, minute, 0, 0, t.Location())
		shows := func(at time.Time) bool {
			h, m, _ := at.Clock()
			return h == hour && m == minute && at.Day() == d
		}
		switch {
		case !shows(at) && skipped.IsZero():
			skipped = noon
		case shows(at) && (shows(at.Add(time.Hour)) || shows(at.Add(-time.Hour))) && repeated.IsZero():
			repeated = noon
		}
	}
	return skipped, repeated
}

// Calendar returns calendar events of systemd that together have the same times.
func (s Spec) Calendar() []string {
	clock := formatSet(s.hours, 0, 23) + ":" + formatSet(s.minutes, 0, 59) + ":00"
	date := func(days uint64) string {
		return "*-" + formatSet(s.months, 1, 12) + "-" + formatSet(days, 1, 31) + " " + clock
	}
	const all = ^uint64(0)
	weekdays := s.weekdayPrefix()
	if weekdays != "" && !s.anyDay && !s.anyWeekday {
		return []string{date(s.days), weekdays + date(all)}
	}
	return []string{weekdays + date(s.days)}
}

// weekdayPrefix returns the days of the week, or "" for all of them.
func (s Spec) weekdayPrefix() string {
	names := strings.Fields("Sun Mon Tue Wed Thu Fri Sat")
	var list []string
	for i, name := range names {
		if s.weekday&(1<<i) != 0 {
			list = append(list, name)
		}
	}
	if len(list) == len(names) {
		return ""
	}
	return strings.Join(list, ",") + " "
}

// formatSet returns a set as a list of values and ranges, or * for all values.
func formatSet(set uint64, low, high int) string {
	var items []string
	for v := low; v <= high; v++ {
		if set&(1<<v) == 0 {
			continue
		}
		start := v
		for v < high && set&(1<<(v+1)) != 0 {
			v++
		}
		switch {
		case start == low && v == high:
			return "*"
		case start == v:
			items = append(items, fmt.Sprintf("%02d", v))
		default:
			items = append(items, fmt.Sprintf("%02d..%02d", start, v))
		}
	}
	return strings.Join(items, ",")
}
