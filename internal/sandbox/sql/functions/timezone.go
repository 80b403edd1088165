package functions

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // do not depend on the zones installed on the machine
)

// loadZone returns the zone for an IANA name, an offset, or a common abbreviation, which is a
// fixed offset.
func loadZone(name string) (*time.Location, error) {
	switch strings.ToUpper(name) {
	case "UTC", "Z", "GMT", "UT", "ETC/UTC", "ETC/UCT", "ETC/GMT", "ETC/GREENWICH", "ETC/ZULU", "ETC/UNIVERSAL", "ETC/GMT0", "GMT0", "ZULU", "UCT", "UNIVERSAL", "GREENWICH", "+00:00":
		return time.UTC, nil
	}
	if hours, ok := findAbbreviation(strings.ToUpper(name)); ok {
		return time.FixedZone(formatOffset(hours*3600), hours*3600), nil
	}
	if seconds, ok := parseOffset(name); ok {
		if seconds == 0 {
			return time.UTC, nil
		}
		return time.FixedZone(formatOffset(seconds), seconds), nil
	}
	if hours, ok := strings.CutPrefix(name, "Etc/GMT"); ok && len(hours) >= 2 { // the sign is inverted
		if seconds, ok := parseOffset(hours); ok {
			return time.FixedZone(formatOffset(-seconds), -seconds), nil
		}
	}
	if name != "" && name != "Local" {
		if l, err := time.LoadLocation(name); err == nil {
			return l, nil
		}
	}
	return nil, dataError("'%s' is not a valid time zone", clip(name))
}

func findAbbreviation(name string) (hours int, ok bool) {
	switch name {
	case "JST", "KST":
		return 9, true
	case "PST":
		return -8, true
	case "PDT", "MST":
		return -7, true
	case "MDT", "CST":
		return -6, true
	case "CDT", "EST":
		return -5, true
	case "EDT":
		return -4, true
	case "CET":
		return 1, true
	case "CEST", "EET":
		return 2, true
	case "WET":
		return 0, true
	}
	return 0, false
}

// parseOffset parses +09:00, +0900, +09 or +9:00.
func parseOffset(s string) (seconds int, ok bool) {
	if len(s) < 2 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	digits := s[1:]
	hour, minute, colon := strings.Cut(digits, ":")
	if !colon && len(digits) == 4 {
		hour, minute = digits[:2], digits[2:]
	}
	h, err := strconv.ParseUint(hour, 10, 8)
	if err != nil || len(hour) > 2 || h > 18 {
		return 0, false
	}
	m := uint64(0)
	if minute != "" {
		if m, err = strconv.ParseUint(minute, 10, 8); err != nil || len(minute) != 2 || m > 59 {
			return 0, false
		}
	}
	seconds = int(h*3600 + m*60)
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

func formatOffset(seconds int) string {
	sign := byte('+')
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d:%02d", sign, seconds/3600, seconds/60%60)
}

// zone returns the zone named by an argument.
func (r *Registry) zone(v any) (*time.Location, error) { return r.zones.get(toText(v)) }

// newOffsetZone returns the zone with a fixed offset of at most 14 hours.
func newOffsetZone(minutes int64) (*time.Location, error) {
	if minutes > 14*60 || minutes < -14*60 {
		return nil, dataError("Invalid offset minutes %d", minutes)
	}
	if minutes == 0 {
		return time.UTC, nil
	}
	return time.FixedZone(formatOffset(int(minutes)*60), int(minutes)*60), nil
}
