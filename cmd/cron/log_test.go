package cron

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestLog copies logs with and without a line break at their end, and writes to one that is read-only.
func TestLog(t *testing.T) {
	for text, want := range map[string]string{"": "", "a\n": "a\n", "a\nb": "a\nb\n"} {
		path := filepath.Join(t.TempDir(), "log")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		l := &log{file: f}
		var b bytes.Buffer
		if err := l.copyTo(&b); err != nil || b.String() != want {
			t.Errorf("%q becomes %q, %v", text, &b, err)
		}
		if err := l.writeErr(); err != nil {
			t.Error(err)
		}
		l.printf("line")
		if l.writeErr() == nil {
			t.Error("no error")
		}
	}
}
