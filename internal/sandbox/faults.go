package sandbox

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/td-cli/td/internal/sandbox/httpapi"
)

// faults delays responses and makes requests fail as networks and services do. The
// seed determines the sequence of faults.
type faults struct {
	latency time.Duration
	rate    float64

	mu   sync.Mutex
	rand *rand.Rand
}

func newFaults(o Options) *faults {
	return &faults{latency: o.Latency, rate: o.FailRate, rand: rand.New(rand.NewPCG(uint64(o.Seed), 0))}
}

// serve lets h answer a request or injects a fault: an error of the service or of a
// gateway, a connection that is closed before or after the request is handled, or
// an incomplete response.
func (f *faults) serve(w http.ResponseWriter, r *http.Request, h http.Handler) {
	f.delay(r.Context())
	fails, fault, size := f.draw()
	if !fails {
		h.ServeHTTP(w, r)
		return
	}
	switch fault {
	case 0:
		httpapi.WriteError(w, httpapi.Errorf(http.StatusInternalServerError, "Something went wrong on purpose"))
	case 1:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte("<html><body><h1>502 Bad Gateway</h1></body></html>\n"))
	case 2:
		w.Header().Set("Retry-After", "1")
		httpapi.WriteError(w, httpapi.Errorf(http.StatusServiceUnavailable, "The service is unavailable on purpose"))
	case 3:
		w.Header().Set("Retry-After", "1")
		httpapi.WriteError(w, httpapi.Errorf(http.StatusTooManyRequests, "Too many requests, on purpose"))
	case 4:
		panic(http.ErrAbortHandler)
	case 5:
		h.ServeHTTP(discardResponse{http.Header{}}, r)
		panic(http.ErrAbortHandler)
	default:
		h.ServeHTTP(&truncatedResponse{ResponseWriter: w, left: size}, r)
		panic(http.ErrAbortHandler)
	}
}

func (f *faults) delay(ctx context.Context) {
	if f.latency <= 0 {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(f.latency):
	}
}

// draw decides whether a request fails, how, and after how many bytes.
func (f *faults) draw() (fails bool, fault, size int) {
	if f.rate <= 0 {
		return false, 0, 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rand.Float64() < f.rate, f.rand.IntN(7), f.rand.IntN(4096)
}

// A discardResponse is an http.ResponseWriter without a connection.
type discardResponse struct{ header http.Header }

func (d discardResponse) Header() http.Header         { return d.header }
func (d discardResponse) Write(p []byte) (int, error) { return len(p), nil }
func (d discardResponse) WriteHeader(int)             {}

// A truncatedResponse aborts a response after a number of bytes.
type truncatedResponse struct {
	http.ResponseWriter
	left int
}

// Write implements http.ResponseWriter.
func (t *truncatedResponse) Write(p []byte) (int, error) {
	n := min(len(p), t.left)
	t.left -= n
	if _, err := t.ResponseWriter.Write(p[:n]); err != nil {
		return 0, err
	}
	if n < len(p) {
		_ = http.NewResponseController(t.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	return n, nil
}
