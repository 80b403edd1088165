package atomicfile

import (
	"os"
	"sync"
	"sync/atomic"
)

// flushSize is the number of bytes after which a file is flushed in the background.
const flushSize = 16 << 20

// A flusher flushes a file to the disk in the background while it grows.
type flusher struct {
	pending int // bytes written since the start of the last flush
	running atomic.Bool
	done    sync.WaitGroup
	err     error // first error of a flush; valid after done.Wait. The system reports an error only once
}

// add counts n more bytes and starts a flush if there are enough, unless one is running.
func (f *flusher) add(file *os.File, n int) {
	f.pending += n
	if f.pending < flushSize || !f.running.CompareAndSwap(false, true) {
		return
	}
	f.pending = 0
	f.done.Go(func() {
		if err := syncFile(file); f.err == nil {
			f.err = err
		}
		f.running.Store(false)
	})
}

// wait waits for a running flush and returns the first error of all flushes.
func (f *flusher) wait() error {
	f.done.Wait()
	return f.err
}
