// Package importjournal records unfinished imports, so that a repeated command
// resumes them without importing anything twice.
//
// Treasure Data stores a part only once if it is sent again with the same ID. The
// IDs therefore belong to a run of a command and not to the content: importing a file
// twice stores it twice, but a run that was interrupted continues with its own IDs.
//
// Each run has a file with mode 0600. It contains JSON Lines: a header that describes
// the run, then an entry for each part that the server has acknowledged. The file is
// locked while the run is active and removed when it succeeds.
package importjournal

import (
	"bufio"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/td-cli/td/internal/lockfile"
)

// maxAge is the time after which the journal of an unfinished run is removed.
const maxAge = 30 * 24 * time.Hour

// An Import identifies what a command imports, and where.
type Import struct {
	Service string   // endpoint and account
	Table   string   // database and table
	Paths   []string // regular files, in any order
	Options []string // flags that affect the parts, in any order
}

// A Run is one execution of an import, which may have been interrupted and resumed.
// Its methods are safe for concurrent use.
type Run struct {
	// Resumed reports whether an earlier execution was interrupted. Records is the
	// number of records that it stored.
	Resumed bool
	Records int64

	// Abandoned is the number of records that an interrupted import of the same files
	// stored before the files were changed. That import cannot be resumed.
	Abandoned int64

	id string

	mu     sync.Mutex
	lock   *lockfile.Lock // nil if the run is not recorded
	stored map[string]bool
}

// A header is the first line of a journal.
type header struct {
	Version int         `json:"version"`
	Run     string      `json:"run"`
	Table   string      `json:"table"` // only for people who read the file
	Files   []fileState `json:"files"`
}

// A fileState identifies the content of a file without reading it.
type fileState struct {
	Path    string    `json:"path"`
	Size    int64     `json:"size"`
	ModTime time.Time `json:"mtime"`
}

// A partEntry is a line of a journal for a part that was stored.
type partEntry struct {
	Part    string `json:"part"`
	Records int64  `json:"records"`
}

// version is the version of the file format.
const version = 1

// Start starts or resumes a run. Its journal is kept in dir. The run is also valid if
// Start returns an error, which only means that it cannot be resumed when it is
// interrupted. The caller must end it with Finish or Close.
func Start(dir string, i Import) (*Run, error) {
	r := &Run{id: rand.Text(), stored: map[string]bool{}}
	files, err := statFiles(i.Paths)
	if err != nil {
		return r, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return r, err
	}
	removeOld(dir)
	if r.lock, err = lockJournal(filepath.Join(dir, i.key())); err != nil {
		return r, err
	}
	if err := r.load(i.Table, files); err != nil {
		r.Close()
		return r, err
	}
	return r, nil
}

// Peek returns the run that Start would resume or start if no other import of the same files is running. It changes nothing,
// and the run is not recorded.
func Peek(dir string, i Import) *Run {
	r := NewRun()
	files, err := statFiles(i.Paths)
	if err != nil {
		return r
	}
	f, err := os.Open(filepath.Join(dir, i.key()+".0"))
	if err != nil {
		return r
	}
	defer func() { _ = f.Close() }()
	r.read(bufio.NewReader(f), files)
	return r
}

// NewRun returns a run that is not recorded, for input that cannot be read again.
func NewRun() *Run { return &Run{id: rand.Text(), stored: map[string]bool{}} }

