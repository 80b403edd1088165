package text

import (
	"testing"
	"time"
)

func TestZone(t *testing.T) {
	winter, summer := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC), time.Date(2026, 7, 15, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ tz, winter, summer string }{
		{"JST-9", "21:00 JST +0900", "21:00 JST +0900"},
		{"<+0530>-5:30", "17:30 +0530 +0530", "17:30 +0530 +0530"},
		{"NST3:30", "08:30 NST -0330", "08:30 NST -0330"},
		{"EST5EDT,M3.2.0,M11.1.0", "07:00 EST -0500", "08:00 EDT -0400"},
		{"AAA5BBB", "07:00 AAA -0500", "08:00 BBB -0400"}, // the rules of the United States
		{"CET-1CEST,M3.5.0,M10.5.0/3", "13:00 CET +0100", "14:00 CEST +0200"},
		{"AEST-10AEDT,M10.1.0,M4.1.0/3", "23:00 AEDT +1100", "22:00 AEST +1000"},
		{"<-04>4<-03>,J60/0,J300/0", "08:00 -04 -0400", "09:00 -03 -0300"},
	} {
		zone := Zone(tt.tz)
		if zone == nil {
			t.Errorf("%s: left to the time package", tt.tz)
			continue
		}
		const layout = "15:04 MST -0700"
		if got := winter.In(zone).Format(layout); got != tt.winter {
			t.Errorf("%s in winter: %s, want %s", tt.tz, got, tt.winter)
		}
		if got := summer.In(zone).Format(layout); got != tt.summer {
			t.Errorf("%s in summer: %s, want %s", tt.tz, got, tt.summer)
		}
	}
	for _, tz := range []string{"", ":", "UTC", ":UTC", "Asia/Tokyo", ":Asia/Tokyo", "/etc/localtime"} {
		if zone := Zone(tz); zone != nil {
			t.Errorf("%q: %v, want nil", tz, zone)
		}
	}
}

// TestLocalZone checks that an unknown zone is an error for times that depend on it.
func TestLocalZone(t *testing.T) {
	local := time.Local
	defer func() { time.Local = local }()
	for _, tz := range []string{"Asia/Nowhere", "JST", "nonsense", "EST5EDT,M13.1.0", "JST-9\n", "+9", "\x00"} {
		time.Local = Zone(tz)
		if _, err := LocalZone(); err == nil {
			t.Errorf("%q: no error", tz)
		}
		if _, err := ParseTime("2026-01-02 03:04:05"); err == nil {
			t.Errorf("%q: a local time was parsed", tz)
		}
		if got, err := ParseTime("2026-01-02 03:04:05 UTC"); err != nil || got.Unix() != 1767323045 {
			t.Errorf("%q: %v, %v", tz, got, err)
		}
		if got := LocalTime(time.Unix(1767323045, 0)); got != "2026-01-02 03:04:05 +0000" {
			t.Errorf("%q: %s", tz, got)
		}
	}
	time.Local = Zone("JST-9")
	if got, err := ParseTime("2026-01-02 12:04:05"); err != nil || got.Unix() != 1767323045 {
		t.Errorf("JST-9: %v, %v", got, err)
	}
}
