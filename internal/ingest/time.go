package ingest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// A timeParser parses times.
type timeParser struct {
	format   string // expanded strptime format; "" for the common formats
	iso      bool   // also accept ISO 8601
	location *time.Location
	now      time.Time
}

// Range of times that Treasure Data accepts, in Unix seconds: the years 0 to 9999.
const firstTime, lastTime = -62167219200, 253402300799

var (
	errTimeRange = errors.New("is not between the years 0 and 9999")
	errNoDate    = errors.New("is not a time")
	errNull      = errors.New("is null")
)

func checkRange(t int64) error {
	if t < firstTime || t > lastTime {
		return errTimeRange
	}
	return nil
}

// parseValue returns the time of the MessagePack value at the start of v, and whether that is
// already an integer number of seconds.
func (c *timeParser) parseValue(v []byte) (t int64, whole bool, err error) {
	k := readToken(v)
	switch k.kind {
	case kindNil:
		return 0, false, errNull
	case kindInt:
		if c.format != "" {
			t, err = c.parseText(strconv.AppendInt(nil, int64(k.bits), 10))
			return t, false, err
		}
		return int64(k.bits), true, checkRange(int64(k.bits))
	case kindFloat:
		t, err = floatSeconds(math.Float64frombits(k.bits))
		return t, false, err
	case kindText:
		t, err = c.parseText(v[k.head:k.size])
		return t, false, err
	case kindExt:
		if t, ok := parseTimestamp(v[k.head:k.size]); ok {
			return t, false, checkRange(t)
		}
	}
	return 0, false, errNoDate
}

// parseTimestamp returns the seconds of a MessagePack timestamp extension, whose first byte is the
// type.
func parseTimestamp(b []byte) (int64, bool) {
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

func floatSeconds(f float64) (int64, error) {
	if f = math.Floor(f); f >= firstTime && f <= lastTime {
		return int64(f), nil
	}
	return 0, errTimeRange
}

// parseText returns the time that s represents.
func (c *timeParser) parseText(s []byte) (int64, error) {
	s = trimSpace(s)
	var m dateTime
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
		if n := scanNumber(s); n.size == len(s) {
			f, err := strconv.ParseFloat(string(s), 64) // exact for an integer in the valid range
			if err != nil {
				return 0, errTimeRange
			}
			return floatSeconds(f)
		}
		var ok bool
		if m, ok = c.parseCommon(s); !ok {
			return 0, fmt.Errorf("%q %w", excerpt(s), errNoDate)
		}
	}
	t, err := m.unix(c)
	if err != nil {
		return 0, fmt.Errorf("%q %w", excerpt(s), err)
	}
	return t, checkRange(t)
}

func trimSpace(s []byte) []byte {
	for len(s) > 0 && s[0] <= ' ' {
		s = s[1:]
	}
	for len(s) > 0 && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	return s
}

// parseCommon parses a time in one of the formats that need no TimeFormat.
func (c *timeParser) parseCommon(s []byte) (dateTime, bool) {
	if m, ok := isoTime(s); ok {
		return m, true
	}
	for _, format := range [...]string{
		"%d/%b/%Y:%H:%M:%S %z",     // Apache
		"%a, %d %b %Y %H:%M:%S %z", // RFC 1123
		"%a %b %d %H:%M:%S %z %Y",  // date(1), Ruby
		"%a %b %d %H:%M:%S %Y",     // ctime(3)
		"%d %b %Y %H:%M:%S",
		"%b %d %Y %H:%M:%S",
		"%Y%m%dT%H%M%S%z",
		"%Y%m%dT%H%M%S",
	} {
		if m, err := strptime(format, s); err == nil {
			return m, true
		}
	}
	return dateTime{}, false
}

// isoTime parses 2024-01-31 or 2024/01/31, optionally followed by a time of day, a fraction of a
// second and a zone.
func isoTime(s []byte) (dateTime, bool) {
	if len(s) < 8 {
		return dateTime{}, false
	}
	separator := s[4]
	if separator != '-' && separator != '/' {
		return dateTime{}, false
	}
	m := newDateTime()
	r := reader{s: s}
	m.year, m.month, m.day = r.number(4, 4), r.after(separator, 1), r.after(separator, 1)
	m.hasDate = true
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

// A dateTime is a parsed date and time.
type dateTime struct {
	year, month, day     int // year is -1 if missing
	hour, minute, second int
	afternoon            int // -1 for am, 1 for pm
	yearDay              int
	zone                 int // seconds east of UTC
	seconds              int64
	hasDate              bool // a date was parsed
	hasZone              bool
	isUnix               bool // seconds is the Unix time
}

func newDateTime() dateTime { return dateTime{year: -1, month: 1, day: 1} }

// unix returns the time in Unix seconds, or an error if the date or the time of day does not
// exist.
func (m *dateTime) unix(c *timeParser) (int64, error) {
	if m.isUnix {
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
	if m.hour > 23 && !midnight || m.minute > 59 || m.second > 60 || !m.hasDate {
		return 0, errNoDate
	}
	if m.year < 0 {
		return m.unixInLatestYear(c)
	}
	return m.unixInYear(c, m.year)
}

// unixInLatestYear returns the time in the last year in which it is at most one day in the future.
func (m *dateTime) unixInLatestYear(c *timeParser) (int64, error) {
	now := c.now.In(c.location)
	latest := now.Add(24 * time.Hour)
	var err error
	for year := latest.Year(); year > latest.Year()-9; year-- { // leap years can be 8 years apart
		var t int64
		if t, err = m.unixInYear(c, year); err == nil && t <= latest.Unix() {
			return t, nil
		}
	}
	return 0, err
}

func (m *dateTime) unixInYear(c *timeParser, year int) (int64, error) {
	month, day := m.month, m.day
	switch {
	case m.yearDay > 0:
		if m.yearDay > 365 && (m.yearDay > 366 || daysInMonth(2, year) == 28) {
			return 0, errNoDate
		}
		month, day = 1, m.yearDay
	case month < 1 || month > 12 || day < 1 || day > daysInMonth(month, year):
		return 0, errNoDate
	}
	if !m.hasZone {
		return time.Date(year, time.Month(month), day, m.hour, m.minute, m.second, 0, c.location).Unix(), nil
	}
	return time.Date(year, time.Month(month), day, m.hour, m.minute, m.second, 0, time.UTC).Unix() - int64(m.zone), nil
}

func daysInMonth(month, year int) int {
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
