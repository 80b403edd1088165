package protocol

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// A coordinator is a scripted server. The reply to the n-th request is replies[n]; {} in it is the server's address.
type coordinator struct {
	*httptest.Server
	mu       sync.Mutex
	replies  []func(http.ResponseWriter)
	requests []string // method and path
	headers  []http.Header
}

func newCoordinator(t *testing.T, replies ...func(http.ResponseWriter)) *coordinator {
	t.Helper()
	c := &coordinator{replies: replies}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

// ServeHTTP sends the next reply.
func (c *coordinator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	c.mu.Lock()
	n := len(c.requests)
	c.requests = append(c.requests, r.Method+" "+r.URL.Path)
	c.headers = append(c.headers, r.Header)
	replies := c.replies
	c.mu.Unlock()
	if r.Method == http.MethodDelete {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if n >= len(replies) {
		http.Error(w, "no more replies", http.StatusTeapot)
		return
	}
	replies[n](w)
}

// answer sets the replies to the following requests and forgets the earlier ones.
func (c *coordinator) answer(replies ...func(http.ResponseWriter)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.replies, c.requests, c.headers = replies, nil, nil
}

// header returns the header of a request.
func (c *coordinator) header(n int) http.Header {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.headers[n]
}

func (c *coordinator) seen() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.requests)
}

// reply returns a reply with a body.
func (c *coordinator) page(next, rest string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		body := `{"id":"q1"`
		if next != "" {
			body += fmt.Sprintf(`,"nextUri":"%s/%s"`, c.URL, next)
		}
		if rest != "" {
			body += "," + rest
		}
		fmt.Fprint(w, body+`,"stats":{"state":"RUNNING","progressPercentage":50.5,"processedRows":7}}`)
	}
}

func status(code int, text string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { http.Error(w, text, code) }
}

