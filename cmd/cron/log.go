package cron

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

// A log receives the output of all attempts of a run.
type log struct {
	file *os.File
	dir  string // of the kept logs; "" for a temporary file
	name string
}

// openLog creates the log of a run, readable by its owner only. In a directory it is kept; otherwise it is temporary.
func openLog(dir, name string) (*log, error) {
	if dir == "" {
		f, err := os.CreateTemp("", "td-cron-*.log")
		if err != nil {
			return nil, err
		}
		_ = os.Remove(f.Name()) // close removes it where open files cannot be removed
		return &log{file: f, name: name}, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	base := fmt.Sprintf("%s.%s.%d.log", name, time.Now().UTC().Format("20060102T150405Z"), os.Getpid())
	f, err := os.OpenFile(filepath.Join(dir, base), os.O_CREATE|os.O_EXCL|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return &log{file: f, dir: dir, name: name}, nil
}

// printf writes a line of td cron itself.
func (l *log) printf(format string, a ...any) {
	fmt.Fprintf(l.file, "td cron: "+format+"\n", a...)
}

// copyTo writes the whole log to w.
func (l *log) copyTo(w io.Writer) error {
	info, err := l.file.Stat()
	if err != nil {
		return err
	}
	_, err = io.Copy(w, io.NewSectionReader(l.file, 0, info.Size()))
	return err
}

// close closes the log, and removes it if it is temporary.
func (l *log) close() {
	_ = l.file.Close() // the child wrote it, too
	if l.dir == "" {
		_ = os.Remove(l.file.Name())
	}
}

// rotate removes the oldest logs of the same name so that at most keep remain.
func (l *log) rotate(keep int) error {
	if l.dir == "" {
		return nil
	}
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return err
	}
	pattern := regexp.MustCompile(`^` + regexp.QuoteMeta(l.name) + `\.[0-9]{8}T[0-9]{6}Z\.[0-9]+\.log$`)
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && pattern.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names) // by time
	for _, name := range names[:max(0, len(names)-keep)] {
		if removeErr := os.Remove(filepath.Join(l.dir, name)); removeErr != nil && !errors.Is(removeErr, fs.ErrNotExist) {
			err = errors.Join(err, removeErr)
		}
	}
	return err
}
