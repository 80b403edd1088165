package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// expandFormat validates a time format and replaces shorthands such as %F. Flags
// such as in %-d are removed.
func expandFormat(format string) (string, error) {
	var o strings.Builder
	dated := false
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			o.WriteByte(format[i])
			continue
		}
		i++
		for i < len(format) && strings.IndexByte("-_0^#:3456789", format[i]) >= 0 { // such as %-d, %:z, %3N
			i++
		}
		if i == len(format) {
			return "", &OptionError{"time format", "incomplete directive at the end"}
		}
		c := format[i]
		long := expandDirective(c)
		switch {
		case long != "":
			o.WriteString(long)
		case strings.IndexByte("YymdejbBhsHIklMSLNfpPzZAauwnt%", c) >= 0:
			o.WriteByte('%')
			o.WriteByte(c)
		default:
			return "", &OptionError{"time format", fmt.Sprintf("unknown directive %%%c", c)}
		}
		dated = dated || strings.IndexByte("YymdejbBhsFDxc+v", c) >= 0
	}
	if !dated && format != "" {
		return "", &OptionError{"time format", "must contain a date"}
	}
	return o.String(), nil
}

func expandDirective(c byte) string {
	switch c {
	case 'F':
		return "%Y-%m-%d"
	case 'D', 'x':
		return "%m/%d/%y"
	case 'v':
		return "%e-%b-%Y"
	case 'T', 'X':
		return "%H:%M:%S"
	case 'R':
		return "%H:%M"
	case 'r':
		return "%I:%M:%S %p"
	case 'c':
		return "%a %b %e %H:%M:%S %Y"
	case '+':
		return "%a %b %e %H:%M:%S %Z %Y"
	}
	return ""
}

// strptime parses all of s according to an expanded format.
func strptime(format string, s []byte) (dateTime, error) {
	m := newDateTime()
	r := reader{s: s}
	for i := 0; i < len(format) && !r.failed; i++ {
		switch c := format[i]; {
		case c == ' ':
			r.space()
		case c != '%':
			r.literal(c)
		default:
			i++
			r.directive(format[i], &m)
		}
	}
	if r.failed || len(r.s) > 0 {
		return m, errors.New("does not match the time format")
	}
	return m, nil
}

// Names of months and days of the week for [reader.name].
const (
	monthNames   = "january  february march    april    may      june     july     august   septemberoctober  november december "
	weekdayNames = "sunday   monday   tuesday  wednesdaythursday friday   saturday "
)

// A reader parses a time from the front of s.
type reader struct {
	s      []byte
	failed bool
}

// directive parses the value of a directive.
func (r *reader) directive(c byte, m *dateTime) {
	switch c {
	case 'Y':
		m.year, m.hasDate = r.number(1, 4), true
	case 'y':
		m.hasDate = true
		if m.year = 1900 + r.number(1, 2); m.year < 1969 {
			m.year += 100
		}
	case 'm':
		m.month, m.hasDate = r.number(1, 2), true
	case 'b', 'B', 'h':
		m.month, m.hasDate = 1+r.name(monthNames), true
	case 'd', 'e':
		r.space()
		m.day, m.hasDate = r.number(1, 2), true
	case 'j':
		m.yearDay, m.hasDate = r.number(1, 3), true
		r.failed = r.failed || m.yearDay == 0
	case 's':
		sign := int64(1)
		if len(r.s) > 0 && r.s[0] == '-' {
			sign, r.s = -1, r.s[1:]
		}
		m.seconds, m.isUnix, m.hasDate = sign*int64(r.number(1, 18)), true, true
	case 'H', 'k', 'I', 'l':
		r.space()
		m.hour = r.number(1, 2)
	case 'M':
		m.minute = r.number(1, 2)
	case 'S':
		m.second = r.number(1, 2)
	case 'L', 'N', 'f':
		r.digits()
	case 'p', 'P':
		m.afternoon = 2*r.name("am       pm       ") - 1
	case 'z', 'Z':
		r.zone(m)
	case 'a', 'A':
		r.name(weekdayNames)
	case 'u', 'w':
		r.number(1, 1)
	case 'n', 't':
		r.space()
	default:
		r.literal(c)
	}
}

func (r *reader) literal(c byte) {
	if len(r.s) == 0 || r.s[0] != c {
		r.failed = true
		return
	}
	r.s = r.s[1:]
}

func (r *reader) space() {
	for len(r.s) > 0 && (r.s[0] == ' ' || r.s[0] == '\t') {
		r.s = r.s[1:]
	}
}

// number parses at least low and at most high digits.
func (r *reader) number(low, high int) int {
	n, i := 0, 0
	for i < high && i < len(r.s) && r.s[i]-'0' < 10 {
		n = n*10 + int(r.s[i]-'0')
		i++
	}
	r.failed = r.failed || i < low
	r.s = r.s[i:]
	return n
}

// after parses c followed by a number of at most two digits.
func (r *reader) after(c byte, low int) int {
	r.literal(c)
	return r.number(low, 2)
}

// digits skips one or more digits.
func (r *reader) digits() {
	i := 0
	for i < len(r.s) && r.s[i]-'0' < 10 {
		i++
	}
	r.failed = r.failed || i == 0
	r.s = r.s[i:]
}

// name parses one of the names, which are padded to 9 bytes each, or its first three letters, and
// returns its index.
func (r *reader) name(names string) int {
	for i := 0; i < len(names); i += 9 {
		long := strings.TrimRight(names[i:i+9], " ")
		for _, n := range [...]string{long, long[:min(3, len(long))]} {
			if len(r.s) >= len(n) && strings.EqualFold(string(r.s[:len(n)]), n) {
				r.s = r.s[len(n):]
				return i / 9
			}
		}
	}
	r.failed = true
	return 0
}

// zone parses +09:00, +0900, +09, Z or an unambiguous abbreviation.
func (r *reader) zone(m *dateTime) {
	m.hasZone = true
	if len(r.s) > 0 && (r.s[0] == '+' || r.s[0] == '-') {
		minus := r.s[0] == '-'
		r.s = r.s[1:]
		hours, minutes := r.number(2, 2), 0
		switch {
		case len(r.s) > 2 && r.s[0] == ':':
			minutes = r.after(':', 2)
		case len(r.s) > 1 && r.s[0]-'0' < 10:
			minutes = r.number(2, 2)
		}
		r.failed = r.failed || hours > 24 || minutes > 59
		if m.zone = hours*3600 + minutes*60; minus {
			m.zone = -m.zone
		}
		return
	}
	i := 0
	for i < len(r.s) && r.s[i]|0x20 >= 'a' && r.s[i]|0x20 <= 'z' {
		i++
	}
	hours, known := zoneOffset(string(bytes.ToUpper(r.s[:i])))
	r.failed = r.failed || !known
	m.zone = hours * 3600
	r.s = r.s[i:]
}

func zoneOffset(name string) (hours int, known bool) {
	switch name {
	case "Z", "UTC", "UT", "GMT", "WET":
		return 0, true
	case "CET", "MEZ":
		return 1, true
	case "CEST", "EET", "MESZ":
		return 2, true
	case "EEST", "MSK":
		return 3, true
	case "JST", "KST":
		return 9, true
	case "EDT":
		return -4, true
	case "EST", "CDT":
		return -5, true
	case "CST", "MDT":
		return -6, true
	case "MST", "PDT":
		return -7, true
	case "PST":
		return -8, true
	}
	return 0, false
}
