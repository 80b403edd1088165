//go:build conformance

package conformance

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestCluster runs the eight core calls and every program with the tables on a Trino cluster, which it starts. Each
// program has a catalog without other tables than the sample tables.
func TestCluster(t *testing.T) {
	if os.Getenv("CONFORMANCE_ENGINE") != "trino" {
		t.Skip("CONFORMANCE_ENGINE is not trino: make conformance ENGINE=trino runs this test")
	}
	c := newCluster(t)
	c.start(t)
	c.loadFiles(t)
	t.Run("curl", func(t *testing.T) {
		require(t, "curl")
		s := c.serve(t, t.TempDir(), "http")
		c.importSamples(t, s)
		checkCoreCalls(t, s)
		checkOtherCalls(t, s)
	})
	known := readKnown(t)
	ran := map[string]bool{}
	for _, p := range programs() {
		t.Run(p.name, func(t *testing.T) {
			cache := p.locate(t)
			s := c.serve(t, t.TempDir(), p.schemes[0])
			if s.trusted && p.trustStore != nil {
				p.trustStore(t, s)
			}
			s.known = maps.Clone(knownFailures)
			maps.Copy(s.known, known)
			c.importSamples(t, s)
			steps := p.run(t, s, cache)
			for name := range known {
				if step, ok := strings.CutPrefix(name, p.name+"/"); ok && !steps[step] {
					t.Errorf("%s has the unknown step %q", knownFile, step)
				}
			}
			ran[p.name] = true
		})
	}
	for name := range known {
		if program, _, _ := strings.Cut(name, "/"); !ran[program] {
			t.Logf("%s is not checked: %s", name, program)
		}
	}
	t.Run("restart", c.testRestart)
}

const knownFile = "testdata/known_cluster.txt"

// readKnown returns the reasons of the steps that fail with a cluster. A step in the file follows its reason.
func readKnown(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(knownFile)
	if err != nil {
		t.Fatal(err)
	}
	known, reason := map[string]string{}, ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if comment, ok := strings.CutPrefix(line, "# "); ok {
			reason = comment
		} else if known[line] != "" || reason == "" {
			t.Fatalf("%s: the step %q is repeated or has no reason", knownFile, line)
		} else {
			known[line] = reason
		}
	}
	return known
}

// A cluster is a Trino on this machine with tables in a directory.
type cluster struct {
	binary  string // of td
	dir     string
	port    int
	samples map[string]string // files of JSON lines, by table
	stop    func()
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return &cluster{binary: buildTD(t), dir: t.TempDir(), port: listener.Addr().(*net.TCPAddr).Port}
}

// start starts the coordinator, and waits until it answers.
func (c *cluster) start(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var stderr bytes.Buffer
	x := exec.CommandContext(ctx, "../../.ci/trino", fmt.Sprint(c.port))
	x.Env = append(os.Environ(), "TD_TRINO_DIR="+c.dir)
	x.Stderr = &stderr
	x.Cancel = func() error { return x.Process.Signal(syscall.SIGTERM) }
	x.WaitDelay = time.Minute
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = x.Wait() // the exit status of an interrupted process
		close(ended)
	}()
	c.stop = sync.OnceFunc(func() {
		cancel()
		<-ended
	})
	t.Cleanup(c.stop)
	for {
		select {
		case <-ended:
			skip(t, "trino", strings.TrimSpace(stderr.String()))
		case <-time.After(500 * time.Millisecond):
		}
		if c.isReady(t) {
			return
		}
	}
}

