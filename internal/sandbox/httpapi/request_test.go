package httpapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/state"
)

// withParams calls f in a handler for a request with the given query.
func withParams(t *testing.T, query string, f func(r *httpapi.Request)) {
	t.Helper()
	called := false
	router := httpapi.NewRouter(allowAll, []httpapi.Route{{Pattern: "GET /x", Handle: func(r *httpapi.Request) (any, error) {
		called = true
		f(r)
		return nil, nil
	}}})
	if status, body := call(router, httptest.NewRequest("GET", "/x?"+query, nil)); !called {
		t.Fatalf("status %d: %s", status, body)
	}
}

func TestParams(t *testing.T) {
	tests := []struct {
		kind, value string
		want        string // value, or the end of the error message
	}{
		{"int", "", "5"},
		{"int", "-2", "-2"},
		{"int", "9", "9"},
		{"int", "10", "must be an integer from -2 to 9: 10"},
		{"int", "-3", "must be an integer from -2 to 9: -3"},
		{"int", "1.0", "must be an integer from -2 to 9: 1.0"},
		{"bool", "", "nil"},
		{"bool", "true", "true"},
		{"bool", "False", "false"},
		{"bool", "yes", "must be true or false: yes"},
		{"time", "", "0001-01-01T00:00:00Z"},
		{"time", "1400000000", "2014-05-13T16:53:20Z"},
		{"time", "2014-05-13T18:53:20+02:00", "2014-05-13T16:53:20Z"},
		{"time", "2014-05-13 16:53:20 UTC", "2014-05-13T16:53:20Z"},
		{"time", "2014-05-13 18:53:20 +0200", "2014-05-13T16:53:20Z"},
		{"time", "2014-05-13 16:53:20", "2014-05-13T16:53:20Z"},
		{"time", "2014-05-13", "2014-05-13T00:00:00Z"},
		{"time", "tomorrow", "is not a time: tomorrow"},
	}
	for _, test := range tests {
		t.Run(test.kind+" "+test.value, func(t *testing.T) {
			withParams(t, "p="+url.QueryEscape(test.value), func(r *httpapi.Request) {
				var got string
				var err error
				switch test.kind {
				case "int":
					var n int
					n, err = r.IntParam("p", 5, -2, 9)
					got = fmt.Sprint(n)
				case "bool":
					var b *bool
					if b, err = r.BoolParam("p"); b != nil {
						got = fmt.Sprint(*b)
					} else {
						got = "nil"
					}
				case "time":
					var at time.Time
					at, err = r.TimeParam("p")
					got = at.Format(time.RFC3339)
				}
				if err != nil {
					if got = err.Error(); httpapi.AsError(err).Status != http.StatusUnprocessableEntity {
						t.Errorf("status %d; want 422", httpapi.AsError(err).Status)
					}
					got = strings.TrimPrefix(got, "'p' parameter ")
				}
				if got != test.want {
					t.Errorf("got %q; want %q", got, test.want)
				}
			})
		})
	}
}

func TestAsError(t *testing.T) {
	tests := []struct {
		name    string
		err     error
		status  int
		message string
	}{
		{"api error", fmt.Errorf("wrapped: %w", httpapi.Errorf(418, "teapot %d", 1)), 418, "teapot 1"},
		{"invalid", httpapi.Invalidf("bad"), 422, "bad"},
		{"domain key", &state.ConflictError{Key: "k", JobID: 3}, 409, "Domain key 'k' is already taken"},
		{"too large", &http.MaxBytesError{Limit: 1}, 413, "The request body is too large"},
		{"engine not found", fmt.Errorf("table t: %w", engine.ErrNotFound), 404, "table t: not found"},
		{"state not found", state.ErrNotFound, 404, "not found"},
		{"engine exists", engine.ErrExists, 409, "already exists"},
		{"state exists", state.ErrExists, 409, "already exists"},
		{"unknown outcome", fmt.Errorf("import: %w", engine.ErrUnknownOutcome), 409, "import: of unknown outcome"},
		{"refused", fmt.Errorf("cluster: %w", engine.ErrRefused), 422, "cluster: refused"},
		{"unavailable", fmt.Errorf("cluster: %w", engine.ErrUnavailable), 503, "cluster: unavailable"},
		{"unsupported", errors.ErrUnsupported, 422, "unsupported operation"},
		{"engine invalid", engine.ErrInvalid, 422, "invalid"},
		{"malformed", msgpackfile.ErrMalformed, 422, msgpackfile.ErrMalformed.Error()},
		{"record too large", msgpackfile.ErrRecordTooLarge, 413, msgpackfile.ErrRecordTooLarge.Error()},
		{"other", errors.New("disk full"), 500, "disk full"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if e := httpapi.AsError(test.err); e.Status != test.status || e.Message != test.message {
				t.Errorf("got %d %q; want %d %q", e.Status, e.Message, test.status, test.message)
			}
		})
	}
}

func TestWriteErrorDetails(t *testing.T) {
	w := httptest.NewRecorder()
	httpapi.WriteError(w, &state.ConflictError{Key: "k", JobID: 3})
	if want := `"details":{"conflicts_with":"3"}`; w.Code != 409 || !strings.Contains(w.Body.String(), want) {
		t.Errorf("%d %s; want %s", w.Code, w.Body, want)
	}
	w = httptest.NewRecorder()
	httpapi.WriteError(w, errors.New("x"))
	if strings.Contains(w.Body.String(), "details") {
		t.Errorf("details without a conflict: %s", w.Body)
	}
	if after := w.Header().Get("Retry-After"); after != "" {
		t.Errorf("Retry-After: %s with status %d", after, w.Code)
	}
	w = httptest.NewRecorder()
	httpapi.WriteError(w, engine.ErrUnavailable)
	if after := w.Header().Get("Retry-After"); after != "5" || w.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d, Retry-After: %q; want 503 and 5", w.Code, after)
	}
}

func TestFormatTimes(t *testing.T) {
	at := time.Date(2016, 12, 15, 23, 8, 5, 999, time.FixedZone("", 3600))
	if got, want := httpapi.FormatTime(at), "2016-12-15 22:08:05 UTC"; got != want {
		t.Errorf("FormatTime = %q; want %q", got, want)
	}
	if got, want := httpapi.FormatISOTime(at), "2016-12-15T22:08:05Z"; got != want {
		t.Errorf("FormatISOTime = %q; want %q", got, want)
	}
	if got := httpapi.FormatTime(time.Time{}); got != "" {
		t.Errorf("FormatTime of the zero time = %q; want an empty string", got)
	}
	if got := httpapi.FormatISOTime(time.Time{}); got != nil {
		t.Errorf("FormatISOTime of the zero time = %v; want nil", got)
	}
	if httpapi.NullIfZero("") != nil || httpapi.NullIfZero(int64(0)) != nil || httpapi.NullIfZero("x") != "x" {
		t.Error("NullIfZero must return nil exactly for zero values")
	}
}
