package atomicfile

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// A Set is a number of new files in a directory that appear together. They are written to a staging
// directory next to them and linked to their names when all are complete, the first one last. Only a
// process that is killed meanwhile leaves some of them; OpenSet removes these.
type Set struct {
	dir, stage string
	names      []string // ordered by their creation
	file       *os.File // the last one, while it is open
}

// OpenSet starts to create files in a directory. The caller excludes other processes from the
// staging directory and ends the set with Commit or Discard.
//
// OpenSet removes the files that an interrupted set left. A staging directory that contains other
// files than members is an error that wraps [fs.ErrExist], and so is a member that exists.
func OpenSet(dir, stage string, isMember func(name string) bool) (*Set, error) {
	s := &Set{dir: dir, stage: stage}
	if err := s.removeLeftovers(isMember); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if isMember(e.Name()) {
			return nil, s.existsError(e.Name())
		}
	}
	return s, nil
}

// removeLeftovers removes the staging directory of an interrupted set, and first the files that were
// linked to it.
func (s *Set) removeLeftovers(isMember func(string) bool) error {
	entries, err := os.ReadDir(s.stage)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !isMember(e.Name()) || !e.Type().IsRegular() {
			return &fs.PathError{Op: "create", Path: s.stage, Err: fmt.Errorf("%w and contains other files", fs.ErrExist)}
		}
	}
	for _, e := range entries {
		staged, err := os.Lstat(filepath.Join(s.stage, e.Name()))
		if err != nil {
			return err
		}
		name := filepath.Join(s.dir, e.Name())
		if linked, err := os.Lstat(name); err == nil && os.SameFile(staged, linked) {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	return os.RemoveAll(s.stage)
}

// Create creates the next file. The previous one must be closed.
func (s *Set) Create(name string) error {
	if len(s.names) == 0 {
		if err := os.Mkdir(s.stage, 0o700); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(filepath.Join(s.stage, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	s.file = f
	s.names = append(s.names, name)
	return nil
}

// Write appends p to the last file.
func (s *Set) Write(p []byte) (int, error) { return s.file.Write(p) }

// Close flushes the last file to the disk and closes it.
func (s *Set) Close() error {
	err := cmp.Or(syncFile(s.file), s.file.Close())
	s.file = nil
	return err
}

// Commit makes all files appear. If it fails, none of them exists.
func (s *Set) Commit() error {
	for i, name := range slices.Backward(s.names) {
		if err := s.link(name); err != nil {
			for _, linked := range s.names[i+1:] {
				_ = os.Remove(filepath.Join(s.dir, linked))
			}
			s.Discard()
			return err
		}
	}
	syncDir(s.dir)
	return os.RemoveAll(s.stage)
}

// link gives a complete file its final name, which must not exist.
func (s *Set) link(name string) error {
	staged, final := filepath.Join(s.stage, name), filepath.Join(s.dir, name)
	err := os.Link(staged, final)
	if err == nil {
		return nil
	}
	if _, err := os.Lstat(final); err == nil {
		return s.existsError(name)
	}
	return os.Rename(staged, final) // not all file systems have hard links
}

func (s *Set) existsError(name string) error {
	err := fmt.Errorf("%w; remove the files of the earlier result or choose another name", fs.ErrExist)
	return &fs.PathError{Op: "create", Path: filepath.Join(s.dir, name), Err: err}
}

// Discard removes all files. The set can be used again.
func (s *Set) Discard() {
	if s.file != nil {
		_ = s.file.Close()
	}
	_ = os.RemoveAll(s.stage)
	s.names, s.file = nil, nil
}
