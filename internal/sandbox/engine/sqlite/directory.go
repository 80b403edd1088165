package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
)

// A directory is the path of the directory that contains an engine's files.
type directory string

// file returns the path of a database, which need not exist.
func (d directory) file(database string) string {
	return filepath.Join(string(d), "databases", database+".db")
}

// newFile returns the path of a database that is being created.
func (d directory) newFile() string { return filepath.Join(string(d), "new.db") }

// sharedFile returns the path of the file with the data that all databases share.
func (d directory) sharedFile() string { return filepath.Join(string(d), "engine.db") }

// lockFile returns the path of the lock of the databases' files.
func (d directory) lockFile() string { return filepath.Join(string(d), "engine.lock") }

// createSharedFile creates an empty file, so that it gets the mode 0600 instead of SQLite's.
func (d directory) createSharedFile() error {
	f, err := os.OpenFile(d.sharedFile(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

// contains reports whether a database's file exists.
func (d directory) contains(database string) bool {
	if !validName(database) {
		return false
	}
	_, err := os.Stat(d.file(database))
	return err == nil
}

// databases returns the sorted names of the databases.
func (d directory) databases() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(string(d), "databases"))
	if err != nil {
		return nil, fmt.Errorf("list databases: %w", err)
	}
	var names []string
	for _, entry := range entries {
		name, ok := strings.CutSuffix(entry.Name(), ".db")
		if ok && validName(name) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names, nil
}

// removeFiles deletes a database's files. The main file is deleted first: without it, the database is gone.
func removeFiles(file string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(file + suffix); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

// validName reports whether name can be the name of a database or table: 1 to 255 characters of
// [a-z0-9_]. The API requires at least 3 characters, but statements may use shorter names.
func validName(name string) bool { return len(name) <= 255 && schema.ValidName(name) }

// checkDatabaseName returns an error if name cannot be the name of a database. The name temp is
// reserved by SQLite.
func checkDatabaseName(name string) error {
	if !validName(name) || name == "temp" {
		return fmt.Errorf("database name '%s' is %w", name, engine.ErrInvalid)
	}
	return nil
}

// checkTableName returns an error if name cannot be the name of a table. Names that start with
// sqlite_ are reserved by SQLite.
func checkTableName(name string) error {
	if !validName(name) || strings.HasPrefix(name, "sqlite_") {
		return fmt.Errorf("table name '%s' is %w", name, engine.ErrInvalid)
	}
	return nil
}

func databaseNotFound(name string) error {
	return fmt.Errorf("database '%s' %w", name, engine.ErrNotFound)
}
