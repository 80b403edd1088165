package top

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/api"
)

// A jobList answers job/list.
type jobList struct {
	t        *testing.T
	jobs     map[string]string // status by ID
	rejects  string            // a status that is not known
	ignores  bool              // the parameter status
	ended    string            // ID of a job that ends after the first request
	requests []string
}

func (l *jobList) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status := r.FormValue("status")
	from, errFrom := strconv.Atoi(r.FormValue("from"))
	to, errTo := strconv.Atoi(r.FormValue("to"))
	if errFrom != nil || errTo != nil || to-from >= 101 {
		l.t.Errorf("unexpected request %s", r.URL)
	}
	l.requests = append(l.requests, fmt.Sprintf("%s %d-%d", status, from, to))
	if status == l.rejects {
		http.Error(w, `{"error":"unknown status"}`, http.StatusUnprocessableEntity)
		return
	}
	var ids []string
	for id, s := range l.jobs {
		if s == status || l.ignores {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	page := []map[string]string{}
	for _, id := range ids[min(from, len(ids)):min(to+1, len(ids))] {
		page = append(page, map[string]string{"job_id": id, "status": l.jobs[id]})
	}
	delete(l.jobs, l.ended)
	_ = json.NewEncoder(w).Encode(map[string]any{"jobs": page})
}

// add adds n jobs with a status.
func (l *jobList) add(status string, n int) {
	for i := range n {
		l.jobs[fmt.Sprintf("%s%03d", map[string]string{"queued": "1", "booting": "2", "running": "3", "success": "4"}[status], i)] = status
	}
}

func TestUnfinished(t *testing.T) {
	for _, tt := range []struct {
		name     string
		prepare  func(*jobList)
		want     int
		requests []string // nil: not checked
	}{
		{"none", func(*jobList) {}, 0, []string{"queued 0-99", "booting 0-99", "running 0-99"}},
		{"several pages", func(l *jobList) { l.add("queued", 250); l.add("booting", 1); l.add("running", 99); l.add("success", 9) }, 350, []string{
			"queued 0-99", "queued 90-189", "queued 180-279", "booting 0-99", "running 0-99",
		}},
		{"a job ends between two pages", func(l *jobList) { l.add("queued", 150); l.ended = "1050" }, 150, nil},
		{"booting is not known", func(l *jobList) { l.add("queued", 1); l.rejects = "booting" }, 1, []string{"queued 0-99", "booting 0-99", "running 0-99"}},
		{"the status is ignored", func(l *jobList) { l.ignores = true; l.add("success", 500) }, 0, []string{"queued 0-99", "booting 0-99", "running 0-99"}},
		{"the status is ignored, jobs", func(l *jobList) { l.ignores = true; l.add("success", 50); l.add("running", 3) }, 3, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list := &jobList{t: t, jobs: map[string]string{}}
			tt.prepare(list)
			s := serve(t, list)
			jobs, err := s.unfinished(t.Context())
			if err != nil || len(jobs) != tt.want {
				t.Errorf("%d jobs, %v; want %d", len(jobs), err, tt.want)
			}
			if diff := cmp.Diff(tt.requests, list.requests); tt.requests != nil && diff != "" {
				t.Error(diff)
			}
			if _, err := s.unfinished(t.Context()); err != nil {
				t.Error(err)
			}
			if n := len(list.requests) - len(tt.requests); list.rejects != "" && n != 2 {
				t.Errorf("%d further requests, of which one was rejected before", n)
			}
		})
	}
}

// serve returns a server of jobs that gets them from a handler.
func serve(t *testing.T, h http.Handler) *server {
	t.Helper()
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	c, err := api.New(api.Options{Endpoint: web.URL, APIKey: "1/key"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return &server{client: c}
}

func TestShortenProgress(t *testing.T) {
	for in, want := range map[string]string{
		"":                                  "",
		"RUNNING, 1 stage, 12 of 34 splits": "12 of 34 splits",
		"  1/20 splits done":                "1/20 splits",
		"RUNNING, 1 stage":                  "1 stage",
		"2026-01-02 03:04:05,006 Stage-1 map = 50%,  reduce = 12%": "Stage-1 map = 50%,  reduce = 12%",
		"fetched 5,000 rows": "fetched 5,000 rows",
	} {
		if got := shortenProgress(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
