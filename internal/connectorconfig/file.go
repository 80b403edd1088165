package connectorconfig

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile writes a text to the file at path, which only its owner may read, because a
// configuration may hold secrets. What was there is kept under the first free of the names
// path.0, path.1 …, which is returned.
func WriteFile(path, text string) (kept string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return "", err
	}
	part := f.Name()
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(part))
		}
	}()
	_, err = f.WriteString(text)
	if err = cmp.Or(err, f.Close()); err != nil {
		return "", err
	}
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return "", os.Rename(part, path)
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", &fs.PathError{Op: "write", Path: path, Err: errors.New("it is not a regular file")}
	}
	if kept, err = freeName(path); err != nil {
		return "", err
	}
	if err := os.Rename(path, kept); err != nil {
		return "", err
	}
	return kept, os.Rename(part, path)
}

// freeName returns the first of path.0, path.1 … that does not exist.
func freeName(path string) (string, error) {
	for i := 0; ; i++ {
		name := fmt.Sprintf("%s.%d", path, i)
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return name, nil
		} else if err != nil {
			return "", err
		}
	}
}
