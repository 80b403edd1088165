package sandbox

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/td-cli/td/internal/lockfile"
	"github.com/td-cli/td/internal/sandbox/state"
)

// What a data directory holds.
const (
	stateFile  = "service.db"
	tablesDir  = "tables"
	resultsDir = "results"
	ownersDir  = "processes"
	partsDir   = "parts"
	uploadsDir = "uploads"
	setupLock  = "setup.lock"
	certFile   = "cert.pem"
	keyFile    = "key.pem"
)

// An owner stands for a server that lives. It holds a lock as long as it does.
type owner struct {
	id   string
	lock *lockfile.Lock
}

func newOwner(ctx context.Context, dir string) (*owner, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	id := rand.Text()
	lock, err := lockfile.Wait(ctx, filepath.Join(dir, id)) // somebody who sweeps may look at it
	if err != nil {
		return nil, err
	}
	return &owner{id: id, lock: lock}, nil
}

// alive tells whether the server with that id lives, in whichever process.
func (s *Server) alive(id string) bool {
	if id == s.owner.id {
		return true
	}
	held, err := lockfile.Held(filepath.Join(s.options.Dir, ownersDir, id))
	return held || err != nil
}

// reap ends the jobs and commits of servers that are dead, and removes what they left.
func (s *Server) reap(ctx context.Context) error {
	owners, err := s.state.Owners(ctx)
	if err != nil {
		return err
	}
	for _, id := range owners {
		if s.alive(id) {
			continue
		}
		if err := s.state.Abandon(ctx, id, state.Error, "interrupted", time.Now()); err != nil {
			return err
		}
	}
	if err := s.reapSessions(ctx); err != nil {
		return err
	}
	return s.sweep(filepath.Join(s.options.Dir, ownersDir))
}

// sweep removes the locks of the dead. One that is taken in this very moment is
// either held, or its taker notices that the file has gone and makes it again.
func (s *Server) sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if e.Name() == s.owner.id {
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

// keepHouse reaps what dies beside this server, and removes what is too old.
func (s *Server) keepHouse() {
	ticker := time.NewTicker(500 * time.Millisecond)
	defer ticker.Stop()
	var cleaned time.Time
	for {
		if now := time.Now(); now.Sub(cleaned) > time.Hour {
			cleaned = now
			s.report(s.clean(s.ctx, now))
		}
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
			s.report(s.reap(s.ctx))
		}
	}
}

// clean forgets jobs that ended long ago, with their results, and the oldest
// results when all of them together are too large.
func (s *Server) clean(ctx context.Context, now time.Time) error {
	ids, err := s.state.DropJobs(ctx, now.Add(-keepJobs))
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.spool.Remove(id); err != nil {
			return err
		}
	}
	if err := s.spool.Shrink(maxResults); err != nil {
		return err
	}
	return removeStale(filepath.Join(s.options.Dir, uploadsDir), now.Add(-24*time.Hour))
}

// removeStale removes the files that nobody has written to since a time: what a crash left.
func removeStale(dir string, since time.Time) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.ModTime().After(since) {
			continue // gone, or in use
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
