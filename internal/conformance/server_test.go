//go:build conformance

package conformance

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"
)

// A server is a running td sandbox:serve.
type server struct {
	binary      string // the td that serves it
	url, files  string
	certificate string // of a server with https
	trusted     bool
	trustStore  string
	stop        func()
	known       map[string]string // reasons of steps that fail, by program and step
}

func buildTD(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "td")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "../..").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

var listens = regexp.MustCompile(`listens on (\S+),`)

// startServer serves a new sandbox in a process of its own until the test ends.
func startServer(t *testing.T, binary, scheme string, calls *callLog) *server {
	t.Helper()
	return serve(t, binary, t.TempDir(), scheme, calls)
}

// serve serves a directory in a process of its own until the test ends or stop is called.
func serve(t *testing.T, binary, dir, scheme string, calls *callLog, args ...string) *server {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	args = append([]string{"sandbox:serve", "--verbose", "--listen", "127.0.0.1:0", "--dir", dir, "--apikey", apiKey, "--grace", "1s"}, args...)
	s := &server{binary: binary, files: filepath.Join(dir, "files"), known: knownFailures}
	if scheme == "https" {
		args = append(args, "--tls")
		s.certificate = filepath.Join(dir, "cert.pem")
	}
	c := exec.CommandContext(ctx, binary, args...)
	c.Env = append(os.Environ(), "HOME="+t.TempDir(), "TD_API_KEY=", "TREASURE_DATA_API_KEY=")
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 20 * time.Second
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	var before []string
	for s.url == "" && lines.Scan() {
		before = append(before, lines.Text())
		if m := listens.FindStringSubmatch(lines.Text()); m != nil {
			s.url = m[1]
		}
	}
	if s.url == "" {
		t.Fatalf("the server does not listen: %q", before)
	}
	if err := os.MkdirAll(s.files, 0o700); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for lines.Scan() {
			calls.add(lines.Text())
		}
		_, _ = io.Copy(io.Discard, stderr)
	})
	s.stop = sync.OnceFunc(func() {
		cancel()
		wg.Wait()
		_ = c.Wait() // the exit status of an interrupted process
	})
	t.Cleanup(s.stop)
	return s
}
