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

// A Journal records the content that was uploaded as each part of a bulk import
// session. It lets an interrupted upload skip the parts whose files are unchanged.
// The file has one line per upload, a digest and the name of the part. The last line of
// a part is valid. A Journal is safe for concurrent use.
type Journal struct {
	path string

	mu    sync.Mutex
	parts map[string]string // digest by name
}

// OpenJournal opens the journal in dir of a session at an endpoint. The journal is
// also valid with an error, which only means that earlier uploads are unknown.
func OpenJournal(dir, endpoint, session string) (*Journal, error) {
	sum := sha256.Sum256([]byte(endpoint + "\n" + session))
	j := &Journal{path: filepath.Join(dir, hex.EncodeToString(sum[:12])), parts: map[string]string{}}
	b, err := os.ReadFile(j.path)
	if errors.Is(err, fs.ErrNotExist) {
		return j, nil
	}
	for line := range strings.Lines(string(b)) {
		digest, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if ok && strings.HasSuffix(line, "\n") { // ignore an incomplete last line
			j.parts[name] = digest
		}
	}
	return j, err
}

// Has reports whether the last upload of the named part had the given digest.
func (j *Journal) Has(name, digest string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.parts[name] == digest
}

// Add records that content with the given digest was uploaded as the named part.
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

// Remove deletes the journal.
func (j *Journal) Remove() error {
	if err := os.Remove(j.path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Digest returns the SHA-256 of the file at path in hexadecimal.
func Digest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
