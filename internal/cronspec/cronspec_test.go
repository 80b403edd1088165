package cronspec_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/td-cli/td/internal/cronspec"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"0 6 * * *", "0 6 * * *"},
		{"  0\t6  * * *", "0 6 * * *"},
		{"*/15 0-6,22 1 jan-Mar mon,7", "*/15 0-6,22 1 jan-Mar mon,7"},
		{"5/15,*/20,1-9/2 6/3 1/2 feb/3 mon/2", "5-59/15,*/20,1-9/2 6-23/3 1-31/2 feb-12/3 mon-7/2"},
		{"@daily", "0 0 * * *"},
		{"@HOURLY", "0 * * * *"},
		{"every day 06:00", "0 6 * * *"},
		{"every day at 6:05", "5 6 * * *"},
		{"Every Weekday at 23:59", "59 23 * * 1-5"},
		{"every hour", "0 * * * *"},
		{"every hour at :15", "15 * * * *"},
		{"every hour 00:15", "15 * * * *"},
	} {
		spec, err := cronspec.Parse(tt.in)
		if err != nil || spec.String() != tt.want {
			t.Errorf("Parse(%q) = %q, %v; want %q", tt.in, spec, err, tt.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for in, want := range map[string]string{
		"":                     "not 0:",
		"0 6 * *":              "not 4:",
		"60 6 * * *":           `the minute "60" is not between 0 and 59`,
		"0 24 * * *":           `the hour "24" is not between 0 and 23`,
		"0 6 0 * *":            `the day of the month "0" is not between 1 and 31`,
		"0 6 * 13 *":           `the month "13" is not between 1 and 12`,
		"0 6 * * 8":            `the day of the week "8" is not between 0 and 7`,
		"0 6 * * funday":       `the day of the week "funday"`,
		"0 6 * * 5-1":          `the day of the week "5-1" ends before it starts`,
		"*/0 6 * * *":          `the minute "*/0" has an invalid step`,
		"0 6 30 2 *":           "no month has such a day",
		"-5 6 * * *":           `the minute ""`,
		"@reboot":              "it must be @hourly",
		"every day":            "it must be a cron expression",
		"every day 25:00":      "the hour 25 is not between 0 and 23",
		"every day 06:60":      "the minute 60 is not between 0 and 59",
		"every day 0600":       `"0600" is not a time of the form HH:MM`,
		"every day 6:5":        `"6:5" is not a time`,
		"every monday 06:00":   `"monday" is not day, weekday or hour`,
		"every hour 06:15":     "use every hour at :15",
		"every day at 6:00 pm": "it must be a cron expression",
		"every day -1:00":      `"-1:00" is not a time`,
		"every":                "it must be a cron expression",
		"0 6 * * * root":       "not 6:",
	} {
		spec, err := cronspec.Parse(in)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q) = %q, %v; want the error %q", in, spec, err, want)
		}
	}
}

func TestNextAndLast(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	const layout = "2006-01-02 15:04 MST"
	for _, tt := range []struct{ spec, at, last, next string }{
		{"0 6 * * *", "2026-01-02 06:00 CET", "2026-01-02 06:00 CET", "2026-01-03 06:00 CET"},
		{"0 6 * * *", "2026-01-02 05:59 CET", "2026-01-01 06:00 CET", "2026-01-02 06:00 CET"},
		{"*/20 * * * *", "2026-01-02 05:59 CET", "2026-01-02 05:40 CET", "2026-01-02 06:00 CET"},
		{"0 6 * * 1-5", "2026-01-03 12:00 CET", "2026-01-02 06:00 CET", "2026-01-05 06:00 CET"},
		{"0 6 * * 7", "2026-01-03 12:00 CET", "2025-12-28 06:00 CET", "2026-01-04 06:00 CET"},
		{"0 6 13 * 5", "2026-01-03 12:00 CET", "2026-01-02 06:00 CET", "2026-01-09 06:00 CET"},   // the 13th or a Friday
		{"0 6 13 * */2", "2026-01-03 12:00 CET", "2025-12-13 06:00 CET", "2026-01-13 06:00 CET"}, // */2 is a condition
		{"0 6 29 2 *", "2026-01-03 12:00 CET", "2024-02-29 06:00 CET", "2028-02-29 06:00 CET"},
		{"30 2 * * *", "2026-03-29 03:00 CEST", "2026-03-29 01:30 CET", "2026-03-30 02:30 CEST"}, // skipped
		{"30 2 * * *", "2026-10-25 12:00 CET", "2026-10-25 02:30 CEST", "2026-10-26 02:30 CET"},  // repeated
	} {
		at, err := time.ParseInLocation(layout, tt.at, berlin)
		if err != nil {
			t.Fatal(err)
		}
		spec, err := cronspec.Parse(tt.spec)
		if err != nil {
			t.Fatal(err)
		}
		if last, next := spec.Last(at).Format(layout), spec.Next(at).Format(layout); last != tt.last || next != tt.next {
			t.Errorf("%s at %s: last %s, next %s; want %s, %s", tt.spec, tt.at, last, next, tt.last, tt.next)
		}
	}
}

