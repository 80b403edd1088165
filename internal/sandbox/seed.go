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

// seed creates the owner of the account and, in the directory itself, the sample tables
// when a data directory is opened for the first time. If several servers do this concurrently, one of them
// creates the data and the others wait. An interrupted run is completed by the next
// server.
func (s *Server) seed(ctx context.Context) error {
	notes := state.Objects[bool](s.state, "note")
	seeded := func() (bool, error) {
		_, err := notes.Get(ctx, "prepared")
		if errors.Is(err, state.ErrNotFound) {
			return false, nil
		}
		return err == nil, err
	}
	if done, err := seeded(); done || err != nil {
		return err
	}
	lock, err := lockfile.Wait(ctx, filepath.Join(s.options.Dir, setupLock))
	if err != nil {
		return err
	}
	defer func() { _ = lock.Release() }()
	if done, err := seeded(); done || err != nil {
		return err
	}
	if err := s.users.CreateOwner(ctx); err != nil {
		return err
	}
	if s.options.Engine.Address == "" {
		if err := createSamples(ctx, s.engine); err != nil {
			return err
		}
	}
	_, err = notes.Add(ctx, "prepared", true)
	return err
}

func createSamples(ctx context.Context, e engine.Engine) error {
	if err := e.CreateDatabase(ctx, sample.Database); err != nil && !errors.Is(err, engine.ErrExists) {
		return err
	}
	for _, table := range sample.Tables() {
		err := e.CreateTable(ctx, sample.Database, table.Name, engine.TableOptions{Schema: &table.Columns})
		if err != nil && !errors.Is(err, engine.ErrExists) {
			return err
		}
		if _, err := e.Append(ctx, sample.Database, table.Name, "sample", table.Records); err != nil {
			return err
		}
	}
	return nil
}
