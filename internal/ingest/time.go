package ingest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// A clock reads times.
type clock struct {
	format   string // as strptime, expanded; "" for what is common
	iso      bool   // times may be in ISO 8601 instead of format
	location *time.Location
	now      time.Time
}

// The times that the service takes, in Unix seconds: the years 0 to 9999.
const firstTime, lastTime = -62167219200, 253402300799

var (
	errTimeRange = errors.New("is not between the years 0 and 9999")
	errNoDate    = errors.New("is no time")
	errNull      = errors.New("is null")
)

func checkTime(t int64) error {
	if t < firstTime || t > lastTime {
		return errTimeRange
	}
	return nil
}

// packed returns the time that the MessagePack value which v begins with stands for, and whether it is that integer already.
func (c *clock) packed(v []byte) (t int64, whole bool, err error) {
	k := readToken(v)
	switch k.kind {
	case kindNil:
		return 0, false, errNull
	case kindInt:
		if c.format != "" {
			t, err = c.text(strconv.AppendInt(nil, int64(k.bits), 10))
			return t, false, err
		}
		return int64(k.bits), true, checkTime(int64(k.bits))
	case kindFloat:
		t, err = secondsOf(math.Float64frombits(k.bits))
		return t, false, err
	case kindText:
		t, err = c.text(v[k.head:k.size])
		return t, false, err
	case kindExt:
		if t, ok := timestamp(v[k.head:k.size]); ok {
			return t, false, checkTime(t)
		}
	}
	return 0, false, errNoDate
}

// timestamp returns the seconds of an extension of MessagePack's type for times. Its first byte is the type.
func timestamp(b []byte) (int64, bool) {
	if b[0] != 0xff {
		return 0, false
	}
	switch b = b[1:]; len(b) {
	case 4:
		return int64(binary.BigEndian.Uint32(b)), true
	case 8:
		return int64(binary.BigEndian.Uint64(b) & (1<<34 - 1)), true
	case 12:
		return int64(binary.BigEndian.Uint64(b[4:])), true
	}
	return 0, false
}

func secondsOf(f float64) (int64, error) {
	if f = math.Floor(f); f >= firstTime && f <= lastTime {
		return int64(f), nil
	}
	return 0, errTimeRange
}

// text returns the time that s spells.
func (c *clock) text(s []byte) (int64, error) {
	s = trim(s)
	var m moment
	var err error
	switch {
	case len(s) == 0:
		return 0, errors.New("is empty")
	case c.format != "":
		if i, ok := isoTime(s); c.iso && ok {
			m = i
		} else if m, err = strptime(c.format, s); err != nil {
			return 0, fmt.Errorf("%q %w", excerpt(s), err)
		}
	default:
		if n := scanNumber(s); n.size == len(s) { // s is not empty
			f, err := strconv.ParseFloat(string(s), 64) // an integer within bounds is exact
			if err != nil {
				return 0, errTimeRange
			}
			return secondsOf(f)
		}
		var ok bool
		if m, ok = c.common(s); !ok {
			return 0, fmt.Errorf("%q %w", excerpt(s), errNoDate)
		}
	}
	t, err := m.unix(c)
	if err != nil {
		return 0, fmt.Errorf("%q %w", excerpt(s), err)
	}
	return t, checkTime(t)
}

func trim(s []byte) []byte {
	for len(s) > 0 && s[0] <= ' ' {
		s = s[1:]
	}
	for len(s) > 0 && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	return s
}

// common reads a time in one of the layouts that need no format.
func (c *clock) common(s []byte) (moment, bool) {
	if m, ok := isoTime(s); ok {
		return m, true
	}
	for _, format := range [...]string{
		"%d/%b/%Y:%H:%M:%S %z",     // web servers
		"%a, %d %b %Y %H:%M:%S %z", // RFC 1123
		"%a %b %d %H:%M:%S %z %Y",  // date(1), Ruby
		"%a %b %d %H:%M:%S %Y",     // ctime
		"%d %b %Y %H:%M:%S",
		"%b %d %Y %H:%M:%S",
		"%Y%m%dT%H%M%S%z",
		"%Y%m%dT%H%M%S",
	} {
		if m, err := strptime(format, s); err == nil {
			return m, true
		}
	}
	return moment{}, false
}

