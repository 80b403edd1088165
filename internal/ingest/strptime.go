package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// expand returns the format of a time with shorthands such as %F spelt out and without flags, for strptime.
func expand(format string) (string, error) {
	var o strings.Builder
	dated := false
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			o.WriteByte(format[i])
			continue
		}
		i++
		for i < len(format) && strings.IndexByte("-_0^#:3456789", format[i]) >= 0 { // %-d, %:z, %3N
			i++
		}
		if i == len(format) {
			return "", &OptionError{"time format", "it ends within a directive"}
		}
		c := format[i]
		long := shorthand(c)
		switch {
		case long != "":
			o.WriteString(long)
		case strings.IndexByte("YymdejbBhsHIklMSLNfpPzZAauwnt%", c) >= 0:
			o.WriteByte('%')
			o.WriteByte(c)
		default:
			return "", &OptionError{"time format", fmt.Sprintf("%%%c is not known", c)}
		}
		dated = dated || strings.IndexByte("YymdejbBhsFDxc+v", c) >= 0
	}
	if !dated && format != "" {
		return "", &OptionError{"time format", "it has no date"}
	}
	return o.String(), nil
}

func shorthand(c byte) string {
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

// strptime reads s, all of it, as an expanded format says.
func strptime(format string, s []byte) (moment, error) {
	m := newMoment()
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

// A reader reads the pieces of a time from the front of s.
type reader struct {
	s      []byte
	failed bool
}

// directive reads what %c stands for.
func (r *reader) directive(c byte, m *moment) {
	switch c {
	case 'Y':
		m.year, m.dated = r.number(1, 4), true
	case 'y':
		m.dated = true
		if m.year = 1900 + r.number(1, 2); m.year < 1969 {
			m.year += 100
		}
	case 'm':
		m.month, m.dated = r.number(1, 2), true
	case 'b', 'B', 'h':
		m.month, m.dated = 1+r.name("january  february march    april    may      june     july     august   septemberoctober  november december "), true
	case 'd', 'e':
		r.space()
		m.day, m.dated = r.number(1, 2), true
	case 'j':
		m.yearDay, m.dated = r.number(1, 3), true
		r.failed = r.failed || m.yearDay == 0
	case 's':
		sign := int64(1)
		if len(r.s) > 0 && r.s[0] == '-' {
			sign, r.s = -1, r.s[1:]
		}
		m.seconds, m.epoch, m.dated = sign*int64(r.number(1, 18)), true, true
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
		r.name("sunday   monday   tuesday  wednesdaythursday friday   saturday ")
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

// number reads digits, at least low and at most high of them.
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

// after reads c and a number of at most two digits.
func (r *reader) after(c byte, low int) int {
	r.literal(c)
	return r.number(low, 2)
}

// digits passes over at least one digit.
func (r *reader) digits() {
	i := 0
	for i < len(r.s) && r.s[i]-'0' < 10 {
		i++
	}
	r.failed = r.failed || i == 0
	r.s = r.s[i:]
}

// name reads one of the names, each of which takes 9 bytes, or its first three letters, and returns its index.
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

// zone reads +09:00, +0900, +09, Z or a name whose meaning is beyond doubt.
func (r *reader) zone(m *moment) {
	m.zoned = true
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
	hours, known := zoneOf(string(bytes.ToUpper(r.s[:i])))
	r.failed = r.failed || !known
	m.zone = hours * 3600
	r.s = r.s[i:]
}

func zoneOf(name string) (hours int, known bool) {
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
