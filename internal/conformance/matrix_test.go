//go:build conformance

package conformance

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// matrix is the document that lists the endpoints of the sandbox.
const matrix = "../sandbox/README.md"

// A callLog collects the calls that were answered with status 200, and the programs that
// sent them.
type callLog struct {
	mu       sync.Mutex
	calls    map[string]bool // method and path
	programs map[string]bool
}

func newCallLog() *callLog { return &callLog{calls: map[string]bool{}, programs: map[string]bool{}} }

func (l *callLog) addProgram(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.programs[name] = true
}

// add adds a line of the server's log.
func (l *callLog) add(line string) {
	fields := strings.Fields(line)
	if len(fields) < 4 || fields[3] != strconv.Itoa(200) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls[fields[1]+" "+strings.TrimPrefix(fields[2], "/v3/")] = true
}

var (
	endpoint  = regexp.MustCompile("`((?:GET|POST|PUT|DELETE) [^`]+)`")
	parameter = regexp.MustCompile(`:[a-z_0-9]+`)
)

// endpoints returns the endpoints of the matrix.
func endpoints(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(matrix)
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Endpoints\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var list []string
	for line := range strings.Lines(section) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		cell, _, _ := strings.Cut(line[1:], "|")
		for _, m := range endpoint.FindAllStringSubmatch(cell, -1) {
			list = append(list, m[1])
		}
	}
	if len(list) < 50 {
		t.Fatalf("%s has only %d endpoints", matrix, len(list))
	}
	return list
}

// check compares the calls with the matrix of endpoints.
func (l *callLog) check(t *testing.T) {
	list := endpoints(t)
	for _, e := range list {
		pattern := regexp.MustCompile("^" + parameter.ReplaceAllString(regexp.QuoteMeta(e), "[^/]+") + "/?$")
		called := false
		for call := range l.calls {
			called = called || pattern.MatchString(call)
		}
		if !called {
			t.Errorf("no program calls %s: add a step", e)
		}
	}
	t.Logf("%d endpoints are covered", len(list))
}
