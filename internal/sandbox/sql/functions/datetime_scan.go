package functions

import (
	"strings"
	"time"
)

// scanDatetime parses a date, a time of day, or a timestamp with or without a time zone.
func (r *Registry) scanDatetime(s string) (datetime, bool) { return scanDatetime(s, r.zones.get) }

// A Moment is a parsed date, time or timestamp.
type Moment struct {
	Text   string // the representation of a value; see doc.go
	Type   string // date, time, timestamp or timestamp with time zone
	Digits int    // precision of the seconds
}

// ParseMoment parses the text of a literal. See https://trino.io/docs/current/language/types.html#date-and-time.
func ParseMoment(text string) (Moment, error) {
	m, ok := scanDatetime(text, loadZone)
	if !ok {
		m, ok = parseShortYear(text)
	}
	_, tooLong, _ := strings.Cut(text, ".")
	if digits := len(tooLong) - len(strings.TrimLeft(tooLong, "0123456789")); digits > maxSecondDigits {
		return Moment{}, dataError("TIMESTAMP precision must be in range [0, 12]: %d", digits)
	}
	if m.isTimeOfDay() || m.kind == kindTimestamp || m.kind == kindZoned {
		ok = ok && text == strings.TrimSpace(text)
	}
	if !ok || hasTimeSeparator(text) || m.isOverflow() {
		return Moment{}, dataError("'%s' is not a valid literal", clip(text))
	}
	if m.kind == kindZoned { // the hour that is skipped when daylight saving time starts does not exist
		wall, _ := scanDatetime(text, func(string) (*time.Location, error) { return time.UTC, nil })
		if !wall.Equal(m.wallTime()) {
			return Moment{}, dataError("'%s' is not a valid literal", clip(text))
		}
	}
	names := map[datetimeKind]string{kindDate: "date", kindTime: "time", kindTimestamp: "timestamp", kindZoned: "timestamp with time zone", kindZonedTime: "time with time zone"}
	return Moment{Text: m.String(), Type: names[m.kind], Digits: m.digits}, nil
}

func scanDatetime(s string, zones func(string) (*time.Location, error)) (datetime, bool) {
	s = strings.TrimFunc(s, isSpace)
	d := digitScanner{s: s}
	year, ok := d.scanYear()
	if !ok {
		return d.parseTimeOfDay()
	}
	month, ok := d.scanAfter('-')
	if !ok {
		return datetime{}, false
	}
	day, ok := d.scanAfter('-')
	if !ok || month < 1 || month > 12 || day < 1 {
		return datetime{}, false
	}
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if date.Day() != day {
		return datetime{}, false
	}
	if d.atEnd() {
		return newDatetime(date, kindDate), true
	}
	if c := d.s[d.at]; c != ' ' && c != 'T' {
		return datetime{}, false
	}
	d.at++
	rest := d.at
	h, m, sec, ns, ok := d.scanClock()
	if !ok {
		if rest == len(s) {
			return datetime{}, false
		}
		if d.s[rest] < '+' || d.s[rest] > '-' && d.s[rest] < 'A' { // neither an offset nor a name follows
			return datetime{}, false
		}
		h, m, sec, ns, d.at = 0, 0, 0, 0, rest
	}
	wall := date.Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second + time.Duration(ns))
	zone := strings.TrimSpace(d.s[d.at:])
	if zone == "" {
		return datetime{wall, kindTimestamp, d.picos, d.digits}, true
	}
	zone, later, marked := strings.Cut(strings.TrimSuffix(zone, "]"), "[")
	offset := 0
	if marked {
		if offset, ok = parseOffset(later); !ok {
			return datetime{}, false
		}
	}
	l, err := zones(zone)
	if err != nil {
		return datetime{}, false
	}
	return datetime{newLocalTime(wall, l, offset, marked), kindZoned, d.picos, d.digits}, true
}

// digitScanner reads numbers from a string.
type digitScanner struct {
	s  string
	at int
	// digits and picos are the length of the fraction that scanClock has read, and what it has in addition to whole
	// nanoseconds.
	digits, picos int
}

func (d *digitScanner) atEnd() bool { return d.at == len(d.s) }

func (d *digitScanner) scanNumber(most int) (int, bool) {
	start, n := d.at, 0
	for d.at < len(d.s) && d.at-start < most && d.s[d.at] >= '0' && d.s[d.at] <= '9' {
		n = n*10 + int(d.s[d.at]-'0')
		d.at++
	}
	return n, d.at > start
}

// scanAfter reads c followed by one or two digits.
func (d *digitScanner) scanAfter(c byte) (int, bool) {
	if d.atEnd() || d.s[d.at] != c {
		return 0, false
	}
	d.at++
	return d.scanNumber(2)
}

// scanYear reads four to six digits with an optional sign, followed by a hyphen.
func (d *digitScanner) scanYear() (int, bool) {
	negative := false
	if d.at < len(d.s) && (d.s[d.at] == '-' || d.s[d.at] == '+') {
		negative = d.s[d.at] == '-'
		d.at++
	}
	start := d.at
	n, ok := d.scanNumber(6)
	if !ok || d.at-start < 4 || d.atEnd() || d.s[d.at] != '-' || n > maxYear {
		d.at = 0
		return 0, false
	}
	if negative {
		n = -n
	}
	return n, true
}

// scanClock reads 15:04, 15:04:05 or 15:04:05.123456789012.
func (d *digitScanner) scanClock() (hour, minute, second, nanosecond int, ok bool) {
	if hour, ok = d.scanNumber(2); !ok {
		return 0, 0, 0, 0, false
	}
	if minute, ok = d.scanAfter(':'); !ok {
		return 0, 0, 0, 0, false
	}
	if second, ok = d.scanAfter(':'); !ok {
		second = 0
	} else if d.at < len(d.s) && d.s[d.at] == '.' {
		d.at++
		start := d.at
		if nanosecond, ok = d.scanNumber(9); !ok {
			return 0, 0, 0, 0, false
		}
		for i := d.at - start; i < 9; i++ {
			nanosecond *= 10
		}
		for scale := 100; d.at < len(d.s) && d.s[d.at] >= '0' && d.s[d.at] <= '9'; scale /= 10 {
			d.picos += scale * int(d.s[d.at]-'0')
			d.at++
		}
		if d.digits = d.at - start; d.digits > maxSecondDigits {
			return 0, 0, 0, 0, false
		}
	}
	return hour, minute, second, nanosecond, hour < 24 && minute < 60 && second < 60
}

// parseTimeOfDay parses the whole text as a time of day, which can have an offset: 15:04:05+09:00.
func (d *digitScanner) parseTimeOfDay() (datetime, bool) {
	d.at = 0
	h, m, sec, ns, ok := d.scanClock()
	if !ok {
		return datetime{}, false
	}
	kind, l := kindTime, time.UTC
	if !d.atEnd() {
		kind = kindZonedTime
		const form = "+15:04"
		offset := strings.TrimLeft(d.s[d.at:], " ")
		if len(offset) != len(form) || offset[3] != ':' {
			return datetime{}, false
		}
		seconds, ok := parseOffset(offset)
		if !ok {
			return datetime{}, false
		}
		var err error
		if l, err = newOffsetZone(int64(seconds) / 60); err != nil {
			return datetime{}, false
		}
	}
	return datetime{time.Date(1970, 1, 1, h, m, sec, ns, l), kind, d.picos, d.digits}, true
}
