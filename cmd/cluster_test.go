//go:build unix

package cmd_test

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// A coordinator is a Trino coordinator with TLS and a login. Its error responses repeat the credentials.
type coordinator struct {
	*httptest.Server
	mu         sync.Mutex
	statements []string
	login      string // the expected header Authorization
	denied     atomic.Bool
}

func newCoordinator(t *testing.T, login string) *coordinator {
	t.Helper()
	c := &coordinator{login: login}
	c.Server = httptest.NewTLSServer(c)
	c.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(c.Close)
	return c
}

// ca returns a file with the certificate.
func (c *coordinator) ca(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate().Raw})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ServeHTTP answers a few statements.
func (c *coordinator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/v1/info" {
		fmt.Fprint(w, `{"nodeVersion":{"version":"476"},"starting":false}`)
		return
	}
	if got := r.Header.Get("Authorization"); got != c.login || c.denied.Load() {
		http.Error(w, "Invalid credentials: "+got, http.StatusUnauthorized)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Method == http.MethodPost {
		body, _ := io.ReadAll(r.Body)
		c.statements = append(c.statements, string(body))
		id := len(c.statements)
		c.denied.Store(strings.Contains(string(body), "denied"))
		fmt.Fprintf(w, `{"id":"q%d","nextUri":"%s/v1/next/%d","stats":{"state":"QUEUED"}}`, id, c.URL, id)
		return
	}
	var id int
	fmt.Sscanf(r.URL.Path, "/v1/next/%d", &id)
	rows := ""
	for part, text := range map[string]string{
		"system.metadata.catalogs": `["iceberg"]`, "information_schema.schemata": `["db1"]`, "information_schema.columns": `["t1","time","bigint"]`, "SELECT 42": `["42"]`,
	} {
		if strings.Contains(c.statements[id-1], part) {
			rows = text
		}
	}
	columns := slices.Repeat([]string{`{"name":"a","type":"varchar"}`}, strings.Count(rows, ",")+1)
	fmt.Fprintf(w, `{"id":"q%d","columns":[%s],"data":[%s],"stats":{"state":"FINISHED"}}`, id, strings.Join(columns, ","), rows)
}

