package partupload

import (
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/td-cli/td/internal/api"
)

// A Progress counts the bytes of files while they are sent. It is safe for
// concurrent use.
type Progress struct {
	mu          sync.Mutex
	done, total int64
	report      func(done, total int64)
}

// NewProgress returns a Progress for the files at paths. It calls report, from one
// goroutine at a time, with the number of bytes sent and their total.
func NewProgress(paths []string, report func(done, total int64)) *Progress {
	return &Progress{total: totalSize(paths), report: report}
}

// Add counts n more bytes.
func (p *Progress) Add(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	p.report(p.done, p.total)
}

// FileUpload returns the file at path as a request body whose bytes are counted when
// they are read. If a request is repeated, its bytes are counted once.
func (p *Progress) FileUpload(path string) (api.Upload, error) {
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
			if n := counted.Swap(0); n > 0 {
				p.Add(-n)
			}
			return countedFile{f, func(n int64) { counted.Add(n); p.Add(n) }}, nil
		},
	}, nil
}

type countedFile struct {
	io.ReadCloser
	count func(n int64)
}

// Read implements io.Reader.
func (f countedFile) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	if n > 0 {
		f.count(int64(n))
	}
	return n, err
}

// A sentMeter estimates how many bytes of the files were sent: the part of the bytes read that
// corresponds to the sent part of the records.
type sentMeter struct {
	report func(done, total int64) // may be nil
	total  int64

	mu            sync.Mutex
	read          int64 // bytes of the files
	emitted, sent int64 // bytes of records
	done          int64 // the last report
}

func (m *sentMeter) addRead(n int64)    { m.update(&m.read, n) }
func (m *sentMeter) addEmitted(n int64) { m.update(&m.emitted, n) }
func (m *sentMeter) addSent(n int64)    { m.update(&m.sent, n) }

// update adds n to a counter and reports the new estimate, which never decreases.
func (m *sentMeter) update(counter *int64, n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	*counter += n
	if m.emitted > 0 {
		m.done = max(m.done, int64(float64(m.read)*float64(m.sent)/float64(m.emitted)))
	}
	if m.report != nil {
		m.report(m.done, m.total)
	}
}

// finish reports that everything was sent.
func (m *sentMeter) finish() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done = m.read
	if m.report != nil {
		m.report(m.done, m.total)
	}
}
