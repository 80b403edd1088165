//go:build unix

// The tests in this file load td sandbox:serve with many clients, and kill it. They are short
// by default. The long form is
//
//	TD_TEST_LOAD=long go test ./cmd -run TestLoad -v -timeout 20m
//
// It imports 1,000,000 records, keeps 20 and 50 clients busy for a minute, kills the server 30 times,
// and checks limits of time and memory. Both forms print figures.
package cmd_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// long reports whether the long form was requested.
func long() bool { return os.Getenv("TD_TEST_LOAD") == "long" }

// either returns the size for the short or the long form.
func either[T any](brief, full T) T {
	if long() {
		return full
	}
	return brief
}

// alone runs a test of the long form without others, so that its figures are meaningful.
func alone(t *testing.T) {
	if !long() {
		t.Parallel()
	}
}

// peak returns the peak memory of the server.
func (s *served) peak() string {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	for line := range strings.Lines(string(data)) {
		if size, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(size)
		}
	}
	return "unknown"
}

// modest fails the test if the server used too much memory.
func (s *served) modest(limit int) {
	var kB int
	if n, _ := fmt.Sscanf(s.peak(), "%d kB", &kB); n == 1 && long() && kB > limit<<10 {
		s.Errorf("the server used %d MB; it may use %d", kB>>10, limit)
	}
}

// times are durations of the same operation.
type times struct {
	mu   sync.Mutex
	list []time.Duration
}

func (l *times) since(began time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, time.Since(began))
}

func (l *times) String() string {
	return fmt.Sprintf("%d times, median %v, 95%% %v, longest %v", len(l.list), l.at(.5), l.at(.95), l.at(1))
}

// at returns a quantile.
func (l *times) at(share float64) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) == 0 {
		return 0
	}
	slices.Sort(l.list)
	return l.list[int(share*float64(len(l.list)-1))].Round(time.Millisecond)
}