func TestChanges(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	format := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.DateOnly)
	}
	for _, tt := range []struct{ spec, skipped, repeated string }{
		{"30 2 * * *", "2026-03-29", "2026-10-25"},
		{"0 6 * * *", "", ""},
		{"0 3 * * *", "", ""},
		{"30 2 * * 1-5", "", ""}, // the clock changes on Sundays
		{"*/30 2 * * *", "", ""},
	} {
		spec, err := cronspec.Parse(tt.spec)
		if err != nil {
			t.Fatal(err)
		}
		skipped, repeated := spec.Changes(time.Date(2026, 1, 1, 0, 0, 0, 0, berlin))
		if format(skipped) != tt.skipped || format(repeated) != tt.repeated {
			t.Errorf("%s: skipped %s, repeated %s; want %s, %s", tt.spec, format(skipped), format(repeated), tt.skipped, tt.repeated)
		}
	}
}

// TestCalendar also passes the events to systemd-analyze, if it is installed, and compares the next time.
func TestCalendar(t *testing.T) {
	for _, tt := range []struct{ spec, want string }{
		{"0 6 * * *", "*-*-* 06:00:00"},
		{"*/15 * * * *", "*-*-* *:00,15,30,45:00"},
		{"0 6 * * 1-5", "Mon,Tue,Wed,Thu,Fri *-*-* 06:00:00"},
		{"5 0-6,22 1,2,3,15 1,7 *", "*-01,07-01..03,15 00..06,22:05:00"},
		{"0 6 13 * 5", "*-*-13 06:00:00; Fri *-*-* 06:00:00"},
		{"0 6 13 * */2", "Sun,Tue,Thu,Sat *-*-13 06:00:00"},
		{"0 0 29 2 *", "*-02-29 00:00:00"},
	} {
		spec, err := cronspec.Parse(tt.spec)
		if err != nil {
			t.Fatal(err)
		}
		events := spec.Calendar()
		if got := strings.Join(events, "; "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.spec, got, tt.want)
		}
		analyze, err := exec.LookPath("systemd-analyze")
		if err != nil {
			continue
		}
		c := exec.Command(analyze, append([]string{"calendar", "--base-time=2026-01-03 12:00:00 UTC"}, events...)...)
		c.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", tt.spec, err, out)
			continue
		}
		next := spec.Next(time.Date(2026, 1, 3, 12, 0, 0, 0, time.UTC)).Format("2006-01-02 15:04:05 UTC")
		if !strings.Contains(string(out), next) {
			t.Errorf("%s: the next time is %s, but systemd-analyze prints\n%s", tt.spec, next, out)
		}
	}
}

// FuzzParse checks that a valid time is its own expression, and that its neighbours are consistent.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"*/15 0-6,22 1 jan-Mar mon,7", "@daily", "every day at 6:05", "every hour at :15", "0 6 29 2 */2", "1-5/2 * * * *", "5/15 * * * 1/2"} {
		f.Add(s, int64(1767225600))
	}
	f.Fuzz(func(t *testing.T, s string, seconds int64) {
		spec, err := cronspec.Parse(s)
		if err != nil {
			return
		}
		again, err := cronspec.Parse(spec.String())
		if err != nil || again != spec {
			t.Fatalf("%q is %q, which is %q, %v", s, spec, again, err)
		}
		const century = 100 * 365 * 24 * 3600
		at := time.Unix(seconds%century, 0).UTC()
		last, next := spec.Last(at), spec.Next(at)
		if last.IsZero() || next.IsZero() || last.After(at) || !next.After(at) || !spec.Next(last).Equal(next) || !spec.Last(next.Add(-time.Second)).Equal(last) {
			t.Errorf("%q at %s: last %s, next %s", s, at, last, next)
		}
		if len(spec.Calendar()) == 0 {
			t.Errorf("%q has no calendar events", s)
		}
	})
}
