package download

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/td-cli/td/internal/api"
)

// blockSize is how much is read and written at once.
const blockSize = 256 << 10

// A spool downloads a result into a store, over several connections when the server sends
// parts, and is read from its beginning meanwhile.
type spool struct {
	remote
	version
	store *store

	mu      sync.Mutex
	changed *sync.Cond // a piece is done, or err is set
	state   []pieceState
	err     error // of the download; what is done can still be read

	pos    int64 // of the reader
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

type pieceState uint8

const (
	missing pieceState = iota
	claimed
	done
)

// newSpool returns a spool of which the given pieces are there.
func newSpool(r remote, v version, s *store, there []bool) *spool {
	sp := &spool{remote: r, version: v, store: s, state: make([]pieceState, v.pieces()), cancel: func() {}}
	sp.changed = sync.NewCond(&sp.mu)
	for i, ok := range there {
		if ok {
			sp.state[i] = done
		}
	}
	return sp
}

// arrived returns how many bytes there are.
func (s *spool) arrived() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var n int64
	for i, st := range s.state {
		if st == done {
			n += s.size(i)
		}
	}
	return n
}

// A stretch is some pieces in a row: from, and those before to.
type stretch struct{ from, to int }

// claim reserves the first pieces that are missing, at most limit of them.
func (s *spool) claim(limit int) (stretch, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := 0
	for from < len(s.state) && s.state[from] != missing {
		from++
	}
	to := from
	for to < len(s.state) && s.state[to] == missing && to-from < limit {
		s.state[to] = claimed
		to++
	}
	return stretch{from, to}, from < to
}

// span returns where a stretch begins, and the byte behind its end.
func (s *spool) span(st stretch) (from, end int64) {
	return int64(st.from) * s.Piece, min(int64(st.to)*s.Piece, s.Total)
}

// start downloads what is missing, with the given number of connections. The first answer
// has the bytes of the stretch, which is claimed; there may be none of both.
func (s *spool) start(ctx context.Context, first *api.Result, st stretch, threads, limit int) {
	ctx, s.cancel = context.WithCancel(ctx)
	s.wg.Go(func() { s.end(s.work(ctx, first, st, limit)) })
	for range threads - 1 {
		s.wg.Go(func() {
			if st, ok := s.claim(limit); ok {
				s.end(s.work(ctx, nil, st, limit))
			}
		})
	}
}

// end notes the first error and stops the other workers.
func (s *spool) end(err error) {
	if err == nil {
		return
	}
	s.mu.Lock()
	if s.err == nil {
		s.err = err
	}
	s.mu.Unlock()
	s.changed.Broadcast()
	s.cancel()
}

// work downloads a stretch, and then others until all are claimed.
func (s *spool) work(ctx context.Context, first *api.Result, st stretch, limit int) error {
	buf := make([]byte, blockSize)
	for ok := st.from < st.to; ok; st, ok = s.claim(limit) {
		from, end := s.span(st)
		r := &resumer{remote: s.remote, ctx: ctx, cur: first, offset: from, end: end, total: s.Total, etag: s.ETag}
		if first != nil {
			r.skip = from - first.From
			first = nil
		}
		err := s.download(r, st, buf)
		r.Close()
		if err != nil {
			return err
		}
	}
	if first != nil {
		first.Body.Close()
	}
	return ctx.Err()
}

func (s *spool) download(r *resumer, st stretch, buf []byte) error {
	for i := st.from; i < st.to; i++ {
		if err := s.store.write(s.version, i, r, buf); err != nil {
			return err
		}
		s.mu.Lock()
		s.state[i] = done
		s.mu.Unlock()
		s.changed.Broadcast()
	}
	return nil
}

// Read implements io.Reader. It waits for what is not there yet, until the download fails
// or its context ends.
func (s *spool) Read(p []byte) (int, error) {
	if s.pos == s.Total {
		return 0, io.EOF
	}
	i := int(s.pos / s.Piece)
	s.mu.Lock()
	for s.state[i] != done && s.err == nil {
		s.changed.Wait()
	}
	ready, err := s.state[i] == done, s.err
	s.mu.Unlock()
	if !ready {
		return 0, err
	}
	left := int64(i)*s.Piece + s.size(i) - s.pos
	n, err := s.store.data.ReadAt(p[:min(left, int64(len(p)))], s.pos)
	s.pos += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, &diskError{err}
	}
	if n == 0 && len(p) > 0 {
		return 0, &diskError{io.ErrUnexpectedEOF} // somebody cut the file
	}
	return n, nil
}

// Close stops the download and closes the files.
func (s *spool) Close() {
	s.cancel()
	s.wg.Wait()
	s.store.close()
}
