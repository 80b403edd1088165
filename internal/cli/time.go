package cli

import (
	"time"

	"github.com/td-cli/td/internal/text"
)

// TimeUsage describes the values of TIME arguments and flags in help texts.
const TimeUsage = `TIME is seconds since 1970, or a date and time as 2026-01-02, 2026-01-02 03:04:05 (local
time), 2026-01-02 03:04:05 +0900 or 2026-01-02T03:04:05Z.`

// CheckZone returns a UsageError if the local time zone, which lists show times in, is unknown.
func CheckZone() error {
	if _, err := text.LocalZone(); err != nil {
		return WithHint(UsageError{err}, "set TZ to a name such as Asia/Tokyo or a rule such as JST-9, or unset it")
	}
	return nil
}

// ParseTime parses a time from the command line. A text that is not a time is
// a UsageError.
func ParseTime(s string) (time.Time, error) {
	t, err := text.ParseTime(s)
	if err != nil {
		return t, WithHint(UsageError{err}, "write seconds since 1970, or '2026-01-02 03:04:05 +0900'")
	}
	return t, nil
}
