package download

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"

	"github.com/td-cli/td/internal/api"
)

// A source provides a compressed result.
type source interface {
	io.Reader
	Close() // stops the download
}

// An emptySource is the source of a job without a result.
type emptySource struct{}

func (emptySource) Read([]byte) (int, error) { return 0, io.EOF }
func (emptySource) Close()                   {}

// openSource starts the download: as a stream or, for a large result to a file, in
// segments. It continues an earlier download to the same file if possible.
func (d *transfer) openSource(ctx context.Context) (source, error) {
	d.segments = nil
	if d.out.file == nil {
		return d.startFirst(ctx, api.Range{To: -1})
	}
	part := d.out.file.TempName()
	files, version, complete, err := openResumeFiles(ctx, part, d.jobID, d.limits.piece)
	if err != nil {
		return nil, err
	}
	if files != nil {
		d.segments = newSegmentedDownload(d.remoteResult, version, files, complete)
		src, err := d.continueSegments(ctx)
		if src != nil || err != nil {
			return src, err
		}
	}
	removeResumeFiles(part)
	span := api.Range{To: -1}
	if size := d.job.ResultSize; size.Valid && size.Value > d.limits.piece {
		if threads, limit := d.threads(size.Value); threads > 1 {
			span.To = int64(limit)*d.limits.piece - 1
		}
	}
	return d.startFirst(ctx, span)
}

// continueSegments continues an earlier download. It returns nil if the result has
// changed on the server.
func (d *transfer) continueSegments(ctx context.Context) (source, error) {
	s := d.segments
	threads, limit := d.threads(s.Total)
	claimed, ok := s.claim(limit)
	from, end := s.byteRange(claimed)
	if !ok {
		from, end = s.Total-1, s.Total // a request is still needed to compare the version
	}
	first, err := d.request(ctx, api.Range{From: from, To: end - 1, IfRange: s.ETag})
	if err != nil {
		s.Close()
		return nil, err
	}
	if checkResponse(first, from, s.Total, s.ETag) != nil {
		_ = first.Body.Close()
		s.Close()
		d.segments = nil
		return nil, nil
	}
	if first.Status != http.StatusPartialContent {
		threads, limit = 1, math.MaxInt
	}
	d.progress.reset(s.received(), s.Total)
	s.start(ctx, first, claimed, threads, limit)
	return s, nil
}

// startFirst downloads from the first byte. The span is the whole result, or the
// part that the first of several connections fetches.
func (d *transfer) startFirst(ctx context.Context, span api.Range) (source, error) {
	first, err := d.request(ctx, span)
	if errors.Is(err, api.ErrNotFound) && d.job.NumRecords.Valid && d.job.NumRecords.Value == 0 {
		return emptySource{}, nil
	}
	if err != nil {
		return nil, err
	}
	if first.From != 0 {
		_ = first.Body.Close()
		return nil, &mismatchError{"the server sent another part of the result than was requested"}
	}
	if d.usesSegments(first) {
		v := resultVersion{Job: d.jobID, ETag: first.ETag, Total: first.Total, Piece: d.limits.piece}
		files, err := createResumeFiles(d.out.file.TempName(), v, d.out.file.Target().TempMode())
		if err == nil {
			d.startSegments(ctx, newSegmentedDownload(d.remoteResult, v, files, nil), first, span)
			return d.segments, nil
		}
		// The download works without these files, but cannot be resumed later.
	}
	if span.To >= 0 && first.Status == http.StatusPartialContent {
		_ = first.Body.Close()
		return d.startFirst(ctx, api.Range{To: -1})
	}
	d.progress.reset(0, first.Total)
	return d.newReader(ctx, first), nil
}

// usesSegments reports whether a result is downloaded in segments.
func (d *transfer) usesSegments(first *api.Result) bool {
	large := first.Total >= d.limits.segmented || d.options.Threads > 1 && first.Total > d.limits.piece
	return d.out.file != nil && large && first.Total <= maxTotal && strongETag(first.ETag) != ""
}

// startSegments starts a segmented download with the first response. It uses more
// connections if the server supports ranges.
func (d *transfer) startSegments(ctx context.Context, s *segmentedDownload, first *api.Result, span api.Range) {
	d.segments = s
	threads, limit := d.threads(s.Total)
	switch {
	case span.To >= 0 && first.Status == http.StatusPartialContent:
		limit = int((span.To + 1) / s.Piece) // the pieces in this response
	case span.To >= 0 || !first.AcceptRanges:
		threads, limit = 1, math.MaxInt
	}
	claimed, _ := s.claim(limit)
	d.progress.reset(0, s.Total)
	s.start(ctx, first, claimed, threads, limit)
}

const (
	// MaxThreads is the maximum of Options.Threads.
	MaxThreads = 16

	// defaultThreads is the maximum number of connections if Options.Threads is 0.
	defaultThreads = 4
)

// threads returns the number of connections for a result of the given size, and the
// number of pieces that each of them requests at a time.
func (d *transfer) threads(size int64) (n, limit int) {
	n = d.options.Threads
	if n == 0 {
		n = int(min(defaultThreads, size/(d.limits.parallel/2)))
		if size < d.limits.parallel {
			n = 1
		}
	}
	n = min(n, MaxThreads)
	if n <= 1 {
		return 1, math.MaxInt
	}
	share := min((size+int64(n)-1)/int64(n), d.limits.request)
	return n, int(max(1, (share+d.limits.piece-1)/d.limits.piece))
}
