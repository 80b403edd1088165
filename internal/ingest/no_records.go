package ingest

import (
	"bytes"
	"fmt"
	"strings"
)

// A NoRecordsError means that a file has data, but no valid record.
type NoRecordsError struct {
	File   string
	Format Format // the format used to read the file
	Likely Format // the format that it seems to have; "" if unknown
	First  *BadRecord
}

// Error implements error.
func (e *NoRecordsError) Error() string {
	if e.Likely != "" && e.Likely != e.Format {
		return fmt.Sprintf("no record of %s is in the %s format", e.File, e.Format)
	}
	return fmt.Sprintf("no valid record in %s: line %d: %v", e.File, e.First.Line, e.First.Err)
}

// Unwrap returns the first bad record.
func (e *NoRecordsError) Unwrap() error { return e.First }

// noRecords returns the error for a file whose first records are bad.
func (a *partBuilder) noRecords() error {
	return &NoRecordsError{File: a.name, Format: a.Format, Likely: guessFormat(a.first.Text), First: a.first}
}

// guessFormat returns the format that a record seems to have, or "".
func guessFormat(record string) Format {
	text := strings.TrimSpace(record)
	switch {
	case text == "":
		return ""
	case text[0] == '{', text[0] == '[':
		return JSON
	case strings.HasPrefix(text, "\uFFFD"): // the head of a map is not valid UTF-8
		return MsgPack
	case isApache([]byte(text)):
		return Apache
	case isSyslog([]byte(text)):
		return Syslog
	case strings.Count(text, "\t") > 0:
		return TSV
	case strings.Count(text, ",") > 0:
		return CSV
	}
	return ""
}

// isApache reports whether a line looks like a line of a web server's log.
func isApache(line []byte) bool {
	_, rest, ok := bytes.Cut(line, []byte(" ["))
	return ok && bytes.Contains(rest, []byte(`] "`))
}

// isSyslog reports whether a line starts like a line of syslog.
func isSyslog(line []byte) bool {
	if len(line) < len(syslogStamp) {
		return false
	}
	_, err := strptime(syslogTime, line[:len(syslogStamp)])
	return err == nil
}
