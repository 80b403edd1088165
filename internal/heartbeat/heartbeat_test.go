package heartbeat_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/heartbeat"
)

// serve returns the URL of a server on the loopback interface that responds with the statuses in turn, and its requests.
func serve(t *testing.T, statuses ...int) (url string, requests func() []string) {
	t.Helper()
	var mu sync.Mutex
	var got []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, r.Method+" "+r.URL.String())
		status := http.StatusOK
		if n := len(got) - 1; n < len(statuses) {
			status = statuses[n]
		}
		if status == http.StatusFound {
			w.Header().Set("Location", "http://example.com/")
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(got)
	}
}

func TestSend(t *testing.T) {
	url, requests := serve(t)
	p, err := heartbeat.New(url+"/secret-id/?a=b", []string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range []heartbeat.Event{heartbeat.Start, heartbeat.Success, heartbeat.Failure} {
		if err := p.Send(t.Context(), event); err != nil {
			t.Error(err)
		}
	}
	want := []string{"GET /secret-id/start?a=b", "GET /secret-id?a=b", "GET /secret-id/fail?a=b"}
	if diff := cmp.Diff(want, requests()); diff != "" {
		t.Error(diff)
	}
}

func TestSendErrors(t *testing.T) {
	for _, tt := range []struct {
		name     string
		statuses []int
		requests int
		want     string // of the error
	}{
		{"busy once", []int{503}, 2, ""},
		{"not found", []int{404}, 1, "responded with 404 Not Found"},
		{"redirect", []int{302}, 1, "responded with 302 Found"},
		{"always busy", []int{500, 500, 500}, 3, "responded with 500"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url, requests := serve(t, tt.statuses...)
			p, err := heartbeat.New(url+"/secret-id", []string{"127.0.0.1"})
			if err != nil {
				t.Fatal(err)
			}
			err = p.Send(t.Context(), heartbeat.Success)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if n := len(requests()); n != tt.requests {
				t.Errorf("%d requests, want %d", n, tt.requests)
			}
		})
	}
}

func TestNoServer(t *testing.T) {
	p, err := heartbeat.New("http://127.0.0.1:1/secret-id", []string{"127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Send(t.Context(), heartbeat.Start); err == nil || strings.Contains(err.Error(), "secret-id") {
		t.Errorf("error %v; want one without the URL", err)
	}
}

func TestNew(t *testing.T) {
	for _, tt := range []struct{ url, allowed, want string }{
		{"https://hc-ping.com/id", "hc-ping.com", ""},
		{"https://HC-Ping.com/id", "hc-ping.com", ""},
		{"https://hc-ping.com:8443/id", "hc-ping.com:8443", ""},
		{"https://hc-ping.com/id", "", "the host hc-ping.com is not allowed"},
		{"https://hc-ping.com.example.com/id", "hc-ping.com", "the host hc-ping.com.example.com is not allowed"},
		{"https://hc-ping.com:8443/id", "hc-ping.com:443", "the host hc-ping.com is not allowed"},
		{"https://me:hunter2@hc-ping.com/id", "hc-ping.com", "without a password"},
		{"ftp://hc-ping.com/id", "hc-ping.com", "must be an http or https URL"},
		{"hc-ping.com/id", "hc-ping.com", "must be an http or https URL"},
	} {
		_, err := heartbeat.New(tt.url, strings.Fields(tt.allowed))
		if (err == nil) != (tt.want == "") || err != nil && (!strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2")) {
			t.Errorf("New(%q): %v, want %q", tt.url, err, tt.want)
		}
	}
}
