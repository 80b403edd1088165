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

// checkFiles returns an error for files that cannot be read and for duplicates.
func checkFiles(paths []string, stdin bool) error {
	seen := map[string]bool{}
	for _, path := range paths {
		key := absolute(path)
		switch {
		case path == partupload.Stdin && !stdin:
			return cli.WithHint(cli.Usagef("this command cannot read standard input"), "use table:import")
		case path == partupload.Stdin:
			key = path
		default:
			info, err := os.Stat(path)
			if err == nil && info.IsDir() {
				err = errors.New("is a directory")
			}
			if err != nil {
				return cli.CannotRead(path, err)
			}
		}
		if seen[key] {
			return cli.Usagef("duplicate file %s", path)
		}
		seen[key] = true
	}
	return nil
}

// isPrepared reports whether a file is a prepared part.
func isPrepared(path string) bool { return strings.HasSuffix(path, ".msgpack.gz") }

// stem returns the name of a file as the prefix of part names.
func stem(path string) string {
	const maxLength = 100
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '_'
	}, strings.TrimSuffix(filepath.Base(path), ".gz"))
	return name[:min(len(name), maxLength)]
}

// partPrefix returns the common prefix of the names of a file's parts. It contains a digest of
// the path, which makes it unique.
func partPrefix(path string) string {
	sum := sha256.Sum256([]byte(absolute(path)))
	return stem(path) + "_" + hex.EncodeToString(sum[:4]) + "_"
}

// partName returns the name of a part of a file. The same content has the same name.
func partName(p partupload.Part) string {
	return fmt.Sprintf("%s%d_%s", partPrefix(p.Path), p.Index, p.ID[:16])
}

// fileParts returns the part names of prepared files, as in the Ruby toolbelt: the file name
// up to its first dot, or up to a later one.
func fileParts(paths []string, prefix string, dots int) (map[string]string, error) {
	names := map[string]string{}
	taken := map[string]string{}
	for _, path := range paths {
		words := strings.Split(filepath.Base(path), ".")
		name := prefix + strings.Join(words[:min(len(words), dots+1)], ".")
		if other, ok := taken[name]; ok {
			return nil, cli.Usagef("%s and %s have the same part name %q", other, path, name)
		}
		if name == "" || strings.Count(name, ".") > 1 {
			return nil, cli.Usagef("invalid part name %[2]q of %[1]s: it must not be empty and may contain only one dot", path, name)
		}
		names[path], taken[name] = name, path
	}
	return names, nil
}
