package partupload

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// A Journal remembers which content was uploaded under which part's name, so that an
// upload that was interrupted can tell the parts that are there from those that have
// changed since. It is a file of lines, a digest and a name each, of which later ones
// count.
type Journal struct {
	path string

	mu    sync.Mutex
	parts map[string]string // digests by name
}

// OpenJournal returns the journal of a session at an endpoint, which is kept in dir.
func OpenJournal(dir, endpoint, session string) (*Journal, error) {
	sum := sha256.Sum256([]byte(endpoint + "\n" + session))
	j := &Journal{path: filepath.Join(dir, hex.EncodeToString(sum[:12])), parts: map[string]string{}}
	b, err := os.ReadFile(j.path)
	if errors.Is(err, fs.ErrNotExist) {
		return j, nil
	}
	for line := range strings.Lines(string(b)) {
		digest, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if ok && strings.HasSuffix(line, "\n") { // else the line was cut off
			j.parts[name] = digest
		}
	}
	return j, err
}

// Has reports whether that content was uploaded last under that name.
func (j *Journal) Has(name, digest string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.parts[name] == digest
}

// Add notes that the content was uploaded.
func (j *Journal) Add(name, digest string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := os.MkdirAll(filepath.Dir(j.path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(j.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%s %s\n", digest, name)
	j.parts[name] = digest
	return errors.Join(err, f.Close())
}

// Remove forgets the session.
func (j *Journal) Remove() error {
	if err := os.Remove(j.path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Digest returns what tells the content of the file at path from any other.
func Digest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was only read from
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
