package functions

import (
	"strings"
	"time"
)

func (r *Registry) scanDatetime(s string) (datetime, bool) {
	s = strings.TrimSpace(s)
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
		return datetime{date, kindDate}, true
	}
	if c := d.s[d.at]; c != ' ' && c != 'T' {
		return datetime{}, false
	}
	d.at++
	rest := d.at
	h, m, sec, ns, ok := d.scanClock()
	if !ok {
		if d.s[rest] < '+' || d.s[rest] > '-' && d.s[rest] < 'A' { // neither an offset nor a name follows
			return datetime{}, false
		}
		h, m, sec, ns, d.at = 0, 0, 0, 0, rest
	}
	wall := date.Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second + time.Duration(ns))
	zone := strings.TrimSpace(d.s[d.at:])
	if zone == "" {
		return datetime{wall, kindTimestamp}, true
	}
	zone, later, marked := strings.Cut(strings.TrimSuffix(zone, "]"), "[")
	offset := 0
	if marked {
		if offset, ok = parseOffset(later); !ok {
			return datetime{}, false
		}
	}
	l, err := r.zones.get(zone)
	if err != nil {
		return datetime{}, false
	}
	return datetime{newLocalTime(wall, l, offset, marked), kindZoned}, true
}

// digitScanner reads numbers from a text.
type digitScanner struct {
	s  string
	at int
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

// scanClock reads 15:04, 15:04:05 or 15:04:05.123456789.
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
		for d.at < len(d.s) && d.s[d.at] >= '0' && d.s[d.at] <= '9' {
			d.at++
		}
	}
	return hour, minute, second, nanosecond, hour < 24 && minute < 60 && second < 60
}

// parseTimeOfDay parses the whole text as a time of day.
func (d *digitScanner) parseTimeOfDay() (datetime, bool) {
	d.at = 0
	h, m, sec, ns, ok := d.scanClock()
	if !ok || !d.atEnd() {
		return datetime{}, false
	}
	return datetime{time.Date(1970, 1, 1, h, m, sec, ns, time.UTC), kindTime}, true
}
