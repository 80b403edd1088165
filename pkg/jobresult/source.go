package jobresult

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// The uncompressed stream comes in chunks, which go round between the goroutine that unpacks and the one that reads rows. In
// front of a chunk there is room for the part of a row with which the chunk before it ended.
const (
	headroom  = 64 << 10
	chunkSize = 512 << 10
	chunks    = 4
)

type chunk struct {
	buf []byte // headroom, then n bytes of the stream
	n   int
	err error // what ended the stream behind these bytes; io.EOF when all is well
}

func (c *chunk) data() []byte { return c.buf[headroom : headroom+c.n] }

// A readError is an error of src, not of what was read from it.
type readError struct{ error }

// input reads from src. It counts, stops when its context ends, and keeps the error that ended it, so that a broken connection
// can be told from a broken file.
type input struct {
	ctx  context.Context
	src  io.Reader
	copy io.Writer // is given everything that is read, unless nil
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
	if err != io.EOF { // an error that wraps io.EOF is a broken connection, not the end
		in.err = err
	}
	return n, err
}

// An unpacker reads the uncompressed stream.
type unpacker interface {
	io.Reader
	// Trailing says that the compressed stream was followed by bytes that are not part of it.
	Trailing() bool
}

// plain is the unpacker of a stream that is not compressed.
type plain struct{ io.Reader }

func (plain) Trailing() bool { return false }

// source unpacks a stream.
type source struct {
	in     *input
	head   []byte // the first bytes of src, to be seen again
	packed bool   // the stream is gzip
	stream unpacker
	eager  bool // hand out what there is rather than wait for a full chunk
	free   chan *chunk
	full   chan *chunk // nil until start
	stop   context.CancelFunc
}

// newSource reads the first two bytes of src to find out whether it is compressed. A row never begins with the first of gzip's.
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
		s.stream = plain{whole}
		return s, nil
	}
	if s.stream, err = lib.unpack(whole); err != nil {
		stop()
		return nil, err
	}
	return s, nil
}

// tee writes all of src to w as it is read.
func (s *source) tee(w io.Writer) error {
	s.in.copy = w
	_, err := w.Write(s.head)
	return err
}

// start unpacks from now on in a goroutine of its own, until the stream ends or close is called.
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

// close ends the goroutine. It waits for a Read of src that is under way.
func (s *source) close() {
	s.stop()
	if s.full != nil {
		for range s.full {
		}
	}
}

// ready says that next would not wait.
func (s *source) ready() bool { return len(s.full) > 0 }

// next returns the next chunk, which is the caller's until release. A chunk with an error is the last.
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

func (s *source) fill(c *chunk) {
	if c.buf == nil {
		c.buf = make([]byte, headroom+chunkSize)
	}
	c.n, c.err = 0, nil
	for c.n < chunkSize && c.err == nil {
		var n int
		n, c.err = s.stream.Read(c.buf[headroom+c.n:])
		c.n += n
		if s.eager && n > 0 {
			break
		}
	}
	if errors.Is(c.err, io.EOF) && s.in.copy != nil && s.in.err == nil { // what follows the compressed stream is copied with it
		_, _ = io.Copy(io.Discard, s.in) // s.in keeps the error
	}
	if c.err != nil && s.in.err != nil {
		c.err = readError{s.in.err}
	}
}
