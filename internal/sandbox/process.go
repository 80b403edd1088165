package sandbox

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/td-cli/td/internal/lockfile"
)

// A process is an open server. It holds a lock in a directory that all servers of
// a data directory share, so that other processes notice when it dies.
type process struct {
	id   string
	dir  string
	lock *lockfile.Lock
}

func newProcess(ctx context.Context, dir string) (*process, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	id := rand.Text()
	lock, err := lockfile.Wait(ctx, filepath.Join(dir, id)) // removeDead of another process may hold it briefly
	if err != nil {
		return nil, err
	}
	return &process{id: id, dir: dir, lock: lock}, nil
}

// isAlive reports whether the server with the given ID is open, in any process.
func (p *process) isAlive(id string) bool {
	if id == p.id {
		return true
	}
	held, err := lockfile.Held(filepath.Join(p.dir, id))
	return held || err != nil
}

// removeDead removes the lock files of dead servers. A lock that is being taken at
// the same time is either held or created again, see [lockfile.Try].
func (p *process) removeDead() error {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(p.dir, e.Name())
		if e.Name() == p.id || !ownFile().MatchString(ownersDir+"/"+e.Name()) {
			continue
		}
		if held, err := lockfile.Held(path); err != nil || held {
			continue
		}
		lock, err := lockfile.Try(path)
		if err != nil || lock == nil {
			continue
		}
		if err := lock.Remove(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
