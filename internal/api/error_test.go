package api

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		name    string // name of the wire file
		status  int
		is      error
		message string
	}{
		{"error_message", 409, ErrConflict, "Database foo already exists"},
		{"error_old", 404, ErrNotFound, "Couldn't find UserDatabase with name = foo"},
		{"error_full", 422, nil, "message"},
		{"error_text", 400, nil, "Name must be 3 to 256 characters"},
		{"error_go", 404, ErrNotFound, "Resource not found"},
		{"error_null", 403, ErrForbidden, "forbidden"},
		{"error_array", 400, nil, `["one","two"]`},
		{"error_string", 406, nil, "a bare string"},
		{"error_object", 401, ErrUnauthorized, "unauthorized"},
		{"error_gateway.html", 502, ErrServer, "502 Bad Gateway & more"},
		{"error_plain.txt", 429, ErrServer, "upstream connect error or disconnect"},
		{"job_issue_conflict", 409, ErrConflict, "Domain key has already been taken"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := client(t, Options{}, answer{status: tt.status, body: wire(t, tt.name)})
			_, err := c.Tables(t.Context(), "d")
			e, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("%v is no *Error", err)
			}
			if e.Message != tt.message || e.Status != tt.status || e.Method != "GET" || e.Path != "/v3/table/list/d" {
				t.Errorf("%+v, want %d and %q", e, tt.status, tt.message)
			}
			if !strings.Contains(e.Error(), tt.message) {
				t.Errorf("Error() = %q", e.Error())
			}
			for _, target := range []error{ErrUnauthorized, ErrForbidden, ErrNotFound, ErrConflict, ErrServer} {
				if errors.Is(err, target) != (target == tt.is) {
					t.Errorf("errors.Is(err, %q) = %v", target, errors.Is(err, target))
				}
			}
		})
	}
}

// TestForeignResponses checks the message of responses that do not come from the API, and
// which of all responses are temporary.
func TestForeignResponses(t *testing.T) {
	for _, tt := range []struct {
		status        int
		body, message string
		temporary     bool
	}{
		{404, `{"error":"no such table"}`, "no such table", false},
		{404, "", "not found", false},
		{404, "{}", "not found", false},
		{404, "<html>", "the server responded with 404: not found", true},
		{404, "no route", "the server responded with 404: no route", true},
		{403, `{"e":1}`, `the server responded with 403: {"e":1}`, true},
		{403, "<html><title>Blocked by policy</title>", "the server responded with 403: Blocked by policy", true},
		{408, `{"error":"slow"}`, "slow", true},
		{425, "", "too early", true},
		{503, `{"error":"busy"}`, "the server responded with 503: busy", true},
		{407, "<title>Corp</title>", "the proxy requires a user name and a password (put them into the URL in HTTP_PROXY or HTTPS_PROXY): Corp", false},
	} {
		c, _ := client(t, Options{}, answer{status: tt.status, body: tt.body})
		err := databases(t.Context(), c)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Error() != tt.message || e.Temporary() != tt.temporary {
			t.Errorf("%d %s: %v, temporary %v; want %s, %v", tt.status, tt.body, err, ok && e.Temporary(), tt.message, tt.temporary)
		}
	}
}

// Successful responses without the required contents.
func TestUnintelligible(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		call       func(context.Context, *Client) error
	}{
		{"a page", "<html>", databases},
		{"nothing", "", databases},
		{"another list", `{"tables":[]}`, databases},
		{"a number", "5", databases},
		{"no status", wire(t, "job_show_without_status"), func(ctx context.Context, c *Client) error { _, err := c.Job(ctx, "1"); return err }},
		{"no job", "{}", func(ctx context.Context, c *Client) error {
			_, _, err := c.IssueJob(ctx, IssueRequest{Type: "hive", Database: "d", DomainKey: "k"})
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := client(t, Options{MaxRetryTime: time.Minute}, answer{body: tt.body})
			if err := tt.call(t.Context(), c); !errors.Is(err, ErrAnswer) {
				t.Errorf("error %v, want %v", err, ErrAnswer)
			}
		})
	}
}

func databases(ctx context.Context, c *Client) error {
	_, err := c.Databases(ctx)
	return err
}

func TestErrorIsOneLine(t *testing.T) {
	c, _ := client(t, Options{}, answer{status: 400, body: `{"message":"line 1:\n\tbad \u001b[31mtoken\r\n"}`})
	if err := databases(t.Context(), c); err == nil || err.Error() != "line 1: bad [31mtoken" {
		t.Errorf("error %q", err)
	}
}

// TestUnusualStatus checks that the message names who refused the request and which setting helps.
func TestUnusualStatus(t *testing.T) {
	for _, tt := range []struct {
		answer answer
		want   string
	}{
		{answer{status: 407, body: "<title>Corp</title>"}, "the proxy requires a user name and a password (put them into the URL in HTTP_PROXY or HTTPS_PROXY): Corp"},
		{answer{status: 407}, "the proxy requires a user name and a password (put them into the URL in HTTP_PROXY or HTTPS_PROXY)"},
		{answer{status: 302}, "the server redirected the request without a target (status 302); is the endpoint right?"},
		{answer{status: 404}, "not found"},
	} {
		c, _ := client(t, Options{}, tt.answer)
		if err := databases(t.Context(), c); err == nil || err.Error() != tt.want {
			t.Errorf("status %d: %v; want %s", tt.answer.status, err, tt.want)
		}
	}
}
