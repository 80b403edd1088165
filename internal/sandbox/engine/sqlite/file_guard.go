package sqlite

import (
	"context"
	"fmt"
	"sync"

	"github.com/td-cli/td/internal/lockfile"
)

// A fileGuard excludes opening and closing databases while the files of one are created or removed, in all
// processes. SQLite opens the files of the write-ahead log by name at the first read, and removes them by
// name when the last connection is closed.
type fileGuard struct {
	mu   sync.RWMutex // orders the goroutines of this process fairly
	path string       // lock file, shared by all processes
}

// share waits until no files are created or removed. They are not until release is called.
func (g *fileGuard) share(ctx context.Context) (release func(), err error) {
	g.mu.RLock()
	l, err := lockfile.Share(ctx, g.path)
	if err != nil {
		g.mu.RUnlock()
		return nil, fmt.Errorf("lock databases: %w", err)
	}
	return func() {
		_ = l.Release()
		g.mu.RUnlock()
	}, nil
}

// exclude waits until no database is being opened or closed. None is until release is called.
func (g *fileGuard) exclude(ctx context.Context) (release func(), err error) {
	g.mu.Lock()
	l, err := lockfile.Wait(ctx, g.path)
	if err != nil {
		g.mu.Unlock()
		return nil, fmt.Errorf("lock databases: %w", err)
	}
	return func() {
		_ = l.Release()
		g.mu.Unlock()
	}, nil
}
