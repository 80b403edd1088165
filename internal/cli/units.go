package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Commas writes a number with a comma every three digits: 168,205,061.
func Commas(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// FileSize writes a number of bytes as the toolbelt does: 60 B, 417.47 kB,
// 4.05 MB, in steps of 1,024, cut and not rounded to two decimals.
func FileSize(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	size, unit := n*100, 0
	for size >= 102400 && unit < len(units)-1 {
		size /= 1024
		unit++
	}
	text := fmt.Sprintf("%d.%02d", size/100, size%100)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + " " + units[unit]
}

// TableSize writes the size of a table in GB as the toolbelt does.
func TableSize(n int64) string {
	const mib, gib = 1 << 20, 1 << 30
	switch {
	case n <= mib:
		return "0.0 GB"
	case n <= 60*mib:
		return "0.01 GB"
	case n <= 60*gib:
		return fmt.Sprintf("%.1f GB", float64(n)/gib)
	}
	return fmt.Sprintf("%d GB", n/gib)
}

// Elapsed writes a duration as the toolbelt does: 1h 2m 3s, 1m 5s, 5s, and with
// milliseconds when there are any and they are asked for: 1s 045ms.
func Elapsed(d time.Duration, millis bool) string {
	s := int64(d / time.Second)
	var parts []string
	if s >= 3600 {
		parts = append(parts, fmt.Sprintf("%dh", s/3600))
	}
	if s >= 60 {
		parts = append(parts, fmt.Sprintf("%dm", s/60%60))
	}
	if s > 0 || !millis {
		parts = append(parts, fmt.Sprintf("%ds", s%60))
	}
	if ms := d.Milliseconds() % 1000; millis && (ms > 0 || len(parts) == 0) {
		parts = append(parts, fmt.Sprintf("%03dms", ms))
	}
	return strings.Join(parts, " ")
}

// LocalTime writes a time in the local zone, as lists show it; a zero time is "".
func LocalTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05 -0700")
}

// UTC writes a time as job:show shows it; a zero time is "".
func UTC(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// Priorities are the names of the priorities -2 to 2, lowest first.
func Priorities() []string { return []string{"VERY LOW", "LOW", "NORMAL", "HIGH", "VERY HIGH"} }

// PriorityName is the name of a priority; one that is not known is NORMAL.
func PriorityName(p int) string {
	if p < -2 || p > 2 {
		p = 0
	}
	return Priorities()[p+2]
}

// ParsePriority reads a priority: -2 to 2, or its name in any case, with a blank,
// an underscore or a hyphen between the words.
func ParsePriority(s string) (int, error) {
	if n, err := strconv.Atoi(s); err == nil && n >= -2 && n <= 2 {
		return n, nil
	}
	name := strings.ToUpper(strings.NewReplacer("_", " ", "-", " ").Replace(s))
	for i, p := range Priorities() {
		if name == p {
			return i - 2, nil
		}
	}
	return 0, fmt.Errorf("unknown priority %q; it is one of very-low, low, normal, high, very-high, or -2 to 2", s)
}
