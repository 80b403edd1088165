//go:build conformance

package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const apiKey = "1/conformance"

// A program is a client that reports steps.
type program struct {
	name    string
	tool    string   // must be installed; CONFORMANCE_REQUIRE contains it without digits
	cached  string   // path in the cache that make conformance creates
	source  string   // variable that names a checkout of a client that no registry has
	schemes []string // http and https
	command func(s *server, cache string) (args, env []string)
	// trustStore creates a file of trusted certificates.
	trustStore func(t *testing.T, s *server)
	// untrusted is an additional run without the certificate: UNTRUSTED is set.
	untrusted bool
}

var both = []string{"http", "https"}

func programs() []program {
	python := func(script string) func(*server, string) ([]string, []string) {
		return func(_ *server, cache string) ([]string, []string) {
			return []string{filepath.Join(cache, "python", "bin", "python"), filepath.Join("python", script)}, []string{"PYTHONDONTWRITEBYTECODE=1", "PYTHONWARNINGS=ignore"}
		}
	}
	columnar := func(s *server, cache string) ([]string, []string) {
		return []string{filepath.Join(cache, "columnar", "bin", "python"), filepath.Join("columnar", "readers.py")}, []string{"PYTHONDONTWRITEBYTECODE=1", "TD=" + s.binary}
	}
	java := func(directory string) func(*server, string) ([]string, []string) {
		return func(s *server, cache string) ([]string, []string) {
			args := []string{"java", "-cp", filepath.Join(cache, directory, "*")}
			if s.trustStore != "" {
				args = append(args, "-Djavax.net.ssl.trustStore="+s.trustStore, "-Djavax.net.ssl.trustStorePassword=changeit")
			}
			return append(args, filepath.Join("java", "Conformance.java")), nil
		}
	}
	node := func(s *server, cache string) ([]string, []string) {
		env := []string{"NODE_PATH=" + filepath.Join(cache, "node", "node_modules"), "NODE_NO_WARNINGS=1"}
		if s.trusted {
			env = append(env, "NODE_EXTRA_CA_CERTS="+s.certificate)
		}
		return []string{"node", filepath.Join("node", "conformance.js")}, env
	}
	goProgram := func(_ *server, cache string) ([]string, []string) {
		return []string{filepath.Join(cache, "go", "program")}, nil
	}
	jdbc := func(_ *server, cache string) ([]string, []string) {
		path := filepath.Join(cache, "jdbc", "classes") + string(os.PathListSeparator) + filepath.Join(cache, "jdbc", "jars", "*")
		return []string{"java", "-cp", path, filepath.Join("jdbc", "Conformance.java")}, nil
	}
	ruby := func(*server, string) ([]string, []string) {
		return []string{"ruby", "-W0", "-I", filepath.Join(os.Getenv("TD_CLIENT_RUBY"), "lib"), filepath.Join("ruby", "conformance.rb")}, nil
	}
	return []program{
		{name: "python", tool: "python3", cached: "python/bin/python", schemes: both, command: python("conformance.py")},
		{name: "pytd", tool: "python3", cached: "python/bin/python", schemes: both, command: python("frames.py")},
		{name: "columnar", tool: "python3", cached: "columnar/bin/python", schemes: []string{"http"}, command: columnar},
		{name: "java", tool: "java", cached: "java", schemes: both, command: java("java"), trustStore: createTrustStore, untrusted: true},
		{name: "java-0.8", tool: "java", cached: "java-0.8", schemes: both, command: java("java-0.8"), trustStore: createTrustStore, untrusted: true},
		{name: "go", tool: "go", cached: "go/program", source: "TD_CLIENT_GO", schemes: []string{"https"}, untrusted: true, command: goProgram},
		{name: "jdbc", tool: "java", cached: "jdbc", source: "TD_JDBC", schemes: []string{"http"}, command: jdbc},
		{name: "ruby", tool: "ruby", source: "TD_CLIENT_RUBY", schemes: both, untrusted: true, command: ruby},
		{name: "node", tool: "node", cached: "node/node_modules/td", schemes: both, command: node, untrusted: true},
	}
}

// knownFailures are steps that fail for a reason other than the sandbox. A step that
// passes must be removed. Keys are a program and a step.
var knownFailures = map[string]string{
	"go/results: list":    "the client rejects the organization null, which the API requires",
	"go/users: add a key": "the client rejects the key user of the response",
	"pytd/frames: insert_into through Trino's protocol": "the sandbox implements the REST API, not Trino's client protocol",
}

