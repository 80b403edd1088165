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

// Locks that are taken, removed and taken again at once must never be held twice.
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
