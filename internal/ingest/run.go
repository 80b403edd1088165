package ingest

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// run reads r in one goroutine, converts its chunks in several, and builds the parts in the
// calling one.
func (p *config) run(ctx context.Context, name string, r io.Reader, emit func(Part) error) (Stats, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	window := 2*p.Workers + 2
	var (
		s       = &splitter{config: p, line: 1}
		free    = make(chan *chunk, window)
		ordered = make(chan *chunk, window)
		work    = make(chan *chunk)
		running sync.WaitGroup
		readErr error
	)
	for range window {
		free <- &chunk{done: make(chan error, 1)}
	}
	running.Go(func() {
		defer close(ordered)
		defer close(work)
		if s.r, readErr = p.open(r); readErr == nil {
			if c, ok := s.r.(io.Closer); ok {
				defer func() { _ = c.Close() }()
			}
			readErr = s.send(ctx, free, ordered, work)
		}
	})
	for range p.Workers {
		running.Go(func() {
			e := &encoder{config: p}
			for c := range work {
				c.done <- e.convert(c)
			}
		})
	}

	a := &partBuilder{config: p, name: name, emit: emit}
	err := a.join(ctx, ordered, free)
	cancel()
	running.Wait()
	a.stats.Read = s.read
	if err == nil && readErr != nil {
		err = fmt.Errorf("%s: %w", name, readErr)
	}
	if err == nil && a.MaxBad > 0 && a.valid == 0 && a.stats.Bad > 0 {
		err = a.noRecords()
	}
	if err == nil {
		err = a.flush()
	}
	return a.stats, err
}

// send passes chunks to the workers and, in order, to the partBuilder.
func (s *splitter) send(ctx context.Context, free <-chan *chunk, ordered, work chan<- *chunk) error {
	for {
		var c *chunk
		select {
		case c = <-free:
		case <-ctx.Done():
			return ctx.Err()
		}
		c.badRecords = nil
		err := s.next(c)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case work <- c:
			ordered <- c // never blocks, the channel has room for all chunks
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// join adds the converted chunks in order.
func (a *partBuilder) join(ctx context.Context, ordered <-chan *chunk, free chan<- *chunk) error {
	for c := range ordered {
		if err := <-c.done; err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := a.add(c); err != nil {
			return err
		}
		if cap(c.buf) > 4*blockSize {
			c.buf = nil // do not keep a buffer for an unusually large record
		}
		free <- c
	}
	return ctx.Err()
}
