package sandbox_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox"
)

func TestSchedules(t *testing.T) { checkSchedules(t, start(t, sandbox.Options{})) }

func checkSchedules(t *testing.T, s *service) {
	create := func(name string, more ...string) response {
		form := append([]string{
			"query", "SELECT TD_SCHEDULED_TIME()", "database", "sample_datasets", "type", "presto",
			"result", "", "timezone", "", "priority", "", "retry_limit", "", "engine_version", "",
		}, more...)
		return s.post("/v3/schedule/create/"+name, form...)
	}
	a := s.must(create("my%20daily", "cron", "0 0 * * *", "timezone", "Asia/Tokyo", "delay", "60", "priority", "1"))
	if start := a.text(t, "start"); !strings.HasSuffix(start, " 15:00:00 UTC") {
		t.Errorf("midnight in Tokyo is %s", start)
	}
	s.wantError(create("my%20daily"), 409, "my daily")
	if a := s.must(create("never", "cron", "")); a.json(t).(map[string]any)["start"] != nil {
		t.Errorf("a schedule that never runs: %s", a.body)
	}
	s.wantError(create("xx"), 422, "Validation failed: Name is too short")
	s.wantError(create("xxx", "cron", "every day"), 422, "Cron is invalid")
	s.wantError(create("xxx", "cron", "TZ=UTC 0 0 * * *"), 422, "Cron is invalid")
	s.wantError(create("xxx", "timezone", "PST"), 422, "Timezone is invalid")
	s.wantError(create("xxx", "timezone", "Local"), 422, "Timezone is invalid")
	s.wantError(create("xxx", "database", "nope"), 422, "nope")
	s.wantError(create("xxx", "query", ""), 422, "'query' parameter is required")
	s.wantError(create("xxx", "type", "pig"), 422, "pig")
	s.wantError(create("xxx", "engine_version", "?"), 422, "Engine version is not included")
	s.wantError(create("xxx", "delay", "-1"), 422, "delay")

	a = s.must(s.post("/v3/schedule/run/my%20daily/1400000000", "num", "2", "domain_key", "k"))
	var at, jobs []string
	for _, j := range a.json(t).(map[string]any)["jobs"].([]any) {
		at = append(at, j.(map[string]any)["scheduled_at"].(string))
		jobs = append(jobs, fmt.Sprint(j.(map[string]any)["job_id"]))
	}
	if diff := cmp.Diff([]string{"2014-05-14 15:00:00 UTC", "2014-05-15 15:00:00 UTC"}, at); diff != "" {
		t.Errorf("scheduled times (-want +got):\n%s", diff)
	}
	s.wantError(s.post("/v3/schedule/run/my%20daily/1400000000", "domain_key", "k"), 409, "k")
	s.wantError(s.post("/v3/schedule/run/my%20daily/now"), 422, "now")
	s.wantError(s.post("/v3/schedule/run/my%20daily/1", "num", "11"), 422, "num")
	s.wantError(s.post("/v3/schedule/run/nope/1"), 404, "nope")
	s.waitJob(jobs[1])
	if got, want := string(s.get("/v3/job/result/"+jobs[1]+"?format=json").body), fmt.Sprintf("[%d]\n", time.Date(2014, 5, 15, 15, 0, 0, 0, time.UTC).Unix()); got != want {
		t.Errorf("TD_SCHEDULED_TIME is %s; want %s", got, want)
	}
	s.must(s.post("/v3/schedule/run/never/1400000000"))

	history := func(query string) string {
		var ids []string
		for _, j := range s.must(s.get("/v3/schedule/history/my%20daily" + query)).json(t).(map[string]any)["history"].([]any) {
			ids = append(ids, j.(map[string]any)["job_id"].(string))
		}
		return strings.Join(ids, " ")
	}
	for query, want := range map[string]string{"": jobs[1] + " " + jobs[0], "?from=0&to=1": jobs[1], "?from=1&to=2": jobs[0], "?from=1&to=1": ""} {
		if got := history(query); got != want {
			t.Errorf("history%s: %q; want %q", query, got, want)
		}
	}
	s.wantError(s.get("/v3/schedule/history/nope"), 404, "nope")

	update := func(form ...string) response { return s.post("/v3/schedule/update/my%20daily", form...) }
	a = s.must(update("cron", "@hourly", "priority", "-2", "type", "hive"))
	for key, want := range map[string]string{"cron": "@hourly", "priority": "-2", "type": "hive", "timezone": "Asia/Tokyo", "delay": "60", "query": "SELECT TD_SCHEDULED_TIME()"} {
		if got := a.text(t, key); got != want {
			t.Errorf("%s is %s; want %s", key, got, want)
		}
	}
	if a := s.must(s.postJSON("/v3/schedule/update/my%20daily", `{"cron":"","delay":5}`)); a.json(t).(map[string]any)["cron"] != nil || a.text(t, "delay") != "5" {
		t.Errorf("updated: %s", a.body)
	}
	s.wantError(update("name", "never"), 409, "never")
	s.wantError(update("cron", "x"), 422, "Cron")
	s.must(update("name", "renamed"))
	s.wantError(update("cron", "@daily"), 404, "my daily")
	if a := s.must(s.post("/v3/schedule/delete/renamed")); a.text(t, "name") != "renamed" {
		t.Errorf("deleted: %s", a.body)
	}
	s.wantError(s.post("/v3/schedule/delete/renamed"), 404, "renamed")
}

