package download

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/sleep"
)

// A FileError is an error writing the file at Path. The previous file, if any, is
// unchanged.
type FileError struct {
	Path string
	Err  error
}

// Error implements error.
func (e *FileError) Error() string {
	err := e.Err
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return fmt.Sprintf("cannot write %q: %v", e.Path, err)
}

// Unwrap returns e.Err.
func (e *FileError) Unwrap() error { return e.Err }

// fileError wraps an error that is not nil in a FileError.
func fileError(path string, err error) error {
	if err == nil {
		return nil
	}
	return &FileError{path, err}
}

// CheckPath returns a [FileError] if a result cannot be written to the file at path: if
// its directory is missing or not writable, if it is a directory or
// write-protected, or if another process is writing it. It leaves no file.
func CheckPath(path string) error {
	t, err := atomicfile.Locate(path)
	if err != nil {
		return &FileError{path, err}
	}
	if t.Special {
		return nil
	}
	f, err := t.Create(atomicfile.Options{Part: true, IsLeftover: isLeftover})
	if err != nil {
		return &FileError{path, err}
	}
	f.Discard()
	return nil
}

// pipePoll is the time between two attempts to open a pipe that has no reader.
const pipePoll = 20 * time.Millisecond

// openDevice opens a file that is written in place. Opening a named pipe waits for
// its reader until ctx ends.
func openDevice(ctx context.Context, t atomicfile.Target) (*os.File, error) {
	flag := os.O_WRONLY | os.O_APPEND // it may be an open file with other content
	if t.Pipe {
		flag |= syscall.O_NONBLOCK
	}
	for {
		f, err := os.OpenFile(t.File, flag, 0)
		if err == nil {
			return f, nil
		}
		if !t.Pipe || !errors.Is(err, syscall.ENXIO) {
			return nil, &FileError{t.Path, err}
		}
		if err := sleep.For(ctx, pipePoll); err != nil {
			return nil, err
		}
	}
}
