package functions

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestTDFunctions follows the examples of Treasure Data's reference. See
// https://docs.treasuredata.com/display/public/PD/Supported+Presto+and+TD+Functions.
func TestTDFunctions(t *testing.T) {
	checkCalls(t, []callTest{
		{"f_td_time_format", "2014-10-01 17:01:00 +0900", args(1412150460, "yyyy-MM-dd HH:mm:ss Z", "JST")},
		{"f_td_time_format", "2014-10-01", args(1412150460, "yyyy-MM-dd")},
		{"f_td_time_format", "2014-10-01 01:01", args(1412150460, "yyyy-MM-dd HH:mm", "PDT")},
		{"f_td_time_format", "1970-01-01", args(0, "yyyy-MM-dd", "UTC")},
		{"f_td_time_format", "1969-12-31 23:59:59", args(-1, "yyyy-MM-dd HH:mm:ss")},
		{"f_td_time_format", "日 2014", args(1412150460, "日 yyyy", "Asia/Tokyo")},
		{"f_td_time_format", nil, args(nil, "yyyy")},
		{"f_td_time_parse", 1412089200, args("2014-10-01", "JST")},
		{"f_td_time_parse", 1412121600, args("2014-10-01")},
		{"f_td_time_parse", 1412121600, args("2014-10-01 00:00:00", "UTC")},
		{"f_td_time_parse", 1412089200, args("2014-10-01 00:00:00 +0900")},
		{"f_td_time_parse", -1, args("1969-12-31 23:59:59")},
		{"f_td_time_parse", failure("Invalid time format: 'soon'"), args("soon")},
		{"f_td_time_parse", nil, args(nil)},
		{"f_td_time_add", 1412208000, args("2014-10-01", "1d", "UTC")},
		{"f_td_time_add", 1412208000 + 3600, args(1412121600, "1d1h")},
		{"f_td_time_add", 1412118000, args(1412121600, "-1h")},
		{"f_td_time_add", 1412121660, args(1412121600, "1m")},
		{"f_td_time_add", 1412121601, args(1412121600, "1s")},
		{"f_td_time_add", failure("Invalid duration: 'x'"), args(1412121600, "x")},
		{"f_td_time_add", nil, args(nil, "1d")},
		{"f_td_date_trunc", 1412121600, args("day", 1412150460, "UTC")},
		{"f_td_date_trunc", 1412089200, args("day", 1412121599, "JST")},
		{"f_td_date_trunc", 1412150400, args("hour", 1412150460)},
		{"f_td_date_trunc", 1411948800, args("week", 1412150460)},
		{"f_td_date_trunc", 1388534400, args("year", 1412150460)},
		{"f_td_date_trunc", nil, args("day", nil)},
		{"f_td_time_string", "2014-10-01", args(1412150460, "d!")},
		{"f_td_time_string", "2014-10-01 08:01:00", args(1412150460, "s!")},
		{"f_td_time_string", "2014-10-01 08:01", args(1412150460, "m!")},
		{"f_td_time_string", "2014-10-01 08", args(1412150460, "h!")},
		{"f_td_time_string", "2014-10", args(1412150460, "M!")},
		{"f_td_time_string", "2014", args(1412150460, "y!")},
		{"f_td_time_string", "2014-10-01 00:00:00+0000", args(1412150460, "M")},
		{"f_td_time_string", "2014-10-01 17:00:00+0900", args(1412150460, "h", "JST")},
		{"f_td_time_string", failure("Invalid format string: 'z'"), args(1412150460, "z")},
		{"f_td_time_string", nil, args(nil, "d")},
		{"f_td_time_range", true, args(1412146800, "2014-10-01", "2014-10-02", "PDT")},
		{"f_td_time_range", false, args(1412121600, "2014-10-01", nil, "PDT")},
		{"f_td_time_range", true, args(5, nil, 6)},
		{"f_td_time_range", false, args(6, nil, 6)},
		{"f_td_time_range", true, args(6, 6, nil)},
		{"f_td_time_range", nil, args(nil, 6, nil)},
		{"f_td_interval", true, args(1412121600, "-1d", "UTC", 1412208100)},
		{"f_td_interval", false, args(1412208000, "-1d", "UTC", 1412208100)},
		{"f_td_interval", true, args(1412208000, "1d", "UTC", 1412208100)},
		{"f_td_interval", true, args(1412089200, "-1d", "JST", 1412208100)},
		{"f_td_interval", nil, args(nil, "-1d", "UTC", 1412208100)},
		{"f_td_md5", "900150983cd24fb0d6963f7d28e17f72", args("abc")},
		{"f_td_md5", "d41d8cd98f00b204e9800998ecf8427e", args("")},
		{"f_td_md5", "0cc175b9c0f1b6a831c399e269772661", args("a")},
		{"f_td_md5", "a7bac2239fcdcb3a067903d8077c4a07", args("中文")},
		{"f_td_md5", nil, args(nil)},
		{"f_td_url_decode", nil, args("%zz")},
		{"f_td_url_decode", "日", args("%E6%97%A5")},
		{"f_td_url_decode", "a b", args("a+b")},
		{"f_td_url_decode", "", args("")},
		{"f_td_url_decode", nil, args(nil)},
		{"f_td_numeric_range", "[0,1,2]", args(3)},
		{"f_td_numeric_range", "[2,4]", args(2, 6, 2)},
		{"f_td_numeric_range", "[3,4]", args(3, 5)},
		{"f_td_numeric_range", "[]", args(0)},
		{"f_td_numeric_range", failure("td_numeric_range is out of range"), args(1, 2, 0)},
		{"f_td_numeric_range", nil, args(nil)},
		{"f_td_ip_to_country_code", failure("TD_IP_TO_COUNTRY_CODE is not available in the sandbox: it has no database of addresses"), args("1.1.1.1")},
		{"f_td_currency_conv", failure("TD_CURRENCY_CONV is not available in the sandbox: it has no exchange rates"), args("2014-10-01", "USD", "JPY", 1.0)},
	})
}

