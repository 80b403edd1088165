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

// uncovered are the endpoints of the matrix that no program calls, with the reason.
var uncovered = map[string]string{
	"GET connections/lookup":          "the Java client only calls it with an unknown name",
	"GET job/statistics/:id":          "no client calls it",
	"GET table/deleted":               "no client calls it",
	"POST table/recover/:id":          "no client calls it",
	"POST user/email/change/:user":    "only the Ruby client calls it",
	"POST user/password/change":       "only the Ruby client calls it",
	"POST user/password/change/:user": "only the Ruby client calls it",
	"GET account/show":                "only the Ruby and Go clients call it",
	"POST table/tail/:db/:table":      "an old Java client calls it",
	"POST table/create/:db/:table":    "clients name the type of the table",
}

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
	var list []string
	for line := range strings.Lines(string(text)) {
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
	covered := 0
	for _, e := range endpoints(t) {
		pattern := regexp.MustCompile("^" + parameter.ReplaceAllString(regexp.QuoteMeta(e), "[^/]+") + "/?$")
		called := false
		for call := range l.calls {
			called = called || pattern.MatchString(call)
		}
		_, known := uncovered[e]
		switch {
		case called && known:
			t.Errorf("%s is called: remove it from the list of uncovered endpoints", e)
		case !called && !known:
			t.Errorf("no program calls %s: add a step, or a reason to the list of uncovered endpoints", e)
		case called:
			covered++
		}
	}
	t.Logf("%d endpoints are covered", covered)
}
