package jobqueue

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// blockingTask returns a task that runs until its context ends, and sends the
// cause to the returned channel.
func blockingTask(id int64) (task, <-chan error) {
	ended := make(chan error, 1)
	return task{id: id, run: func(ctx context.Context) {
		<-ctx.Done()
		ended <- context.Cause(ctx)
	}}, ended
}

func TestPoolOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t.Context(), 1)
		first, _ := blockingTask(1)
		p.add(first)
		var order []int64
		for _, next := range []task{{id: 2, priority: -1}, {id: 5}, {id: 4}, {id: 3, priority: 2}} {
			next.run = func(context.Context) { order = append(order, next.id) }
			p.add(next)
		}
		synctest.Wait()
		if len(order) != 0 {
			t.Errorf("tasks %v started while the worker was busy", order)
		}
		p.kill(1, errors.New("end"))
		if err := p.wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int64{3, 4, 5, 2}, order); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestPoolRunsConcurrently(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t.Context(), 2)
		started := 0
		for id := range int64(3) {
			p.add(task{id: id, run: func(ctx context.Context) { started++; <-ctx.Done() }})
			synctest.Wait()
		}
		if started != 2 || p.busy() != 3 {
			t.Errorf("%d tasks started, %d are busy; want 2 and 3", started, p.busy())
		}
		p.kill(0, errors.New("end"))
		synctest.Wait()
		if started != 3 || p.busy() != 2 {
			t.Errorf("after the end of one: %d tasks started, %d are busy; want 3 and 2", started, p.busy())
		}
		p.close(errors.New("close"))
	})
}

func TestPoolKill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t.Context(), 1)
		running, ended := blockingTask(1)
		waiting, neverStarted := blockingTask(2)
		p.add(running)
		p.add(waiting)
		synctest.Wait()
		p.kill(2, errors.New("x"))
		p.kill(99, errors.New("x"))
		cause := errors.New("enough")
		p.kill(1, cause)
		if got := <-ended; !errors.Is(got, cause) {
			t.Errorf("cause %v; want %v", got, cause)
		}
		if err := p.wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(neverStarted) != 0 {
			t.Error("a killed task was started")
		}
	})
}

func TestPoolWaitCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t.Context(), 1)
		running, _ := blockingTask(1)
		p.add(running)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := p.wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("wait = %v; want %v", err, context.Canceled)
		}
		p.close(errors.New("close"))
	})
}

func TestPoolClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t.Context(), 1)
		running, ended := blockingTask(1)
		waiting, neverStarted := blockingTask(2)
		p.add(running)
		p.add(waiting)
		cause := errors.New("close")
		p.close(cause)
		if len(ended) != 1 || !errors.Is(<-ended, cause) {
			t.Error("close does not wait for the end of the running task")
		}
		if len(neverStarted) != 0 || p.busy() != 0 {
			t.Error("a waiting task was started or is left")
		}
		if p.add(waiting) {
			t.Error("a closed pool accepts a task")
		}
	})
}

func TestPoolKillAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t.Context(), 1)
		for id := range int64(3) {
			blocking, _ := blockingTask(id + 1)
			p.add(blocking)
		}
		if diff := cmp.Diff([]int64{2, 3}, p.killAll(errors.New("x"))); diff != "" {
			t.Errorf("waiting tasks (-want +got):\n%s", diff)
		}
		if err := p.wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !p.add(task{id: 4, run: func(context.Context) {}}) {
			t.Error("the pool rejects tasks after killAll")
		}
	})
}
