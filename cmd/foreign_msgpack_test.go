package cmd

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/cli"
)

// TestForeignMessagePack checks commands with MessagePack from a server that is
// valid, damaged or hostile.
func TestForeignMessagePack(t *testing.T) {
	var body string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "/error_records/"), strings.Contains(r.URL.Path, "/tail/"):
			_, _ = io.WriteString(w, body)
		case strings.HasPrefix(r.URL.Path, "/v3/bulk_import/show/"):
			_, _ = io.WriteString(w, `{"name":"s","status":"ready","database":"d","table":"t"}`)
		default:
			http.NotFound(w, r)
		}
	}))
	defer srv.Close()
	for _, tt := range []struct {
		name, body string
		status     int
		stdout     string
		stderr     string
	}{
		{"records", "\x82\xa1a\x01\xa1b\x92\xc3\xc0\x81\xa1a\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00", cli.ExitOK, `{"a":1,"b":[true,null]}` + "\n" + `{"a":1.5}` + "\n", ""},
		{"empty", "", cli.ExitOK, "", ""},
		{"extension", "\x81\xa1a\xc7\x02\x05\x01\x02", cli.ExitOK, `{"a":{"type":5,"data":"AQI="}}` + "\n", ""},
		{"nested", "\x81\xa1a\x01\x81\xa1a" + strings.Repeat("\x91", 1_000_000), cli.ExitIncomplete, `{"a":1}` + "\n", "row 2, byte 1008: values are nested more than 1000 levels deep"},
		{"false length of a map", "\xdf\xff\xff\xff\xff\xa1a\x01", cli.ExitIncomplete, "", "row 1, byte 8: the data ends inside the row"},
		{"false length of a string", "\x81\xa1a\xdb\xff\xff\xff\xff", cli.ExitIncomplete, "", "a value is larger than 1 GiB"},
		{"false length of an array", "\x81\xa1a\xdd\x7f\xff\xff\xff\x01", cli.ExitIncomplete, "", "the data ends inside the row"},
		{"reserved byte", "\xc1", cli.ExitIncomplete, "", "row 1, byte 0: byte 0xc1 is not valid MessagePack"},
		{"truncated gzip", "\x1f\x8b\x08\x00\x00", cli.ExitIncomplete, "", "row 1, byte 0"},
	} {
		for _, command := range []string{"bulk_import:error_records s", "table:tail d t"} {
			body = tt.body
			status, stdout, stderr := runLine(strings.Fields("-k 1/test -e " + srv.URL + " " + command)...)
			if command == "table:tail d t" && tt.status != cli.ExitOK {
				tt.stdout = "" // prints nothing before all records have been read
			}
			if status != tt.status || stdout != tt.stdout || !strings.Contains(stderr, tt.stderr) || tt.stderr == "" && stderr != "" {
				t.Errorf("%s, %s: status %d\n%s%s", tt.name, command, status, stdout, stderr)
			}
		}
	}
	body = "[{\"a\":1},\n{\"a\": 2}]"
	if status, stdout, stderr := runLine("-k", "1/test", "-e", srv.URL, "table:tail", "d", "t"); status != cli.ExitOK || stdout != "{\"a\":1}\n{\"a\":2}\n" {
		t.Errorf("JSON: status %d, %q, %q", status, stdout, stderr)
	}
}
