package scripttest

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/td-cli/td/internal/lockfile"
)

// Binary returns the path of td, built for the tests of this module. It is built once: all
// test processes share bin/scripttest/td (or td-race) and rebuild it only if a source file
// is newer.
//
// The sources are listed in this process, so that go test sees which files a test depends on and
// does not reuse a cached result after one of them changed.
func Binary() (string, error) { return buildOnce() }

// RunWithBinary runs the tests of a package with td first in PATH, for those that run it as a process. It returns the exit
// status.
func RunWithBinary(m *testing.M) int {
	restoreSignals()
	td, err := Binary()
	if err == nil {
		err = os.Setenv("PATH", filepath.Dir(td)+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// restoreSignals gives signals that this process ignores, because it was started by nohup for example, their default action
// in the processes that it starts.
func restoreSignals() {
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGPIPE, syscall.SIGTERM} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s) // a handler is not inherited
		}
	}
}

var buildOnce = sync.OnceValues(func() (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	newest, err := newestSource(root)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, "bin", "scripttest"+raceSuffix)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	lock, err := lockfile.Wait(context.Background(), filepath.Join(dir, "lock"))
	if err != nil {
		return "", err
	}
	defer lock.Release() // it also ends with the process
	name := filepath.Join(dir, "td")
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if fi, err := os.Stat(name); err == nil && fi.ModTime().After(newest) {
		return name, nil
	}
	build := exec.Command("go", append(buildFlags(), "-o", name, "./cmd/internal/scripttest/td")...)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	now := time.Now()
	return name, os.Chtimes(name, now, now) // go build leaves an up-to-date file alone
})

func buildFlags() []string {
	if raceSuffix != "" {
		return []string{"build", "-race"}
	}
	return []string{"build"}
}

// moduleRoot returns the directory of go.mod above the working directory, which is the
// directory of the tested package.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod above the working directory")
		}
		dir = parent
	}
}

// newestSource returns the time of the newest file that the build may depend on.
func newestSource(root string) (time.Time, error) {
	var newest time.Time
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin" || name == "dist") {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(name, "_test.go") {
			return nil
		}
		fi, err := os.Stat(path)
		if err != nil {
			return err
		}
		if fi.ModTime().After(newest) {
			newest = fi.ModTime()
		}
		return nil
	})
	return newest, err
}
