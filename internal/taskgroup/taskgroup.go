// Package taskgroup runs functions concurrently until one of them fails.
package taskgroup

import (
	"context"
	"sync"
)

// A Group is a number of functions that run concurrently.
type Group struct {
	cancel  context.CancelCauseFunc
	running sync.WaitGroup
	slots   chan struct{}
	once    sync.Once
	err     error // error of the function that failed first
}

// New returns a Group that runs at most limit functions at a time, and a context for them that
// ends when one of them fails or Wait returns.
func New(ctx context.Context, limit int) (*Group, context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	return &Group{cancel: cancel, slots: make(chan struct{}, limit)}, ctx
}

// Go runs f in a goroutine. It waits until fewer than the maximum number of functions run.
func (g *Group) Go(f func() error) {
	g.slots <- struct{}{}
	g.running.Go(func() {
		defer func() { <-g.slots }()
		if err := f(); err != nil {
			g.once.Do(func() {
				g.err = err
				g.cancel(err)
			})
		}
	})
}

// Wait waits for all functions and returns the error of the one that failed first.
func (g *Group) Wait() error {
	g.running.Wait()
	g.cancel(g.err)
	return g.err
}
