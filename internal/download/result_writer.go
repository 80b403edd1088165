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

// An outlet is where rows go. It knows whether any went that cannot be taken back.
type outlet struct {
	w    io.Writer
	part *atomicfile.File // behind w, when what is written can be taken back

	wrote bool
	err   error  // the first of w
	stop  func() // ends the download, which else would be waited for after an error

	// lost is set once the source of the rows failed. If nothing was written by then, the
	// rows before the failure are not written either: the download can begin anew.
	lost atomic.Bool
}

// Write implements io.Writer.
func (o *outlet) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	if !o.wrote && o.lost.Load() {
		return len(p), nil
	}
	o.wrote = true
	n, err := o.w.Write(p)
	if err != nil {
		o.err = err
		o.stop()
	}
	return n, err
}

// final reports whether something was written for good.
func (o *outlet) final() bool { return o.wrote && o.part == nil }

// rewind prepares the outlet for a download from the beginning.
func (o *outlet) rewind() error {
	o.wrote = false
	o.lost.Store(false)
	if o.part == nil {
		return nil
	}
	return o.part.Reset()
}

// watch returns src, and lets the outlet know when it fails.
func (o *outlet) watch(src io.Reader) io.Reader { return watched{src, o} }

type watched struct {
	src io.Reader
	o   *outlet
}

func (w watched) Read(p []byte) (int, error) {
	n, err := w.src.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.o.lost.Store(true)
	}
	return n, err
}

// pack returns a writer to w that compresses if the file's name asks for it, and is to be closed.
func pack(w io.Writer, name string, f jobresult.Format) (io.WriteCloser, error) {
	name = strings.ToLower(name)
	switch {
	case f == jobresult.MsgPackGz: // is compressed
	case strings.HasSuffix(name, ".gz"):
		return buffered(w, func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil })
	case strings.HasSuffix(name, ".zst"):
		return buffered(w, func(w io.Writer) (io.WriteCloser, error) {
			return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)) // no goroutines
		})
	}
	return unpacked{w}, nil
}

type unpacked struct{ io.Writer }

func (unpacked) Close() error { return nil }

type packed struct {
	io.WriteCloser
	buf *bufio.Writer
}

// buffered puts a buffer between a compressor, which writes in small pieces, and w.
func buffered(w io.Writer, compressor func(io.Writer) (io.WriteCloser, error)) (io.WriteCloser, error) {
	buf := bufio.NewWriterSize(w, blockSize)
	zip, err := compressor(buf)
	return packed{zip, buf}, err
}

func (p packed) Close() error {
	if err := p.WriteCloser.Close(); err != nil {
		return err
	}
	return p.buf.Flush()
}
