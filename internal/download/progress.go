package download

import (
	"sync"
	"time"
)

// progressInterval is the minimum time between two calls of Options.Progress.
const progressInterval = 100 * time.Millisecond

// A progressMeter counts the bytes that arrive and reports them. It is safe for
// concurrent use, and calls report from one goroutine at a time.
type progressMeter struct {
	report func(done, total int64) // may be nil

	mu          sync.Mutex
	done, total int64
	reported    time.Time
}

// reset starts to count from done.
func (m *progressMeter) reset(done, total int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done, m.total = done, total
}

// add counts n more bytes.
func (m *progressMeter) add(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done += n
	if m.report == nil {
		return
	}
	if now := time.Now(); now.Sub(m.reported) >= progressInterval {
		m.reported = now
		m.report(m.done, m.total)
	}
}

// finish reports the final count.
func (m *progressMeter) finish() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.report != nil {
		m.report(m.done, m.total)
	}
}
