package sandbox

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/td-cli/td/internal/lazyregexp"
	"github.com/td-cli/td/internal/sandbox/state"
)

// Names in a data directory.
const (
	markerFile = "td-sandbox.txt"
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

// FilesDir is the subdirectory of a data directory for the files that clients of a
// server can read and write. It belongs to the user and is never removed.
const FilesDir = "files"

const markerText = "This directory contains the data of a td sandbox. See 'td sandbox:serve --help'.\n"

// ErrNotDataDir is returned for a directory that contains other files than those of
// a sandbox.
var ErrNotDataDir = errors.New("it contains other files and no sandbox: use a new or empty directory")

// prepareDir creates a data directory or marks an existing one. It returns
// [ErrNotDataDir] if the directory belongs to something else. Other processes may do
// the same concurrently.
func prepareDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	ok, err := isDataDir(dir)
	if err != nil {
		return err
	}
	if !ok {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		ignored := []string{FilesDir, markerFile, "lost+found"} // the marker may have been created in the meantime
		if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !slices.Contains(ignored, e.Name()) }) {
			if ok, err := isDataDir(dir); !ok {
				return errors.Join(err, ErrNotDataDir)
			}
		}
	}
	file, err := os.OpenFile(filepath.Join(dir, markerFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		if ok, err := isDataDir(dir); !ok {
			return errors.Join(err, ErrNotDataDir)
		}
		return nil
	}
	if err != nil {
		return err
	}
	_, err = file.WriteString(markerText)
	return errors.Join(err, file.Close())
}

// isDataDir reports whether a directory contains a sandbox. Directories of early
// versions have no marker; other programs may have a file of the same name as the state.
func isDataDir(dir string) (bool, error) {
	for _, name := range []string{markerFile, stateFile} {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if err == nil && info.Mode().IsRegular() && (name == markerFile || state.IsStateFile(context.Background(), path)) {
			return true, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
	}
	return false, nil
}

// ownFile matches the paths, relative to a data directory, of all files that a
// sandbox creates.
var ownFile = lazyregexp.New(`^(?:` +
	`service\.db(?:-wal|-shm|-journal)?|setup\.lock|cert\.pem|key\.pem|td-sandbox\.txt|\.td-[A-Z2-7]{26}|` +
	`processes/[A-Z2-7]{26}|` +
	`uploads/tmp-[0-9]+|` +
	`parts/[0-9]+/(?:part-[A-Z2-7]{26}|(?:valid|errors)-[0-9]+\.msgpack\.gz)|` +
	`results/(?:tmp-[0-9]+(?:-[A-Z2-7]{26})?|[0-9]+\.(?:msgpack|msgpack\.gz|(?:nullified\.)?(?:header\.)?(?:csv|tsv|json)))|` +
	`tables/(?:engine\.lock|(?:engine|new)\.db(?:-wal|-shm|-journal)?)|` +
	`tables/databases/[a-z0-9_]+\.db(?:-wal|-shm|-journal)?|` +
	`tables/(?:trino\.db(?:-wal|-shm|-journal)?|catalog\.lock|owner-[A-Z2-7]{26}|import-[0-9]+\.lock|spool-[0-9]+)` +
	`)$`)

// ownDir matches the paths, relative to a data directory, of the directories that a sandbox
// creates, and of the data directory.
var ownDir = lazyregexp.New(`^(?:\.|processes|uploads|parts(?:/[0-9]+)?|results|tables(?:/databases)?)$`)

// removeData removes the files of a sandbox from a directory, and its directories that
// are empty then. Other files and directories are kept, and so is the target of a link.
func removeData(name string) error {
	dir, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Lstat(name)
	if err != nil {
		return err
	}
	isLink := info.Mode()&fs.ModeSymlink != 0
	var dirs []string
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		relative, relErr := filepath.Rel(dir, path)
		switch {
		case err != nil || relErr != nil:
			return errors.Join(err, relErr)
		case relative == FilesDir:
			return fs.SkipDir
		case relative == "." && isLink:
			return nil
		case e.IsDir() && ownDir().MatchString(filepath.ToSlash(relative)):
			dirs = append(dirs, path)
			return nil
		case e.IsDir():
			return fs.SkipDir
		case ownFile().MatchString(filepath.ToSlash(relative)):
			return os.Remove(path)
		default:
			return nil
		}
	})
	for _, d := range slices.Backward(dirs) {
		_ = os.Remove(d) // fails if it contains other files
	}
	return err
}
