package functions

import (
	"fmt"
	"strings"
	"time"
)

// patternPart is a run of one letter in a Java date pattern, or literal text.
type patternPart struct {
	letter byte // 0 for literal text
	n      int
	text   string
}

// parsePattern parses a pattern of Joda-Time or SimpleDateFormat: runs of letters, quoted
// text, and two quotes for one quote.
func parsePattern(p string) ([]patternPart, error) {
	var parts []patternPart
	literal := func(s string) { parts = append(parts, patternPart{text: s}) }
	for i := 0; i < len(p); {
		c := p[i]
		isLetter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		switch {
		case c == '\'' && strings.HasPrefix(p[i:], "''"):
			literal("'")
			i += 2
		case c == '\'':
			var b strings.Builder
			i++
			for i < len(p) && (p[i] != '\'' || strings.HasPrefix(p[i:], "''")) {
				if p[i] == '\'' {
					i++
				}
				b.WriteByte(p[i])
				i++
			}
			literal(b.String())
			i++
		case isLetter:
			n := 1
			for i+n < len(p) && p[i+n] == c {
				n++
			}
			if n > 32 {
				return nil, dataError("Invalid pattern specification: %s", clip(p))
			}
			parts = append(parts, patternPart{letter: c, n: n})
			i += n
		default:
			literal(p[i : i+1])
			i++
		}
	}
	return parts, nil
}

// patternSyntax selects the meaning of pattern letters:
// https://www.joda.org/joda-time/apidocs/org/joda/time/format/DateTimeFormat.html or
// https://docs.oracle.com/javase/8/docs/api/java/text/SimpleDateFormat.html.
type patternSyntax bool

const (
	jodaSyntax       patternSyntax = false
	simpleDateFormat patternSyntax = true
)

func (r *Registry) formatPattern(t time.Time, pattern string, f patternSyntax) (string, error) {
	parts, err := r.patterns.get(pattern)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, p := range parts {
		if p.letter == 0 {
			b.WriteString(p.text)
			continue
		}
		s, ok := p.format(t, f)
		if !ok {
			return "", dataError("Illegal pattern component: %s", strings.Repeat(string(p.letter), p.n))
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

// format formats one field of t.
func (p patternPart) format(t time.Time, f patternSyntax) (string, bool) {
	if v, ok := p.numericValue(t, f); ok {
		if p.n == 2 && strings.IndexByte("yYx", p.letter) >= 0 {
			return fmt.Sprintf("%02d", (v%100+100)%100), true
		}
		return fmt.Sprintf("%0*d", p.n, v), true
	}
	switch p.letter {
	case 'M', 'L':
		if p.n > 3 {
			return t.Month().String(), true
		}
		return t.Month().String()[:3], true
	case 'E':
		if p.n > 3 {
			return t.Weekday().String(), true
		}
		return t.Weekday().String()[:3], true
	case 'a':
		return t.Format("PM"), true
	case 'G':
		if t.Year() <= 0 {
			return "BC", true
		}
		return "AD", true
	case 'S': // a fraction in Joda-Time
		s := fmt.Sprintf("%09d", t.Nanosecond())
		if p.n > len(s) {
			s += strings.Repeat("0", p.n-len(s))
		}
		return s[:p.n], true
	case 'z':
		if f == jodaSyntax && p.n > 3 {
			return longZoneName(t)
		}
		return shortZoneName(t, f), true
	case 'Z':
		switch {
		case f == jodaSyntax && p.n == 2:
			return t.Format("-07:00"), true
		case f == jodaSyntax && p.n > 2:
			return t.Location().String(), true
		}
		return t.Format("-0700"), true
	case 'X':
		layouts := []string{"Z07", "Z0700", "Z07:00"}
		if f == simpleDateFormat && p.n <= len(layouts) {
			return t.Format(layouts[p.n-1]), true
		}
	}
	return "", false
}

// numericValue returns the value of a field that is formatted as a number.
func (p patternPart) numericValue(t time.Time, f patternSyntax) (int, bool) {
	weekYear, week := t.ISOWeek()
	if f == simpleDateFormat {
		weekYear, week = usWeek(t)
	}
	switch p.letter {
	case 'y':
		return t.Year(), true
	case 'Y':
		if f == simpleDateFormat {
			return weekYear, true
		}
		return t.Year(), true
	case 'x':
		return weekYear, f == jodaSyntax
	case 'C':
		return t.Year() / 100, f == jodaSyntax
	case 'M', 'L':
		return int(t.Month()), p.n < 3
	case 'w':
		return week, true
	case 'W':
		first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
		return (t.Day()+int(first.Weekday())-1)/7 + 1, f == simpleDateFormat
	case 'F':
		return (t.Day()-1)/7 + 1, f == simpleDateFormat
	case 'D':
		return t.YearDay(), true
	case 'd':
		return t.Day(), true
	case 'e':
		return (int(t.Weekday())+6)%7 + 1, f == jodaSyntax
	case 'u':
		return (int(t.Weekday())+6)%7 + 1, f == simpleDateFormat
	case 'H':
		return t.Hour(), true
	case 'k':
		return (t.Hour()+23)%24 + 1, true
	case 'K':
		return t.Hour() % 12, true
	case 'h':
		return (t.Hour()+11)%12 + 1, true
	case 'm':
		return t.Minute(), true
	case 's':
		return t.Second(), true
	case 'S':
		return t.Nanosecond() / 1e6, f == simpleDateFormat
	}
	return 0, false
}

// shortZoneName returns the abbreviation of the zone, or its offset if it has none.
func shortZoneName(t time.Time, f patternSyntax) string {
	name := t.Format("MST")
	if strings.ContainsAny(name, "+-") {
		if _, offset := t.Zone(); f == simpleDateFormat {
			return "GMT" + formatOffset(offset)
		}
		return t.Format("-07:00")
	}
	return name
}

// longZoneName returns the English name of the zone. Few zones are known.
func longZoneName(t time.Time) (string, bool) {
	name, ok := map[string]string{
		"UTC": "Coordinated Universal Time", "JST": "Japan Standard Time", "KST": "Korean Standard Time",
		"EST": "Eastern Standard Time", "EDT": "Eastern Daylight Time", "CST": "Central Standard Time", "CDT": "Central Daylight Time",
		"MST": "Mountain Standard Time", "MDT": "Mountain Daylight Time", "PST": "Pacific Standard Time", "PDT": "Pacific Daylight Time",
		"CET": "Central European Standard Time", "CEST": "Central European Summer Time", "BST": "British Summer Time",
	}[t.Format("MST")]
	if ok && name != "" {
		return name, true
	}
	if short := t.Format("MST"); strings.ContainsAny(short, "+-") {
		return t.Format("-07:00"), true
	}
	return "", false
}

// usWeek returns the week of a date in the US locale, which SimpleDateFormat uses: weeks start on
// Sunday, and the week of January 1 is the first one.
func usWeek(t time.Time) (year, week int) {
	year = t.Year()
	saturday := t.AddDate(0, 0, 6-int(t.Weekday()))
	if saturday.Year() > year {
		return saturday.Year(), 1
	}
	first := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	return year, (t.YearDay()-1+int(first.Weekday()))/7 + 1
}
