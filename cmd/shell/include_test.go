package shell

import (
	"os"
	"path/filepath"
	"testing"
)

// An interactive session goes on after files that include each other.
func TestIncludeDepth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.sql")
	if err := os.WriteFile(path, []byte("-- empty\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const depth = 16
	s := &session{depth: depth}
	if err := s.include(t.Context(), "", path); err == nil || s.depth != depth {
		t.Errorf("error %v, depth %d", err, s.depth)
	}
}
