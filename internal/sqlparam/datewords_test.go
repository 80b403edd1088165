package sqlparam

import (
	"testing"
	"time"
)

func TestResolveDates(t *testing.T) {
	tokyo := time.FixedZone("JST", 9*60*60)
	now := time.Date(2026, 3, 31, 18, 30, 15, 0, time.UTC).In(tokyo) // Wednesday, April 1 in Tokyo
	for _, tt := range []struct{ param, want string }{
		{"x:date=today", "2026-04-01"},
		{"x:date=Yesterday", "2026-03-31"},
		{"x:date=tomorrow", "2026-04-02"},
		{"x:date=now", "2026-04-01"},
		{"x:date=start-of-week", "2026-03-30"},
		{"x:date=start-of-week-1d", "2026-03-29"},
		{"x:date=start-of-month", "2026-04-01"},
		{"x:date=start-of-month - 1m", "2026-03-01"},
		{"x:date=start-of-year", "2026-01-01"},
		{"x:date=today-7d", "2026-03-25"},
		{"x:date=today+2w", "2026-04-15"},
		{"x:date=yesterday-1m", "2026-02-28"},
		{"x:date=yesterday+11m", "2027-02-28"},
		{"x:date=today-1y", "2025-04-01"},
		{"x:timestamp=now", "2026-04-01 03:30:15"},
		{"x:timestamp=today", "2026-04-01 00:00:00"},
		{"x:date[]=yesterday,today,2026-01-02", "2026-03-31,2026-04-01,2026-01-02"},
		{"x:date=2026-01-02", "2026-01-02"},
		{"x:date=today-99999d", "today-99999d"},
		{"x:date=someday", "someday"},
		{"x=today", "today"},
		{"x:identifier=today", "today"},
	} {
		p := params(t, tt.param)[0].ResolveDates(now)
		if p.Value != tt.want {
			t.Errorf("%s: %s, want %s", tt.param, p.Value, tt.want)
		}
	}
	leap := time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC)
	if got := (Param{"x", "date", "today-1y"}).ResolveDates(leap).Value; got != "2027-02-28" {
		t.Errorf("a year before a leap day: %s", got)
	}
}

// TestResolveDatesWithoutMidnight checks the days on which daylight-saving time starts at midnight.
func TestResolveDatesWithoutMidnight(t *testing.T) {
	for _, tt := range []struct {
		zone string
		noon time.Time // in UTC
		want string
	}{
		{"America/Sao_Paulo", time.Date(2018, 11, 4, 15, 0, 0, 0, time.UTC), "2018-11-04"},
		{"Africa/Cairo", time.Date(2023, 4, 28, 10, 0, 0, 0, time.UTC), "2023-04-28"},
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Skip(err)
		}
		for _, word := range []struct {
			text string
			days int // from tt.noon to now
		}{{"today", 0}, {"yesterday", 1}, {"tomorrow", -1}, {"today-2d", 2}} {
			now := tt.noon.AddDate(0, 0, word.days).In(zone)
			for kind, want := range map[string]string{"date": tt.want, "timestamp": tt.want + " 00:00:00"} {
				if got := (Param{"x", kind, word.text}).ResolveDates(now).Value; got != want {
					t.Errorf("%s: %s %s is %s, want %s", tt.zone, kind, word.text, got, want)
				}
			}
		}
	}
}
