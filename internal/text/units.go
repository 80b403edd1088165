package text

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Commas formats n with a comma every three digits: 168,205,061.
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

// FileSize formats a number of bytes like the Ruby toolbelt: 60 B, 417.47 kB,
// 4.05 MB. Units grow in steps of 1,024; decimals are cut, not rounded.
func FileSize(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	hundredths, unit := n*100, 0
	for hundredths >= 102400 && unit < len(units)-1 {
		hundredths /= 1024
		unit++
	}
	number := fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100)
	return strings.TrimSuffix(strings.TrimRight(number, "0"), ".") + " " + units[unit]
}

// TableSize formats the size of a table in GB like the Ruby toolbelt.
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

// TransferSize formats a number of bytes for a progress bar, always with one
// decimal so that the text keeps its width: 512 B, 1.0 kB, 35.7 MB.
func TransferSize(n float64) string {
	if n < 1024 {
		return fmt.Sprintf("%.0f B", n)
	}
	units := []string{"kB", "MB", "GB", "TB"}
	n /= 1024
	unit := 0
	for n >= 1024 && unit < len(units)-1 {
		n /= 1024
		unit++
	}
	return fmt.Sprintf("%.1f %s", n, units[unit])
}

// ParseSize parses a number of bytes with an optional unit: 1000, 500kB, 1.5 GB, 2GiB. Units are powers of 1,024, as
// in the output of td. The error is the rule that s violates.
func ParseSize(s string) (int64, error) {
	number, unit := strings.TrimSpace(s), ""
	if i := strings.IndexFunc(number, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); i >= 0 {
		number, unit = number[:i], strings.ToLower(strings.TrimSpace(number[i:]))
	}
	factor := 1.0
	if prefix, ok := strings.CutSuffix(strings.TrimSuffix(unit, "b"), "i"); prefix != "" || ok {
		power := strings.Index("kmgtp", prefix) + 1
		if len(prefix) != 1 || power == 0 {
			return 0, errSize
		}
		factor = math.Pow(1024, float64(power))
	}
	n, err := strconv.ParseFloat(number, 64)
	if n *= factor; err != nil || n >= math.MaxInt64 {
		return 0, errSize
	}
	return int64(n), nil
}

var errSize = errors.New("must be a number of bytes such as 500MB or 2GB, or 0 for no limit")

// Elapsed formats a duration like the Ruby toolbelt: 1h 2m 3s, 1m 5s, 5s. With
// millis it adds milliseconds unless they are zero: 1s 045ms.
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
