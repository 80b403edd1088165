package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// Databases returns the databases, sorted by name.
func (e *Engine) Databases(ctx context.Context) ([]engine.Database, error) {
	names, err := e.files.databases()
	if err != nil {
		return nil, err
	}
	list := make([]engine.Database, 0, len(names))
	for _, name := range names {
		d, err := e.Database(ctx, name)
		if isNotFound(err) { // dropped by another call in the meantime
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// Database returns the database with the given name.
func (e *Engine) Database(ctx context.Context, name string) (engine.Database, error) {
	d := engine.Database{Name: name}
	var created, updated int64
	err := e.view(ctx, name, func(t *tx) error {
		return t.row(`SELECT created_at, max(updated_at, coalesce((SELECT max(updated_at) FROM @"td$tables"), 0)),
			(SELECT coalesce(sum(records), 0) FROM @"td$tables" WHERE deleted_at IS NULL) FROM @"td$database"`).
			Scan(&created, &updated, &d.Records)
	})
	d.CreatedAt, d.UpdatedAt = unixMilli(created), unixMilli(updated)
	return d, err
}

// CreateDatabase creates a database.
func (e *Engine) CreateDatabase(ctx context.Context, name string) error {
	return e.createDatabase(ctx, name, 0)
}

// createDatabase creates a database and records the job that creates it.
func (e *Engine) createDatabase(ctx context.Context, name string, job int64) error {
	if err := checkDatabaseName(name); err != nil {
		return err
	}
	release, err := e.guard.exclude(ctx)
	if err != nil {
		return err
	}
	defer release()
	if e.files.contains(name) {
		return fmt.Errorf("database '%s' %w", name, engine.ErrExists)
	}
	if err := e.createFile(ctx, e.files.file(name), job); err != nil {
		return errors.Join(fmt.Errorf("create database '%s': %w", name, err), removeFiles(e.files.newFile())) // the disk may be full
	}
	return nil
}

// createFile creates the file of a database under another name and renames it when it is complete. The caller
// holds e.guard exclusively.
func (e *Engine) createFile(ctx context.Context, path string, job int64) error {
	file := e.files.newFile()
	if err := errors.Join(removeFiles(file), removeFiles(path)); err != nil { // remains of interrupted calls
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := e.initializeFile(ctx, file, job); err != nil {
		return err
	}
	return os.Rename(file, path)
}

// initializeFile creates the layout in an empty file. There is no write-ahead log yet, so that all data is in
// the file when it is closed.
func (e *Engine) initializeFile(ctx context.Context, file string, job int64) error {
	s, err := connect(ctx, e.plain, fileURI(file, "rw")+"&"+pragmas)
	if err != nil {
		return err
	}
	defer s.disconnect()
	if err := s.createLayout(ctx, job); err != nil {
		return err
	}
	s.enableWAL(ctx)
	return nil
}

// DropDatabase deletes a database and its tables. Running statements that read it are not
// affected.
func (e *Engine) DropDatabase(ctx context.Context, name string) error {
	return e.dropDatabase(ctx, name, 0)
}

// dropDatabase deletes a database and records the job that drops it. The files are removed under the write
// lock. If the process dies in between, the database is either complete or gone.
func (e *Engine) dropDatabase(ctx context.Context, name string, job int64) (err error) {
	defer func() {
		if isMoved(err) {
			err = databaseNotFound(name)
		}
	}()
	s, err := e.openDatabase(ctx, e.plain, name)
	if err != nil {
		return err
	}
	defer s.close()
	t, err := s.begin(ctx, write)
	if err != nil {
		return err
	}
	defer t.rollback()
	if err := checkNotDropped(t, name); err != nil {
		return err
	}
	if err := t.exec(`UPDATE @"td$database" SET dropped = 1`); err != nil {
		return err
	}
	if err := e.recordDrop(ctx, t, name, job); err != nil {
		return fmt.Errorf("drop database '%s': %w", name, err)
	}
	release, err := e.guard.exclude(ctx)
	if err != nil {
		return err
	}
	defer release()
	if removeFiles(e.files.file(name)) == nil {
		return t.Commit()
	}
	// Windows cannot remove open files: commit the mark, close the file and try again.
	if err := t.Commit(); err != nil {
		return err
	}
	s.disconnect()
	if err := removeFiles(e.files.file(name)); err != nil {
		return fmt.Errorf("drop database '%s': %w", name, err)
	}
	return nil
}

// unixMilli converts milliseconds since 1970 to a time; 0 becomes the zero time.
func unixMilli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func now() int64 { return time.Now().UnixMilli() }
