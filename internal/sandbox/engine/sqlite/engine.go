// Package sqlite implements engine.Engine with SQLite, using one file per database.
package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"modernc.org/sqlite"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/functions"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// Options configure an Engine. The zero value contains the sandbox's settings.
type Options struct {
	// Translate turns a statement into a plan. The default is translate.Translate.
	Translate func(translate.Request) (*translate.Plan, error)
	// MaxMemory limits the memory in bytes of the aggregates and texts of a statement; 0 means 1 GiB.
	MaxMemory int64
	// MaxResultRows limits the number of rows of a result; 0 means no limit.
	MaxResultRows int64
}

const defaultMaxMemory = 1 << 30

// An Engine stores each database in the file DIR/databases/NAME.db. The file also contains the
// description of its tables, so that every change is a transaction on a single file. The Engine
// keeps no file open between calls; it sees the changes of other processes immediately.
type Engine struct {
	files     directory
	translate func(translate.Request) (*translate.Plan, error)
	maxRows   int64
	runtimes  *runtimePool
	plain     *sqlite.Driver // has no functions and opens connections faster
	guard     *fileGuard
}

var _ engine.Engine = (*Engine)(nil)

// Open returns an Engine for the databases in dir, which is created if it does not exist.
func Open(dir string, o Options) (*Engine, error) {
	if o.MaxMemory == 0 {
		o.MaxMemory = defaultMaxMemory
	}
	if o.Translate == nil {
		o.Translate = translate.Translate
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("sandbox directory: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "databases"), 0o700); err != nil {
		return nil, fmt.Errorf("sandbox directory: %w", err)
	}
	if err := directory(dir).createSharedFile(); err != nil {
		return nil, fmt.Errorf("sandbox directory: %w", err)
	}
	e := &Engine{
		files: directory(dir), translate: o.Translate, maxRows: o.MaxResultRows,
		runtimes: &runtimePool{functions: functions.New(), maxMemory: o.MaxMemory}, plain: &sqlite.Driver{},
		guard: &fileGuard{path: directory(dir).lockFile()},
	}
	return e, nil
}

// Close implements engine.Engine. All calls of other methods must have returned.
func (e *Engine) Close() error { return nil }

// updateShared runs f in a write transaction on the file that all databases share. It has the tables sequence
// and drops.
func (e *Engine) updateShared(ctx context.Context, f func(*tx) error) error {
	s, err := connect(ctx, e.plain, fileURI(e.files.sharedFile(), "rwc")+"&"+pragmas)
	if err != nil {
		return err
	}
	defer s.close()
	t, err := s.begin(ctx, write)
	if err != nil {
		return err
	}
	defer t.rollback()
	err = t.exec(`CREATE TABLE IF NOT EXISTS sequence (last INTEGER NOT NULL);
		INSERT INTO sequence SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM sequence);
		CREATE TABLE IF NOT EXISTS drops (job INTEGER PRIMARY KEY, database TEXT NOT NULL, created_at INTEGER NOT NULL, at INTEGER NOT NULL)`)
	if err == nil {
		err = f(t)
	}
	if err != nil {
		return err
	}
	return t.Commit()
}

// view runs f in a read transaction on a database.
func (e *Engine) view(ctx context.Context, database string, f func(*tx) error) error {
	return e.transact(ctx, database, read, f)
}

// update runs f in a write transaction on a database, which is rolled back if f fails.
func (e *Engine) update(ctx context.Context, database string, f func(*tx) error) error {
	return e.transact(ctx, database, write, f)
}

func (e *Engine) transact(ctx context.Context, database string, a access, f func(*tx) error) (err error) {
	defer func() {
		if isMoved(err) {
			err = databaseNotFound(database)
		}
	}()
	d := e.plain
	if a == write { // converting a column to another type may call SQL functions
		rt, err := e.runtimes.get()
		if err != nil {
			return err
		}
		defer e.runtimes.put(rt)
		d = rt.driver
	}
	s, err := e.openDatabase(ctx, d, database)
	if err != nil {
		return err
	}
	defer s.close()
	t, err := s.begin(ctx, a)
	if err != nil {
		return contextError(ctx, err)
	}
	defer t.rollback()
	if a == write {
		if err := checkNotDropped(t, database); err != nil {
			return err
		}
	}
	if err := f(t); err != nil {
		return contextError(ctx, err)
	}
	return contextError(ctx, t.Commit())
}
