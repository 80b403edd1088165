package recording_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"github.com/td-cli/td/internal/recording"
)

const apiKey = "1/0123456789abcdef0123456789abcdef01234567"

// counter answers each request with its path and the number of requests so far.
func counter(t *testing.T) *httptest.Server {
	t.Helper()
	var mu sync.Mutex
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		n++
		fmt.Fprintf(w, "%s %d", r.URL.Path, n)
	}))
	t.Cleanup(s.Close)
	return s
}

// record runs a command with the given requests, paths of GET requests, and returns the responses.
func record(t *testing.T, dir, base, command string, paths ...string) []string {
	t.Helper()
	r, err := recording.NewRecorder(dir, command, nil, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	return get(t, r.Wrap(http.DefaultTransport), base, paths...)
}

// play repeats a command from the recording.
func play(t *testing.T, dir, state, command string, paths ...string) []string {
	t.Helper()
	p, err := recording.NewPlayer(t.Context(), dir, command, state, nil)
	if err != nil {
		t.Fatal(err)
	}
	return get(t, p, "http://nowhere.invalid", paths...)
}

func get(t *testing.T, transport http.RoundTripper, base string, paths ...string) (bodies []string) {
	t.Helper()
	for _, path := range paths {
		resp, err := (&http.Client{Transport: transport}).Get(base + path)
		if err != nil {
			bodies = append(bodies, "error")
			continue
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Error(err)
		}
		bodies = append(bodies, string(b))
	}
	return bodies
}

func TestOrder(t *testing.T) {
	s, dir, state := counter(t), filepath.Join(t.TempDir(), "rec"), t.TempDir()
	runs := []struct {
		command string
		paths   []string
	}{
		{"db:list", []string{"/a"}},
		{"job:show", []string{"/job", "/job", "/job"}},
		{"db:list", []string{"/a"}},
		{"job:show", []string{"/job"}},
		{"table:list", []string{"/b", "/a"}},
		{"db:list", []string{"/a", "/b"}},
	}
	var want [][]string
	for _, r := range runs {
		want = append(want, record(t, dir, s.URL, r.command, r.paths...))
	}
	for n := range 3 { // complete, complete, and after a part of it
		for i, r := range runs {
			if got := play(t, dir, state, r.command, r.paths...); !cmp.Equal(got, want[i]) {
				t.Errorf("replay %d, run %d: %v, want %v", n+1, i+1, got, want[i])
			}
		}
		if n == 1 {
			for i, r := range runs[:4] {
				if got := play(t, dir, state, r.command, r.paths...); !cmp.Equal(got, want[i]) {
					t.Errorf("part of a replay, run %d: %v, want %v", i+1, got, want[i])
				}
			}
		}
	}
}

func TestMoreRequestsThanRecorded(t *testing.T) {
	s, dir := counter(t), t.TempDir()
	record(t, dir, s.URL, "job:show", "/job", "/job")
	got := play(t, dir, t.TempDir(), "job:show", "/job", "/job", "/job", "/job")
	if want := []string{"/job 1", "/job 2", "/job 2", "/job 2"}; !cmp.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestOtherRun checks that a command whose first request is in several runs finds the run of the second one.
func TestOtherRun(t *testing.T) {
	s, dir, state := counter(t), t.TempDir(), t.TempDir()
	record(t, dir, s.URL, "table:show", "/a", "/b")
	record(t, dir, s.URL, "table:show", "/a", "/c")
	got := play(t, dir, state, "table:show", "/a", "/c")
	if want := []string{"/a 1", "/c 4"}; !cmp.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	got = play(t, dir, state, "table:show", "/a", "/b")
	if want := []string{"/a 1", "/b 2"}; !cmp.Equal(got, want) {
		t.Errorf("the next run: %v, want %v", got, want)
	}
	got = play(t, dir, state, "table:show", "/a", "/d")
	if want := []string{"/a 3", "error"}; !cmp.Equal(got, want) {
		t.Errorf("a request that was not recorded: %v, want %v", got, want)
	}
}

func TestSecrets(t *testing.T) {
	const password, header = "hunter2-hunter2", "header-secret-1"
	zipped := func(s string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write([]byte(s))
		z.Close()
		return b.Bytes()
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Token", header)
		w.Header().Set("Set-Cookie", header)
		switch r.URL.Path {
		case "/json":
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			fmt.Fprintf(w, `{"apikey":%q,"url":"mysql://ann:%s@host/db","rows":7}`, apiKey, password)
		case "/gzip":
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(zipped(`{"keys":["` + apiKey + `"]}`))
		case "/text":
			fmt.Fprintf(w, "Authorization: TD1 %s and %s", apiKey, header)
		case "/location":
			w.Header().Set("Location", "https://files.example.com/x?Signature="+password)
		}
	}))
	defer s.Close()
	dir := t.TempDir()
	r, err := recording.NewRecorder(dir, "user:create", []string{apiKey, header}, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: r.Wrap(&http.Transport{DisableCompression: true})}
	send := func(path, kind, body string) {
		t.Helper()
		req, err := http.NewRequest("POST", s.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Authorization", "TD1 "+apiKey)
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if path == "/location" && !strings.Contains(resp.Header.Get("Location"), password) {
			t.Errorf("the client receives the location %q", resp.Header.Get("Location"))
		}
	}
	form := url.Values{"password": {password}, "query": {"SELECT '" + apiKey + "'"}, "result": {"mysql://ann:" + password + "@host/db"}}
	for _, path := range []string{"/json", "/gzip", "/text", "/location", "/json?api_key=" + apiKey} {
		send(path, "application/x-www-form-urlencoded", form.Encode())
		send(path, "application/json; charset=utf-8", `{"config":{"password":"`+password+`","note":"`+header+`"}}`)
	}
	send("/api/projects/7/secrets/db.password", "application/json; charset=utf-8", `{"value":"`+password+`"}`)
	files := 0
	err = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		for _, secret := range []string{apiKey, strings.TrimPrefix(apiKey, "1/"), url.QueryEscape(apiKey), password, header} {
			if bytes.Contains(b, []byte(secret)) {
				t.Errorf("%s contains %s:\n%s", filepath.Base(path), secret, b)
			}
		}
		if info, err := e.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: mode %v, %v", path, info.Mode(), err)
		}
		return err
	})
	if err != nil || files < 15 {
		t.Errorf("%d files, %v", files, err)
	}
	p, err := recording.NewPlayer(t.Context(), dir, "user:create", t.TempDir(), []string{apiKey, header})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: p}).PostForm("http://nowhere.invalid/gzip", form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, _ := io.ReadAll(resp.Body); string(b) != `{"keys":["***"]}` || resp.Header.Get("Content-Encoding") != "" || resp.ContentLength != int64(len(b)) {
		t.Errorf("%s, %v, length %d", b, resp.Header, resp.ContentLength)
	}
}

