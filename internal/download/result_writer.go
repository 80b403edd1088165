package download

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/pkg/jobresult"
)

// A resultWriter writes rows to their destination and records whether the download
// can still be restarted.
type resultWriter struct {
	w      io.Writer
	file   *atomicfile.File // equal to w, or the lock of parts; nil if written bytes cannot be taken back
	parts  *partFiles       // equal to w if the rows are split, or nil
	cancel func()           // ends the download; without it a write error would only be noticed when more rows arrive

	wrote bool
	err   error // first error of w

	// sourceFailed is set when reading the result fails. If no rows were written
	// until then, buffered ones are dropped, so that the download can be restarted.
	sourceFailed atomic.Bool
}

// Write implements io.Writer.
func (o *resultWriter) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	if !o.wrote && o.sourceFailed.Load() {
		return len(p), nil
	}
	o.wrote = true
	n, err := o.w.Write(p)
	if err != nil {
		o.err = err
		o.cancel()
	}
	return n, err
}

// committed reports whether bytes were written that cannot be taken back.
func (o *resultWriter) committed() bool { return o.wrote && o.file == nil }

// reset prepares for a restart of the download.
func (o *resultWriter) reset() error {
	o.wrote = false
	o.sourceFailed.Store(false)
	switch {
	case o.parts != nil:
		o.parts.reset()
		return nil
	case o.file != nil:
		return o.file.Reset()
	}
	return nil
}

// watch returns a reader of src that sets sourceFailed.
func (o *resultWriter) watch(src io.Reader) io.Reader { return watchedReader{src, o} }

type watchedReader struct {
	src io.Reader
	out *resultWriter
}

func (r watchedReader) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.out.sourceFailed.Store(true)
	}
	return n, err
}

// A rowWriter passes rows through the filter and the compressor to a destination.
type rowWriter struct {
	io.WriteCloser
	compressor io.WriteCloser
}

// newRowWriter returns a writer for the rows of a file or of standard output. Closing it does not
// close w.
func newRowWriter(w io.Writer, o Options) (io.WriteCloser, error) {
	compressor, err := newCompressor(w, o.Path, o.Rows.Format)
	if err != nil {
		return nil, err
	}
	return rowWriter{newFilter(compressor, o.Filter), compressor}, nil
}

func (w rowWriter) Close() error {
	if err := w.WriteCloser.Close(); err != nil {
		return err
	}
	return w.compressor.Close()
}

// newCompressor returns a writer to w that compresses the rows if the extension of
// the file's name ends in .gz or .zst. Closing it does not close w.
func newCompressor(w io.Writer, name string, f jobresult.Format) (io.WriteCloser, error) {
	name = strings.ToLower(name)
	switch {
	case f == jobresult.MsgPackGz: // already compressed
	case strings.HasSuffix(name, ".gz"):
		buf := bufio.NewWriterSize(w, blockSize)
		return compressWriter{gzip.NewWriter(buf), buf}, nil
	case strings.HasSuffix(name, ".zst"):
		buf := bufio.NewWriterSize(w, blockSize)
		z, err := zstd.NewWriter(buf, zstd.WithEncoderConcurrency(1)) // without goroutines
		return compressWriter{z, buf}, err
	}
	return nopCloser{w}, nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// A compressWriter collects the small writes of a compressor in a buffer.
type compressWriter struct {
	io.WriteCloser
	buf *bufio.Writer
}

func (c compressWriter) Close() error {
	if err := c.WriteCloser.Close(); err != nil {
		return err
	}
	return c.buf.Flush()
}
