package cron

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"
)

// A log receives the output of all attempts of a run.
type log struct {
	file *os.File
	dir  string // of the kept logs; "" for a temporary file
	name string
	mu   sync.Mutex // guards err
	err  error      // of the first line that could not be written
}

// openLog creates the log of a run, readable by its owner only. In a directory it is kept; otherwise it is temporary.
func openLog(dir, name string) (*log, error) {
	if dir == "" {
		f, err := os.CreateTemp("", "td-cron-*.log")
		if err != nil {
			return nil, fmt.Errorf("cannot create the temporary log of the run: %w", err)
		}
		_ = os.Remove(f.Name()) // close removes it where open files cannot be removed
		return &log{file: f, name: name}, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot create the folder of the logs: %w", err)
	}
	base := fmt.Sprintf("%s.%s.%d.log", name, time.Now().UTC().Format("20060102T150405Z"), os.Getpid())
	f, err := os.OpenFile(filepath.Join(dir, base), os.O_CREATE|os.O_EXCL|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot create the log of the run: %w", err)
	}
	return &log{file: f, dir: dir, name: name}, nil
}

// printf writes a line of td cron itself.
func (l *log) printf(format string, a ...any) {
	_, err := fmt.Fprintf(l.file, "td cron: "+format+"\n", a...)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = cmp.Or(l.err, err)
}

// writeErr returns the error of the first line that could not be written. Output of the command may be missing, too.
func (l *log) writeErr() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// copyTo writes the whole log to w, with a line break at its end.
func (l *log) copyTo(w io.Writer) error {
	info, err := l.file.Stat()
	if err != nil {
		return err
	}
	last := []byte{'\n'}
	if info.Size() > 0 {
		if _, err := l.file.ReadAt(last, info.Size()-1); err != nil {
			return err
		}
	}
	if _, err = io.Copy(w, io.NewSectionReader(l.file, 0, info.Size())); err == nil && last[0] != '\n' {
		_, err = io.WriteString(w, "\n")
	}
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
