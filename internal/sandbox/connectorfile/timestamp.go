package connectorfile

import (
	"fmt"
	"strings"
	"time"
)

// parseTimestamp parses a timestamp in a strftime format, or in one of several common
// formats if format is empty.
func parseTimestamp(format, text string) (time.Time, error) {
	if format != "" {
		l, err := layout(format)
		if err != nil {
			return time.Time{}, err
		}
		return time.Parse(l, text)
	}
	for _, l := range []string{
		time.RFC3339Nano, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05.999999999",
		"2006/01/02 15:04:05", "02/Jan/2006:15:04:05 -0700", time.DateOnly, "2006/01/02",
	} {
		if t, err := time.Parse(l, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a timestamp", text)
}

// layout converts a strftime format to a layout of package time.
func layout(format string) (string, error) {
	directives := map[byte]string{
		'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'e': "_2", 'b': "Jan", 'B': "January", 'a': "Mon", 'A': "Monday",
		'H': "15", 'I': "03", 'M': "04", 'S': "05", 'p': "PM", 'z': "-0700", 'Z': "MST", 'j': "002", 'T': "15:04:05", 'F': "2006-01-02",
		'L': "000", 'N': "000000000", '%': "%",
	}
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		i++
		if i == len(format) {
			return "", invalid("the timestamp format %q ends with an incomplete directive", format)
		}
		text, ok := directives[format[i]]
		if !ok {
			return "", invalid("the timestamp format %q has the unknown directive %%%c", format, format[i])
		}
		b.WriteString(text)
	}
	return b.String(), nil
}
