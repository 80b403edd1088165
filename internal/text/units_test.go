package text

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
		{TransferSize(0), "0 B"},
		{TransferSize(1023), "1023 B"},
		{TransferSize(1024), "1.0 kB"},
		{TransferSize(35.66 * 1024 * 1024), "35.7 MB"},
		{TransferSize(5 << 40), "5.0 TB"},
		{TransferSize(5000 << 40), "5000.0 TB"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestParseSize(t *testing.T) {
	for _, tt := range []struct {
		text string
		want int64 // -1: an error
	}{
		{"0", 0},
		{"1000", 1000},
		{" 12 B ", 12},
		{"1k", 1024},
		{"500kB", 500 << 10},
		{"1.5 GB", 3 << 29},
		{"2GiB", 2 << 30},
		{"3mib", 3 << 20},
		{"1T", 1 << 40},
		{"1PB", 1 << 50},
		{"", -1},
		{"GB", -1},
		{"-1", -1},
		{"1..5", -1},
		{"5 apples", -1},
		{"5 ib", -1},
		{"5kk", -1},
		{"1e3", -1},
		{"9000000PB", -1},
		{"NaN", -1},
	} {
		got, err := ParseSize(tt.text)
		if err != nil {
			got = -1
		}
		if got != tt.want {
			t.Errorf("%q: got %d, want %d", tt.text, got, tt.want)
		}
	}
}
