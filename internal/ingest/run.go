package ingest

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// run reads r in one goroutine, converts its chunks in several, and joins them to parts in this one.
func (p *plan) run(ctx context.Context, name string, r io.Reader, emit func(Part) error) (Stats, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	window := 2*p.Workers + 2
	var (
		s       = &splitter{plan: p, line: 1}
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
			readErr = s.send(ctx, free, ordered, work)
		}
	})
	for range p.Workers {
		running.Go(func() {
			e := &encoder{plan: p}
			for c := range work {
				c.done <- e.convert(c)
			}
		})
	}

	a := &assembler{plan: p, name: name, emit: emit}
	err := a.join(ctx, ordered, free)
	cancel()
	running.Wait()
	a.stats.Read = s.read
	if err == nil && readErr != nil {
		err = fmt.Errorf("%s: %w", name, readErr)
	}
	if err == nil {
		err = a.flush()
	}
	return a.stats, err
}

// send hands chunks to the workers and, in order, to the assembler.
func (s *splitter) send(ctx context.Context, free <-chan *chunk, ordered, work chan<- *chunk) error {
	for {
		var c *chunk
		select {
		case c = <-free:
		case <-ctx.Done():
			return ctx.Err()
		}
		c.bads = nil
		err := s.next(c)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case work <- c:
			ordered <- c // there is room for all chunks
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// join adds chunks in order as they are done.
func (a *assembler) join(ctx context.Context, ordered <-chan *chunk, free chan<- *chunk) error {
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
			c.buf = nil // a record of unusual size
		}
		free <- c
	}
	return ctx.Err()
}
