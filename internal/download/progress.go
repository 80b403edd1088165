package download

import (
	"sync"
	"time"
)

// tick is the least time between two calls of a Progress function.
const tick = 100 * time.Millisecond

// A meter counts what arrives and tells of it. It may be used by several goroutines; tell is
// called by one at a time.
type meter struct {
	tell func(done, total int64) // may be nil

	mu          sync.Mutex
	done, total int64
	told        time.Time
}

// begin counts anew.
func (m *meter) begin(done, total int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done, m.total = done, total
}

// add counts n bytes more.
func (m *meter) add(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done += n
	if m.tell == nil {
		return
	}
	if now := time.Now(); now.Sub(m.told) >= tick {
		m.told = now
		m.tell(m.done, m.total)
	}
}

// finish tells of what arrived last.
func (m *meter) finish() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tell != nil {
		m.tell(m.done, m.total)
	}
}