// isReady reports whether the coordinator has started.
func (c *cluster) isReady(t *testing.T) bool {
	r, err := http.NewRequestWithContext(t.Context(), "GET", fmt.Sprintf("http://127.0.0.1:%d/v1/info", c.port), nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(response.Body)
	return err == nil && strings.Contains(b.String(), `"starting":false`)
}

// serve serves a sandbox with the tables of the cluster.
func (c *cluster) serve(t *testing.T, dir, scheme string) *server {
	t.Helper()
	s := serve(t, c.binary, dir, scheme, newCallLog(), "--engine", fmt.Sprintf("trino://conformance@127.0.0.1:%d/iceberg", c.port), "--hive-as-trino")
	s.trusted = s.certificate != ""
	return s
}

// td runs the program and returns its output. The key and the endpoint are those of the server, if it is not nil.
func (c *cluster) td(t *testing.T, s *server, args ...string) string {
	t.Helper()
	if s == nil {
		args = append([]string{"-e", "sandbox"}, args...)
	} else {
		args = append([]string{"-e", s.url, "-k", apiKey}, args...)
	}
	var stderr bytes.Buffer
	x := exec.CommandContext(t.Context(), c.binary, args...)
	x.Env = append(os.Environ(), "HOME="+c.dir, "TD_API_KEY=", "TREASURE_DATA_API_KEY=")
	x.Stderr = &stderr
	out, err := x.Output()
	if err != nil {
		t.Fatalf("td %q: %v: %s", args, err, stderr.Bytes())
	}
	return string(out)
}

const sampleDatabase = "sample_datasets"

// sampleColumns returns the columns of the sample tables. A table without a schema gets its columns in the order of the
// first values.
func sampleColumns() map[string][]string {
	return map[string][]string{
		"nasdaq":     {"symbol:string", "open:double", "high:double", "low:double", "close:double", "volume:long"},
		"www_access": {"host:string", "path:string", "user:string", "method:string", "code:long", "size:long", "agent:string", "referer:string"},
	}
}

// loadFiles gets the sample tables from the sandbox of its own that td includes.
func (c *cluster) loadFiles(t *testing.T) {
	t.Helper()
	c.samples = map[string]string{}
	for table := range sampleColumns() {
		path := filepath.Join(c.dir, table+".jsonl")
		c.td(t, nil, "query", "-w", "-T", "trino", "-d", sampleDatabase, "-o", path, "-f", "jsonl", "SELECT * FROM "+table)
		c.samples[table] = path
	}
}

// importSamples drops all databases of the cluster and imports the sample tables.
func (c *cluster) importSamples(t *testing.T, s *server) {
	t.Helper()
	for database := range strings.Lines(c.td(t, s, "db:list", "-f", "json", "--jq", ".[].Name")) {
		c.td(t, s, "db:delete", "-f", strings.TrimSpace(database))
	}
	c.td(t, s, "db:create", sampleDatabase)
	for table, path := range c.samples {
		c.td(t, s, "table:create", sampleDatabase, table)
		c.td(t, s, append([]string{"schema:set", sampleDatabase, table}, sampleColumns()[table]...)...)
		c.td(t, s, "table:import", sampleDatabase, table, "--json", "-t", "time", path)
	}
}

// testRestart checks that tables and jobs are kept when the cluster is restarted while the sandbox is running, and when
// both are restarted.
func (c *cluster) testRestart(t *testing.T) {
	require(t, "curl")
	const query = "SELECT method, COUNT(1) AS cnt FROM www_access GROUP BY method ORDER BY cnt DESC"
	first := func(s *server) string { return c.td(t, s, "query", "-w", "-d", sampleDatabase, query) }
	dir, want := t.TempDir(), first(nil)
	s := c.serve(t, dir, "http")
	c.importSamples(t, s)
	job := s.issue(t, "SELECT count(*) FROM nasdaq")
	s.wait(t, job, "queued", "running")
	for _, step := range []struct {
		name    string
		restart func()
	}{
		{"before", func() {}},
		{"after a restart of the cluster", func() {
			c.stop()
			c.start(t)
		}},
		{"after a restart of both", func() {
			s.stop()
			c.stop()
			c.start(t)
			s = c.serve(t, dir, "http")
		}},
	} {
		step.restart()
		t.Run(step.name, func(t *testing.T) {
			if got := first(s); got != want {
				t.Errorf("the first query prints\n%s\nwant\n%s", got, want)
			}
			checkCoreCalls(t, s)
			if status, body := s.curl(t, "GET", "job/result/"+job+"?format=csv"); status != "200" || strings.TrimSpace(string(body)) != "8352" {
				t.Errorf("the result of a job: status %s: %s", status, body)
			}
		})
	}
}
