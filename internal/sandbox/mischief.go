package sandbox

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// mischief makes a server misbehave the way networks and services do, in an order
// that a seed decides.
type mischief struct {
	latency time.Duration
	rate    float64

	mu   sync.Mutex
	rand *rand.Rand
}

func newMischief(o Options) *mischief {
	return &mischief{latency: o.Latency, rate: o.FailRate, rand: rand.New(rand.NewPCG(uint64(o.Seed), 0))}
}

// wait delays an answer.
func (m *mischief) wait(ctx context.Context) {
	if m.latency <= 0 {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(m.latency):
	}
}

// draw tells whether a request fails, how, and after how many bytes.
func (m *mischief) draw() (fails bool, kind, after int) {
	if m.rate <= 0 {
		return false, 0, 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rand.Float64() < m.rate, m.rand.IntN(7), m.rand.IntN(4096)
}

// disturb answers some requests wrongly, and tells whether it did: errors of the
// service and of a gateway, a closed connection before or after the work is done,
// and an answer that breaks off.
func (m *mischief) disturb(w http.ResponseWriter, answer func(http.ResponseWriter)) bool {
	fails, kind, after := m.draw()
	if !fails {
		return false
	}
	switch kind {
	case 0:
		writeError(w, refuse(http.StatusInternalServerError, "Something went wrong on purpose"))
	case 1:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		w.Write([]byte("<html><body><h1>502 Bad Gateway</h1></body></html>\n")) //nolint:errcheck // the client has gone
	case 2:
		w.Header().Set("Retry-After", "1")
		writeError(w, refuse(http.StatusServiceUnavailable, "The service is unavailable on purpose"))
	case 3:
		w.Header().Set("Retry-After", "1")
		writeError(w, refuse(http.StatusTooManyRequests, "Too many requests, on purpose"))
	case 4:
		panic(http.ErrAbortHandler)
	case 5:
		answer(nowhere{http.Header{}})
		panic(http.ErrAbortHandler)
	default:
		answer(&cutter{ResponseWriter: w, left: after})
		panic(http.ErrAbortHandler)
	}
	return true
}

// nowhere takes an answer that is lost.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n nowhere) WriteHeader(int)             {}

// A cutter lets through so many bytes of a body.
type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(p []byte) (int, error) {
	n := min(len(p), c.left)
	c.left -= n
	if _, err := c.ResponseWriter.Write(p[:n]); err != nil {
		return 0, err
	}
	if n < len(p) {
		http.NewResponseController(c.ResponseWriter).Flush() //nolint:errcheck // the client has gone
		panic(http.ErrAbortHandler)
	}
	return n, nil
}
