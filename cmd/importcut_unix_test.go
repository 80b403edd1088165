//go:build unix

package cmd_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/td-cli/td/cmd/internal/scripttest"
)

// uploadLines is the number of records in each file.
const uploadLines = 30_000

// An importer is a list of commands that import a file.
type importer struct {
	steps []string
	query string // selects the number of records and the sum of n
}

func importers(table string) map[string]importer {
	sum := "SELECT count(*), sum(n) FROM " + table
	lines := "SELECT count(*), sum(CAST(path AS bigint)) FROM " + table
	into := "sample_datasets " + table
	return map[string]importer{
		"table:import of JSON":  {[]string{"table:import " + into + " --json in.json"}, sum},
		"import:auto of csv":    {[]string{"import:auto session in.csv --column-header -s 256"}, sum},
		"import:auto of apache": {[]string{"import:auto session in.log -f apache -s 256"}, lines},
		"bulk_import of csv": {[]string{
			"bulk_import:prepare_parts in.csv -f csv -H -s 256 -o parts",
			"bulk_import:upload_parts session parts --parallel 4", // all files in parts
			"bulk_import:perform session -w -f", "bulk_import:commit session -w",
		}, sum},
		"bulk_import of apache": {[]string{
			"bulk_import:prepare_parts in.log -f apache -s 256 -o parts",
			"bulk_import:upload_parts session parts", "bulk_import:perform session -w -f", "bulk_import:commit session -w",
		}, lines},
	}
}

