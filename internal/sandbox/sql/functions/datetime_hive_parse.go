package functions

import (
	"strings"
	"time"
)

// scanLenient parses numbers separated by the given characters at the start of s, after blanks, as
// SimpleDateFormat does. The rest of s is returned.
func scanLenient(s, separators string) (fields []int, rest string, ok bool) {
	d := digitScanner{s: strings.TrimLeft(s, " \t")}
	for i := 0; ; i++ {
		n, ok := d.scanNumber(9)
		if !ok {
			return nil, "", false
		}
		if fields = append(fields, n); i == len(separators) {
			return fields, d.s[d.at:], true
		}
		if d.atEnd() || d.s[d.at] != separators[i] {
			return nil, "", false
		}
		d.at++
	}
}

// parseHiveDate parses yyyy-MM-dd at the start of a string, as Hive's date functions do. Fields out of
// range roll over and the rest of the text is ignored.
func parseHiveDate(v any) (datetime, bool) {
	f, _, ok := scanLenient(toText(v), "--")
	if !ok || f[0] > maxYear || f[1] > 1e6 || f[2] > 1e8 {
		return datetime{}, false
	}
	return newDatetime(time.Date(f[0], time.Month(f[1]), f[2], 0, 0, 0, 0, time.UTC), kindDate), true
}

// parseHiveDateTime parses a date with an optional time. A time without seconds is ignored.
func parseHiveDateTime(v any) (datetime, bool) {
	if t, ok := scanHiveDateTime(toText(v)); ok {
		return newDatetime(t, kindTimestamp), true
	}
	return parseHiveDate(v)
}

// scanHiveDateTime parses yyyy-MM-dd HH:mm:ss with an optional fraction. Fields out of range roll
// over.
func scanHiveDateTime(s string) (time.Time, bool) {
	f, rest, ok := scanLenient(s, "-- ::")
	if !ok || f[0] > maxYear || f[1] > 1e6 || f[2] > 1e8 {
		return time.Time{}, false
	}
	fraction := 0
	if strings.HasPrefix(rest, ".") {
		d := digitScanner{s: rest, at: 1}
		fraction, _ = d.scanNumber(9)
		for i := d.at; i < 10; i++ {
			fraction *= 10
		}
	}
	return time.Date(f[0], time.Month(f[1]), f[2], f[3], f[4], f[5], fraction, time.UTC), true
}

// parseHiveClock returns the time of day of a string: a date and a time separated by a blank, or a
// time. Both need seconds.
func parseHiveClock(v any) (datetime, bool) {
	s := toText(v)
	if t, ok := scanHiveDateTime(s); ok {
		return newDatetime(t, kindTimestamp), true
	}
	f, _, ok := scanLenient(s, "::")
	if !ok {
		return datetime{}, false
	}
	return newDatetime(time.Date(1970, 1, 1, f[0], f[1], f[2], 0, time.UTC), kindTime), true
}

// castHiveTimestamp implements CAST AS timestamp: integers are milliseconds, other numbers seconds.
// Text must be a date, with a time that has seconds or without a time; days and times out of range
// roll over.
func castHiveTimestamp(v any) (time.Time, bool) {
	switch x := v.(type) {
	case int64:
		if x > 366*86400*1000*maxYear || x < -366*86400*1000*maxYear {
			return time.Time{}, false
		}
		return time.UnixMilli(x).UTC(), true
	case bool:
		n, _ := toInteger(x)
		return time.UnixMilli(n).UTC(), true
	case float64:
		t, err := unixTime(x)
		return t, err == nil
	}
	s := strings.TrimSpace(toText(v))
	f, rest, ok := scanLenient(s, "--")
	if !ok || len(s) < 8 || s[4] != '-' || f[1] < 1 || f[1] > 12 || f[2] < 1 || f[2] > 31 {
		return time.Time{}, false
	}
	if rest == "" {
		return time.Date(f[0], time.Month(f[1]), f[2], 0, 0, 0, 0, time.UTC), true
	}
	_, rest, ok = scanLenient(s, "-- ::")
	if fraction, found := strings.CutPrefix(rest, "."); !ok || rest != "" && !found || found && (fraction == "" || strings.Trim(fraction, "0123456789") != "") {
		return time.Time{}, false
	}
	return scanHiveDateTime(s)
}

// loadHiveZone returns the zone of a name in java.util.TimeZone: an IANA name, an abbreviation, or
// an offset such as GMT+9. Unknown names are GMT. See
// https://docs.oracle.com/javase/8/docs/api/java/util/TimeZone.html.
func loadHiveZone(name string) (*time.Location, error) {
	if id, ok := hiveZoneID(name); ok {
		name = id
	}
	if offset, ok := strings.CutPrefix(name, "GMT"); ok && offset != "" {
		seconds, ok := parseOffset(offset)
		if !ok {
			return time.UTC, nil
		}
		return newOffsetZone(int64(seconds / 60))
	}
	if name == "" || name == "Local" {
		return time.UTC, nil
	}
	if l, err := time.LoadLocation(name); err == nil {
		return l, nil
	}
	return time.UTC, nil
}

// hiveZoneID returns the IANA name of a three-letter zone ID of Java.
func hiveZoneID(name string) (string, bool) {
	id, ok := map[string]string{
		"ACT": "Australia/Darwin", "AET": "Australia/Sydney", "AGT": "America/Argentina/Buenos_Aires", "ART": "Africa/Cairo",
		"AST": "America/Anchorage", "BET": "America/Sao_Paulo", "BST": "Asia/Dhaka", "CAT": "Africa/Harare",
		"CNT": "America/St_Johns", "CST": "America/Chicago", "CTT": "Asia/Shanghai", "EAT": "Africa/Addis_Ababa",
		"EST": "Etc/GMT+5", "HST": "Etc/GMT+10", "IET": "America/Indiana/Indianapolis",
		"IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "MIT": "Pacific/Apia", "MST": "Etc/GMT+7", "NET": "Asia/Yerevan",
		"NST": "Pacific/Auckland", "PLT": "Asia/Karachi", "PNT": "America/Phoenix", "PRT": "America/Puerto_Rico",
		"PST": "America/Los_Angeles", "SST": "Pacific/Guadalcanal", "VST": "Asia/Ho_Chi_Minh",
	}[name]
	return id, ok
}
