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

// ErrInUse is returned by Reset if a server has the data directory open.
var ErrInUse = errors.New("the sandbox is in use")

// ErrOtherEngine is returned by Open if the tables of the directory are stored elsewhere than the options request.
var ErrOtherEngine = errors.New("the directory belongs to another engine")

// engineAddress returns the address of the engine that stores the tables of a data directory. The error is
// [state.ErrNotFound] for a new directory. Directories of early versions have tables but no address.
func engineAddress(ctx context.Context, db *state.DB) (string, error) {
	o, err := state.Objects[string](db, "engine").Get(ctx, "address")
	if !errors.Is(err, state.ErrNotFound) {
		return o.Value, err
	}
	if _, err := state.Objects[bool](db, "note").Get(ctx, "prepared"); err != nil {
		return "", err
	}
	return "", nil
}

// storeEngineAddress stores the address of the engine in a new data directory. Another server may have stored one in
// the meantime.
func storeEngineAddress(ctx context.Context, db *state.DB, address string) error {
	o, err := state.Objects[string](db, "engine").Add(ctx, "address", address)
	if errors.Is(err, state.ErrExists) {
		o, err = state.Objects[string](db, "engine").Get(ctx, "address")
	}
	if err == nil && o.Value != address {
		return ErrOtherEngine
	}
	return err
}

// Info describes a data directory.
type Info struct {
	Dir       string
	Exists    bool           // otherwise the other fields are empty
	Bytes     int64          // total size of the files
	Engine    string         // address of the engine that stores the tables, or "" for Dir
	Databases []DatabaseInfo // nil if the tables are not in Dir
	Jobs      map[string]int // numbers of jobs by status
}

// A DatabaseInfo describes a database.
type DatabaseInfo struct {
	Name   string
	Tables []TableInfo
}

// A TableInfo describes a table.
type TableInfo struct {
	Name    string
	Records int64
}

// Describe returns the contents of a data directory. It creates no files.
func Describe(ctx context.Context, dir string) (Info, error) {
	info := Info{Dir: dir, Jobs: map[string]int{}}
	if _, err := os.Stat(filepath.Join(dir, stateFile)); errors.Is(err, fs.ErrNotExist) {
		return info, nil
	} else if err != nil {
		return info, err
	}
	info.Exists = true
	var err error
	if info.Bytes, err = totalSize(dir); err != nil {
		return info, err
	}
	db, err := state.Open(ctx, filepath.Join(dir, stateFile))
	if err != nil {
		return info, err
	}
	info.Jobs, err = db.JobStates(ctx)
	address, addressErr := engineAddress(ctx, db)
	if errors.Is(addressErr, state.ErrNotFound) {
		addressErr = nil
	}
	if err := errors.Join(err, addressErr, db.Close()); err != nil {
		return info, err
	}
	if info.Engine = address; address != "" {
		return info, nil
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

func totalSize(dir string) (total int64, err error) {
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

// Reset removes the files of a sandbox, and its directory if nothing else is in it.
// The error is [ErrInUse] if a server is open, and [ErrNotDataDir] if the directory
// does not contain a sandbox.
func Reset(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if ok, err := isDataDir(dir); !ok {
		return errors.Join(err, ErrNotDataDir)
	}
	setup, err := lockfile.Try(filepath.Join(dir, setupLock))
	if err != nil {
		return err
	}
	if setup == nil {
		return fmt.Errorf("%w: another process is preparing %q", ErrInUse, dir)
	}
	if err := checkUnused(dir); err != nil {
		return errors.Join(err, setup.Release())
	}
	if err := setup.Remove(); err != nil {
		return err
	}
	return removeData(dir)
}

// checkUnused returns [ErrInUse] if a server is open.
func checkUnused(dir string) error {
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
