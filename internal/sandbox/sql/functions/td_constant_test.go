package functions

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestConstantTimes(t *testing.T) {
	const noon = 1577880000 // 2020-01-01 12:00:00 UTC
	for _, tt := range []struct {
		name string
		call func() (int64, error)
		want int64 // 0: an error
	}{
		{"add", func() (int64, error) { return AddDuration(noon, "-1d12h", "") }, noon - 43200},
		{"add a month", func() (int64, error) { return AddDuration(noon, "1M", "Asia/Tokyo") }, noon + 31*86400},
		{"add nothing", func() (int64, error) { return AddDuration(noon, "x", "") }, 0},
		{"add in no zone", func() (int64, error) { return AddDuration(noon, "1d", "Nowhere") }, 0},
		{"truncate", func() (int64, error) { return TruncateTime("day", noon, "JST") }, noon - 21*3600},
		{"truncate to no unit", func() (int64, error) { return TruncateTime("era", noon, "") }, 0},
		{"truncate in no zone", func() (int64, error) { return TruncateTime("day", noon, "Nowhere") }, 0},
	} {
		if got, err := tt.call(); err == nil && got != tt.want || (err != nil) != (tt.want == 0) {
			t.Errorf("%s: %d, %v; want %d", tt.name, got, err, tt.want)
		}
	}
	spans, err := ParseDuration("-1d12h")
	if diff := cmp.Diff([]Span{{-1, "day"}, {12, "hour"}}, spans); diff != "" || err != nil {
		t.Errorf("ParseDuration: %v %s", err, diff)
	}
	for zone, want := range map[string]string{"": "UTC", "jst": "+09:00", "PST": "-08:00", "Asia/Tokyo": "Asia/Tokyo", "+0530": "+05:30", "x y": ""} {
		if got, err := ZoneName(zone); got != want || (err != nil) != (want == "") {
			t.Errorf("ZoneName(%s) = %s, %v; want %s", zone, got, err, want)
		}
	}
}
