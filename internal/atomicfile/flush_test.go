package atomicfile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestFlushWhileWriting writes files that are flushed in the background, and ends them in all ways.
func TestFlushWhileWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	block := bytes.Repeat([]byte("0123456789abcdef"), flushSize/32)
	for name, end := range map[string]func(*File) error{
		"commit": (*File).Commit,
		"sync":   func(f *File) error { return errors.Join(f.Sync(), f.Commit()) },
		"reset":  func(f *File) error { return errors.Join(f.Reset(), f.Commit()) },
	} {
		for _, o := range []Options{{Sync: true}, {Sync: true, Part: true}} {
			f, err := Create(path, o)
			if err != nil {
				t.Fatal(err)
			}
			for range 5 {
				if _, err := f.Write(block); err != nil {
					t.Fatal(err)
				}
			}
			if err := end(f); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			f.Discard()
			want := bytes.Repeat(block, 5)
			if name == "reset" {
				want = nil
			}
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes, %v; want %d", name, len(got), err, len(want))
			}
		}
	}
}

// TestFlushError checks that an error in the background ends the replacement, because a later flush
// does not report it again.
func TestFlushError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	closed, err := os.Create(filepath.Join(t.TempDir(), "closed"))
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	f, err := Create(path, Options{Sync: true})
	if err != nil {
		t.Fatal(err)
	}
	f.flusher.add(closed, flushSize)
	if err := f.Commit(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Commit: %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "old" {
		t.Errorf("the file has %q", got)
	}
	var few flusher
	few.add(closed, flushSize-1)
	if err := few.wait(); err != nil {
		t.Errorf("%d bytes were flushed: %v", flushSize-1, err)
	}
}
