package sandbox

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
)

// Why a job's context ended.
var (
	errKilled = errors.New("the job was killed")
	errClosed = errors.New("the sandbox was closed")
)

// A task is a job that waits for a worker, or has one.
type task struct {
	id       int64
	priority int
	run      func(ctx context.Context)
}

// A pool runs tasks, a few at once: those of higher priority first, then in order.
type pool struct {
	mu      sync.Mutex
	workers int
	base    context.Context
	waiting []task
	running map[int64]context.CancelCauseFunc
	wg      sync.WaitGroup
	closed  bool
	changed chan struct{} // closed and replaced when a task ends
}

func newPool(base context.Context, workers int) *pool {
	return &pool{
		base:    base,
		workers: workers,
		running: map[int64]context.CancelCauseFunc{},
		changed: make(chan struct{}),
	}
}

// add takes a task, unless the pool is closed.
func (p *pool) add(t task) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	at, _ := slices.BinarySearchFunc(p.waiting, t, func(a, b task) int {
		return cmp.Or(cmp.Compare(b.priority, a.priority), cmp.Compare(a.id, b.id))
	})
	p.waiting = slices.Insert(p.waiting, at, t)
	p.dispatch()
	return true
}

// dispatch starts waiting tasks while there are workers. The caller holds mu.
func (p *pool) dispatch() {
	for len(p.waiting) > 0 && len(p.running) < p.workers {
		next := p.waiting[0]
		p.waiting = slices.Delete(p.waiting, 0, 1)
		ctx, cancel := context.WithCancelCause(p.base)
		p.running[next.id] = cancel
		p.wg.Go(func() {
			defer p.done(next.id)
			next.run(ctx)
		})
	}
}

func (p *pool) done(id int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running[id](nil)
	delete(p.running, id)
	p.dispatch()
	p.announce()
}

// announce wakes those who wait. The caller holds mu.
func (p *pool) announce() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// kill ends a task, if it is here.
func (p *pool) kill(id int64, cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if cancel, ok := p.running[id]; ok {
		cancel(cause)
	}
	p.waiting = slices.DeleteFunc(p.waiting, func(t task) bool { return t.id == id })
	p.announce()
}

// killAll ends the tasks that run, and forgets and returns those that wait.
func (p *pool) killAll(cause error) (waiting []int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.waiting {
		waiting = append(waiting, t.id)
	}
	p.waiting = nil
	for _, cancel := range p.running {
		cancel(cause)
	}
	p.announce()
	return waiting
}

// close ends all tasks, takes no more, and waits for them.
func (p *pool) close(cause error) {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.killAll(cause)
	p.wg.Wait()
}

func (p *pool) busy() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.waiting) + len(p.running)
}

func (p *pool) wait(ctx context.Context) error {
	for {
		p.mu.Lock()
		idle, changed := len(p.waiting)+len(p.running) == 0, p.changed
		p.mu.Unlock()
		if idle {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}
