package sandbox

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/td-cli/td/internal/sandbox/state"
)

// Limits of the stored data.
const (
	maxJobAge      = 90 * 24 * time.Hour
	maxUploadAge   = 24 * time.Hour
	maxResultBytes = 8 << 30 // total of all results in all formats
)

// runJanitor cleans up after dead servers and removes old data until the server is
// closed.
func (s *Server) runJanitor() {
	ticker := time.NewTicker(500 * time.Millisecond)
	defer ticker.Stop()
	var lastRemoval time.Time
	for {
		if now := time.Now(); now.Sub(lastRemoval) > time.Hour {
			lastRemoval = now
			s.report(s.removeOld(s.ctx, now))
		}
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
			s.report(s.reap(s.ctx))
		}
	}
}

// reap ends the jobs and reverts the bulk imports of dead servers, and removes
// their locks.
func (s *Server) reap(ctx context.Context) error {
	owners, err := s.state.Owners(ctx)
	if err != nil {
		return err
	}
	for _, id := range owners {
		if s.process.isAlive(id) {
			continue
		}
		jobs, err := s.state.RunningJobs(ctx, id)
		if err != nil {
			return err
		}
		for _, j := range jobs {
			if _, err := s.queue.Recover(ctx, j); err != nil {
				return err
			}
		}
		if err := s.state.Abandon(ctx, id, state.Error, "interrupted", time.Now()); err != nil {
			return err
		}
	}
	if err := s.bulkImports.Reap(ctx); err != nil {
		return err
	}
	return s.process.removeDead()
}

// removeOld removes old jobs with their results, the oldest results if the total
// size is over the limit, and interrupted uploads.
func (s *Server) removeOld(ctx context.Context, now time.Time) error {
	ids, err := s.state.DropJobs(ctx, now.Add(-maxJobAge))
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.spool.Remove(id); err != nil {
			return err
		}
	}
	if err := s.spool.Shrink(maxResultBytes); err != nil {
		return err
	}
	return removeUploadsBefore(s.options.Dir, now.Add(-maxUploadAge))
}

// removeUploadsBefore removes the uploads in a data directory that were last modified
// before the given time.
func removeUploadsBefore(dataDir string, before time.Time) error {
	dir := filepath.Join(dataDir, uploadsDir)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.ModTime().After(before) || !ownFile().MatchString(uploadsDir+"/"+e.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
