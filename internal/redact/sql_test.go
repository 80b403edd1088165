package redact_test

import (
	"strings"
	"testing"

	"github.com/td-cli/td/internal/redact"
)

func TestSQL(t *testing.T) {
	for in, want := range map[string]string{
		"select 1": "select 1",
		"select * from t where password = '5ecre7'":                       "select * from t where password = '***'",
		"where Password='it''s 5ecre7' and a='b'":                         "where Password='***' and a='b'",
		"where user = 'me' and token <> '5ecre7'":                         "where user = 'me' and token <> '***'",
		"create user me identified by '5ecre7'":                           "create user me identified by '***'",
		"alter user me with password '5ecre7' valid until 'infinity'":     "alter user me with password '***' valid until 'infinity'",
		"call f(api_key => '5ecre7', day => '2026-01-02')":                "call f(api_key => '***', day => '2026-01-02')",
		"select map(array['secret'], array['x']), f('api_key', '5ecre7')": "select map(array['secret'], array['x']), f('api_key', '***')",
		"where m['access_token'] = '5ecre7'":                              "where m['access_token'] = '***'",
		`where "client_secret" like '5ecre7%'`:                            `where "client_secret" like '***'`,
		"where pwd in ('5ecre7', 'x')":                                    "where pwd in ('***', '***')",
		"set password to '5ecre7'":                                        "set password to '***'",
		"select token, 'a' from t where password = ''":                    "select token, 'a' from t where password = ''",
		"select json_extract_scalar(token, '$.sub')":                      "select json_extract_scalar(token, '$.sub')",
		"select 'a' as password, 'b' as c":                                "select 'a' as password, 'b' as c",
		"select path, 'x' from web.access where path = '/password'":       "select path, 'x' from web.access where path = '/password'",
		"select '" + key + "', 'mysql://me:5ecre7@h/d'":                   "select '***', 'mysql://me:***@h/d'",
		"where token = '***'":                                             "where token = '***'",
		"where token = '5ecre7":                                           "where token = '***",
		"create catalog c using mysql with (\"connection-url\" = 'jdbc:mysql://h', \"connection-password\" = '5ecre7')": "create catalog c using mysql with (\"connection-url\" = 'jdbc:mysql://h', \"connection-password\" = '***')",
		"create user a identified /* new */ by -- x\n '5ecre7'":                                                         "create user a identified /* new */ by -- x\n '***'",
		"create user a identified with sha2 by '5ecre7' account lock":                                                   "create user a identified with sha2 by '***' account lock",
		`create user a identified by "5ecre7"`:                                                                          `create user a identified by "***"`,
		`where token = "5ecre7" and a = "b"`:                                                                            `where token = "***" and a = "b"`,
		`where token == r'5ecre7'`:                                                                                      `where token == r'***'`,
		`where password = U&'\5ecre7'`:                                                                                  `where password = U&'***'`,
		`where password = 'a\'5ecre7' and b = 1`:                                                                        `where password = '***' and b = 1`,
		`where password = 'a\' or token = '5ecre7' and b = 1`:                                                           `where password = '***' and b = 1`,
		"where password = to_hex(md5('5ecre7'))":                                                                        "where password = to_hex(md5('***'))",
		"where password = '5ecre7' || x || 'y'":                                                                         "where password = '***' || x || 'y'",
		"where password = 'a' || '5ecre7'":                                                                              "where password = '***' || '***'",
		"where password not in ('a', /* b */ '5ecre7')":                                                                 "where password not in ('***', /* b */ '***')",
		`select "token", "x", token "y", token as "z" from t`:                                                           `select "token", "x", token "y", token as "z" from t`,
		`log {"type":"token","value":1}`:                                                                                `log {"type":"token","value":1}`,
		"select 'x' as token, 'y' as b":                                                                                 "select 'x' as token, 'y' as b",
		"identified by":                                                                                                 "identified by",
		"the password isn't known, and 'x' neither":                                                                     "the password isn't known, and 'x' neither",
	} {
		if got := redact.Text(in); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
		if got := redact.Text(want); got != want && !strings.Contains(in, "5ecre7\"") {
			t.Errorf("again: %s becomes %s", want, got)
		}
	}
}
