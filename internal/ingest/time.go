package ingest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
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
	errDigits    = errors.New("is ambiguous: 8 digits are a date, 14 a date and time, 9 to 11 Unix seconds")
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

// parseText returns the time that s represents. Without a format, a number of 9 to 11
// digits is Unix seconds, because shorter ones are more likely a date such as 20231114.
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
	case digitsOnly(s):
		if t, ok := c.parseDigits(s); ok {
			return t, checkRange(t)
		}
		return 0, fmt.Errorf("%q %w", excerpt(s), errDigits)
	default:
		if seconds, ok := parseSeconds(s); ok {
			return floatSeconds(seconds)
		}
		var ok bool
		if m, ok = parseCommon(s); !ok {
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

// parseDigits parses a number without a sign or a point: YYYYMMDD, YYYYMMDDhhmmss or
// Unix seconds.
func (c *timeParser) parseDigits(s []byte) (int64, bool) {
	var format string
	switch len(s) {
	case 8:
		format = "%Y%m%d"
	case 14:
		format = "%Y%m%d%H%M%S"
	case 9, 10, 11:
		n, err := strconv.ParseInt(string(s), 10, 64)
		return n, err == nil
	default:
		return 0, false
	}
	m, err := strptime(format, s)
	if err != nil {
		return 0, false
	}
	t, err := m.unix(c)
	return t, err == nil
}

// parseSeconds parses Unix seconds with a sign or a fraction. Like those without, they
// need 9 to 11 digits before the point.
func parseSeconds(s []byte) (float64, bool) {
	n := scanNumber(s)
	if integer := n.digits - n.point; n.size != len(s) || !n.plain || integer < 9 || integer > 11 {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(s), 64)
	return f, err == nil
}

// parseCommon parses a time in one of the formats that need no TimeFormat. Dates in which
// the year comes last have the order day, month, year, as in Ruby's Time.parse
// (https://docs.ruby-lang.org/en/master/Time.html).
func parseCommon(s []byte) (dateTime, bool) {
	if m, ok := isoTime(s); ok {
		return m, true
	}
	m, r := newDateTime(), reader{s: s}
	if r.yearLastDate(&m); r.optionalTime(&m) {
		return m, true
	}
	for _, format := range [...]string{
		"%a %b %d %H:%M:%S %z %Y", // date(1)
		"%a %b %d %H:%M:%S %Y",    // ctime(3)
		"%b %d %H:%M:%S %Y",
		"%Y%m%dT%H%M%S%z",
		"%Y%m%dT%H%M%S",
		"%Y%m%d %H%M%S",
	} {
		if m, err := strptime(format, s); err == nil {
			return m, true
		}
	}
	return dateTime{}, false
}

// isoTime parses a date such as 2024-01-31, 2024/01/31 or 2024.01.31, optionally
// followed by a time of day, a fraction of a second and a zone.
func isoTime(s []byte) (dateTime, bool) {
	m := newDateTime()
	if len(s) < 8 {
		return m, false
	}
	separator := s[4]
	if separator != '-' && separator != '/' && separator != '.' {
		return m, false
	}
	r := reader{s: s}
	m.year, m.month, m.day = r.number(4, 4), r.after(separator, 1), r.after(separator, 1)
	m.hasDate = true
	return m, r.optionalTime(&m)
}

// yearLastDate parses a date such as 14/11/2023, 14-Nov-2023, 14 November 2023 or
// Nov 14, 2023, optionally with a day of the week before it.
func (r *reader) yearLastDate(m *dateTime) {
	m.hasDate = true
	if weekday := *r; len(r.s) > 0 && r.s[0]-'0' >= 10 {
		if weekday.name(weekdayNames); !weekday.failed {
			weekday.skip(",.")
			weekday.space()
			*r = weekday
		}
	}
	if len(r.s) == 0 || r.s[0]-'0' >= 10 {
		m.month = r.month()
		r.space()
		m.day = r.number(1, 2)
		r.skip(",")
		r.space()
		m.year = r.number(4, 4)
		return
	}
	m.day = r.number(1, 2)
	separator := byte(' ')
	if len(r.s) > 0 && (r.s[0] == '/' || r.s[0] == '-' || r.s[0] == '.') {
		separator = r.s[0]
		r.s = r.s[1:]
	} else {
		r.space()
	}
	if len(r.s) > 0 && r.s[0]-'0' < 10 {
		r.failed = r.failed || separator == ' '
		m.month = r.number(1, 2)
	} else {
		m.month = r.month()
	}
	if separator == ' ' {
		r.skip(",")
		r.space()
	} else {
		r.literal(separator)
	}
	m.year = r.number(4, 4)
}

// month parses the name of a month, which may be abbreviated.
func (r *reader) month() int {
	n := 1 + r.name(monthNames)
	if n == 9 && len(r.s) > 0 && r.s[0]|0x20 == 't' {
		r.s = r.s[1:] // Sept
	}
	r.skip(".")
	return n
}

// skip skips at most one byte that is in set.
func (r *reader) skip(set string) {
	if len(r.s) > 0 && strings.IndexByte(set, r.s[0]) >= 0 {
		r.s = r.s[1:]
	}
}

// optionalTime parses the rest of a time after its date: nothing, or a time of day with
// an optional fraction, AM or PM, and zone. It reports whether all of it is valid.
func (r *reader) optionalTime(m *dateTime) bool {
	if r.failed || len(r.s) == 0 {
		return !r.failed
	}
	switch r.s[0] {
	case ' ', '\t', ',':
		r.skip(",")
		r.space()
	case 'T', 't', ':': // the colon is for Apache's 31/Jan/2024:12:00:00 +0000
		r.s = r.s[1:]
	default:
		return false
	}
	m.hour = r.number(1, 2)
	minutes := len(r.s) > 0 && r.s[0] == ':'
	if minutes {
		m.minute = r.after(':', 1)
		if len(r.s) > 0 && r.s[0] == ':' {
			m.second = r.after(':', 1)
			if len(r.s) > 1 && (r.s[0] == '.' || r.s[0] == ',') {
				r.s = r.s[1:]
				r.digits()
			}
		}
	}
	r.space()
	r.half(m)
	if !minutes && m.afternoon == 0 {
		return false
	}
	if r.space(); len(r.s) > 0 && !r.failed {
		r.zone(m)
	}
	return !r.failed && len(r.s) == 0
}

// half parses AM or PM if one of them is next.
func (r *reader) half(m *dateTime) {
	if len(r.s) < 2 || r.s[1]|0x20 != 'm' || len(r.s) > 2 && r.s[2]|0x20 >= 'a' && r.s[2]|0x20 <= 'z' {
		return
	}
	switch r.s[0] | 0x20 {
	case 'a':
		m.afternoon = -1
	case 'p':
		m.afternoon = 1
	default:
		return
	}
	r.s = r.s[2:]
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
