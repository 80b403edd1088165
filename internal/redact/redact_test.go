package redact_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/redact"
)

const key = "12/0123456789abcdef0123456789abcdef01234567"

func TestText(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		// URLs
		{"mysql://user:pass@host/db/t", "mysql://user:***@host/db/t"},
		{"mysql://user:p/a?s:s@host/db", "mysql://user:***@host/db"},
		{"postgresql://:pass@host", "postgresql://:***@host"},
		{"s3://AKIA:se/cret+@/bucket/x?compress=y", "s3://AKIA:***@/bucket/x?compress=y"},
		{"td://1/0123abcd@/db/table", "td://***@/db/table"},
		{"td://@/db/table?mode=append", "td://@/db/table?mode=append"},
		{"web://h/?api_key=5ecre7&x=1", "web://h/?api_key=***&x=1"},
		{"https://h/x?sv=1&sig=5ecre7%3D", "https://h/x?sv=1&sig=***"},
		{`mysql://user:it's 5ecre7"@host/db`, "mysql://user:***@host/db"},
		{"loading file://u:5ecre7@host/a.csv done", "loading file://u:***@host/a.csv done"},
		{`{"result":"mysql:\/\/u:5ecre7@h\/d"`, `{"result":"mysql:\/\/u:***@h\/d"`},
		{"jdbc:mysql://h/d?user=me;password=5ecre7;ssl=1", "jdbc:mysql://h/d?user=me;password=***;ssl=1"},
		{"connect password=5ecre7 retry=3", "connect password=*** retry=3"},
		{"use KEY=- for standard input, or KEY=@FILE for a file", "use KEY=- for standard input, or KEY=@FILE for a file"},
		{"set TD_API_KEY=5ecre7 or api-key=5ecre7", "set TD_API_KEY=*** or api-key=***"},
		{"https://h/x?key=5ecre7&y=1", "https://h/x?key=***&y=1"},
		{"see https://console.example.com:443/a", "see https://console.example.com:443/a"},
		{"s3://bucket/path:with@signs", "s3://bucket/path:with@signs"},
		{"select 'password=5ecre7'", "select 'password=***'"},
		{`("token=5ecre7",x)`, `("token=***",x)`},
		// URL-encoded
		{"https%3A%2F%2Fu%3A5ecre7%40h%2Fd?x=1", "***?x=1"},
		{"https://h/p?next=https%3a%2f%2fh%2f%3ftoken%3d5ecre7&y=1", "https://h/p?next=***&y=1"},
		{"x='https%253A%252F%252Fh%252F%253Fapi_key%253D5ecre7'", "x='***'"},
		{"go to password%3D5ecre7 now", "go to *** now"},
		{"https://h/p?next=https%3A%2F%2Fh%2Fd%3Fx%3D1", "https://h/p?next=https%3A%2F%2Fh%2Fd%3Fx%3D1"},
		{"like '%3D%' or 100%40 or %zz%3Dtoken", "like '%3D%' or 100%40 or %zz%3Dtoken"},
		// API keys
		{"https://api.treasuredata.com/" + key + "/x", "https://api.treasuredata.com/***/x"},
		{"the key " + key + " is wrong", "the key *** is wrong"},
		{"echo " + strings.Replace(key, "/", "%2F", 1), "echo ***"},
		{"echo " + strings.Replace(key, "/", `\/`, 1), "echo ***"},
		{"commit 0123456789abcdef0123456789abcdef01234567", "commit 0123456789abcdef0123456789abcdef01234567"},
		// headers
		{"Authorization: TD1 5ecre7", "Authorization: ***"},
		{"sent Bearer abc.5ecre7-x", "sent Bearer ***"},
		{"a basic example of it", "a basic example of it"},
		{"-----BEGIN RSA PRIVATE KEY-----\nMII5ecre7\n-----END RSA PRIVATE KEY-----\nok", "***\nok"},
		{"x -----BEGIN PRIVATE KEY-----\nMII5ecre7", "x ***"},
		// JSON as a whole: the order and the other values are kept
		{`{"type":"s3","secret":"5ecre7","n":1.50}`, `{"type":"s3","secret":"***","n":1.50}`},
		{`{"b": 1,  "a": "x"}`, `{"b": 1,  "a": "x"}`},
		{`{"json_keyfile":"{\"private_key\":\"5ecre7\"}"}`, `{"json_keyfile":"***"}`},
		{`{"config":"{\"type\":\"x\",\"private_key\":\"5ecre7\"}"}`, `{"config":"{\"type\":\"x\",\"private_key\":\"***\"}"}`},
		{`{"secret_key_file":{"content":"5ecre7","n":null}}`, `{"secret_key_file":{"content":"***","n":null}}`},
		{`{"auth":{"basic":"5ecre7"},"auth_method":"basic"}`, `{"auth":{"basic":"***"},"auth_method":"basic"}`},
		{`{"headers":{"Authorization":"5ecre7"},"headers.Authorization":"5ecre7"}`, `{"headers":{"Authorization":"***"},"headers.Authorization":"***"}`},
		{`{"password":["5ecre7",7,true,null,""]}`, `{"password":["***","***",true,null,""]}`},
		{`{"pass":"5ecre7","pwd":"5ecre7","db.pwd":"5ecre7","passage":"x","bypass":"y"}`, `{"pass":"***","pwd":"***","db.pwd":"***","passage":"x","bypass":"y"}`},
		{`[{"name":"X-Api-Key","value":"5ecre7"},{"name":"Accept","value":"text/csv"}]`, `[{"name":"X-Api-Key","value":"***"},{"name":"Accept","value":"text/csv"}]`},
		{`{"out":{"url":"mysql://me:5ecre7@h/d"}}`, `{"out":{"url":"mysql://me:***@h/d"}}`},
		// fragments of JSON
		{`config {"password":"5ecre7"} loaded`, `config {"password":"***"} loaded`},
		{`config {"password":"a\"5ecre7","user":"me"} loaded`, `config {"password":"***","user":"me"} loaded`},
		{`config {"password":"5ecre7\\","user":"me"} loaded`, `config {"password":"***","user":"me"} loaded`},
		{`log {\"password\":\"5e\\\"cre7\",\"user\":\"me\"} end`, `log {\"password\":\"***\",\"user\":\"me\"} end`},
		{`log {"password": ["a","]5ecre7"], "user": "me"} end`, `log {"password": "***", "user": "me"} end`},
		{`log {"token": 12345, "user": 1} end`, `log {"token": "***", "user": 1} end`},
		{`log {"token":null,"use_token":true,"secret":""} end`, `log {"token":null,"use_token":true,"secret":""} end`},
		{`cut {"private_key":"5ecre7`, `cut {"private_key":"***"`},
		{`cut {"auth":{"basic":"5ecre7"`, `cut {"auth":"***"`},
		{`{"user":"me"} said`, `{"user":"me"} said`},
		{"", ""},
	} {
		if got := redact.Text(tt.in); got != tt.want {
			t.Errorf("Text(%s)\n got %s\nwant %s", tt.in, got, tt.want)
		}
		if got := redact.Text(redact.Text(tt.in)); got != tt.want {
			t.Errorf("twice: Text(%s)\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

func TestJSON(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		redacted bool
	}{
		{`{"in":{"password":"pa55","n":1}}`, `{"in":{"password":"***","n":1}}`, true},
		{`{"in":`, "null", true},
		{"{}", "{}", false},
		{`"x"`, `"x"`, false},
		{`{"a":"<&>","token":1}`, `{"a":"<&>","token":"***"}`, true},
	} {
		got, redacted := redact.JSON(json.RawMessage(tt.in))
		if string(got) != tt.want || redacted != tt.redacted {
			t.Errorf("JSON(%s) = %s, %t; want %s, %t", tt.in, got, redacted, tt.want, tt.redacted)
		}
	}
}

// FuzzText checks that a secret never survives under a secret name, at any nesting, and that valid JSON stays valid.
func FuzzText(f *testing.F) {
	f.Add("x", "password", 1)
	f.Add(`{"a":[`, "auth", 0)
	f.Fuzz(func(t *testing.T, text, name string, levels int) {
		if !redact.IsSecretName(name) || strings.ContainsAny(name, `"\`) {
			t.Skip()
		}
		var value any = map[string]any{name: "5ecre7-5ecre7", "other": text}
		for range min(max(levels, 0), 4) {
			b, err := json.Marshal(value)
			if err != nil {
				t.Skip()
			}
			value = map[string]any{"nested": string(b)}
		}
		b, err := json.Marshal(value)
		if err != nil || strings.Contains(text, "5ecre7") {
			t.Skip()
		}
		safe := redact.Text(string(b))
		if strings.Contains(safe, "5ecre7-5ecre7") || !json.Valid([]byte(safe)) {
			t.Errorf("Text(%s) = %s", b, safe)
		}
	})
}