// TestLoadImports checks that concurrent uploads store each record once.
func TestLoadImport(t *testing.T) {
	alone(t)
	s := serve(t, t.TempDir())
	s.post("/v3/table/create/sample_datasets/many/log")
	total, size := either(40_000, 1_000_000), either(10_000, 50_000)
	var next atomic.Int64
	var uploads sync.WaitGroup
	began := time.Now()
	for range 4 {
		uploads.Go(func() {
			for {
				from := int(next.Add(int64(size))) - size
				if from >= total {
					return
				}
				if err := s.put("/v3/table/import/sample_datasets/many/msgpack.gz", compress(t, batch(t, from, size))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	uploads.Wait()
	took := time.Since(began)
	began = time.Now()
	rows, err := s.rows("SELECT count(*), count(DISTINCT n), min(n), max(n), count(time), count(DISTINCT host) FROM many")
	if want := fmt.Sprintf("[%d,%d,0,%d,%d,97]", total, total, total-1, total); err != nil || rows != want {
		t.Errorf("the rows are %s, %v; want %s", rows, err, want)
	}
	t.Logf("%d records imported in %v, %.0f a second; counted in %v; memory at most %s",
		total, took.Round(time.Millisecond), float64(total)/took.Seconds(), time.Since(began).Round(time.Millisecond), s.peak())
	s.modest(1024)
}

// A busyClient makes requests in an order that depends on its seed and counts their effects.
type busy struct {
	*served
	other  *served // second server on the same directory
	random *rand.Rand
	name   string
	shared *atomic.Int64 // records in the table of all clients
	a, b   int           // records in the client's own two tables
	kills  *times
	calls  *atomic.Int64
}

func (c *busy) act() error {
	c.calls.Add(1)
	switch c.random.IntN(8) {
	case 0, 1:
		n := 1 + c.random.IntN(200)
		err := c.put("/v3/table/import/sample_datasets/shared/msgpack.gz", compress(c.T, batch(c.T, 0, n)))
		if err == nil {
			c.shared.Add(int64(n))
		}
		return err
	case 2:
		n := 1 + c.random.IntN(50)
		err := c.put("/v3/table/import/sample_datasets/"+c.name+"_a/msgpack", batch(c.T, 0, n))
		if err == nil {
			c.a += n
		}
		return err
	case 3:
		_, err := c.ask("POST", "/v3/table/swap/sample_datasets/"+c.name+"_a/"+c.name+"_b")
		if err == nil {
			c.a, c.b = c.b, c.a
		}
		return err
	case 4:
		for _, path := range []string{"/v3/database/list", "/v3/table/list/sample_datasets", "/v3/job/list", "/v3/table/tail/sample_datasets/shared"} {
			if _, err := c.ask("GET", path); err != nil {
				return err
			}
		}
		return nil
	case 5:
		return c.right()
	case 6:
		rows, err := c.rows("SELECT method, count(*) FROM www_access GROUP BY 1")
		if n := strings.Count(rows, "["); err == nil && n < 2 {
			err = fmt.Errorf("a query gives %q", rows)
		}
		return err
	default:
		return c.kill()
	}
}

// right checks the client's own tables, which no other client changes.
func (c *busy) right() error {
	rows, err := c.rows(fmt.Sprintf("SELECT (SELECT count(*) FROM %s_a), (SELECT count(*) FROM %[1]s_b)", c.name))
	if want := fmt.Sprintf("[%d,%d]", c.a, c.b); err == nil && rows != want {
		err = fmt.Errorf("%s: the rows are %s; want %s", c.name, rows, want)
	}
	return err
}

// kill submits an endless query and kills it through either server.
func (c *busy) kill() error {
	job, err := c.issue(endless, "priority", "2")
	if err != nil {
		return err
	}
	by := c.served
	if c.random.IntN(2) == 0 {
		by = c.other
	}
	if _, err := by.ask("POST", "/v3/job/kill/"+job); err != nil {
		return err
	}
	began := time.Now()
	status, err := c.await(job)
	if err == nil && status != "killed" {
		err = fmt.Errorf("a killed job is %s", status)
	}
	c.kills.since(began)
	return err
}

// The test runs two servers on one directory, twenty clients, and clients that read only one
// byte. No call may fail, no record may be lost, and no query may be wrong.
func TestLoadMixed(t *testing.T) {
	alone(t)
	dir := t.TempDir()
	servers := []*served{serve(t, dir)}
	servers = append(servers, serve(t, dir))
	s := servers[0]
	s.post("/v3/table/create/sample_datasets/shared/log")
	s.lazy(5)
	lasts := either(time.Second, time.Minute)
	var shared, calls atomic.Int64
	var kills times
	var clients sync.WaitGroup
	end := time.Now().Add(lasts)
	for i := range 20 {
		c := &busy{
			served: servers[i%2], other: servers[1-i%2], random: rand.New(rand.NewPCG(1, uint64(i))),
			name: fmt.Sprintf("own_%d", i), shared: &shared, kills: &kills, calls: &calls,
		}
		clients.Go(func() {
			for _, table := range []string{"_a", "_b"} {
				if _, err := c.ask("POST", "/v3/table/create/sample_datasets/"+c.name+table+"/log"); err != nil {
					t.Error(err)
					return
				}
			}
			for n := 0; n < 3 || time.Now().Before(end); n++ {
				if err := c.act(); err != nil {
					t.Errorf("%s: %v", c.name, err)
					return
				}
			}
			if err := c.right(); err != nil {
				t.Error(err)
			}
		})
	}
	clients.Wait()
	for _, s := range servers {
		if n := s.count("shared"); n != int(shared.Load()) {
			t.Errorf("%d records are left of %d", n, shared.Load())
		}
		s.nothingRuns()
		s.modest(1024)
	}
	t.Logf("%d acts of 20 clients in %v; %d records shared; kills: %s; memory at most %s and %s",
		calls.Load(), lasts, shared.Load(), &kills, servers[0].peak(), servers[1].peak())
}

// lazy connects clients that request a large result, read one byte and stop.
func (s *served) lazy(n int) {
	s.Helper()
	job, err := s.issue("SELECT rpad(path, 4000, '.') FROM www_access")
	if err != nil {
		s.Fatal(err)
	}
	if status, err := s.await(job); status != "success" {
		s.Fatalf("the job is %s, %v", status, err)
	}
	for range n {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			s.Fatal(err)
		}
		s.Cleanup(func() { conn.Close() })
		fmt.Fprintf(conn, "GET /v3/job/result/%s?format=csv HTTP/1.1\r\nHost: x\r\nAuthorization: TD1 1/test\r\n\r\n", job)
		if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
			s.Fatal(err)
		}
	}
}

// nothingRuns fails the test if jobs are running.
func (s *served) nothingRuns() {
	s.Helper()
	for _, status := range []string{"queued", "running"} {
		if n := member(s.get("/v3/job/list", "status", status), "count"); n != "0" {
			s.Errorf("%s jobs are %s", n, status)
		}
	}
}

// A killed job must end immediately, even while twenty clients keep all workers busy.
func TestLoadKill(t *testing.T) {
	alone(t)
	s := serve(t, t.TempDir())
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for range 20 {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if rows, err := s.rows("SELECT count(*), count(DISTINCT symbol) FROM nasdaq WHERE close > 0"); err != nil || !strings.HasPrefix(rows, "[8352,") {
					t.Errorf("the rows are %s, %v", rows, err)
					return
				}
			}
		})
	}
	var asked, ended times
	for range either(5, 50) {
		job, err := s.issue(endless, "priority", "2")
		if err != nil {
			t.Error(err)
			break
		}
		s.untilRunning(job)
		began := time.Now()
		s.post("/v3/job/kill/" + job)
		asked.since(began)
		if status, err := s.await(job); status != "killed" {
			t.Errorf("a killed job is %s, %v", status, err)
		}
		ended.since(began)
	}
	close(stop)
	clients.Wait()
	t.Logf("kill answered: %s; job seen killed: %s", &asked, &ended)
	if median := ended.at(.5); long() && median > 100*time.Millisecond {
		t.Errorf("half of the killed jobs took %v or more to end", median)
	}
}

