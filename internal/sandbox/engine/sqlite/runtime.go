package sqlite

import (
	"fmt"
	"sync"

	"modernc.org/sqlite"

	"github.com/td-cli/td/internal/sandbox/sql/functions"
)

// A runtime is a SQLite driver with the SQL functions. It serves one statement at a time, so that its
// functions know the statement's sink and budget.
type runtime struct {
	driver *sqlite.Driver
	sink   *resultSink
	budget budget
}

func newRuntime(r *functions.Registry, maxMemory int64) (*runtime, error) {
	rt := &runtime{driver: &sqlite.Driver{}, budget: budget{max: maxMemory}}
	if err := registerFunctions(rt, r); err != nil {
		return nil, err
	}
	err := rt.driver.RegisterFunction(emitFunction, &sqlite.FunctionImpl{
		NArgs: -1, VolatileArgs: true,
		MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) { return emit{rt.sink}, nil },
	})
	return rt, err
}

// A runtimePool keeps unused runtimes. It never releases them, because the driver keeps registered
// functions in memory forever; their number is the maximum of concurrent statements.
type runtimePool struct {
	functions *functions.Registry
	maxMemory int64

	mu   sync.Mutex
	free []*runtime
}

func (p *runtimePool) get() (*runtime, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		rt := p.free[n-1]
		p.free = p.free[:n-1]
		return rt, nil
	}
	return newRuntime(p.functions, p.maxMemory)
}

// put returns a runtime whose connections are closed.
func (p *runtimePool) put(rt *runtime) {
	rt.sink, rt.budget = nil, budget{max: p.maxMemory}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, rt)
}

// A budget limits the memory that the aggregates of a statement use.
type budget struct{ used, max int64 }

// use adds n bytes, which may be negative.
func (b *budget) use(n int64) error {
	if b.used += n; b.max > 0 && b.used > b.max {
		return encodeError(&functions.Error{Message: memoryMessage(b.max)})
	}
	return nil
}

// memoryMessage returns the service's message for a statement that exceeds its memory limit.
func memoryMessage(limit int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1 << 30, "GB"}, {1 << 20, "MB"}, {1 << 10, "kB"}} {
		if limit >= unit.size && limit%unit.size == 0 {
			return fmt.Sprintf("Query exceeded per-node memory limit of %d%s", limit/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("Query exceeded per-node memory limit of %dB", limit)
}
