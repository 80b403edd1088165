package sandbox

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/td-cli/td/internal/lockfile"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sample"
	"github.com/td-cli/td/internal/sandbox/state"
)

// prepare makes the owner of the account and the sample tables, once in the life of
// a data directory. Whoever comes second waits; whoever finds it half done completes it.
func (s *Server) prepare(ctx context.Context) error {
	if done, err := s.prepared(ctx); done || err != nil {
		return err
	}
	lock, err := lockfile.Wait(ctx, filepath.Join(s.options.Dir, setupLock))
	if err != nil {
		return err
	}
	defer lock.Release() //nolint:errcheck // the process's end releases it too
	if done, err := s.prepared(ctx); done || err != nil {
		return err
	}
	if err := s.makeFirstUser(ctx); err != nil {
		return err
	}
	if err := s.makeSamples(ctx); err != nil {
		return err
	}
	_, err = s.notes.Add(ctx, "prepared", true)
	return err
}

func (s *Server) prepared(ctx context.Context) (bool, error) {
	_, err := s.notes.Get(ctx, "prepared")
	if errors.Is(err, state.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (s *Server) makeSamples(ctx context.Context) error {
	if err := s.engine.CreateDatabase(ctx, sample.Database); err != nil && !errors.Is(err, engine.ErrExists) {
		return err
	}
	for _, table := range sample.Tables() {
		err := s.engine.CreateTable(ctx, sample.Database, table.Name, engine.TableOptions{Schema: &table.Columns})
		if err != nil && !errors.Is(err, engine.ErrExists) {
			return err
		}
		if _, err := s.engine.Append(ctx, sample.Database, table.Name, "sample", table.Records); err != nil {
			return err
		}
	}
	return nil
}
