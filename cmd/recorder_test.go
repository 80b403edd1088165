//go:build unix

package cmd_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// testCount returns the number in an environment variable.
func testCount(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q is not a positive number", variable, text)
	}
	return n
}

// A recorder is a client that repeats what fails, and records what must exist in the end. Like td, it names
// jobs and uploads with keys, so that a request whose response was lost can be repeated.
type recorder struct {
	*testing.T
	servers *servers
	random  *rand.Rand
	id      int
	next    int          // number of the next operation
	jobs    int          // number of submitted jobs
	rows    map[int]bool // rows that must exist once in the table kept; false if it must not exist
	tables  map[string]bool
	done    map[string]int // completed operations by kind
	repeats int            // jobs that ended with an error and were repeated
}

// servers holds the server that is running, which can be replaced.
type servers struct {
	current atomic.Pointer[served]
	ended   atomic.Bool
}

// retry calls f until it succeeds. It returns the error of f if it is a *refusedError.
func (c *recorder) retry(f func(*served) error) error {
	for {
		err := f(c.servers.current.Load())
		if _, refused := errors.AsType[*refusedError](err); err == nil || refused {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// A refusedError is a response that a repeated request would get again.
type refusedError struct {
	status int
	body   string
}

func (e *refusedError) Error() string { return fmt.Sprintf("status %d: %s", e.status, e.body) }

// request sends a request until it is answered without an injected fault.
func (c *recorder) request(method, path string, form ...string) (data []byte, err error) {
	values := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	return c.requestBody(method, path, "application/x-www-form-urlencoded", []byte(values.Encode()))
}

func (c *recorder) requestBody(method, path, kind string, body []byte) (data []byte, err error) {
	err = c.retry(func(s *served) error {
		status, answer, err := s.send(method, path, kind, bytes.NewReader(body))
		data = answer
		switch {
		case err != nil:
			return err
		case status == http.StatusTooManyRequests, status >= 500:
			if !strings.Contains(string(answer), "on purpose") && status != http.StatusBadGateway {
				c.Errorf("%s %s: status %d, which is no injected fault: %s", method, path, status, answer)
			}
			return fmt.Errorf("status %d", status)
		case status != http.StatusOK:
			return &refusedError{status, string(answer)}
		}
		return nil
	})
	return data, err
}

// run runs a statement until its job succeeds.
func (c *recorder) run(query string, form ...string) {
	for {
		c.jobs++
		key := fmt.Sprintf("client-%d-%d", c.id, c.jobs)
		data, err := c.request("POST", "/v3/job/issue/presto/sample_datasets", append(form, "query", query, "domain_key", key)...)
		if refused, ok := errors.AsType[*refusedError](err); ok && refused.status == http.StatusConflict { // the response was lost
			data, err = c.request("GET", "/v3/job/status_by_domain_key/"+key)
		}
		if err != nil {
			c.Errorf("%s: %v", query, err)
			return
		}
		job := member(data, "job_id")
		status := c.wait(job)
		if status == "success" {
			return
		}
		show, _ := c.request("GET", "/v3/job/show/"+job)
		if status != "error" || !bytes.Contains(show, []byte("interrupted")) {
			c.Errorf("%s: job %s is %s: %s", query, job, status, show)
			return
		}
		c.repeats++
	}
}

// wait waits for the end of a job.
func (c *recorder) wait(job string) string {
	for {
		data, err := c.request("GET", "/v3/job/status/"+job)
		if err != nil {
			c.Errorf("job %s: %v", job, err)
			return ""
		}
		if status := member(data, "status"); status != "queued" && status != "running" {
			return status
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// act completes one operation of a random kind.
func (c *recorder) act() {
	c.next++
	n := c.id*1_000_000 + c.next
	table := fmt.Sprintf("made_%d", n)
	switch kind := c.random.IntN(8); kind {
	case 0, 1:
		c.run(fmt.Sprintf("INSERT INTO kept (n) VALUES %d", n))
		c.rows[n] = true
		c.done["INSERT"]++
	case 2:
		c.run("CREATE TABLE " + table + " AS SELECT * FROM www_access LIMIT 100")
		c.tables[table] = true
		c.done["CREATE TABLE AS"]++
	case 3:
		c.run("CREATE TABLE " + table + " (n bigint)")
		c.tables[table] = true
		c.run("ALTER TABLE " + table + " RENAME TO " + table + "_new")
		c.tables[table], c.tables[table+"_new"] = false, true
		c.run("DROP TABLE " + table + "_new")
		c.tables[table+"_new"] = false
		c.done["CREATE, ALTER, DROP TABLE"]++
	case 4:
		for old, exists := range c.rows {
			if exists {
				c.run(fmt.Sprintf("DELETE FROM kept WHERE n = %d", old))
				c.rows[old] = false
				c.done["DELETE"]++
				break
			}
		}
	case 5:
		c.run(fmt.Sprintf("SELECT %d AS n", n), "result", "td://@/sample_datasets/kept?mode=append")
		c.rows[n] = true
		c.done["result"]++
	case 6:
		path := fmt.Sprintf("/v3/table/import_with_id/sample_datasets/kept/upload-%d/msgpack", n)
		if _, err := c.requestBody("PUT", path, "application/octet-stream", batch(c.T, n, 1)); err != nil {
			c.Errorf("import: %v", err)
		}
		c.rows[n] = true
		c.done["import"]++
	default:
		c.bulkImport(n)
		c.rows[n] = true
		c.done["bulk import"]++
	}
}

// bulkImport performs and commits a session. It finds the effect of a request whose response was lost in the
// status of the session.
func (c *recorder) bulkImport(n int) {
	session := fmt.Sprintf("session_%d", n)
	_, err := c.request("POST", "/v3/bulk_import/create/"+session+"/sample_datasets/kept")
	if refused, ok := errors.AsType[*refusedError](err); ok && refused.status != http.StatusConflict {
		c.Errorf("%s: %v", session, err)
	}
	if _, err := c.requestBody("PUT", "/v3/bulk_import/upload_part/"+session+"/one", "application/octet-stream", compress(c.T, batch(c.T, n, 1))); err != nil {
		c.Errorf("%s: %v", session, err)
	}
	for {
		show, err := c.request("GET", "/v3/bulk_import/show/"+session)
		if err != nil {
			c.Errorf("%s: %v", session, err)
			return
		}
		var refused *refusedError
		switch member(show, "status") {
		case "uploading":
			_, err = c.request("POST", "/v3/bulk_import/perform/"+session)
		case "ready":
			_, err = c.request("POST", "/v3/bulk_import/commit/"+session)
		case "committed":
			return
		}
		if errors.As(err, &refused) && refused.status != http.StatusConflict && refused.status != http.StatusUnprocessableEntity {
			c.Errorf("%s: %v", session, err)
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// createKept creates the table of the clients' rows.
func createKept(s *served) {
	s.Helper()
	s.post("/v3/table/create/sample_datasets/kept/log")
	s.post("/v3/table/update-schema/sample_datasets/kept", "schema", `[["n","long"]]`)
}

// startRecorders starts clients that act until wait is called, which returns them when they are done.
func startRecorders(s *served, n int) (all *servers, wait func() []*recorder) {
	all = new(servers)
	all.current.Store(s)
	var clients []*recorder
	var group sync.WaitGroup
	for i := range n {
		c := &recorder{
			T: s.T, servers: all, random: rand.New(rand.NewPCG(5, uint64(i))), id: i + 1,
			rows: map[int]bool{}, tables: map[string]bool{}, done: map[string]int{},
		}
		clients = append(clients, c)
		group.Go(func() {
			for !all.ended.Load() && !c.Failed() {
				c.act()
			}
		})
	}
	return all, func() []*recorder {
		all.ended.Store(true)
		group.Wait()
		return clients
	}
}

// checkRecorded compares the tables with what the clients recorded, and prints figures. s must not inject faults.
func checkRecorded(s *served, clients []*recorder) {
	s.Helper()
	rows, err := s.rows("SELECT n FROM kept")
	if err != nil {
		s.Fatal(err)
	}
	counts := map[int]int{}
	for line := range strings.Lines(rows) {
		var n int
		if _, err := fmt.Sscanf(line, "[%d]", &n); err != nil {
			s.Fatalf("row %q: %v", line, err)
		}
		counts[n]++
	}
	list := string(s.get("/v3/table/list/sample_datasets"))
	done, repeats, total := map[string]int{}, 0, 0
	for _, c := range clients {
		for n, exists := range c.rows {
			want := 0
			if exists {
				want = 1
			}
			if counts[n] != want {
				s.Errorf("row %d exists %d times; want %d", n, counts[n], want)
			}
			total += want
		}
		for table, want := range c.tables {
			if got := strings.Contains(list, `"`+table+`"`); got != want {
				s.Errorf("table %s exists: %v; want %v", table, got, want)
			}
		}
		for kind, n := range c.done {
			done[kind] += n
		}
		repeats += c.repeats
	}
	for _, n := range counts {
		total -= n
	}
	if total != 0 {
		s.Errorf("%d rows more than recorded", -total)
	}
	s.nothingRuns()
	s.Logf("%d clients, %d rows, operations %v, %d interrupted jobs repeated", len(clients), len(counts), done, repeats)
}

// TestServerKilled kills a server at random moments of writes. Nothing that was acknowledged is lost, and nothing
// that was repeated because its job failed exists twice. TD_TEST_SERVER_KILLS sets the number of kills.
func TestServerKilled(t *testing.T) {
	alone(t)
	dir := t.TempDir()
	s := serve(t, dir)
	createKept(s)
	all, wait := startRecorders(s, 4)
	random := rand.New(rand.NewPCG(6, 0))
	kills := testCount(t, "TD_TEST_SERVER_KILLS", 4)
	for round := range kills {
		time.Sleep(time.Duration(random.IntN(1000)) * time.Millisecond) // a random moment
		if status, said := s.stop(syscall.SIGKILL); status != 128+int(syscall.SIGKILL) {
			t.Fatalf("round %d: it ended by itself with %d: %s", round, status, said)
		}
		s = serve(t, dir)
		all.current.Store(s)
	}
	checkRecorded(s, wait())
	t.Logf("killed %d times", kills)
}

// TestLoadFaults runs many clients while requests are delayed and fail. No acknowledged write is lost, nothing is
// written twice, and no response has a status of 5xx that was not injected.
func TestLoadFaults(t *testing.T) {
	alone(t)
	dir := t.TempDir()
	stop := func(s *served) {
		if status, said := s.stop(syscall.SIGTERM); status != 0 {
			t.Fatalf("terminated, the server ends with %d: %s", status, said)
		}
	}
	s := serve(t, dir)
	createKept(s)
	stop(s)
	s = serve(t, dir, "--fail-rate", "0.1", "--latency", "5ms", "--seed", "3", "--grace", "1m")
	_, wait := startRecorders(s, either(8, 50))
	lasts := either(2*time.Second, time.Minute)
	time.Sleep(lasts)
	clients := wait()
	peak := s.peak()
	s.modest(1024)
	stop(s)
	checkRecorded(serve(t, dir), clients)
	t.Logf("%v, memory at most %s", lasts, peak)
}
