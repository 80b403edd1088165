package text

import (
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	for in, want := range map[string]string{
		"0":                               "1970-01-01T00:00:00Z",
		"1767323045":                      "2026-01-02T03:04:05Z",
		" 1767323045 ":                    "2026-01-02T03:04:05Z",
		"2026-01-02T03:04:05Z":            "2026-01-02T03:04:05Z",
		"2026-01-02T03:04:05+09:00":       "2026-01-01T18:04:05Z",
		"2026-01-02T03:04:05+0900":        "2026-01-01T18:04:05Z",
		"2026-01-02 03:04:05 +0900":       "2026-01-01T18:04:05Z",
		"2026-01-02 03:04:05 +09:00":      "2026-01-01T18:04:05Z",
		"2026-01-02 03:04:05 UTC":         "2026-01-02T03:04:05Z",
		"2026-01-02 UTC":                  "2026-01-02T00:00:00Z",
		"Fri, 02 Jan 2026 03:04:05 +0000": "2026-01-02T03:04:05Z",
		"Fri Jan  2 03:04:05 UTC 2026":    "2026-01-02T03:04:05Z",
		"Fri Jan  2 03:04:05 PM UTC 2026": "2026-01-02T15:04:05Z",
		"Fri  2 Jan 2026 03:04:05 UTC":    "2026-01-02T03:04:05Z",
		"Jan 2 2026 15:04 UTC":            "2026-01-02T15:04:00Z",
		"2 Jan 2026 UTC":                  "2026-01-02T00:00:00Z",
		"2026/01/02 15:04 UTC":            "2026-01-02T15:04:00Z",
	} {
		got, err := ParseTime(in)
		if err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%q: got %v, %v, want %s", in, got, err, want)
		}
	}
	local, err := ParseTime("2026-01-02 03:04:05")
	if want := time.Date(2026, 1, 2, 3, 4, 5, 0, time.Local); err != nil || !local.Equal(want) {
		t.Errorf("got %v, %v, want %v", local, err, want)
	}
	for _, in := range []string{"", "yesterday", "-1", "253402300800", "2026-13-01", "2026-01-02 25:00:00", "03:04:05", "Fri Jan  2 03:04:05 XYZ 2026"} {
		if got, err := ParseTime(in); err == nil {
			t.Errorf("%q was accepted as %v", in, got)
		}
	}
}