func TestParseTime(t *testing.T) {
	for _, tt := range []struct {
		text, zone string
		want       int64
	}{
		{"2014-10-01", "", 1412121600},
		{"2014-10-01", "Asia/Tokyo", 1412089200},
		{"2014-10-01 12:00", "UTC", 1412164800},
		{"2014-10", "", 1412121600},
		{"2014", "", 1388534400},
		{"2014-10-01 12", "", 1412164800},
		{"2014-10-01T12:00:00Z", "JST", 1412164800},
	} {
		got, err := ParseTime(tt.text, tt.zone)
		if err != nil || got != tt.want {
			t.Errorf("ParseTime(%q, %q) = %d, %v; want %d", tt.text, tt.zone, got, err, tt.want)
		}
	}
	for _, tt := range [][2]string{{"soon", ""}, {"", ""}, {"2014-10-01", "nowhere"}, {"2014-13-01", ""}} {
		if _, err := ParseTime(tt[0], tt[1]); err == nil {
			t.Errorf("ParseTime(%q, %q) succeeded", tt[0], tt[1])
		}
	}
}

func TestInterval(t *testing.T) {
	scheduled := time.Unix(1412208100, 0) // 2014-10-02 00:01:40 UTC, a Thursday
	for _, tt := range []struct {
		spec, zone, from, to string
	}{
		{"-1d", "", "2014-10-01 00:00:00", "2014-10-02 00:00:00"},
		{"1d", "", "2014-10-02 00:00:00", "2014-10-03 00:00:00"},
		{"-1d", "JST", "2014-09-30 15:00:00", "2014-10-01 15:00:00"},
		{"-7d/-1d", "", "2014-09-24 00:00:00", "2014-10-01 00:00:00"},
		{"-1h/now", "", "2014-10-01 23:01:40", "2014-10-02 00:01:40"},
		{"-1w", "", "2014-09-22 00:00:00", "2014-09-29 00:00:00"},
		{"-1M", "", "2014-09-01 00:00:00", "2014-10-01 00:00:00"},
		{"-1d/2014-09-10", "", "2014-09-09 00:00:00", "2014-09-10 00:00:00"},
	} {
		from, to, err := Interval(tt.spec, tt.zone, scheduled)
		if err != nil {
			t.Errorf("%s: %v", tt.spec, err)
			continue
		}
		got := []string{time.Unix(from, 0).UTC().Format(time.DateTime), time.Unix(to, 0).UTC().Format(time.DateTime)}
		if diff := cmp.Diff([]string{tt.from, tt.to}, got); diff != "" {
			t.Errorf("%s: %s", tt.spec, diff)
		}
	}
	for _, spec := range []string{"", "d", "0d", "1x", "1d/x", "1d1h"} {
		if _, _, err := Interval(spec, "", scheduled); err == nil {
			t.Errorf("%q was accepted", spec)
		}
	}
}
