package cli

import (
	"fmt"
	"strconv"
	"strings"
)

// Priorities returns the names of the priorities -2 to 2, lowest first.
func Priorities() []string { return []string{"VERY LOW", "LOW", "NORMAL", "HIGH", "VERY HIGH"} }

// PriorityName returns the name of a priority. Unknown priorities are NORMAL.
func PriorityName(p int) string {
	if p < -2 || p > 2 {
		p = 0
	}
	return Priorities()[p+2]
}

// ParsePriority parses a priority: -2 to 2, or its name ignoring case, with
// a space, an underscore or a hyphen between the words.
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
	return 0, fmt.Errorf("unknown priority %q; it must be very-low, low, normal, high, very-high, or -2 to 2", s)
}
