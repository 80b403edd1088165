package console

import (
	"bufio"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestKeepOrder(t *testing.T) {
	dir := t.TempDir()
	create := func(name string) *os.File {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	for _, tt := range []struct{ name, stdout, stderr, want string }{
		{"same file", "both", "both", "data 1\nmessage 1\ndata 2\nmessage 2\ndata 3\n"},
		{"two files", "out", "err", "data 1\ndata 2\ndata 3\n"},
	} {
		stdout, stderr := create(tt.stdout), create(tt.stderr)
		c := &Console{out: bufio.NewWriter(stdout), Err: stderr}
		c.Out = c.out
		c.keepOrder(stdout, stderr)
		c.Print("data 1")
		c.Say("message 1")
		c.Print("data 2")
		c.Say("message 2")
		c.Print("data 3")
		if err := c.Flush(); err != nil {
			t.Error(err)
		}
		if got, err := os.ReadFile(stdout.Name()); err != nil || string(got) != tt.want {
			t.Errorf("%s: %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}

// TestKeepOrderConcurrently lets the race detector check messages from other goroutines.
func TestKeepOrderConcurrently(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "both"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c := &Console{out: bufio.NewWriter(f)}
	c.keepOrder(f, f)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 100 {
				c.Print("data")
				c.Say("message")
			}
		})
	}
	group.Wait()
	if err := c.Flush(); err != nil {
		t.Error(err)
	}
	if info, err := f.Stat(); err != nil || info.Size() != 400*int64(len("data\nmessage\n")) {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
}
