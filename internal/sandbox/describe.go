package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/td-cli/td/internal/lockfile"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/sqlite"
	"github.com/td-cli/td/internal/sandbox/state"
)

// ErrInUse says that a server has the data directory open.
var ErrInUse = errors.New("the sandbox is in use")

// Info describes a data directory.
type Info struct {
	Dir       string
	Exists    bool // false: nothing was made there yet, and all below is empty
	Bytes     int64
	Databases []DatabaseInfo
	Jobs      map[string]int // by state
}

// A DatabaseInfo is a database and its tables.
type DatabaseInfo struct {
	Name   string
	Tables []TableInfo
}

// A TableInfo is a table and its number of records.
type TableInfo struct {
	Name    string
	Records int64
}

// Describe tells what is in a data directory. It makes nothing.
func Describe(ctx context.Context, dir string) (Info, error) {
	info := Info{Dir: dir, Jobs: map[string]int{}}
	if _, err := os.Stat(filepath.Join(dir, stateFile)); errors.Is(err, fs.ErrNotExist) {
		return info, nil
	} else if err != nil {
		return info, err
	}
	info.Exists = true
	var err error
	if info.Bytes, err = sizeOf(dir); err != nil {
		return info, err
	}
	db, err := state.Open(ctx, filepath.Join(dir, stateFile))
	if err != nil {
		return info, err
	}
	info.Jobs, err = db.JobStates(ctx)
	if err := errors.Join(err, db.Close()); err != nil {
		return info, err
	}
	e, err := sqlite.Open(filepath.Join(dir, tablesDir), sqlite.Options{})
	if err != nil {
		return info, err
	}
	info.Databases, err = describeTables(ctx, e)
	return info, errors.Join(err, e.Close())
}

func describeTables(ctx context.Context, e engine.Engine) ([]DatabaseInfo, error) {
	databases, err := e.Databases(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]DatabaseInfo, len(databases))
	for i, d := range databases {
		list[i].Name = d.Name
		tables, err := e.Tables(ctx, d.Name)
		if err != nil {
			return nil, err
		}
		for _, t := range tables {
			list[i].Tables = append(list[i].Tables, TableInfo{t.Name, t.Records})
		}
	}
	return list, nil
}

func sizeOf(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}

// Reset removes everything that a sandbox keeps in its data directory, and the
// directory when nothing else is in it. While a server has it open it refuses with ErrInUse.
func Reset(dir string) error {
	setup, err := lockfile.Try(filepath.Join(dir, setupLock))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // there is no directory
	}
	if err != nil {
		return err
	}
	if setup == nil {
		return fmt.Errorf("%w: another process is preparing %q", ErrInUse, dir)
	}
	if err := unused(dir); err != nil {
		return errors.Join(err, setup.Release())
	}
	if err := setup.Remove(); err != nil {
		return err
	}
	for _, name := range []string{stateFile, stateFile + "-wal", stateFile + "-shm", stateFile + "-journal", tablesDir, resultsDir, partsDir, uploadsDir, ownersDir, certFile, keyFile} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	os.Remove(dir) //nolint:errcheck // something else may be in it
	return nil
}

// unused tells ErrInUse when a server lives.
func unused(dir string) error {
	owners, err := os.ReadDir(filepath.Join(dir, ownersDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, o := range owners {
		held, err := lockfile.Held(filepath.Join(dir, ownersDir, o.Name()))
		if err != nil {
			return err
		}
		if held {
			return fmt.Errorf("%w: another process has %q open", ErrInUse, dir)
		}
	}
	return nil
}
