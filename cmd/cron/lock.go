package cron

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/lockfile"
	"github.com/td-cli/td/internal/sleep"
	"github.com/td-cli/td/internal/text"
)

// lockPause is the pause between two attempts to lock.
const lockPause = 200 * time.Millisecond

// acquire locks the lock with a name in a directory. If another run holds it, acquire waits as w asks for, and returns a
// [cli.StateError] if that is in vain.
func acquire(ctx context.Context, dir, name string, w lockWait) (*lockfile.Lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot create the lock %s: %w", name, err)
	}
	path := filepath.Join(dir, name+".lock")
	start := time.Now()
	for {
		lock, err := lockfile.Try(path)
		if err != nil {
			return nil, fmt.Errorf("cannot create the lock %s: %w", name, err)
		}
		if lock != nil {
			return lock, writeHolder(lock)
		}
		if !w.on || w.limit > 0 && time.Since(start) >= w.limit {
			err := cli.StateError{Err: fmt.Errorf("the lock %s is held by another run%s", name, readHolder(path))}
			if w.on {
				return nil, err
			}
			return nil, cli.WithHint(err, "--lock-wait waits for it")
		}
		if err := sleep.For(ctx, lockPause); err != nil {
			return nil, err
		}
	}
}

// writeHolder writes the process and the time into a lock, for readHolder.
func writeHolder(lock *lockfile.Lock) error {
	f := lock.File()
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(f, "%d %s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339))
	return err
}

// readHolder describes the holder of a lock, or returns "" if it is unknown.
func readHolder(path string) string {
	const maxSize = 100
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxSize))
	pid, since, ok := strings.Cut(strings.TrimSpace(string(b)), " ")
	started, timeErr := time.Parse(time.RFC3339, since)
	if err != nil || !ok || timeErr != nil || strings.Trim(pid, "0123456789") != "" {
		return ""
	}
	return fmt.Sprintf(" (process %s, since %s)", pid, text.LocalTime(started))
}
