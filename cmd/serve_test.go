//go:build unix

package cmd_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/cmd/internal/scripttest"
)

// endless is a query that never ends.
const endless = "SELECT count(*) FROM sample_datasets.nasdaq a CROSS JOIN sample_datasets.nasdaq b CROSS JOIN sample_datasets.nasdaq c WHERE a.close + b.close + c.close < 0"

// A served is a process that runs td sandbox:serve, with a client.
type served struct {
	*testing.T
	*http.Client
	process *exec.Cmd
	dir     string
	url     string
	ready   time.Duration // time from the start of the process to its first line
	said    chan string   // receives the rest of its output when it has ended
}

var listens = regexp.MustCompile(`listens on (\S+),`)

// serve starts td sandbox:serve on a free port. The process is terminated when the test ends.
func serve(t *testing.T, dir string, args ...string) *served {
	t.Helper()
	return serveCommand(t, dir, append([]string{"td", "sandbox:serve", "--listen", "127.0.0.1:0", "--dir", dir}, args...)...)
}

// serveWeb serves a sandbox with the empty database web.
func serveWeb(t *testing.T) *served {
	t.Helper()
	s := serve(t, t.TempDir())
	s.post("/v3/database/create/web")
	return s
}

// serveCommand starts a command that runs td sandbox:serve.
func serveCommand(t *testing.T, dir string, command ...string) *served {
	t.Helper()
	s := &served{T: t, dir: dir, said: make(chan string, 1)}
	s.process = exec.Command(command[0], command[1:]...)
	s.process.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TZ=UTC"}
	stderr, err := s.process.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stderr)
	first, err := lines.ReadString('\n')
	s.ready = time.Since(began)
	m := listens.FindStringSubmatch(first)
	if err != nil || m == nil {
		rest, _ := io.ReadAll(lines)
		t.Fatalf("the server says %q%s, %v", first, rest, errors.Join(err, s.process.Wait()))
	}
	s.url = m[1]
	transport := &http.Transport{MaxIdleConnsPerHost: 32}
	s.Client = &http.Client{Transport: transport}
	go func() {
		rest, _ := io.ReadAll(lines)
		s.said <- string(rest)
	}()
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if s.process.ProcessState == nil {
			if status, said := s.stop(syscall.SIGTERM); status != 0 {
				t.Errorf("terminated, the server ends with %d and says %q", status, said)
			}
		}
	})
	return s
}

// trust makes the client trust only the certificate of the server.
func (s *served) trust() {
	s.Helper()
	pem, err := os.ReadFile(s.dir + "/cert.pem")
	if err != nil {
		s.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		s.Fatal("no certificate in cert.pem")
	}
	s.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: pool}
}

// stop sends a signal to the server, waits until it has ended, and returns its exit status,
// as a shell shows it, and its output.
func (s *served) stop(sig syscall.Signal) (status int, said string) {
	s.Helper()
	if err := s.process.Process.Signal(sig); err != nil {
		s.Fatal(err)
	}
	said = <-s.said
	s.process.Wait()
	return scripttest.ExitStatus(s.process.ProcessState), said
}

// send makes a request and reads the whole response.
func (s *served) send(method, path, kind string, body io.Reader) (int, []byte, error) {
	r, err := http.NewRequest(method, s.url+path, body)
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Authorization", "TD1 1/test")
	r.Header.Set("Date", time.Now().Format(time.RFC822))
	r.Header.Set("Content-Type", kind)
	w, err := s.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer w.Body.Close()
	data, err := io.ReadAll(w.Body)
	return w.StatusCode, data, err
}

// ask makes a request that must succeed. It does not end the test if it fails.
func (s *served) ask(method, path string, form ...string) ([]byte, error) {
	values := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(values.Encode())
	} else if len(values) > 0 {
		path += "?" + values.Encode()
	}
	status, data, err := s.send(method, path, "application/x-www-form-urlencoded", body)
	if err == nil && status/100 != 2 {
		err = fmt.Errorf("%s %s: status %d: %s", method, path, status, data)
	}
	return data, err
}

func (s *served) get(path string, form ...string) []byte {
	s.Helper()
	data, err := s.ask(http.MethodGet, path, form...)
	if err != nil {
		s.Fatal(err)
	}
	return data
}

func (s *served) post(path string, form ...string) []byte {
	s.Helper()
	data, err := s.ask(http.MethodPost, path, form...)
	if err != nil {
		s.Fatal(err)
	}
	return data
}

// put imports an upload.
func (s *served) put(path string, body []byte) error {
	status, data, err := s.send(http.MethodPut, path, "application/octet-stream", bytes.NewReader(body))
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("PUT %s: status %d: %s", path, status, data)
	}
	return err
}