// TestClusterSecrets serves a cluster that requires a login. The password and the token appear nowhere: neither in the
// command line, responses, jobs and logs, also if the cluster repeats them, nor in the files of the data directory.
func TestClusterSecrets(t *testing.T) {
	const secret = "hJ7.sesame.Qx9"
	basic := base64.StdEncoding.EncodeToString([]byte("ann:" + secret))
	for variable, login := range map[string]string{"TD_TRINO_PASSWORD": "Basic " + basic, "TD_TRINO_TOKEN": "Bearer " + secret} {
		t.Run(variable, func(t *testing.T) {
			c := newCoordinator(t, login)
			check := func(where string, data []byte) {
				t.Helper()
				for _, text := range []string{secret, basic} {
					if i := bytes.Index(data, []byte(text)); i >= 0 {
						t.Errorf("%s contains the secret: …%s", where, data[max(i-100, 0):i+len(text)])
					}
				}
			}
			dir := t.TempDir()
			settings := []string{"env", variable + "=" + secret, "TD_TRINO_CA=" + c.ca(t), "TD_SANDBOX_DIR=" + dir}
			url := strings.Replace(c.URL, "https://", "trino+https://ann@", 1) + "/cat"
			s := serveCommand(t, dir, append(settings, "td", "--verbose", "sandbox:serve", "--listen", "127.0.0.1:0", "--dir", dir, "--engine", url)...)
			arguments, err := commandLine(s.process.Process.Pid)
			if err != nil || !bytes.Contains(arguments, []byte(url)) {
				t.Errorf("arguments %q, %v", arguments, err)
			}
			check("the process list", arguments)

			for _, tt := range []struct{ query, status, text string }{
				{"SELECT 42", "success", "FINISHED"},
				{"SELECT 42 AS denied", "error", "401 Unauthorized: Invalid credentials"}, // the login expires while the job runs
			} {
				job := member(s.post("/v3/job/issue/trino/db1", "query", tt.query), "job_id")
				if status, err := s.await(job); status != tt.status || err != nil {
					t.Errorf("job %s: %s, %v", job, status, err)
				}
				data := s.get("/v3/job/show/" + job)
				if !bytes.Contains(data, []byte(tt.text)) {
					t.Errorf("job %s: %s", job, data)
				}
				check("job "+job, data)
			}
			c.denied.Store(false)
			for _, args := range [][]string{{"sandbox:show"}, {"doctor"}, {"--debug", "sandbox:show"}} {
				command := append(slices.Clone(settings), append([]string{"HOME=" + dir, "td"}, args...)...)
				out, _ := exec.Command(command[0], command[1:]...).CombinedOutput()
				if !bytes.Contains(out, []byte("Trino 476")) {
					t.Errorf("%s: %s", args, out)
				}
				check(fmt.Sprint(args), out)
			}

			c.denied.Store(true)
			for _, request := range []struct{ method, path string }{
				{http.MethodGet, "/v3/database/list"},
				{http.MethodGet, "/v3/table/list/db1"},
				{http.MethodPost, "/v3/job/issue/trino/db1?query=SELECT+42"},
				{http.MethodPut, "/v3/table/import_with_id/db1/t1/1/msgpack.gz"},
			} {
				status, body, err := s.send(request.method, request.path, "application/octet-stream", bytes.NewReader(nil))
				if err != nil || status != http.StatusUnprocessableEntity || !bytes.Contains(body, []byte("401 Unauthorized: Invalid credentials")) {
					t.Errorf("%s %s: %d %s, %v", request.method, request.path, status, body, err)
				}
				check(request.path, body)
			}
			_, said := s.stop(syscall.SIGTERM)
			if !strings.Contains(said, "/v3/database/list 422") {
				t.Errorf("the log: %s", said)
			}
			check("the log", []byte(said))
			err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
				if err != nil || !d.Type().IsRegular() {
					return err
				}
				data, err := os.ReadFile(path)
				check(path, data)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// commandLine returns the arguments of a process.
func commandLine(pid int) ([]byte, error) {
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); !errors.Is(err, os.ErrNotExist) {
		return b, err
	}
	return exec.Command("ps", "-o", "args=", "-p", fmt.Sprint(pid)).Output()
}

// TestClusterLogin starts the server with logins and certificates that the cluster or td rejects.
func TestClusterLogin(t *testing.T) {
	const secret = "hJ7.sesame.Qx9"
	c := newCoordinator(t, "Bearer "+secret)
	ca := "TD_TRINO_CA=" + c.ca(t)
	url := strings.Replace(c.URL, "https://", "trino+https://ann@", 1) + "/cat"
	for _, tt := range []struct {
		name     string
		settings []string
		url      string
		status   int
		want     string
	}{
		{"wrong token", []string{ca, "TD_TRINO_TOKEN=x" + secret}, url, 1, "401 Unauthorized: Invalid credentials: Bearer ***"},
		{"wrong password", []string{ca, "TD_TRINO_PASSWORD=x" + secret}, url, 1, "401 Unauthorized: Invalid credentials"},
		{"no login", []string{ca}, url, 1, "401 Unauthorized: Invalid credentials"},
		{"unknown certificate", []string{"TD_TRINO_TOKEN=" + secret}, url, 1, "certificate"},
		{"http", []string{"TD_TRINO_TOKEN=" + secret}, strings.Replace(url, "+https", "", 1), 2, "requires https"},
		{"both", []string{ca, "TD_TRINO_TOKEN=" + secret, "TD_TRINO_PASSWORD=" + secret}, url, 2, "cannot be used together"},
	} {
		args := append(slices.Clone(tt.settings), "HOME="+t.TempDir(), "td", "sandbox:serve", "--listen", "127.0.0.1:0", "--dir", t.TempDir(), "--engine", tt.url)
		command := exec.Command("env", args...)
		out, _ := command.CombinedOutput()
		basic := base64.StdEncoding.EncodeToString([]byte("ann:x" + secret))
		if status := command.ProcessState.ExitCode(); status != tt.status || !bytes.Contains(out, []byte(tt.want)) || bytes.Contains(out, []byte(secret)) || bytes.Contains(out, []byte(basic)) {
			t.Errorf("%s: status %d, %s; want %d, %s", tt.name, status, out, tt.status, tt.want)
		}
	}
}
