package schedules

import (
	"testing"
	"time"

	"github.com/td-cli/td/internal/sandbox/httpapi"
)

func parse(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateTime, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestNextAfter(t *testing.T) {
	tests := []struct {
		cron, zone, after string
		want              string // next time, or the message of an error
	}{
		{"0 0 * * *", "UTC", "2026-01-02 03:04:05", "2026-01-03 00:00:00"},
		{"0 0 * * *", "", "2026-01-02 00:00:00", "2026-01-03 00:00:00"},
		{"0 0 * * *", "Asia/Tokyo", "2026-01-02 03:04:05", "2026-01-02 15:00:00"},
		{"30 2 * * *", "America/New_York", "2026-03-07 12:00:00", "2026-03-09 06:30:00"}, // the clock skips 02:30 on March 8
		{"@hourly", "UTC", "2026-01-02 03:04:05", "2026-01-02 04:00:00"},
		{"@every 90s", "UTC", "2026-01-02 03:04:05", "2026-01-02 03:05:35"},
		{"*/15 9-10 * * MON", "UTC", "2026-01-02 03:04:05", "2026-01-05 09:00:00"},
		{"", "UTC", "2026-01-02 03:04:05", "0001-01-01 00:00:00"},
		{"  ", "UTC", "2026-01-02 03:04:05", "0001-01-01 00:00:00"},
		{"0 0 30 2 *", "UTC", "2026-01-02 03:04:05", "0001-01-01 00:00:00"},
		{"every day", "UTC", "2026-01-02 03:04:05", "Validation failed: Cron is invalid: every day"},
		{"CRON_TZ=UTC 0 0 * * *", "UTC", "2026-01-02 03:04:05", "Validation failed: Cron is invalid: CRON_TZ=UTC 0 0 * * *"},
		{"@daily", "PST", "2026-01-02 03:04:05", "Validation failed: Timezone is invalid: PST"},
		{"@daily", "Local", "2026-01-02 03:04:05", "Validation failed: Timezone is invalid: Local"},
	}
	for _, test := range tests {
		t.Run(test.cron+" "+test.zone, func(t *testing.T) {
			next, err := Timetable{Cron: test.cron, Timezone: test.zone}.NextAfter(parse(t, test.after))
			got := next.Format(time.DateTime)
			if err != nil {
				if got = err.Error(); httpapi.AsError(err).Status != 422 {
					t.Errorf("status %d; want 422", httpapi.AsError(err).Status)
				}
			}
			if got != test.want {
				t.Errorf("got %s; want %s", got, test.want)
			}
			if err == nil && next.Location() != time.UTC {
				t.Errorf("the location is %v; want UTC", next.Location())
			}
		})
	}
}

func TestDue(t *testing.T) {
	const next = "2026-01-02 03:00:00"
	tests := []struct {
		name, opened, now string
		delay             int
		run, missed       bool
	}{
		{"too early", "2026-01-01 00:00:00", "2026-01-02 02:59:59", 0, false, false},
		{"on time", "2026-01-01 00:00:00", next, 0, true, false},
		{"late", "2026-01-01 00:00:00", "2026-01-02 04:00:00", 0, true, true},
		{"opened on time", next, next, 0, true, false},
		{"opened later", "2026-01-02 03:00:01", "2026-01-02 03:00:30", 0, false, false},
		{"opened much later", "2026-01-02 03:00:01", "2026-01-02 03:01:01", 0, false, true},
		{"during the delay", "2026-01-01 00:00:00", "2026-01-02 03:00:59", 60, false, false},
		{"after the delay", "2026-01-01 00:00:00", "2026-01-02 03:01:00", 60, true, false},
		{"opened during the delay", "2026-01-02 03:00:30", "2026-01-02 03:01:00", 60, true, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tt := Timetable{Next: parse(t, next), Delay: test.delay}
			run, missed := tt.due(parse(t, test.opened), parse(t, test.now))
			if run != test.run || missed != test.missed {
				t.Errorf("due = %v, %v; want %v, %v", run, missed, test.run, test.missed)
			}
		})
	}
	if run, missed := (Timetable{}).due(time.Time{}, parse(t, next)); run || missed {
		t.Error("a timetable without a next time is due")
	}
}