// A record holds what a server acknowledged before it was killed.
type acknowledged struct {
	mu      sync.Mutex
	imports map[int]bool // uploads by number; false if not acknowledged
	jobs    []string
	news    chan struct{} // receives a value after each import
}

const perUpload = 20

// upload sends an upload with an ID made of its number, so that it can be repeated.
func (a *acknowledged) upload(s *served, n int) error {
	err := s.put(fmt.Sprintf("/v3/table/import_with_id/sample_datasets/kept/upload-%d/msgpack.gz", n), compress(s.T, batch(s.T, n*perUpload, perUpload)))
	a.mu.Lock()
	defer a.mu.Unlock()
	a.imports[n] = err == nil
	if err == nil {
		select {
		case a.news <- struct{}{}:
		default:
		}
	}
	return err
}

// work imports and submits queries until the server has ended.
func (a *acknowledged) work(s *served, next *atomic.Int64) {
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for {
				if a.upload(s, int(next.Add(1))) != nil {
					return
				}
			}
		})
	}
	for i := range 2 {
		workers.Go(func() {
			for k := i; ; k++ {
				job, err := s.issue([]string{"SELECT count(*) FROM kept", endless, "CREATE TABLE made_" + fmt.Sprint(next.Add(1)) + " AS SELECT * FROM www_access"}[k%3])
				if err != nil {
					return
				}
				a.mu.Lock()
				a.jobs = append(a.jobs, job)
				a.mu.Unlock()
				if k%3 == 1 {
					if _, err := s.ask("POST", "/v3/job/kill/"+job); err != nil {
						return
					}
				}
			}
		})
	}
	workers.Go(func() {
		for {
			if _, err := s.ask("POST", "/v3/table/swap/sample_datasets/one/two"); err != nil {
				return
			}
		}
	})
	workers.Wait()
}

