package importjournal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A History records the files that were imported into a table by a digest of their
// content.
type History struct {
	path    string
	digests map[string]bool
}

// OpenHistory opens the history of a table, which is kept in dir. The history is also
// valid with an error, which only means that earlier imports are unknown.
func OpenHistory(dir, service, table string) (*History, error) {
	b, _ := json.Marshal([]string{service, table}) // strings cannot fail
	sum := sha256.Sum256(b)
	h := &History{path: filepath.Join(dir, hex.EncodeToString(sum[:16])+".history"), digests: map[string]bool{}}
	text, err := os.ReadFile(h.path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	for line := range strings.Lines(string(text)) {
		if digest, ok := strings.CutSuffix(line, "\n"); ok { // ignore an incomplete last line
			h.digests[digest] = true
		}
	}
	return h, err
}

// Has reports whether a file with the given digest was imported.
func (h *History) Has(digest string) bool { return h.digests[digest] }

// Add records that files with the given digests were imported.
func (h *History) Add(digests ...string) error {
	var lines bytes.Buffer
	for _, d := range digests {
		if !h.digests[d] {
			h.digests[d] = true
			fmt.Fprintln(&lines, d)
		}
	}
	if lines.Len() == 0 {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(h.path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(h.path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	// One write, so that concurrent commands do not mix their lines.
	_, err = f.Write(slices.Concat(lineBreak(f), lines.Bytes()))
	return errors.Join(err, f.Close())
}

// lineBreak returns a line break if the last line of f is incomplete.
func lineBreak(f *os.File) []byte {
	var last [1]byte
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return nil
	}
	if _, err := f.ReadAt(last[:], info.Size()-1); err != nil || last[0] == '\n' {
		return nil
	}
	return []byte("\n")
}
