package download

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/td-cli/td/internal/api"
)

// blockSize is the size of reads and writes.
const blockSize = 256 << 10

// A segmentedDownload downloads a result into resume files, over several connections if
// the server supports ranges. It can be read from the start at the same time.
type segmentedDownload struct {
	remoteResult
	resultVersion
	files *resumeFiles

	mu      sync.Mutex
	changed *sync.Cond // signals a complete piece or an error
	state   []pieceState
	err     error // first error of the download; complete pieces remain readable

	pos    int64 // position of the reader
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

type pieceState uint8

const (
	pieceMissing pieceState = iota
	pieceClaimed
	pieceComplete
)

// newSegmentedDownload returns a download that has the given complete pieces, which
// may be nil.
func newSegmentedDownload(r remoteResult, v resultVersion, files *resumeFiles, complete []bool) *segmentedDownload {
	s := &segmentedDownload{remoteResult: r, resultVersion: v, files: files, state: make([]pieceState, v.pieces()), cancel: func() {}}
	s.changed = sync.NewCond(&s.mu)
	for i, ok := range complete {
		if ok {
			s.state[i] = pieceComplete
		}
	}
	return s
}

// received returns the number of bytes in complete pieces.
func (s *segmentedDownload) received() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var n int64
	for i, state := range s.state {
		if state == pieceComplete {
			n += s.pieceSize(i)
		}
	}
	return n
}

// A pieceRange is the half-open range of pieces [from, to).
type pieceRange struct{ from, to int }

// claim reserves the first missing pieces, at most limit of them. It returns false if
// no piece is missing.
func (s *segmentedDownload) claim(limit int) (pieceRange, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := 0
	for from < len(s.state) && s.state[from] != pieceMissing {
		from++
	}
	to := from
	for to < len(s.state) && s.state[to] == pieceMissing && to-from < limit {
		s.state[to] = pieceClaimed
		to++
	}
	return pieceRange{from, to}, from < to
}

// byteRange returns the half-open range of the bytes of r.
func (s *segmentedDownload) byteRange(r pieceRange) (from, end int64) {
	return int64(r.from) * s.Piece, min(int64(r.to)*s.Piece, s.Total)
}

// start downloads the missing pieces over the given number of connections. The first
// response contains the claimed range, which may be empty.
func (s *segmentedDownload) start(ctx context.Context, first *api.Result, claimed pieceRange, threads, limit int) {
	ctx, s.cancel = context.WithCancel(ctx)
	s.wg.Go(func() { s.finishWorker(s.work(ctx, first, claimed, limit)) })
	for range threads - 1 {
		s.wg.Go(func() {
			if r, ok := s.claim(limit); ok {
				s.finishWorker(s.work(ctx, nil, r, limit))
			}
		})
	}
}

// finishWorker records the first error and stops the other workers.
func (s *segmentedDownload) finishWorker(err error) {
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

// work downloads the range r and claims further ones until no piece is missing.
func (s *segmentedDownload) work(ctx context.Context, first *api.Result, r pieceRange, limit int) error {
	buf := make([]byte, blockSize)
	for ok := r.from < r.to; ok; r, ok = s.claim(limit) {
		from, end := s.byteRange(r)
		src := &resumingReader{remoteResult: s.remoteResult, ctx: ctx, response: first, offset: from, end: end, total: s.Total, etag: s.ETag, expected: -1}
		if first != nil {
			src.skip = from - first.From
			first = nil
		}
		err := s.copyPieces(src, r, buf)
		src.Close()
		if err != nil {
			return err
		}
	}
	if first != nil {
		_ = first.Body.Close()
	}
	return ctx.Err()
}

func (s *segmentedDownload) copyPieces(src io.Reader, r pieceRange, buf []byte) error {
	for i := r.from; i < r.to; i++ {
		if err := s.files.copyPiece(s.resultVersion, i, src, buf); err != nil {
			return err
		}
		s.mu.Lock()
		s.state[i] = pieceComplete
		s.mu.Unlock()
		s.changed.Broadcast()
	}
	return nil
}

// Read implements io.Reader. It waits for the next piece until the download fails.
func (s *segmentedDownload) Read(p []byte) (int, error) {
	if s.pos == s.Total {
		return 0, io.EOF
	}
	i := int(s.pos / s.Piece)
	s.mu.Lock()
	for s.state[i] != pieceComplete && s.err == nil {
		s.changed.Wait()
	}
	complete, err := s.state[i] == pieceComplete, s.err
	s.mu.Unlock()
	if !complete {
		return 0, err
	}
	left := int64(i)*s.Piece + s.pieceSize(i) - s.pos
	n, err := s.files.data.ReadAt(p[:min(left, int64(len(p)))], s.pos)
	s.pos += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, &diskError{err}
	}
	if n == 0 && len(p) > 0 {
		return 0, &diskError{io.ErrUnexpectedEOF} // another process truncated the file
	}
	return n, nil
}

// Close stops the download and closes the files.
func (s *segmentedDownload) Close() {
	s.cancel()
	s.wg.Wait()
	s.files.close()
}