// key returns a file name for i.
func (i Import) key() string {
	paths := slices.Clone(i.Paths)
	for n := range paths {
		paths[n] = absolute(paths[n])
	}
	slices.Sort(paths)
	b, _ := json.Marshal([]any{i.Service, i.Table, paths, slices.Sorted(slices.Values(i.Options))}) // strings cannot fail
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// absolute returns a path that does not depend on the current directory.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

func statFiles(paths []string) ([]fileState, error) {
	var files []fileState
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is not a regular file", path)
		}
		files = append(files, fileState{absolute(path), info.Size(), info.ModTime().UTC()})
	}
	slices.SortFunc(files, func(a, b fileState) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

// lockJournal locks the first journal of the given name that no other process uses.
// Concurrent runs of the same command are independent imports.
func lockJournal(name string) (*lockfile.Lock, error) {
	const maxRuns = 100
	for n := range maxRuns {
		lock, err := lockfile.Try(fmt.Sprintf("%s.%d", name, n))
		if lock != nil || err != nil {
			return lock, err
		}
	}
	return nil, errors.New("too many imports of the same files are running")
}

// load reads the journal and resumes its run if the files are unchanged. Otherwise it
// starts a new one.
func (r *Run) load(table string, files []fileState) error {
	f := r.lock.File()
	if r.read(bufio.NewReader(f), files) {
		_, err := f.Write([]byte("\n")) // ends an incomplete last line
		return err
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := r.append(header{version, r.id, table, files}); err != nil {
		return err
	}
	return f.Sync() // without the run's ID the parts could be stored twice
}

// read reads a journal and reports whether its run can be resumed, because the files are unchanged.
func (r *Run) read(in *bufio.Reader, files []fileState) bool {
	line, err := in.ReadBytes('\n')
	var h header
	if err != nil || json.Unmarshal(line, &h) != nil || h.Version != version || h.Run == "" {
		return false
	}
	records := r.loadParts(in)
	if !slices.EqualFunc(h.Files, files, func(a, b fileState) bool {
		return a.Path == b.Path && a.Size == b.Size && a.ModTime.Equal(b.ModTime)
	}) {
		r.Abandoned = records
		clear(r.stored)
		return false
	}
	r.id, r.Resumed, r.Records = h.Run, true, records
	return true
}

// loadParts reads the entries of stored parts and returns the number of their records.
func (r *Run) loadParts(in *bufio.Reader) (records int64) {
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return records
		}
		var e partEntry
		if json.Unmarshal(line, &e) == nil && e.Part != "" && !r.stored[e.Part] {
			r.stored[e.Part] = true
			records += e.Records
		}
	}
}

// append appends a line to the journal.
func (r *Run) append(entry any) error {
	b, err := json.Marshal(entry)
	if err != nil {
		return err
	}
	_, err = r.lock.File().Write(append(b, '\n'))
	return err
}

// PartID returns 32 hexadecimal digits by which the server recognizes a part that is
// sent again by this run. The content is the part's ID from package ingest.
func (r *Run) PartID(path string, index int, content string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d\n%s", r.id, absolute(path), index, content))
	return hex.EncodeToString(sum[:16])
}

// Stored reports whether the server has acknowledged the part.
func (r *Run) Stored(partID string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stored[partID]
}

// Record records that the server has acknowledged a part.
func (r *Run) Record(partID string, records int64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stored[partID] = true
	if r.lock == nil {
		return nil
	}
	return r.append(partEntry{partID, records})
}

// Finish ends a successful run and removes its journal.
func (r *Run) Finish() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lock == nil {
		return nil
	}
	lock := r.lock
	r.lock = nil
	return lock.Remove()
}

// Close ends a run. Unless it was finished, the same command can resume it.
func (r *Run) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lock == nil {
		return
	}
	_ = r.lock.Release()
	r.lock = nil
}

// removeOld removes the journals of runs that were not resumed for a long time.
func removeOld(dir string) {
	entries, _ := os.ReadDir(dir) // Start reports an unreadable directory
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !isJournal(e.Name()) || !info.Mode().IsRegular() || time.Since(info.ModTime()) < maxAge {
			continue
		}
		if lock, err := lockfile.Try(filepath.Join(dir, e.Name())); err == nil && lock != nil {
			_ = lock.Remove()
		}
	}
}

// isJournal reports whether name names a journal, see lockJournal.
func isJournal(name string) bool {
	key, number, _ := strings.Cut(name, ".")
	_, err := strconv.Atoi(number)
	return len(key) == 32 && err == nil
}