// cut sends the start of a page and breaks the connection.
func cut(w http.ResponseWriter) {
	w.Header().Set("Content-Length", "1000")
	fmt.Fprint(w, `{"id":"q1","data":[[1`)
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func (c *coordinator) client(t *testing.T) *Client {
	t.Helper()
	u, err := url.Parse(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	client, err := NewClient(Options{URL: u, User: "ann", Catalog: "cat", Source: "src", FirstPause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// run runs a statement and returns its rows as text.
func run(ctx context.Context, c *Client) (rows []string, q *Query, err error) {
	if q, err = c.Submit(ctx, "SELECT 1", Session{Schema: "db", Tags: []string{"td-job-1"}}); err != nil {
		return nil, nil, err
	}
	err = q.Fetch(ctx, Receiver{Row: func(row []any) error {
		rows = append(rows, fmt.Sprint(row...))
		return nil
	}})
	return rows, q, err
}

const oneColumn = `"columns":[{"name":"a","type":"bigint"}]`

func TestRun(t *testing.T) {
	c := newCoordinator(t)
	c.answer(
		status(503, "busy"), c.page("1", ""), c.page("2", oneColumn), status(429, ""), c.page("3", oneColumn+`,"data":[[1],[2]]`),
		cut, c.page("4", `"data":[[3]],`+oneColumn), status(502, ""), status(504, ""), c.page("", `"updateType":"INSERT"`),
	)
	rows, q, err := run(t.Context(), c.client(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1", "2", "3"}, rows); diff != "" || q.ID != "q1" || q.UpdateType != "INSERT" {
		t.Errorf("query %s %s: %s", q.ID, q.UpdateType, diff)
	}
	want := []string{
		"POST /v1/statement", "POST /v1/statement", "GET /1", "GET /2", "GET /2", "GET /3", "GET /3", "GET /4", "GET /4", "GET /4",
	}
	if diff := cmp.Diff(want, c.seen()); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string]string{
		"User": "ann", "Catalog": "cat", "Schema": "db", "Source": "src", "Client-Tags": "td-job-1", "Time-Zone": "UTC",
		"Client-Capabilities": "PARAMETRIC_DATETIME",
	} {
		if got := c.header(0).Get("X-Trino-" + name); got != want {
			t.Errorf("X-Trino-%s: %q, want %q", name, got, want)
		}
	}
}

func TestProgressAndColumns(t *testing.T) {
	c := newCoordinator(t)
	c.answer(c.page("1", ""), c.page("", oneColumn))
	q, err := c.client(t).Submit(t.Context(), "SELECT 1", Session{})
	if err != nil {
		t.Fatal(err)
	}
	var got []any
	err = q.Fetch(t.Context(), Receiver{
		Columns:  func(c []Column) error { got = append(got, c); return nil },
		Progress: func(p Progress) { got = append(got, p) },
	})
	want := []any{[]Column{{"a", "bigint"}}, Progress{"RUNNING", 50.5, 7}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

func TestFailures(t *testing.T) {
	type replies []func(http.ResponseWriter)
	for name, tt := range map[string]struct {
		replies func(*coordinator) replies
		want    string
		last    string // last request, besides that for the next page, which is sent at the same time
	}{
		"query": {func(c *coordinator) replies {
			return replies{c.page("1", ""), c.page("", `"error":{"message":"line 1:8: no","errorName":"X","errorType":"USER_ERROR","errorLocation":{"lineNumber":1,"columnNumber":8}}`)}
		}, "line 1:8: no", "GET /1"},
		"login": {func(*coordinator) replies {
			return replies{status(401, "Invalid credentials")}
		}, "answered 401 Unauthorized: Invalid credentials", "POST /v1/statement"},
		"gone": {func(c *coordinator) replies {
			return replies{c.page("1", ""), status(404, "Query not found")}
		}, "no longer has the query q1", "GET /1"},
		"other server": {func(*coordinator) replies {
			return replies{func(w http.ResponseWriter) { fmt.Fprint(w, `{"id":"q1","nextUri":"http://192.0.2.1/1"}`) }}
		}, `refers to another server: "http://192.0.2.1/1"`, "POST /v1/statement"},
		"other scheme": {func(c *coordinator) replies {
			return replies{c.page("1", ""), func(w http.ResponseWriter) {
				fmt.Fprintf(w, `{"id":"q1","nextUri":"%s/2"}`, strings.Replace(c.URL, "http", "https", 1))
			}}
		}, "refers to another server", "DELETE /1"},
		"redirect": {func(*coordinator) replies {
			return replies{func(w http.ResponseWriter) {
				w.Header().Set("Location", "http://192.0.2.1/")
				w.WriteHeader(http.StatusFound)
			}}
		}, "answered 302 Found: redirects to http://192.0.2.1 are not followed", "POST /v1/statement"},
		"no JSON": {func(c *coordinator) replies {
			return replies{c.page("1", ""), func(w http.ResponseWriter) { fmt.Fprint(w, "{what}") }}
		}, " does not answer like a Trino cluster: invalid response at byte 5", "DELETE /1"},
		"wrong type": {func(c *coordinator) replies {
			return replies{c.page("1", ""), c.page("2", oneColumn+`,"data":[["x"]]`)}
		}, "an integer expected", "DELETE /2"},
		"many cells": {func(c *coordinator) replies {
			return replies{c.page("1", ""), c.page("2", oneColumn+`,"data":[[1,2]]`)}
		}, "too many values", "DELETE /2"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCoordinator(t) // a request of another test that was canceled may arrive late
			c.answer(tt.replies(c)...)
			_, _, err := run(t.Context(), c.client(t))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %s", err, tt.want)
			}
			seen := slices.DeleteFunc(c.seen(), func(request string) bool { return request == "GET /2" })
			if seen[len(seen)-1] != tt.last {
				t.Errorf("requests %q, want %s as the last one", seen, tt.last)
			}
		})
	}
}

func TestQueryError(t *testing.T) {
	c := newCoordinator(t)
	c.answer(c.page("", `"error":{"message":"no","errorName":"DIVISION_BY_ZERO","errorType":"USER_ERROR"}`))
	_, _, err := run(t.Context(), c.client(t))
	e, ok := errors.AsType[*Error](err)
	if !ok || *e != (Error{Query: "q1", Name: "DIVISION_BY_ZERO", Type: "USER_ERROR", Message: "no"}) {
		t.Errorf("error %#v", err)
	}
}

// TestCancel checks that a query is canceled when its context ends or its receiver fails.
func TestCancel(t *testing.T) {
	c := newCoordinator(t)
	ctx, cancel := context.WithCancel(t.Context())
	c.answer(func(w http.ResponseWriter) {
		cancel() // the response to POST is received after the cancellation
		c.page("1", "")(w)
	})
	if _, _, err := run(ctx, c.client(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if diff := cmp.Diff([]string{"POST /v1/statement", "DELETE /1"}, c.seen()); diff != "" {
		t.Error(diff)
	}

	ctx, cancel = context.WithCancel(t.Context())
	c.answer(c.page("1", ""), func(w http.ResponseWriter) {
		fmt.Fprint(w, `{"id":"q1",`)
		w.(http.Flusher).Flush()
		cancel()
	})
	if _, _, err := run(ctx, c.client(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if diff := cmp.Diff([]string{"POST /v1/statement", "GET /1", "DELETE /1"}, c.seen()); diff != "" {
		t.Error(diff)
	}

	c.answer(c.page("1", ""), c.page("2", oneColumn+`,"data":[[1]]`))
	q, err := c.client(t).Submit(t.Context(), "SELECT 1", Session{})
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("full")
	if err := q.Fetch(t.Context(), Receiver{Row: func([]any) error { return full }}); !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
	if seen := c.seen(); !slices.Contains(seen, "DELETE /2") { // the request for the next page may arrive later
		t.Errorf("requests %q", seen)
	}
}

// A roundTripper fails all requests.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRetriesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := NewClient(Options{URL: &url.URL{Scheme: "http", Host: "trino:8080"}})
		if err != nil {
			t.Fatal(err)
		}
		tries := 0
		c.http.Transport = roundTripper(func(*http.Request) (*http.Response, error) {
			tries++
			return nil, io.ErrUnexpectedEOF
		})
		start := time.Now()
		_, err = c.Submit(t.Context(), "SELECT 1", Session{})
		if _, ok := errors.AsType[*UnreachableError](err); !ok || !strings.Contains(err.Error(), "the Trino cluster at http://trino:8080 does not answer") {
			t.Errorf("error %v", err)
		}
		if elapsed := time.Since(start); elapsed < 50*time.Second || elapsed > time.Minute || tries < 10 {
			t.Errorf("%d tries in %v", tries, elapsed)
		}
	})
}

// TestNoResponse sends requests to a server that accepts them and does not answer, or that stops within an answer.
func TestNoResponse(t *testing.T) {
	released := make(chan struct{})
	stop := func(w http.ResponseWriter) {
		w.(http.Flusher).Flush()
		<-released
	}
	start := func(w http.ResponseWriter) {
		fmt.Fprint(w, `{"id":"q1"`)
		stop(w)
	}
	defer close(released)
	for name, hang := range map[string]func(http.ResponseWriter){"no answer": func(http.ResponseWriter) { <-released }, "no body": stop, "half a body": start} {
		c := newCoordinator(t, hang)
		client := c.client(t).WithTimes(time.Nanosecond, time.Millisecond)
		_, err := client.Submit(t.Context(), "SELECT 1", Session{})
		if !errors.Is(err, engine.ErrUnavailable) || !strings.Contains(err.Error(), "does not answer: no response within 1ms") {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := newCoordinator(t)
	c.answer(c.page("1", ""), stop)
	q, err := c.client(t).Submit(t.Context(), "SELECT 1", Session{})
	if err != nil {
		t.Fatal(err)
	}
	q.client = q.client.WithTimes(time.Nanosecond, 5*time.Second) // the request that cancels the query is answered in time
	if err := q.Fetch(t.Context(), Receiver{}); !errors.Is(err, engine.ErrUnavailable) {
		t.Errorf("a page without an end: %v", err)
	}
	if got := c.seen(); len(got) != 3 || got[2] != "DELETE /1" {
		t.Errorf("requests %v: the query is not canceled", got)
	}
}

func TestCredentials(t *testing.T) {
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user == "ann" && password == "secret" || r.Header.Get("Authorization") == "Bearer a.b.c" {
			fmt.Fprint(w, `{"id":"q1"}`)
			return
		}
		http.Error(w, "wrong: "+r.Header.Get("Authorization"), http.StatusUnauthorized)
	}))
	defer secure.Close()
	u, err := url.Parse(secure.URL)
	if err != nil {
		t.Fatal(err)
	}
	ca := []byte("-----BEGIN CERTIFICATE-----\n" + base64.StdEncoding.EncodeToString(secure.Certificate().Raw) + "\n-----END CERTIFICATE-----\n")
	for name, tt := range map[string]struct {
		o    Options
		want string // part of the error
	}{
		"password":       {Options{User: "ann", Password: "secret", CA: ca}, ""},
		"token":          {Options{User: "ann", Token: "a.b.c", CA: ca}, ""},
		"wrong password": {Options{User: "ann", Password: "hidden", CA: ca}, "401"},
		"wrong token":    {Options{User: "ann", Token: "x.y.z", CA: ca}, "wrong: Bearer ***"},
		"unknown CA":     {Options{User: "ann", Password: "secret"}, "certificate"},
		"no certificate": {Options{CA: []byte("x")}, "contains no certificate"},
	} {
		tt.o.URL, tt.o.RetryTime = u, time.Nanosecond
		c, err := NewClient(tt.o)
		if err == nil {
			_, err = c.Submit(t.Context(), "SELECT 1", Session{})
			c.Close()
		}
		if (err == nil) != (tt.want == "") || err != nil && (!strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hidden") || strings.Contains(err.Error(), "x.y.z")) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	for _, o := range []Options{{Password: "x"}, {Token: "x"}} {
		o.URL = &url.URL{Scheme: "http", Host: "trino"}
		if _, err := NewClient(o); err == nil {
			t.Errorf("%+v over http: no error", o)
		}
	}
}

func TestInfo(t *testing.T) {
	c := newCoordinator(t, func(w http.ResponseWriter) {
		fmt.Fprint(w, `{"nodeVersion":{"version":"476"},"environment":"x","coordinator":true,"starting":true}`)
	}, status(500, "broken"), func(w http.ResponseWriter) { fmt.Fprint(w, `{"hello":"world"}`) })
	client := c.client(t)
	if info, err := client.Info(t.Context()); info != (Info{"476", true}) || err != nil {
		t.Errorf("Info = %+v, %v", info, err)
	}
	for _, want := range []string{"answered 500 Internal Server Error: broken", "is not a Trino coordinator"} {
		if _, err := client.Info(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Info: %v, want %s", err, want)
		}
	}
	c.Close()
	if _, err := client.Info(t.Context()); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("Info of a closed server: %v", err)
	}
}

func TestSameServer(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"http://h:80/x", "http://H/y", true},
		{"https://h/x", "https://h:443", true},
		{"http://h:8080", "http://h:8081", false},
		{"http://h", "https://h", false},
		{"http://h", "http://h.evil", false},
		{"http://[::1]:8080", "http://[::1]:8080/v1", true},
		{"/v1/next", "http://h", false},
	} {
		a, errA := url.Parse(tt.a)
		b, errB := url.Parse(tt.b)
		if err := errors.Join(errA, errB); err != nil {
			t.Fatal(err)
		}
		if got := sameServer(a, b); got != tt.want {
			t.Errorf("sameServer(%s, %s) = %v", tt.a, tt.b, got)
		}
	}
}

func TestDecode(t *testing.T) {
	for _, tt := range []struct {
		typ, text string
		want      any
	}{
		{"bigint", "-9223372036854775808", int64(math.MinInt64)},
		{"bigint", "null", nil},
		{"tinyint", "1", int64(1)},
		{"boolean", "true", true},
		{"double", "1.5E10", 1.5e10},
		{"double", `"NaN"`, math.NaN()},
		{"real", `"-Infinity"`, math.Inf(-1)},
		{"real", "1.1", float64(float32(1.1))},
		{"array(real)", "[0.1,3.4028235E38]", []any{float64(float32(0.1)), math.MaxFloat32}},
		{"decimal(38,2)", `"123456789012345678901234567890.12"`, "123456789012345678901234567890.12"},
		{"varchar(3)", `"a\"\\\/\b\f\n\r\tb"`, "a\"\\/\b\f\n\r\tb"},
		{"varchar", `"\u0000\u00e9\ud83d\ude00\ud83d"`, "\x00é😀\ufffd"},
		{"varchar", `""`, ""},
		{"date", `"-0044-03-15"`, "-0044-03-15"},
		{"timestamp(3) with time zone", `"2020-01-01 00:00:00.000 UTC"`, "2020-01-01 00:00:00.000 UTC"},
		{"varbinary", `"AP8="`, []byte{0, 255}},
		{"json", `"{\"a\":[1,2]}"`, `{"a":[1,2]}`},
		{"array(bigint)", "[1, null ,2]", []any{int64(1), nil, int64(2)}},
		{"array(array(varchar))", `[["a"],[],null]`, []any{[]any{"a"}, []any{}, nil}},
		{"row(a bigint, b varchar)", `[1,"x"]`, []any{int64(1), "x"}},
		{"map(varchar,bigint)", `{"b":1,"a":null}`, engine.Map{{Key: "b", Value: int64(1)}, {Key: "a"}}},
		{"map(bigint,row(double))", `{"10":["NaN"]}`, engine.Map{{Key: int64(10), Value: []any{math.NaN()}}}},
		{"map(double,boolean)", `{"1.5":true,"NaN":false}`, engine.Map{{Key: 1.5, Value: true}, {Key: math.NaN(), Value: false}}},
		{"map(row(a bigint,b varchar),bigint)", `{"[1, x]":1}`, engine.Map{{Key: "[1, x]", Value: int64(1)}}},
		{"HyperLogLog", `"AgwA"`, "AgwA"},
	} {
		s := &scanner{data: []byte(tt.text)}
		got := newDecoder(tt.typ)(s)
		if diff := cmp.Diff(tt.want, got, cmpopts.EquateNaNs()); diff != "" || s.err != nil || s.peek() != 0 {
			t.Errorf("%s %s: %v %s", tt.typ, tt.text, s.err, diff)
		}
		var w rowWriter
		q := &Query{copy: []copier{newCopier(tt.typ, newDecoder(tt.typ))}}
		s = &scanner{data: []byte("[" + tt.text + "]")}
		q.copyRow(s, &w)
		if diff := cmp.Diff([][]any{{tt.want}}, w.rows, cmpopts.EquateNaNs()); diff != "" || s.err != nil || s.peek() != 0 {
			t.Errorf("%s %s with a RowWriter: %v %s", tt.typ, tt.text, s.err, diff)
		}
	}
	for _, tt := range [][2]string{
		{"bigint", "1.5"},
		{"bigint", "99999999999999999999"},
		{"boolean", "1"},
		{"double", `"x"`},
		{"varbinary", `"?"`},
		{"array(bigint)", "[1"},
		{"map(bigint,bigint)", `{"x":1}`},
		{"varchar", `"x`},
		{"varchar", `"\x"`},
		{"varchar", `"\u12"`},
		{"varchar", `"\`},
		{"array(bigint)", `{"a":1}`},
	} {
		s := &scanner{data: []byte(tt[1])}
		if got := newDecoder(tt[0])(s); s.err == nil {
			t.Errorf("%s %s: %v and no error", tt[0], tt[1], got)
		}
	}
}

// A rowWriter collects rows that are added value by value.
type rowWriter struct{ rows [][]any }

func (w *rowWriter) BeginRow(int) error {
	w.rows = append(w.rows, nil)
	return nil
}

func (w *rowWriter) AddValue(v any)     { w.rows[len(w.rows)-1] = append(w.rows[len(w.rows)-1], v) }
func (w *rowWriter) AddNull()           { w.AddValue(nil) }
func (w *rowWriter) AddBool(v bool)     { w.AddValue(v) }
func (w *rowWriter) AddInt(v int64)     { w.AddValue(v) }
func (w *rowWriter) AddFloat(v float64) { w.AddValue(v) }
func (w *rowWriter) AddText(v []byte)   { w.AddValue(string(v)) }

// TestRowLength reads rows that do not have a value for each column.
func TestRowLength(t *testing.T) {
	for _, row := range []string{"[1]", "[1,2,3]", "[]", "[1,2", "1"} {
		for _, r := range []Receiver{{Row: func([]any) error { return nil }}, {Writer: &rowWriter{}}} {
			q := &Query{client: &Client{o: Options{URL: &url.URL{Scheme: "http", Host: "trino"}}}}
			err := q.parse([]byte(`{"columns":[{"name":"a","type":"bigint"},{"name":"b","type":"bigint"}],"data":[`+row+`]}`), r)
			if err == nil {
				t.Errorf("%s: no error", row)
			}
		}
	}
}

// FuzzScan checks that no response makes the scanner fail in another way than with an error.
func FuzzScan(f *testing.F) {
	for _, text := range []string{
		`{"id":"q","columns":[{"name":"a","type":"array(bigint)"}],"data":[[[1,2]],[null]],"stats":{"x":[1,{"y":"z"}]}}`,
		`{"data":[["\u0041"]],"columns":[{"name":"a","type":"map(bigint,varchar)"}]}`, `{"error":{"message":"x"}}`, `{"id":`, `{`, ``,
	} {
		f.Add(text)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		for _, r := range []Receiver{{Row: func([]any) error { return nil }, Progress: func(Progress) {}}, {Writer: &rowWriter{}}} {
			q := &Query{client: &Client{o: Options{URL: &url.URL{Scheme: "http", Host: "trino"}}}}
			_ = readNext([]byte(text))
			_ = q.parse([]byte(text), r)
		}
	})
}
