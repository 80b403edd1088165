package sandbox_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox"
)

func TestOpenRefuses(t *testing.T) {
	file := writeFile(t, "file", "")
	for name, o := range map[string]sandbox.Options{
		"no directory": {},
		"a file":       {Dir: file},
		"below a file": {Dir: filepath.Join(file, "x")},
		"fail rate":    {Dir: t.TempDir(), FailRate: 2},
	} {
		if s, err := sandbox.Open(t.Context(), o); err == nil {
			t.Errorf("%s: it opens", name)
			s.Close()
		}
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := sandbox.Open(canceled, sandbox.Options{Dir: t.TempDir()}); err == nil {
		t.Error("a cancelled context opens it")
		s.Close()
	}
}

// TestFirstUseTogether opens several servers on a new directory concurrently. The
// samples must be created once.
func TestFirstUseTogether(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := sandbox.Open(t.Context(), sandbox.Options{Dir: dir})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	info, err := sandbox.Describe(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []sandbox.DatabaseInfo{{Name: "sample_datasets", Tables: []sandbox.TableInfo{{Name: "nasdaq", Records: 8352}, {Name: "www_access", Records: 5000}}}}
	if diff := cmp.Diff(want, info.Databases); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "processes")); err != nil || len(left) != 0 {
		t.Errorf("closed servers leave %v, %v", left, err)
	}
}

// TestSlowClients checks that clients which send or read slowly do not block others.
func TestSlowClients(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	job := s.issue("presto", "SELECT * FROM nasdaq")
	s.waitJob(job)

	sender, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	body, err := io.ReadAll(records(t, map[string]any{"time": 1}))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(sender, "PUT /v3/table/import/sample_datasets/t_1/msgpack.gz HTTP/1.1\r\nHost: x\r\nAuthorization: TD1 x\r\nContent-Length: %d\r\n\r\n", len(body))
	sender.Write(body[:10])

	reader, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	fmt.Fprintf(reader, "GET /v3/job/result/%s?format=csv HTTP/1.1\r\nHost: x\r\nAuthorization: TD1 x\r\n\r\n", job)
	if _, err := io.ReadFull(reader, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}

	s.must(s.send("PUT", "/v3/table/import/sample_datasets/t_1/msgpack.gz", records(t, map[string]any{"time": 2})))
	if got := s.query("presto", "SELECT count(*) FROM t_1"); got != "[1]\n" {
		t.Errorf("rows beside a slow import: %s", got)
	}
	if _, err := sender.Write(body[10:]); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(sender, make([]byte, 15)); err != nil {
		t.Fatal(err)
	}
	if got := s.query("presto", "SELECT count(*) FROM t_1"); got != "[2]\n" {
		t.Errorf("rows after it: %s", got)
	}
}

// TestBrokenUpload checks that an interrupted upload adds no records and leaves no file.
func TestBrokenUpload(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(c, "PUT /v3/table/import/sample_datasets/t_1/msgpack HTTP/1.1\r\nHost: x\r\nAuthorization: TD1 x\r\nContent-Length: 20\r\n\r\n\x81\xa4time\x01")
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400") {
		t.Errorf("the answer: %q, %v", answer, err)
	}
	if got := s.tables("sample_datasets"); !strings.Contains(got, "t_1:0") {
		t.Errorf("tables: %s", got)
	}
	if left, err := os.ReadDir(filepath.Join(s.dir, "uploads")); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestRequestLog(t *testing.T) {
	var log bytes.Buffer
	s := start(t, sandbox.Options{Log: &log})
	s.key = "1/secret"
	s.get("/v3/database/list?secret=1")
	s.get("/v3/nope")
	s.get("/v3/table/list/a%2Fb%0Ac")
	s.stop() // no handler writes to the log any more
	want := regexp.MustCompile(`^\S+Z GET /v3/database/list 200 \d+ \S+s\n\S+Z GET /v3/nope 404 \d+ \S+s\n\S+Z GET /v3/table/list/a%2Fb%0Ac 404 \d+ \S+s\n$`)
	if got := log.String(); !want.MatchString(got) || strings.Contains(got, "secret") {
		t.Errorf("the log:\n%s", got)
	}
}

// TestInjectedFaults checks the frequency of faults, and that the seed determines them.
func TestInjectedFaults(t *testing.T) {
	outcomes := func(seed int64) string {
		s, err := sandbox.Open(t.Context(), sandbox.Options{Dir: newDir(t), FailRate: 0.5, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		web := httptest.NewServer(s)
		defer func() {
			web.Close()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		web.Client().Transport.(*http.Transport).DisableKeepAlives = true // or the client would retry, depending on the connection
		var list []string
		for range 60 {
			w, err := web.Client().Get(web.URL + "/v3/system/server_status")
			if err != nil {
				list = append(list, "lost")
				continue
			}
			data, err := io.ReadAll(w.Body)
			w.Body.Close()
			if err != nil {
				data = []byte("cut")
			}
			list = append(list, fmt.Sprint(w.StatusCode, len(data)))
		}
		return strings.Join(list, " ")
	}
	first := outcomes(7)
	if again := outcomes(7); again != first {
		t.Errorf("one seed, two outcomes:\n%s\n%s", first, again)
	}
	if other := outcomes(8); other == first {
		t.Error("another seed has the same outcome")
	}
	for _, kind := range []string{"200 15", "500", "502", "503", "429", "lost"} {
		if !strings.Contains(first, kind) {
			t.Errorf("none of 60 requests was %s: %s", kind, first)
		}
	}
	if n := strings.Count(first, "200 15"); n < 20 || n > 45 {
		t.Errorf("%d of 60 requests went well", n)
	}
}

func TestCertificate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	cert, path, err := sandbox.Certificate(dir)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "key.pem")); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v, %v", info.Mode(), err)
	}
	again, _, err := sandbox.Certificate(dir)
	if err != nil || !bytes.Equal(cert.Certificate[0], again.Certificate[0]) {
		t.Errorf("the second call makes another one: %v", err)
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	web := httptest.NewUnstartedServer(http.NotFoundHandler())
	web.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	web.StartTLS()
	defer web.Close()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	defer client.CloseIdleConnections()
	for _, host := range []string{"127.0.0.1", "localhost"} {
		_, port, err := net.SplitHostPort(web.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		w, err := client.Get("https://" + net.JoinHostPort(host, port))
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		w.Body.Close()
	}
	if err := os.WriteFile(filepath.Join(dir, "key.pem"), []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if other, _, err := sandbox.Certificate(dir); err != nil || bytes.Equal(cert.Certificate[0], other.Certificate[0]) {
		t.Errorf("a broken key is not replaced: %v", err)
	}
}
