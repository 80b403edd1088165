package functions

import (
	"fmt"
	"math"
	"strings"
)

// FormatDaySecond formats an interval in milliseconds as 1 02:03:04.005.
func FormatDaySecond(ms int64) string {
	sign, n := "", magnitude(ms)
	if ms < 0 {
		sign = "-"
	}
	return fmt.Sprintf("%s%d %02d:%02d:%02d.%03d", sign, n/86400000, n/3600000%24, n/60000%60, n/1000%60, n%1000)
}

// FormatYearMonth formats an interval in months as 1-2.
func FormatYearMonth(months int64) string {
	sign, n := "", magnitude(months)
	if months < 0 {
		sign = "-"
	}
	return fmt.Sprintf("%s%d-%d", sign, n/12, n%12)
}

// parseDuration implements parse_duration: 3.81d, 42.8ms.
func parseDuration(a []any) (any, error) {
	s := strings.TrimSpace(toText(a[0]))
	i := strings.LastIndexAny(s, "0123456789.") + 1
	f, err := parseDouble(s[:i])
	ms, ok := map[string]float64{
		"ns": 1e-6, "us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4, "h": 3.6e6, "d": 8.64e7,
	}[strings.TrimSpace(s[i:])]
	if err != nil || !ok || math.IsNaN(f) || math.Abs(f*ms) >= 1<<62 {
		return nil, dataError("duration is not a valid data duration string: %s", clip(s))
	}
	return int64(math.Round(f * ms)), nil
}
