package lockfile_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/td-cli/td/internal/lockfile"
)

func TestTryIsExclusive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.lock")
	if held, err := lockfile.Held(path); held || err != nil {
		t.Fatalf("Held of a missing file = %v, %v; want false", held, err)
	}
	first, err := lockfile.Try(path)
	if err != nil || first == nil {
		t.Fatalf("Try = %v, %v; want a lock", first, err)
	}
	if second, err := lockfile.Try(path); second != nil || err != nil {
		t.Fatalf("second Try = %v, %v; want nil, nil", second, err)
	}
	if held, err := lockfile.Held(path); !held || err != nil {
		t.Fatalf("Held = %v, %v; want true", held, err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	third, err := lockfile.Try(path)
	if err != nil || third == nil {
		t.Fatalf("Try after Release = %v, %v; want a lock", third, err)
	}
	if err := third.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there after Remove: %v", err)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.lock")
	held, err := lockfile.Try(path)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := lockfile.Wait(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait = %v; want context.Canceled", err)
	}
}

// TestRemoveRace checks that a lock that is taken, removed and taken again is never held twice.
func TestRemoveRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.lock")
	var holders atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				l, err := lockfile.Try(path)
				if err != nil {
					t.Error(err)
					return
				}
				if l == nil {
					continue
				}
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d holders at once", n)
				}
				holders.Add(-1)
				if err := l.Remove(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.part")
	first, err := lockfile.Create(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.File().WriteString("text"); err != nil {
		t.Fatal(err)
	}
	if _, err := lockfile.Create(path, 0o600, nil); !errors.Is(err, lockfile.ErrHeld) {
		t.Errorf("the second Create returned %v", err)
	}
	if err := first.Release(); err != nil { // like a process that crashed
		t.Fatal(err)
	}
	second, err := lockfile.Create(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 0 {
		t.Errorf("the stale file was not replaced: %v, %v", info, err)
	}
	target := filepath.Join(dir, "a")
	if err := second.Rename(target); err != nil {
		t.Fatal(err)
	}
	if held, err := lockfile.Held(target); held || err != nil {
		t.Errorf("after Rename: held %v, %v", held, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the directory has %v, %v", entries, err)
	}
	if _, err := lockfile.Create(filepath.Join(dir, "no", "such"), 0o600, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in a missing directory: %v", err)
	}
	if _, err := lockfile.Create(dir, 0o600, nil); err == nil {
		t.Error("a directory was replaced")
	}
}

// TestCreateRace checks that files which are created, renamed and removed at the same time
// are never used by two owners.
func TestCreateRace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.part")
	var holders atomic.Int32
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 100 {
				l, err := lockfile.Create(path, 0o600, nil)
				if errors.Is(err, lockfile.ErrHeld) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d holders", n)
				}
				holders.Add(-1)
				if i%2 == 0 {
					err = l.Rename(filepath.Join(dir, "a"))
				} else {
					err = l.Remove()
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestShare(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.lock")
	var readers []*lockfile.Lock
	for range 2 {
		l, err := lockfile.Share(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		readers = append(readers, l)
	}
	for _, l := range readers {
		if writer, err := lockfile.Try(path); writer != nil || err != nil {
			t.Fatalf("Try of a shared lock = %v, %v; want nil, nil", writer, err)
		}
		if err := l.Release(); err != nil {
			t.Fatal(err)
		}
	}
	writer, err := lockfile.Try(path)
	if err != nil || writer == nil {
		t.Fatalf("Try = %v, %v; want a lock", writer, err)
	}
	defer writer.Release()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := lockfile.Share(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("Share of an exclusive lock = %v; want context.Canceled", err)
	}
}