// The test kills a server at random moments of imports, queries and swaps. After the restart
// all acknowledged data must exist, no job may be running, and the other uploads can be
// repeated.
func TestLoadKilled(t *testing.T) {
	alone(t)
	dir := t.TempDir()
	s := serve(t, dir)
	for table, n := range map[string]int{"kept": 0, "one": 1, "two": 2} {
		s.post("/v3/table/create/sample_datasets/" + table + "/log")
		if n > 0 {
			if err := s.put("/v3/table/import/sample_datasets/"+table+"/msgpack", batch(t, 0, n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	random := rand.New(rand.NewPCG(3, 0))
	s.post("/v3/table/update-schema/sample_datasets/kept", "schema", `[["n","long"]]`)
	a := &acknowledged{imports: map[int]bool{}, news: make(chan struct{}, 1)}
	next, starts, again := new(atomic.Int64), new(times), 0
	next.Store(-1)
	for round := range either(3, 30) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			a.work(s, next)
		}()
		select {
		case <-a.news:
		case <-done:
		}
		time.Sleep(time.Duration(random.IntN(500)) * time.Millisecond) // a random moment
		if status, said := s.stop(syscall.SIGKILL); status != 128+int(syscall.SIGKILL) {
			t.Fatalf("round %d: it ended by itself with %d: %s", round, status, said)
		}
		<-done
		s = serve(t, dir)
		starts.list = append(starts.list, s.ready)
		if long() && s.ready > time.Second {
			t.Errorf("round %d: it starts within %v", round, s.ready)
		}
		s.nothingRuns()
		again += a.check(s)
	}
	t.Logf("killed %d times: %d uploads (%d sent again), %d jobs; to start: %s; memory at most %s",
		len(starts.list), len(a.imports), again, len(a.jobs), starts, s.peak())
}

// check verifies that a server has everything that was acknowledged. It repeats the other
// uploads and returns their number.
func (a *acknowledged) check(s *served) (again int) {
	s.Helper()
	rows, err := s.rows(fmt.Sprintf("SELECT n / %d, count(*), count(DISTINCT n) FROM kept GROUP BY 1 ORDER BY 1", perUpload))
	if err != nil {
		s.Fatal(err)
	}
	present := map[int]bool{}
	for line := range strings.Lines(rows) {
		var row [3]int
		if err := json.Unmarshal([]byte(line), &row); err != nil || row[1] != perUpload || row[2] != perUpload {
			s.Errorf("an upload is there in part, or twice: %s, %v", line, err)
		}
		present[row[0]] = true
	}
	for n, acknowledged := range a.imports {
		if acknowledged && !present[n] {
			s.Errorf("upload %d was acknowledged and is lost", n)
		}
		if !acknowledged {
			again++
			if err := a.upload(s, n); err != nil {
				s.Error(err)
			}
		}
	}
	if n := s.count("kept"); n != perUpload*len(a.imports) {
		s.Errorf("%d records after all was sent again; want %d", n, perUpload*len(a.imports))
	}
	if one, two := s.count("one"), s.count("two"); one+two != 3 || one*two != 2 {
		s.Errorf("the swapped tables have %d and %d records; want 1 and 2", one, two)
	}
	if err := a.jobsEnded(s); err != nil {
		s.Error(err)
	}
	return again
}

// jobsEnded checks that each acknowledged job exists and has ended, and that each successful
// one has a result.
func (a *acknowledged) jobsEnded(s *served) error {
	var list struct {
		Jobs []struct {
			ID     string `json:"job_id"`
			Status string `json:"status"`
			Query  string `json:"query"`
		} `json:"jobs"`
	}
	if err := json.Unmarshal(s.get("/v3/job/list", "from", "0", "to", "100000"), &list); err != nil {
		return err
	}
	known := map[string]bool{}
	var errs []error
	for _, j := range list.Jobs {
		known[j.ID] = true
		switch j.Status {
		case "error", "killed":
		case "success":
			if data, err := s.ask("GET", "/v3/job/result/"+j.ID, "format", "json"); strings.HasPrefix(j.Query, "SELECT") && (err != nil || len(data) == 0) {
				errs = append(errs, fmt.Errorf("job %s is successful and its result is %q, %w", j.ID, data, err))
			}
		default:
			errs = append(errs, fmt.Errorf("job %s is %s", j.ID, j.Status))
		}
	}
	for _, id := range a.jobs {
		if !known[id] {
			errs = append(errs, fmt.Errorf("job %s was acknowledged and is lost", id))
		}
	}
	return errors.Join(errs...)
}