// TestRandomValues checks that values that differ from run to run do not identify a request.
func TestRandomValues(t *testing.T) {
	s, dir, state := counter(t), t.TempDir(), t.TempDir()
	r, err := recording.NewRecorder(dir, "query", nil, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	send := func(transport http.RoundTripper, base, random, rows string) error {
		c := &http.Client{Transport: transport}
		for _, do := range []func() (*http.Response, error){
			func() (*http.Response, error) {
				return c.PostForm(base+"/v3/job/issue/trino/db", url.Values{"query": {"SELECT 1"}, "domain_key": {random}})
			},
			func() (*http.Response, error) {
				return c.Post(base+"/v3/bulk_loads", "application/json", strings.NewReader(`{"domain_key":"`+random+`","retryAttemptName":"`+random+`","name":"x"}`))
			},
			func() (*http.Response, error) { // its name contains a digest of the file's path
				return c.Post(base+"/v3/bulk_import/upload_part/session/in_csv_"+strings.Repeat(random, 2)+"_0_f3357b19a2938307", "application/octet-stream", strings.NewReader("part"))
			},
			func() (*http.Response, error) {
				return c.Post(base+"/v3/table/import_with_id/db/events/"+random+"/msgpack.gz", "application/octet-stream", strings.NewReader(rows))
			},
		} {
			resp, err := do()
			if err != nil {
				return err
			}
			resp.Body.Close()
		}
		return nil
	}
	if err := send(r.Wrap(http.DefaultTransport), s.URL, "aaaa", "rows"); err != nil {
		t.Fatal(err)
	}
	p, err := recording.NewPlayer(t.Context(), dir, "query", state, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := send(p, "http://nowhere.invalid", "bbbb", "rows"); err != nil {
		t.Errorf("with other random values: %v", err)
	}
	err = send(p, "http://nowhere.invalid", "bbbb", "other rows")
	if e, ok := errors.AsType[*recording.NotRecordedError](err); !ok || e.Reason != "the recorded body differs" {
		t.Errorf("with other rows: %v", err)
	}
}

func TestBodies(t *testing.T) {
	large := bytes.Repeat([]byte("0123456789abcdef\n"), 100_000)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v3/job/result/1":
			w.Header().Set("Content-Type", "application/json") // rows, byte for byte
			w.Write([]byte(`{"password":"a value of the user"}`))
		case "/v3/job/result/2":
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("ETag", `"abc"`)
			w.Write(large)
		case "/broken":
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Header().Set("Content-Length", "1000")
			w.Write(large[:100])
		case "/none":
			w.WriteHeader(http.StatusNoContent)
		case "/failed":
			http.Error(w, `{"error":"no"}`, http.StatusConflict)
		}
	}))
	defer s.Close()
	dir := t.TempDir()
	r, err := recording.NewRecorder(dir, "job:result", nil, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	p := func() *recording.Player {
		p, err := recording.NewPlayer(t.Context(), dir, "job:result", t.TempDir(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	type answer struct {
		Status       int
		Body         string
		Broken       bool
		ETag, Coding string
	}
	ask := func(transport http.RoundTripper, base, path string) answer {
		t.Helper()
		resp, err := (&http.Client{Transport: transport}).Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		return answer{resp.StatusCode, string(b), errors.Is(err, io.ErrUnexpectedEOF), resp.Header.Get("ETag"), resp.Header.Get("Content-Encoding")}
	}
	paths := []string{"/v3/job/result/1", "/v3/job/result/2", "/broken", "/none", "/failed"}
	var want []answer
	for _, path := range paths {
		want = append(want, ask(r.Wrap(&http.Transport{DisableCompression: true}), s.URL, path))
	}
	if !want[2].Broken || len(want[2].Body) != 100 {
		t.Fatalf("the server's response is not broken: %+v", want[2])
	}
	played := p()
	for i, path := range paths {
		if got := ask(played, "http://nowhere.invalid", path); got != want[i] {
			t.Errorf("%s: %.200v, want %.200v", path, got, want[i])
		}
	}
	server, err := recording.NewServer(dir)
	if err != nil {
		t.Fatal(err)
	}
	served := httptest.NewServer(server)
	defer served.Close()
	for i, path := range paths {
		if got := ask(&http.Transport{DisableCompression: true}, served.URL, path); got != want[i] {
			t.Errorf("served %s: %.200v, want %.200v", path, got, want[i])
		}
	}
	if got := ask(http.DefaultTransport, served.URL, "/other"); got.Status != 400 || !strings.Contains(got.Body, "GET /other is not in the recording") {
		t.Errorf("not recorded: %v", got)
	}
}

// TestTime checks that commands get the times of the recorded runs in their order.
func TestTime(t *testing.T) {
	s, dir, state := counter(t), t.TempDir(), t.TempDir()
	var want []time.Time
	for _, command := range []string{"query", "db:list", "query"} {
		r, err := recording.NewRecorder(dir, command, nil, func(err error) { t.Error(err) })
		if err != nil {
			t.Fatal(err)
		}
		get(t, r.Wrap(http.DefaultTransport), s.URL, "/a")
		if command == "query" {
			want = append(want, r.Now())
		}
	}
	for range 2 {
		for i := range want {
			p, err := recording.NewPlayer(t.Context(), dir, "query", state, nil)
			if err != nil {
				t.Fatal(err)
			}
			get(t, p, "http://nowhere.invalid", "/a")
			if !p.Now().Equal(want[i]) {
				t.Errorf("query %d has the time %s, want %s", i+1, p.Now(), want[i])
			}
			if i == 0 {
				play(t, dir, state, "db:list", "/a")
			}
		}
	}
}

// TestConcurrentRuns checks that commands that are recorded at the same time have a directory each.
func TestConcurrentRuns(t *testing.T) {
	s, dir := counter(t), t.TempDir()
	var wg sync.WaitGroup
	for n := range 20 {
		wg.Go(func() { record(t, dir, s.URL, fmt.Sprintf("db:list%d", n%3), "/a", "/b") })
	}
	wg.Wait()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]bool{}
	for _, e := range entries {
		number, _, isRun := strings.Cut(e.Name(), "-")
		if isRun && e.IsDir() {
			numbers[number] = true
		}
	}
	if len(numbers) != 20 {
		t.Errorf("%d numbers for 20 runs", len(numbers))
	}
	got := play(t, dir, t.TempDir(), "db:list0", "/a", "/b")
	if slashes := strings.Count(strings.Join(got, ""), "/"); slashes != 2 {
		t.Errorf("a concurrent run: %v", got)
	}
}

func TestUnusableDirectories(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return filepath.Dir(path)
	}
	for _, tt := range []struct{ dir, want string }{
		{write("other/file.txt", "x"), "is not a recording"},
		{write("damaged/td-recording.json", "{"), "is damaged"},
		{write("later/td-recording.json", `{"version":2,"id":"x"}`), "has version 2, this td reads version 1"},
	} {
		if _, err := recording.NewRecorder(tt.dir, "db:list", nil, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("recording: %v, want %s", err, tt.want)
		}
		if _, err := recording.NewPlayer(t.Context(), tt.dir, "db:list", t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("replaying: %v, want %s", err, tt.want)
		}
	}
	write("rec/td-recording.json", `{"version":1,"id":"x"}`)
	write("rec/0001-db-list/001.json", `{"request":{"method":"GET","path":"/a"},"response":{"status":200,"body":"../../other/file.txt"}}`)
	p, err := recording.NewPlayer(t.Context(), filepath.Join(dir, "rec"), "db:list", t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := get(t, p, "http://nowhere.invalid", "/a"); got[0] != "error" {
		t.Errorf("a file outside the recording was read: %q", got)
	}
}

// TestOtherClients checks that the server recognises requests in the form of td-client-python: with an empty path
// segment, and a form in the other encoding.
func TestOtherClients(t *testing.T) {
	s, dir := counter(t), t.TempDir()
	r, err := recording.NewRecorder(dir, "query", nil, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Transport: r.Wrap(http.DefaultTransport)}
	resp, err := c.PostForm(s.URL+"/v3/job/issue/trino/db", url.Values{"query": {"SELECT 1"}, "domain_key": {"k"}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	server, err := recording.NewServer(dir)
	if err != nil {
		t.Fatal(err)
	}
	served := httptest.NewServer(server)
	defer served.Close()
	for sql, want := range map[string]int{"SELECT 1": 200, "SELECT 2": 400} {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		if err := errors.Join(w.WriteField("query", sql), w.Close()); err != nil {
			t.Fatal(err)
		}
		resp, err := http.Post(served.URL+"//v3/job/issue/trino/db", w.FormDataContentType(), &body)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: status %d, want %d", sql, resp.StatusCode, want)
		}
	}
}

// TestEncodedSecrets checks that a secret is masked in each of its encodings.
func TestEncodedSecrets(t *testing.T) {
	const secret = `9x+odd/"key"=<value>&z==`
	html, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	encoded := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)),
		strings.Trim(string(html), `"`), `9x+odd/\"key\"=<value>&z==`, `9x+odd\/\"key\"=<value>&z==`,
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/text" {
			fmt.Fprintln(w, strings.Join(encoded, "\n"))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"a":"%s"}`, strings.Join(encoded[1:], " "))
	}))
	defer s.Close()
	dir := t.TempDir()
	r, err := recording.NewRecorder(dir, "api", []string{secret}, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	get(t, r.Wrap(http.DefaultTransport), s.URL, "/text", "/json", "/path/"+url.PathEscape(secret), "/query?x="+url.QueryEscape(secret))
	for _, name := range []string{"001.body", "002.body", "001.json", "002.json", "003.json", "004.json"} {
		b, err := os.ReadFile(filepath.Join(dir, "0001-api", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range append(encoded, "odd") {
			if bytes.Contains(b, []byte(form)) {
				t.Errorf("%s contains %s:\n%s", name, form, b)
			}
		}
		if name == "002.body" && !json.Valid(b) {
			t.Errorf("invalid JSON: %s", b)
		}
	}
}
