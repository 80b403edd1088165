package partupload

import (
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/td-cli/td/internal/api"
)

// A Tally counts the bytes of files as they are sent, and tells of them, one call at a time.
type Tally struct {
	mu          sync.Mutex
	done, total int64
	tell        func(done, total int64)
}

// NewTally returns a Tally for the files at paths.
func NewTally(paths []string, tell func(done, total int64)) *Tally {
	return &Tally{total: sizeOf(paths), tell: tell}
}

// Add counts n bytes more.
func (t *Tally) Add(n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done += n
	t.tell(t.done, t.total)
}

// File returns the file at path as the client takes it, and counts it as it is read. What is sent
// again is counted once.
func (t *Tally) File(path string) (api.Upload, error) {
	info, err := os.Stat(path)
	if err != nil {
		return api.Upload{}, err
	}
	var counted atomic.Int64
	return api.Upload{
		Size: info.Size(),
		Open: func() (io.ReadCloser, error) {
			f, err := os.Open(path)
			if err != nil {
				return nil, err
			}
			if again := counted.Swap(0); again > 0 {
				t.Add(-again)
			}
			return counting{f, func(n int64) { counted.Add(n); t.Add(n) }}, nil
		},
	}, nil
}

type counting struct {
	io.ReadCloser
	count func(n int64)
}

// Read implements io.Reader.
func (c counting) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if n > 0 {
		c.count(int64(n))
	}
	return n, err
}
