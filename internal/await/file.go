package await

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A FileError says that a file cannot be written; the one that stood there before,
// if any, is as it was.
type FileError struct {
	Path string
	Err  error
}

func (e *FileError) Error() string {
	err := e.Err
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return fmt.Sprintf("cannot write %q: %v", e.Path, err)
}
func (e *FileError) Unwrap() error { return e.Err }

// writeFile lets write fill a file that appears whole under path, or not at all:
// path.part is written, synced and renamed. An existing file keeps its mode, a
// link is followed, and what is no regular file (a pipe, a device) is written to as it is.
func writeFile(path string, write func(io.Writer) error) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		target = path
	}
	mode := fs.FileMode(0o666)
	switch fi, err := os.Stat(target); {
	case err == nil && fi.IsDir():
		return &FileError{path, errors.New("it is a directory")}
	case err == nil && !fi.Mode().IsRegular():
		return writeDevice(target, write)
	case err == nil:
		mode = fi.Mode().Perm()
	}
	part := target + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return &FileError{path, err}
	}
	if err := fill(f, write); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	if err := os.Chmod(part, mode); err != nil && mode != 0o666 {
		return &FileError{path, errors.Join(err, os.Remove(part))}
	}
	if err := os.Rename(part, target); err != nil {
		return &FileError{path, errors.Join(err, os.Remove(part))}
	}
	return nil
}

// fill writes and syncs f, and closes it.
func fill(f *os.File, write func(io.Writer) error) error {
	w := bufio.NewWriterSize(f, 256<<10)
	err := write(w)
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func writeDevice(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return &FileError{path, err}
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 256<<10)
	if err := write(w); err != nil {
		return err
	}
	return w.Flush()
}