// isoTime reads 2024-01-31, or 2024/01/31, with or without a time of day, a fraction of a second and a zone behind it.
func isoTime(s []byte) (moment, bool) {
	if len(s) < 8 {
		return moment{}, false
	}
	separator := s[4]
	if separator != '-' && separator != '/' {
		return moment{}, false
	}
	m := newMoment()
	r := reader{s: s}
	m.year, m.month, m.day = r.number(4, 4), r.after(separator, 1), r.after(separator, 1)
	m.dated = true
	if r.failed || len(r.s) == 0 {
		return m, !r.failed
	}
	if c := r.s[0]; c != ' ' && c != 'T' && c != 't' {
		return m, false
	}
	r.s = r.s[1:]
	m.hour, m.minute = r.number(1, 2), r.after(':', 2)
	if len(r.s) > 0 && r.s[0] == ':' {
		m.second = r.after(':', 2)
		if len(r.s) > 1 && (r.s[0] == '.' || r.s[0] == ',') {
			r.s = r.s[1:]
			r.digits()
		}
	}
	if len(r.s) > 0 && !r.failed {
		r.space()
		r.zone(&m)
	}
	return m, !r.failed && len(r.s) == 0
}

// A moment is a time as it was written.
type moment struct {
	year, month, day     int // year is -1 when there is none
	hour, minute, second int
	afternoon            int // -1 for am, 1 for pm
	yearDay              int
	zone                 int // seconds east of Greenwich
	seconds              int64
	dated                bool // there is a date of any kind
	zoned                bool
	epoch                bool // seconds holds all
}

func newMoment() moment { return moment{year: -1, month: 1, day: 1} }

// unix returns the moment in Unix seconds, or an error when the calendar or the clock does not have it.
func (m *moment) unix(c *clock) (int64, error) {
	if m.epoch {
		return m.seconds, nil
	}
	if m.afternoon != 0 {
		if m.hour < 1 || m.hour > 12 {
			return 0, errNoDate
		}
		m.hour %= 12
		if m.afternoon > 0 {
			m.hour += 12
		}
	}
	midnight := m.hour == 24 && m.minute == 0 && m.second == 0
	if m.hour > 23 && !midnight || m.minute > 59 || m.second > 60 || !m.dated {
		return 0, errNoDate
	}
	if m.year < 0 {
		return m.recent(c)
	}
	return m.in(c, m.year)
}

// recent returns the moment in the last year in which it is not in the future, or a day from now at most.
func (m *moment) recent(c *clock) (int64, error) {
	now := c.now.In(c.location)
	latest := now.Add(24 * time.Hour)
	var err error
	for year := latest.Year(); year > latest.Year()-9; year-- { // leap years may be 8 years apart
		var t int64
		if t, err = m.in(c, year); err == nil && t <= latest.Unix() {
			return t, nil
		}
	}
	return 0, err
}

func (m *moment) in(c *clock, year int) (int64, error) {
	month, day := m.month, m.day
	switch {
	case m.yearDay > 0:
		if m.yearDay > 365 && (m.yearDay > 366 || daysIn(2, year) == 28) {
			return 0, errNoDate
		}
		month, day = 1, m.yearDay
	case month < 1 || month > 12 || day < 1 || day > daysIn(month, year):
		return 0, errNoDate
	}
	if !m.zoned {
		return time.Date(year, time.Month(month), day, m.hour, m.minute, m.second, 0, c.location).Unix(), nil
	}
	return time.Date(year, time.Month(month), day, m.hour, m.minute, m.second, 0, time.UTC).Unix() - int64(m.zone), nil
}

func daysIn(month, year int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}
