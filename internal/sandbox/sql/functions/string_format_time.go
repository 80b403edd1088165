package functions

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// formatJavaTime returns the result of toString of a class in java.time.
func formatJavaTime(m datetime) string {
	s := m.Format("15:04")
	if m.Second() != 0 || m.Nanosecond() != 0 {
		s += m.Format(":05")
	}
	if m = m.withDigits(min(m.digits, 9)); m.Nanosecond() != 0 {
		s += "." + strings.TrimSuffix(strings.TrimSuffix(fmt.Sprintf("%09d", m.Nanosecond()), "000"), "000")
	}
	switch m.kind {
	case kindTime:
		return s
	case kindZoned:
		zone := m.Location().String()
		if zone[0] == '+' || zone[0] == '-' {
			return formatDate(m.Time) + "T" + s + zone
		}
		offset := m.Format("Z07:00")
		if _, seconds := m.Zone(); seconds%60 != 0 {
			offset = m.Format("Z07:00:00")
		}
		return formatDate(m.Time) + "T" + s + offset + "[" + zone + "]"
	}
	return formatDate(m.Time) + "T" + s
}

// The conversions of %t that need a date, a time of day, and an instant, which both is.
const (
	dateConversions    = "YymdeBbhAajCDF"
	clockConversions   = "HIklMSLNpRTr"
	instantConversions = "zZscQ"
)

// formatDateField formats one field of a date or a time with %t.
func (r *Registry) formatDateField(p formatSpec, a formatArgument) (string, error) {
	if a.value == nil {
		return "null", nil
	}
	mismatch := &formatError{"IllegalFormatConversion", string(p.suffix) + " != " + a.javaName()}
	accepted := ""
	switch a.typ {
	case "date":
		accepted = dateConversions
	case "time":
		accepted = clockConversions
	case "timestamp":
		accepted = dateConversions + clockConversions
	case "timestamp with time zone":
		accepted = dateConversions + clockConversions + instantConversions
	default:
		return "", mismatch
	}
	if strings.IndexByte(dateConversions+clockConversions+instantConversions, p.suffix) < 0 || p.suffix == 0 {
		return "", &formatError{"UnknownFormatConversion", "Conversion = 't" + string(p.suffix) + "'"}
	}
	if strings.IndexByte(accepted, p.suffix) < 0 {
		return "", mismatch
	}
	m, err := r.parseDatetime(a.value)
	if err != nil {
		return "", err
	}
	s := formatTimeField(m, p.suffix)
	if p.verb == 'T' {
		s = strings.ToUpper(s)
	}
	return s, nil
}

// formatTimeField returns the text of a conversion of %t.
func formatTimeField(m datetime, conversion byte) string {
	layouts := map[byte]string{
		'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'e': "2", 'B': "January", 'b': "Jan", 'h': "Jan", 'A': "Monday", 'a': "Mon", 'j': "002",
		'H': "15", 'I': "03", 'l': "3", 'M': "04", 'S': "05", 'p': "pm", 'R': "15:04", 'T': "15:04:05", 'r': "03:04:05 PM",
		'D': "01/02/06", 'F': "2006-01-02", 'z': "-0700", 'Z': "MST", 'c': "Mon Jan 02 15:04:05 MST 2006",
	}
	switch conversion {
	case 'L':
		return fmt.Sprintf("%03d", m.Nanosecond()/int(time.Millisecond))
	case 'N':
		return fmt.Sprintf("%09d", m.Nanosecond())
	case 'C':
		return fmt.Sprintf("%02d", m.Year()/100)
	case 'k':
		return strconv.Itoa(m.Hour())
	case 's':
		return strconv.FormatInt(m.Unix(), 10)
	case 'Q':
		return strconv.FormatInt(m.UnixMilli(), 10)
	}
	return m.Format(layouts[conversion])
}
