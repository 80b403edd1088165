package cli

import "testing"

func TestParsePriority(t *testing.T) {
	for in, want := range map[string]int{"very-low": -2, "Low": -1, "NORMAL": 0, "high": 1, "very_HIGH": 2, "VERY HIGH": 2, "-1": -1, "+2": 2} {
		if got, err := ParsePriority(in); err != nil || got != want {
			t.Errorf("%q: got %d, %v, want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "3", "-3", "urgent"} {
		if got, err := ParsePriority(in); err == nil {
			t.Errorf("%q was accepted as %d", in, got)
		}
	}
}

func TestPriorityName(t *testing.T) {
	for p, want := range map[int]string{-2: "VERY LOW", 0: "NORMAL", 2: "VERY HIGH", 7: "NORMAL", -3: "NORMAL"} {
		if got := PriorityName(p); got != want {
			t.Errorf("%d: got %q, want %q", p, got, want)
		}
	}
}
