package bulkimport

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/partupload"
)

// readable refuses, before any request, files that cannot be read.
func readable(paths []string, stdin bool) error {
	seen := map[string]bool{}
	for _, path := range paths {
		key := absolute(path)
		switch {
		case path == partupload.Stdin && !stdin:
			return cli.WithHint(cli.Usagef("standard input is not read here"), "table:import reads it")
		case path == partupload.Stdin:
			key = path
		default:
			info, err := os.Stat(path)
			if e, ok := errors.AsType[*os.PathError](err); ok {
				err = e.Err
			}
			if err == nil && info.IsDir() {
				err = errors.New("it is a directory")
			}
			if err != nil {
				return cli.Usagef("%s cannot be read: %w", path, err)
			}
		}
		if seen[key] {
			return cli.Usagef("%s is given twice", path)
		}
		seen[key] = true
	}
	return nil
}

// prepared reports whether a file is a part already.
func prepared(path string) bool { return strings.HasSuffix(path, ".msgpack.gz") }

// stem is a file's name as the beginning of a part's name.
func stem(path string) string {
	const most = 100
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '_'
	}, strings.TrimSuffix(filepath.Base(path), ".gz"))
	return name[:min(len(name), most)]
}

// partPrefix is what the names of the parts of a file begin with, and of no other file's:
// the file's name, and a digest of where it is.
func partPrefix(path string) string {
	sum := sha256.Sum256([]byte(absolute(path)))
	return stem(path) + "_" + hex.EncodeToString(sum[:4]) + "_"
}

// partName is the name of a part of a file. The same content has the same name.
func partName(p partupload.Part) string {
	return fmt.Sprintf("%s%d_%s", partPrefix(p.Path), p.Index, p.ID[:16])
}

// fileParts gives files that are parts already the names that the toolbelt gives them:
// the file's name up to its first dot, or the dot after it and so on.
func fileParts(paths []string, prefix string, dots int) (map[string]string, error) {
	names := map[string]string{}
	taken := map[string]string{}
	for _, path := range paths {
		words := strings.Split(filepath.Base(path), ".")
		name := prefix + strings.Join(words[:min(len(words), dots+1)], ".")
		if other, ok := taken[name]; ok {
			return nil, cli.Usagef("%s and %s are both to be the part %q", other, path, name)
		}
		if name == "" || strings.Count(name, ".") > 1 {
			return nil, cli.Usagef("%s cannot be the part %q: a part's name is not empty and has one dot at most", path, name)
		}
		names[path], taken[name] = name, path
	}
	return names, nil
}
