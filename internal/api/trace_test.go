package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/td-cli/td/internal/redact"
)

// Neither the trace nor errors nor notices may contain secrets of a request or a response.
func TestNothingLeaks(t *testing.T) {
	const secret = "5ecre7"
	echo := "the key " + testKey + " and mysql://me:" + secret + "@host are no good"
	var out bytes.Buffer
	c, s := client(t, Options{
		Trace: &out, Header: http.Header{"x-auth": {secret}},
	},
		answer{status: 401, body: echo, header: http.Header{"Set-Cookie": {secret}, "Location": {"https://x/?sig=" + secret}}},
		answer{status: 500, body: `{"message":"` + echo + `"}`},
		answer{err: errors.New(echo)},
		answer{body: `{"job_id":"1"}`},
		answer{body: `{"job_id":"1"}`},
	)
	for range 3 {
		err := databases(t.Context(), c)
		if err == nil {
			t.Fatal("no error")
		}
		io.WriteString(&out, err.Error())
	}
	for _, result := range []string{"mysql://me:" + secret + "@host/db", ` {"type":"s3","secret":"` + secret + `"}`} {
		if _, _, err := c.IssueJob(t.Context(), IssueRequest{Type: "hive", Database: "d", Query: "SELECT\n1", ResultURL: result}); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.answers) > 0 {
		t.Errorf("%d answers are left", len(s.answers))
	}
	for _, leak := range []string{secret, testKey, strings.TrimPrefix(testKey, "1/")} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q is in %s", leak, &out)
		}
	}
	for _, want := range []string{
		"> GET https://api.example.com/v3/database/list\n", "> Authorization: ***\n", "> X-Auth: ***\n",
		"< HTTP/1.1 Unauthorized after ", ">   query=SELECT\\n1\n", ">   result=mysql://me:***@host/db\n", ">   result={\"type\":\"s3\",\"secret\":\"***\"}\n",
		"< GET /v3/database/list failed after ",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the trace does not say %q:\n%s", want, &out)
		}
	}
}

func TestRedactField(t *testing.T) {
	for _, name := range []string{"password", "old_password", "apikey", "access_key_id", "secret_access_key", "result_connection_settings"} {
		if got := redactField(name, "5ecre7"); got != redact.Mask {
			t.Errorf("%s=%s", name, got)
		}
	}
	if got := redactField("query", "SELECT 1"); got != "SELECT 1" {
		t.Errorf("query=%s", got)
	}
}

func TestTraceOfRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		c, _ := client(t, Options{Trace: &out, MaxRetryTime: time.Minute}, answer{status: 503, body: "key " + testKey}, answer{body: "[]"})
		if err := databases(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "\n* the server responded with 503: key ***; trying again in ") {
			t.Errorf("the trace does not tell of the retry:\n%s", &out)
		}
	})
}

func TestRedactKey(t *testing.T) {
	c, err := New(Options{Endpoint: "https://api.example.com", APIKey: "1/5ecre7key5"})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []string{"1/5ecre7key5", "1%2F5ecre7key5", "1%2f5ecre7key5", `1\/5ecre7key5`, "key=5ecre7key5"} {
		if got := c.redact("got " + in + " here"); got != "got *** here" && got != "got key=*** here" {
			t.Errorf("%s: %s", in, got)
		}
	}
}