// TestClients runs every program over http and https. Each run is a server of its own.
func TestClients(t *testing.T) {
	if engine := os.Getenv("CONFORMANCE_ENGINE"); engine != "" {
		t.Skipf("CONFORMANCE_ENGINE is %s", engine)
	}
	binary := buildTD(t)
	calls := newCallLog()
	t.Run("clients", func(t *testing.T) {
		t.Run("curl", func(t *testing.T) {
			for _, scheme := range both {
				t.Run(scheme, func(t *testing.T) {
					t.Parallel()
					require(t, "curl")
					calls.addProgram("curl")
					s := startServer(t, binary, scheme, calls)
					checkCoreCalls(t, s)
					checkOtherCalls(t, s)
				})
			}
		})
		for _, p := range programs() {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				cache := p.locate(t)
				calls.addProgram(p.name)
				for _, scheme := range p.schemes {
					t.Run(scheme, func(t *testing.T) {
						s := startServer(t, binary, scheme, calls)
						if p.untrusted && scheme == "https" {
							p.run(t, s, cache, "UNTRUSTED=1")
						}
						s.trusted = scheme == "https"
						if s.trusted && p.trustStore != nil {
							p.trustStore(t, s)
						}
						p.run(t, s, cache)
					})
				}
			})
		}
	})
	for _, p := range programs() {
		if p.source == "" && !calls.programs[p.name] {
			t.Logf("%s did not run: the feature matrix is not checked", p.name)
			return
		}
	}
	calls.check(t)
}

// require skips the test if a tool is not installed. It fails if CONFORMANCE_REQUIRE
// contains the name of the tool without digits.
func require(t *testing.T, tool string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		skip(t, tool, fmt.Sprintf("%s is not installed: its client is not checked", tool))
	}
}

func skip(t *testing.T, tool, message string) {
	t.Helper()
	required := strings.Split(os.Getenv("CONFORMANCE_REQUIRE"), ",")
	if slices.Contains(required, strings.TrimRight(tool, "0123456789")) {
		t.Fatalf("%s (required by CONFORMANCE_REQUIRE)", message)
	}
	t.Skip(message)
}

// locate returns the cache folder after checking that the client is available.
func (p program) locate(t *testing.T) string {
	t.Helper()
	if p.source != "" && os.Getenv(p.source) == "" {
		t.Skipf("no registry has the client: set %s to a checkout of its source", p.source)
	}
	require(t, p.tool)
	cache := os.Getenv("CONFORMANCE_CACHE")
	if cache == "" {
		folder, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(folder, "td-conformance")
	}
	if _, err := os.Stat(filepath.Join(cache, p.cached)); err != nil {
		skip(t, p.tool, fmt.Sprintf("the client is not in %s: run make conformance", cache))
	}
	return cache
}

// run runs the program, turns its steps into subtests, and returns the names of the steps.
func (p program) run(t *testing.T, s *server, cache string, extra ...string) map[string]bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	args, env := p.command(s, cache)
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.Env = append(os.Environ(), "ENDPOINT="+s.url+"/", "APIKEY="+apiKey, "FILES="+s.files, "CACERT="+s.certificate, "HOME="+t.TempDir())
	c.Env = append(append(c.Env, env...), extra...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	stdout, err := c.Output()
	steps, count, done := map[string]bool{}, 0, -1
	for line := range bytes.Lines(stdout) {
		var report struct {
			Step, Want, Got string
			OK              bool
			Done            *int
		}
		if err := json.Unmarshal(line, &report); err != nil {
			t.Errorf("the program printed %q", line)
			continue
		}
		if report.Done != nil {
			done = *report.Done
			continue
		}
		count++
		steps[report.Step] = true
		t.Run(report.Step, func(t *testing.T) {
			reason, known := s.known[p.name+"/"+report.Step]
			switch {
			case known && report.OK:
				t.Error("it passes: remove it from the known failures")
			case known:
				t.Skipf("known failure: %s", reason)
			case !report.OK:
				t.Errorf("got %s, want %s", report.Got, report.Want)
			}
		})
	}
	if err != nil || done != count {
		t.Errorf("the program reported %d steps and the end %d: %v\n%s", count, done, err, stderr.Bytes())
	}
	t.Logf("%d steps", count)
	return steps
}

// createTrustStore creates a file in Java's format with the certificate of the server.
func createTrustStore(t *testing.T, s *server) {
	t.Helper()
	require(t, "keytool")
	store := filepath.Join(t.TempDir(), "trust.p12")
	out, err := exec.CommandContext(t.Context(), "keytool", "-importcert", "-noprompt", "-file", s.certificate, "-keystore", store, "-storepass", "changeit", "-storetype", "PKCS12").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s.trustStore = store
}
