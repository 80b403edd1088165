package jobqueue

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// A task is a job that waits for a worker or is running.
type task struct {
	id       int64
	priority int
	run      func(ctx context.Context)
}

// A pool runs a limited number of tasks concurrently. Tasks with a higher
// priority start first, then those with a lower ID.
type pool struct {
	mu      sync.Mutex
	workers int
	base    context.Context // parent of the tasks' contexts
	waiting []task
	running map[int64]context.CancelCauseFunc
	wg      sync.WaitGroup
	closed  bool
	changed chan struct{} // closed and replaced whenever a task ends
}

func newPool(base context.Context, workers int) *pool {
	return &pool{
		base:    base,
		workers: workers,
		running: map[int64]context.CancelCauseFunc{},
		changed: make(chan struct{}),
	}
}

// add adds a task. It returns false if the pool is closed.
func (p *pool) add(t task) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	i, _ := slices.BinarySearchFunc(p.waiting, t, func(a, b task) int {
		return cmp.Or(cmp.Compare(b.priority, a.priority), cmp.Compare(a.id, b.id))
	})
	p.waiting = slices.Insert(p.waiting, i, t)
	p.startWaiting()
	return true
}

// startWaiting starts waiting tasks until all workers are busy. The caller holds mu.
func (p *pool) startWaiting() {
	for len(p.waiting) > 0 && len(p.running) < p.workers {
		next := p.waiting[0]
		p.waiting = slices.Delete(p.waiting, 0, 1)
		ctx, cancel := context.WithCancelCause(p.base)
		p.running[next.id] = cancel
		p.wg.Go(func() {
			defer p.finish(next.id)
			next.run(ctx)
		})
	}
}

func (p *pool) finish(id int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running[id](nil)
	delete(p.running, id)
	p.startWaiting()
	p.notify()
}

// notify wakes the callers of wait. The caller holds mu.
func (p *pool) notify() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// kill cancels a running task with the given cause, or removes a waiting one.
// Unknown IDs are ignored.
func (p *pool) kill(id int64, cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if cancel, ok := p.running[id]; ok {
		cancel(cause)
	}
	p.waiting = slices.DeleteFunc(p.waiting, func(t task) bool { return t.id == id })
	p.notify()
}

// killAll cancels all running tasks. It removes the waiting ones and returns
// their IDs.
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
	p.notify()
	return waiting
}

// close kills all tasks, waits for the running ones and rejects new ones.
func (p *pool) close(cause error) {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.killAll(cause)
	p.wg.Wait()
}

// busy returns the number of tasks that have not ended.
func (p *pool) busy() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.waiting) + len(p.running)
}

// wait blocks until no task is left or ctx is done.
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
