package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// LocalTime formats t in the local time zone, as lists show it. It returns "" for
// the zero time.
func LocalTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05 -0700")
}

// UTC formats t as job:show does. It returns "" for the zero time.
func UTC(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// zonedLayouts returns the accepted layouts that contain a time zone.
func zonedLayouts() []string {
	return []string{
		time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 -07:00",
		"2006-01-02 15:04:05-07:00", "2006-01-02 15:04 -0700",
		time.RFC1123, time.RFC1123Z,
	}
}

// plainLayouts returns the accepted layouts without a time zone.
func plainLayouts() []string {
	return []string{
		"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02",
		"2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02",
		"Jan _2 2006 15:04:05", "Jan _2 2006 15:04", "Jan _2 2006", "_2 Jan 2006 15:04:05", "_2 Jan 2006 15:04", "_2 Jan 2006",
	}
}

// dateLayouts returns the layouts of the command date, which contain the name of a time zone.
func dateLayouts() []string {
	return []string{time.UnixDate, "Mon Jan _2 03:04:05 PM MST 2006", "Mon _2 Jan 2006 15:04:05 MST", "Mon _2 Jan 2006 03:04:05 PM MST"}
}

// ParseTime parses a time that a person typed: seconds since 1970, or a date with
// an optional time of day and zone. A time without a zone is local. Names of
// zones are UTC, GMT and those of the local zone.
func ParseTime(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	const maxSeconds = 253402300799 // 9999-12-31 23:59:59
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 && n <= maxSeconds {
		return time.Unix(n, 0), nil
	}
	for _, layout := range zonedLayouts() {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	for _, layout := range dateLayouts() {
		t, err := time.ParseInLocation(layout, s, time.Local)
		if err == nil && (t.Location() == time.UTC || t.Location() == time.Local) { // otherwise the offset is not known
			return t, nil
		}
	}
	date, zone := s, time.Local
	for _, suffix := range []string{" UTC", " GMT"} {
		if rest, ok := strings.CutSuffix(s, suffix); ok {
			date, zone = rest, time.UTC
		}
	}
	for _, layout := range plainLayouts() {
		if t, err := time.ParseInLocation(layout, date, zone); err == nil {
			if zone == time.Local {
				_, err = LocalZone()
			}
			return t, err
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time", s)
}
