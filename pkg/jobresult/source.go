package jobresult

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/td-cli/td/pkg/gunzip"
)

// The uncompressed stream is passed in chunks from the goroutine that
// decompresses to the one that decodes rows, and the chunks are reused. Each has
// headroom for the incomplete row at the end of the previous chunk.
const (
	headroom  = 64 << 10
	chunkSize = 512 << 10
	chunks    = 4
)

type chunk struct {
	buf []byte // headroom, then n bytes of the stream
	n   int
	err error // error after these bytes; io.EOF at the regular end
}

func (c *chunk) data() []byte { return c.buf[headroom : headroom+c.n] }

// A readError is an error of the underlying reader, as opposed to damaged data.
type readError struct{ error }

// An input reads from src until its context ends. It counts the bytes and keeps
// the error of src, to distinguish a broken connection from damaged data.
type input struct {
	ctx  context.Context
	src  io.Reader
	copy io.Writer // receives all bytes read, unless nil
	n    int64
	err  error // never io.EOF
}

func (in *input) Read(p []byte) (int, error) {
	if in.err == nil {
		in.err = in.ctx.Err()
	}
	if in.err != nil {
		return 0, in.err
	}
	n, err := in.src.Read(p)
	for empty := 0; n == 0 && err == nil && len(p) > 0; empty++ {
		if empty == 100 {
			err = io.ErrNoProgress
			break
		}
		n, err = in.src.Read(p)
	}
	in.n += int64(n)
	if in.copy != nil && n > 0 {
		if _, werr := in.copy.Write(p[:n]); werr != nil {
			err = werr
		}
	}
	if err != io.EOF { // compared directly: an error that wraps io.EOF is not the regular end
		in.err = err
	}
	return n, err
}

// An unpacker reads the uncompressed stream.
type unpacker interface {
	io.Reader
	// Trailing reports whether the compressed stream was followed by zeros. Other
	// bytes are an error of Read.
	Trailing() bool
}

// plainReader is the unpacker of an uncompressed stream.
type plainReader struct{ io.Reader }

func (plainReader) Trailing() bool { return false }

// A source provides the uncompressed stream in chunks.
type source struct {
	in     *input
	head   []byte // first bytes of src, read to detect compression
	packed bool   // src is compressed
	stream unpacker
	eager  bool // provide incomplete chunks instead of waiting
	free   chan *chunk
	full   chan *chunk // nil before start
	stop   context.CancelFunc
}

// newSource reads the first two bytes of src to detect gzip. The first byte of
// a gzip stream never starts a row.
func newSource(ctx context.Context, src io.Reader, lib Gunzip) (*source, error) {
	ctx, stop := context.WithCancel(ctx)
	s := &source{in: &input{ctx: ctx, src: src}, free: make(chan *chunk, chunks), stop: stop}
	for range chunks {
		s.free <- &chunk{}
	}
	s.head = make([]byte, 2)
	n, err := io.ReadFull(s.in, s.head)
	if err != nil && s.in.err != nil {
		stop()
		return nil, s.in.err
	}
	s.head = s.head[:n]
	s.packed = n > 0 && bytes.HasPrefix([]byte("\x1f\x8b"), s.head)
	whole := io.MultiReader(bytes.NewReader(s.head), s.in)
	if !s.packed {
		s.stream = plainReader{whole}
		return s, nil
	}
	if s.stream, err = lib.newReader(whole); err != nil {
		stop()
		return nil, err
	}
	return s, nil
}

// tee makes the source copy all bytes of src to w as they are read.
func (s *source) tee(w io.Writer) error {
	s.in.copy = w
	_, err := w.Write(s.head)
	return err
}

// start decompresses in a goroutine from now on, until the stream ends or
// close is called.
func (s *source) start() {
	s.full = make(chan *chunk, chunks)
	go func() {
		defer close(s.full)
		for {
			select {
			case c := <-s.free:
				s.fill(c)
				s.full <- c
				if c.err != nil {
					return
				}
			case <-s.in.ctx.Done():
				return
			}
		}
	}()
}

// close stops the goroutine. It waits for a Read of src that has not returned.
func (s *source) close() {
	s.stop()
	if s.full != nil {
		for range s.full {
		}
	}
}

// ready reports whether next returns without waiting.
func (s *source) ready() bool { return len(s.full) > 0 }

// next returns the next chunk, which the caller has to release. A chunk with
// an error is the last.
func (s *source) next() *chunk {
	if s.full == nil {
		c := <-s.free
		s.fill(c)
		return c
	}
	if c, ok := <-s.full; ok {
		return c
	}
	return &chunk{buf: make([]byte, headroom), err: readError{s.in.ctx.Err()}}
}

func (s *source) release(c *chunk) { s.free <- c }

// fill reads the stream into c.
func (s *source) fill(c *chunk) {
	if c.buf == nil {
		c.buf = make([]byte, headroom+chunkSize+gunzip.FillMargin-gunzip.Window)
	}
	c.n, c.err = 0, nil
	if stream, ok := s.stream.(*gunzip.Reader); ok && !s.eager {
		c.n, c.err = stream.Fill(c.buf[headroom-gunzip.Window:])
	}
	for c.n < chunkSize && c.err == nil {
		var n int
		n, c.err = s.stream.Read(c.buf[headroom+c.n : headroom+chunkSize])
		c.n += n
		if s.eager && n > 0 {
			break
		}
	}
	if errors.Is(c.err, io.EOF) && s.in.copy != nil && s.in.err == nil {
		_, _ = io.Copy(io.Discard, s.in) // copies trailing bytes, too; s.in keeps the error
	}
	if c.err != nil && s.in.err != nil {
		c.err = readError{s.in.err}
	}
}
