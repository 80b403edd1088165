package functions

import "testing"

// TestUserAgents follows the examples of TD_PARSE_AGENT and TD_PARSE_USER_AGENT. See
// https://docs.treasuredata.com/display/public/PD/Supported+Presto+and+TD+Functions.
func TestUserAgents(t *testing.T) {
	const (
		firefox = "Mozilla/5.0 (Windows NT 6.1; WOW64; rv:9.0.1) Gecko/20100101 Firefox/9.0.1"
		iPhone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 12_1 like Mac OS X) AppleWebKit/605.1.15 Version/12.0 Mobile/15E148 Safari/604.1"
		chrome  = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/96.0.4664.55 Safari/537.36"
		bot     = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
	)
	checkCalls(t, []callTest{
		{"f_td_parse_agent", `{"os":"Windows 7","vendor":"Mozilla","os_version":"6.1","name":"Firefox","category":"pc","version":"9.0.1"}`, args(firefox)},
		{"f_td_parse_agent", `{"os":"iPhone","vendor":"Apple","os_version":"12.1","name":"Safari","category":"smartphone","version":"12.0"}`, args(iPhone)},
		{"f_td_parse_agent", `{"os":"Mac OSX","vendor":"Google","os_version":"10.15.7","name":"Chrome","category":"pc","version":"96.0.4664.55"}`, args(chrome)},
		{"f_td_parse_agent", `{"os":"UNKNOWN","vendor":"UNKNOWN","os_version":"UNKNOWN","name":"Googlebot","category":"crawler","version":"UNKNOWN"}`, args(bot)},
		{"f_td_parse_agent", `{"os":"UNKNOWN","vendor":"UNKNOWN","os_version":"UNKNOWN","name":"UNKNOWN","category":"UNKNOWN","version":"UNKNOWN"}`, args("")},
		{"f_td_parse_agent", nil, args(nil)},
		{"f_td_parse_user_agent", "iOS", args(iPhone, "os_family")},
		{"f_td_parse_user_agent", "12", args(iPhone, "os_major")},
		{"f_td_parse_user_agent", "1", args(iPhone, "os_minor")},
		{"f_td_parse_user_agent", "iPhone", args(iPhone, "device")},
		{"f_td_parse_user_agent", "Chrome", args(chrome, "ua_family")},
		{"f_td_parse_user_agent", "96", args(chrome, "ua_major")},
		{"f_td_parse_user_agent", "0", args(chrome, "ua_minor")},
		{"f_td_parse_user_agent", `{"family":"Mac OS X","major":"10","minor":"15","patch":"7"}`, args(chrome, "os")},
		{"f_td_parse_user_agent", `{"family":"Firefox","major":"9","minor":"0","patch":"1"}`, args(firefox, "ua")},
		{"f_td_parse_user_agent", "Spider", args(bot, "device_family")},
		{
			"f_td_parse_user_agent",
			`{"user_agent":{"family":"Other","major":"","minor":"","patch":""},"os":{"family":"Other","major":"","minor":"","patch":""},"device":{"family":"Other"}}`,
			args(""),
		},
		{"f_td_parse_user_agent", failure("Invalid option for TD_PARSE_USER_AGENT: 'shoe'"), args(bot, "shoe")},
		{"f_td_parse_user_agent", nil, args(nil)},
	})
}
