package cli

import (
	"testing"
	"time"
)

func TestUnits(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{Commas(0), "0"},
		{Commas(999), "999"},
		{Commas(168205061), "168,205,061"},
		{Commas(-1234), "-1,234"},
		{FileSize(60), "60 B"},
		{FileSize(427491), "417.47 kB"},
		{FileSize(20480), "20 kB"},
		{FileSize(4246733), "4.05 MB"},
		{FileSize(0), "0 B"},
		{TableSize(1 << 20), "0.0 GB"},
		{TableSize(55102516), "0.01 GB"},
		{TableSize(168205061), "0.2 GB"},
		{TableSize(100 << 30), "100 GB"},
		{Elapsed(0, false), "0s"},
		{Elapsed(65*time.Second, false), "1m 5s"},
		{Elapsed(3723*time.Second, false), "1h 2m 3s"},
		{Elapsed(3723045*time.Millisecond, true), "1h 2m 3s 045ms"},
		{Elapsed(1234*time.Millisecond, true), "1s 234ms"},
		{Elapsed(45*time.Millisecond, true), "045ms"},
		{UTC(time.Unix(0, 0)), "1970-01-01 00:00:00 UTC"},
		{UTC(time.Time{}), ""},
		{LocalTime(time.Time{}), ""},
		{PriorityName(-2), "VERY LOW"},
		{PriorityName(7), "NORMAL"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

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
