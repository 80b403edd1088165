package cli

import (
	"strconv"
	"strings"
	"time"
)

// TimeUsage says how a TIME on the command line is written.
const TimeUsage = `TIME is seconds since 1970, or a date and time as 2026-01-02, 2026-01-02 03:04:05 (local
time), 2026-01-02 03:04:05 +0900 or 2026-01-02T03:04:05Z.`

// ParseTime reads a time from the command line, as TimeUsage says. Anything else is a
// UsageError.
func ParseTime(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	const lastSecond = 253402300799 // of the year 9999
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 && n <= lastSecond {
		return time.Unix(n, 0), nil
	}
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 -07:00",
		"2006-01-02 15:04:05-07:00", "2006-01-02 15:04 -0700",
		time.RFC1123, time.RFC1123Z,
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	for _, suffix := range []string{" UTC", " GMT"} {
		if rest, ok := strings.CutSuffix(s, suffix); ok {
			return parseIn(rest, time.UTC, s)
		}
	}
	return parseIn(s, time.Local, s)
}

func parseIn(s string, zone *time.Location, whole string) (time.Time, error) {
	for _, layout := range []string{
		"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02", "2006/01/02 15:04:05", "2006/01/02",
	} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, WithHint(Usagef("%q is not a time", whole), "write seconds since 1970, or '2026-01-02 03:04:05 +0900'")
}
