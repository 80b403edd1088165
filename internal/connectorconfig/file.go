package connectorconfig

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/td-cli/td/internal/atomicfile"
)

// WriteFile replaces the file at path with text. Only its owner may read it, because a
// configuration may contain secrets. An existing file is renamed to the first free
// name of path.0, path.1 …, which is returned.
func WriteFile(path, text string) (backup string, err error) {
	f, err := atomicfile.Create(path, atomicfile.Options{Private: true})
	if err != nil {
		return "", err
	}
	defer f.Discard()
	if _, err := io.WriteString(f, text); err != nil {
		return "", err
	}
	if target := f.Target(); target.Exists {
		if backup, err = freeName(target.File); err != nil {
			return "", err
		}
		if err := os.Rename(target.File, backup); err != nil {
			return "", err
		}
	}
	return backup, f.Commit()
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