// TestSchedulesRunByThemselves opens two servers on one directory. Each scheduled
// time is run by one of them.
func TestSchedulesRunByThemselves(t *testing.T) {
	dir := newDir(t)
	synctest.Test(t, func(t *testing.T) {
		var servers []*sandbox.Server
		for range 2 {
			s, err := sandbox.Open(t.Context(), sandbox.Options{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}()
			servers = append(servers, s)
		}
		start := time.Now().UTC()
		form := url.Values{"cron": {"@every 1s"}, "database": {"sample_datasets"}, "type": {"presto"}, "query": {"SELECT TD_SCHEDULED_TIME()"}}
		direct(t, servers[0], "POST", "/v3/schedule/create/each_second?"+form.Encode())
		direct(t, servers[1], "POST", "/v3/bulk_loads?"+url.Values{
			"name": {"load"}, "cron": {"@every 2s"}, "database": {"sample_datasets"}, "table": {"nasdaq"}, "config": {`{"in":{"type":"s3"}}`},
		}.Encode())
		time.Sleep(3900 * time.Millisecond)
		for _, s := range servers {
			if err := s.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var got, want []string
		history := direct(t, servers[1], "GET", "/v3/schedule/history/each_second").(map[string]any)["history"].([]any)
		for i, h := range history {
			job := h.(map[string]any)
			at := start.Add(time.Duration(len(history)-i) * time.Second)
			want = append(want, fmt.Sprintf("%s [%d]", at.Format("2006-01-02 15:04:05 UTC"), at.Unix()))
			rows := direct(t, servers[0], "GET", "/v3/job/result/"+job["job_id"].(string)+"?format=json")
			got = append(got, fmt.Sprintf("%v %.0f", job["scheduled_at"], rows))
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got) != 3 {
			t.Errorf("%d runs; want 3 (-want +got):\n%s", len(got), diff)
		}
		if loads := direct(t, servers[0], "GET", "/v3/bulk_loads/load/jobs").([]any); len(loads) != 1 {
			t.Errorf("the connector was run %d times; want once", len(loads))
		}
	})
}

// direct sends a request to a server without a connection and returns the JSON value
// of the response.
func direct(t *testing.T, s *sandbox.Server, method, path string) any {
	t.Helper()
	return decode(t, send(t, s, method, path, nil))
}

// send sends a request to a server without a connection and returns the body of the
// response.
func send(t *testing.T, s *sandbox.Server, method, path string, body io.Reader) string {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, body)
	r.Header.Set("Authorization", "TD1 x")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s %s: status %d: %s", method, path, w.Code, w.Body)
	}
	return w.Body.String()
}
