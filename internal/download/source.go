package download

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"

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
	if c := d.options.Copy; c.Has(d.jobID) {
		d.sizeKnown = true
		d.progress.reset(0, c.size)
		return c.open(), nil
	}
	if d.out.file == nil || d.unsegmented {
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
	if isRangeError(err) {
		s.Close()
		d.segments = nil
		return nil, nil
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	if checkResponse(first, from, s.Total, s.ETag, "") != nil {
		_ = first.Body.Close()
		s.Close()
		d.segments = nil
		return nil, nil
	}
	d.sizeKnown = true
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
	if span.To >= 0 && isRangeError(err) {
		return d.startFirst(ctx, api.Range{To: -1})
	}
	if err != nil {
		return nil, err
	}
	if first.From != 0 {
		_ = first.Body.Close()
		return nil, &mismatchError{"the server sent another part of the result than was requested"}
	}
	d.sizeKnown = first.Total >= 0
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
	if d.out.file != nil {
		d.marked = markPart(d.out.file.TempName(), d.jobID, d.out.file.Target().TempMode())
	}
	d.progress.reset(0, first.Total)
	return decodeSource(d.newReader(ctx, first, d.expectedSize(first)))
}

// expectedSize returns the size of the response according to the job, or -1.
func (d *transfer) expectedSize(first *api.Result) int64 {
	if size := d.job.ResultSize; size.Valid && first.Encoding == "" {
		return size.Value
	}
	return -1
}

// isRangeError reports whether a server failed to send a range: it is not satisfiable, or
// the response does not describe it.
func isRangeError(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && e.Status == http.StatusRequestedRangeNotSatisfiable || errors.Is(err, api.ErrAnswer)
}

// decodeSource removes the Content-Encoding of a response. The result itself is always
// compressed; this is another layer.
func decodeSource(r *resumingReader) (source, error) {
	s := &decodedSource{encoded: r}
	var err error
	switch r.encoding {
	case "", "identity":
		return r, nil
	case "gzip", "x-gzip":
		s.decoder, err = gzip.NewReader(errorReader{s})
	case "deflate":
		s.decoder, err = zlib.NewReader(errorReader{s})
	default:
		r.Close()
		return nil, fmt.Errorf("%w: unsupported Content-Encoding %q", api.ErrAnswer, r.encoding)
	}
	if err != nil {
		r.Close()
		return nil, s.decodingError(err)
	}
	return s, nil
}

// A decodedSource is a source whose Content-Encoding is removed.
type decodedSource struct {
	encoded *resumingReader
	decoder io.Reader
	err     error // the error of encoded
}

func (s *decodedSource) Read(p []byte) (int, error) {
	n, err := s.decoder.Read(p)
	if err == nil || err == io.EOF {
		return n, err
	}
	return n, s.decodingError(err)
}

// decodingError returns the error of the encoded source or, if it has none, a
// mismatchError.
func (s *decodedSource) decodingError(err error) error {
	if s.err != nil {
		return s.err
	}
	return &mismatchError{fmt.Sprintf("the %s encoding of the response is damaged: %v", s.encoded.encoding, err)}
}

func (s *decodedSource) Close() { s.encoded.Close() }

// An errorReader reads the encoded source and records its error.
type errorReader struct{ s *decodedSource }

func (r errorReader) Read(p []byte) (int, error) {
	n, err := r.s.encoded.Read(p)
	if err != nil && err != io.EOF {
		r.s.err = err
	}
	return n, err
}

// usesSegments reports whether a result is downloaded in segments.
func (d *transfer) usesSegments(first *api.Result) bool {
	large := first.Total >= d.limits.segmented || d.options.Threads > 1 && first.Total > d.limits.piece
	return d.out.file != nil && !d.unsegmented && large && first.Total <= maxTotal && strongETag(first.ETag) != "" && first.Encoding == ""
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