// writeImports writes the files for the importers. Each needs more than one part.
func writeImports(t *testing.T, dir string) {
	t.Helper()
	var json, csv, access bytes.Buffer
	csv.WriteString("time,n,text\n")
	random := rand.New(rand.NewPCG(5, 6))
	for i := range uploadLines {
		fmt.Fprintf(&json, `{"time":%d,"n":%d,"text":"`, 1_767_312_000+i, i)
		for range 25 {
			fmt.Fprintf(&json, "%016x", random.Uint64()) // hardly compressible
		}
		json.WriteString("\"}\n")
		fmt.Fprintf(&csv, "%d,%d,\"a, \"\"%d\"\"\"\n", 1_767_312_000+i, i, i*7919)
		fmt.Fprintf(&access, "10.0.0.%d - - [02/Jan/2026:03:04:%02d +0000] \"GET %d HTTP/1.1\" 200 %d \"-\" \"agent %d\"\n", i%256, i%60, i, i, i*7919)
	}
	for name, b := range map[string]*bytes.Buffer{"in.json": &json, "in.csv": &csv, "in.log": &access} {
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// runImport runs a command in dir and returns its exit status and its messages.
func runImport(t *testing.T, dir, endpoint, line string, started func(*os.Process)) (status int, said string) {
	t.Helper()
	var args []string
	for word := range strings.FieldsSeq(line) {
		if word == "parts" && strings.Contains(line, "upload_parts") {
			files, err := filepath.Glob(filepath.Join(dir, "parts", "*.msgpack.gz"))
			if err != nil || len(files) < 2 {
				t.Fatalf("the parts are %q, %v", files, err)
			}
			args = append(args, files...)
			continue
		}
		args = append(args, word)
	}
	c := exec.Command("td", args...)
	c.Dir = dir
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TD_API_SERVER=" + endpoint, "TD_API_KEY=1/test", "TZ=UTC"}
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if started != nil {
		started(c.Process)
	}
	_ = c.Wait() // ProcessState has the status
	return scripttest.ExitStatus(c.ProcessState), stderr.String()
}

// right fails the test unless the table has each record once.
func (im importer) right(t *testing.T, s *served) {
	t.Helper()
	rows, err := s.rows(im.query)
	if want := fmt.Sprintf("[%d,%d]", uploadLines, uploadLines*(uploadLines-1)/2); err != nil || rows != want {
		t.Errorf("the table holds %s, %v; want %s", rows, err, want)
	}
}

// A cutter is a proxy that kills the client at one of the uploads: before the server receives
// it, or before the client receives the response.
type cutter struct {
	to    *httputil.ReverseProxy
	after bool // kill after the server has received the upload

	mu     sync.Mutex
	at     int // number of the upload
	client *os.Process
	killed bool
}

func (c *cutter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPut && c.now() {
		if c.after {
			c.to.ServeHTTP(httptest.NewRecorder(), r)
		}
		c.mu.Lock()
		_ = c.client.Kill() // SIGKILL
		c.mu.Unlock()
		panic(http.ErrAbortHandler)
	}
	c.to.ServeHTTP(w, r)
}

// now reports whether to kill the client at this upload.
func (c *cutter) now() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at--
	if c.at == 0 {
		c.killed = true
	}
	return c.at == 0
}

// quiet returns a proxy that does not log errors.
func quiet(to *url.URL) *httputil.ReverseProxy {
	p := httputil.NewSingleHostReverseProxy(to)
	p.ErrorLog = log.New(io.Discard, "", 0)
	return p
}

// The test kills the client during an upload and repeats the command. The table must have each
// record once.
func TestImportCut(t *testing.T) {
	for name := range importers("") {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/after=%v", name, after), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				writeImports(t, dir)
				s := serve(t, t.TempDir())
				s.post("/v3/table/create/sample_datasets/cut_here/log")
				s.post("/v3/bulk_import/create/session/sample_datasets/cut_here")
				u, err := url.Parse(s.url)
				if err != nil {
					t.Fatal(err)
				}
				c := &cutter{to: quiet(u), after: after, at: 2}
				web := httptest.NewServer(c)
				defer web.Close()
				im := importers("cut_here")[name]
				for _, line := range im.steps {
					c.mu.Lock()
					status, said := runImport(t, dir, web.URL, line, func(p *os.Process) { c.client = p; c.mu.Unlock() })
					c.mu.Lock()
					killed := c.killed
					c.killed = false
					c.mu.Unlock()
					if killed && status != 128+9 {
						t.Fatalf("%s: killed, it ends with %d:\n%s", line, status, said)
					}
					if killed {
						status, said = runImport(t, dir, web.URL, line, nil)
					}
					if status != 0 {
						t.Fatalf("%s: status %d:\n%s", line, status, said)
					}
				}
				c.mu.Lock()
				if c.at > 0 {
					t.Error("nothing was cut")
				}
				c.mu.Unlock()
				im.right(t, s)
			})
		}
	}
}

// The test uploads to a server that fails one request of five, cuts responses and loses others,
// and repeats the command until it succeeds. The table must have each record once.
func TestImportFromFailingServer(t *testing.T) {
	all := importers("fails_here")
	for seed, name := range slices.Sorted(maps.Keys(all)) {
		im := all[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, data := t.TempDir(), t.TempDir()
			writeImports(t, dir)
			s := serve(t, data)
			s.post("/v3/table/create/sample_datasets/fails_here/log")
			s.post("/v3/bulk_import/create/session/sample_datasets/fails_here")
			failing := serve(t, data, "--fail-rate", "0.2", "--seed", strconv.Itoa(seed))
			for _, line := range im.steps {
				tries := 0
				for began := time.Now(); ; tries++ {
					status, said := runImport(t, dir, failing.url, line+retryFlag(line), nil)
					if status == 0 || status == 8 && tries > 0 && strings.HasPrefix(line, "import:auto") { // the response to the deletion was lost
						break
					}
					if time.Since(began) > 5*time.Minute {
						t.Fatalf("%s: status %d:\n%s", line, status, said)
					}
				}
			}
			im.right(t, s)
		})
	}
}

// retryFlag shortens the pauses of a command.
func retryFlag(line string) string {
	if strings.HasPrefix(line, "bulk_import:prepare_parts") {
		return ""
	}
	return " --retry-max-time 5s"
}