// member returns a string member of an object.
func member(data []byte, name string) string {
	var o map[string]any
	if err := json.Unmarshal(data, &o); err != nil {
		return err.Error()
	}
	return fmt.Sprint(o[name])
}

// issue submits a query.
func (s *served) issue(query string, form ...string) (job string, err error) {
	data, err := s.ask(http.MethodPost, "/v3/job/issue/presto/sample_datasets", append(form, "query", query)...)
	return member(data, "job_id"), err
}

// await waits until a job has ended.
func (s *served) await(job string) (status string, err error) {
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		data, err := s.ask(http.MethodGet, "/v3/job/status/"+job)
		if err != nil {
			return "", err
		}
		if status = member(data, "status"); status != "queued" && status != "running" {
			return status, nil
		}
	}
	return status, fmt.Errorf("job %s does not end: %s", job, status)
}

// rows runs a query and returns its rows as JSON arrays.
func (s *served) rows(query string) (string, error) {
	job, err := s.issue(query)
	if err != nil {
		return "", err
	}
	status, err := s.await(job)
	if err != nil {
		return "", err
	}
	if status != "success" {
		show, _ := s.ask(http.MethodGet, "/v3/job/show/"+job)
		return "", fmt.Errorf("job %s is %s: %s", job, status, show)
	}
	data, err := s.ask(http.MethodGet, "/v3/job/result/"+job, "format", "json")
	return strings.TrimSpace(string(data)), err
}

// count counts the rows of a table of sample_datasets.
func (s *served) count(table string) (n int) {
	s.Helper()
	rows, err := s.rows("SELECT count(*) FROM " + table)
	if err != nil {
		s.Fatal(err)
	}
	if _, err := fmt.Sscanf(rows, "[%d]", &n); err != nil {
		s.Fatalf("%s: %v", rows, err)
	}
	return n
}

// untilRunning waits until a job runs.
func (s *served) untilRunning(job string) {
	s.Helper()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		switch status := member(s.get("/v3/job/status/"+job), "status"); status {
		case "running":
			return
		case "queued":
		default:
			s.Fatalf("job %s is %s", job, status)
		}
	}
	s.Fatalf("job %s does not begin", job)
}

// batch returns records with consecutive values of the column n.
func batch(t *testing.T, from, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	enc := msgpack.NewEncoder(&b)
	for n := from; n < from+size; n++ {
		if err := enc.Encode(map[string]any{"time": 1412208000 + n, "n": n, "host": fmt.Sprint("host-", n%97)}); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// A server that is terminated lets jobs end within the grace period and kills the others,
// whatever connections are open. Clients find the outcome after a restart.
func TestServeStops(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serve(t, dir, "--grace", "1ms")
	slow, err := s.issue(endless)
	if err != nil {
		t.Fatal(err)
	}
	s.untilRunning(slow)
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST /v3/database/create/half HTTP/1.1\r\nHost: x\r\n") // an incomplete request
	status, said := s.stop(syscall.SIGTERM)
	if status != 0 || !strings.Contains(said, "Waiting at most 1ms for 1 job.") {
		t.Errorf("terminated, it ends with %d and says %q", status, said)
	}

	s = serve(t, dir, "--grace", "1m")
	quick, err := s.issue("SELECT count(*) FROM (SELECT * FROM nasdaq LIMIT 1000) a CROSS JOIN (SELECT * FROM nasdaq LIMIT 300) b")
	if err != nil {
		t.Fatal(err)
	}
	if status, said := s.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("terminated, it ends with %d and says %q", status, said)
	}

	s = serve(t, dir)
	for job, want := range map[string]string{slow: "killed", quick: "success"} {
		if got := member(s.get("/v3/job/status/"+job), "status"); got != want {
			t.Errorf("job %s is %s; want %s", job, got, want)
		}
	}
}

// The seed determines which requests fail, and how. Each response has the requested latency.
func TestServeMisbehaves(t *testing.T) {
	t.Parallel()
	outcomes := func(seed string) (list []string) {
		s := serve(t, t.TempDir(), "--fail-rate", "0.5", "--seed", seed, "--latency", "3ms")
		s.Transport.(*http.Transport).DisableKeepAlives = true // or the client would retry
		for range 60 {
			began := time.Now()
			status, data, err := s.send(http.MethodGet, "/v3/database/list", "", nil)
			if took := time.Since(began); took < 3*time.Millisecond {
				t.Errorf("an answer came after %v", took)
			}
			outcome := fmt.Sprint(status, " ", len(data))
			if err != nil {
				outcome += " broken"
			}
			list = append(list, outcome)
		}
		return list
	}
	first, again, other := outcomes("7"), outcomes("7"), outcomes("8")
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("the same seed, other failures (-first +second):\n%s", diff)
	}
	if cmp.Equal(first, other) {
		t.Errorf("another seed, the same failures: %v", first)
	}
}
