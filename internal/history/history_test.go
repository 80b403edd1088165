package history_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/td-cli/td/internal/history"
)

// Environment of a process that adds jobs.
const (
	writerDir   = "TD_TEST_HISTORY_DIR"
	writerFirst = "TD_TEST_HISTORY_FIRST" // ID of the first job
	writerCount = "TD_TEST_HISTORY_COUNT"
	writerBytes = "TD_TEST_HISTORY_BYTES" // additional bytes of each job
)

const key = "1/0123456789abcdef0123456789abcdef01234567"

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerDir); dir != "" {
		if err := addJobs(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// addJobs adds jobs and their ends, and prints the ID of each job that is complete.
func addJobs(dir string) error {
	first, err := strconv.Atoi(os.Getenv(writerFirst))
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(os.Getenv(writerCount))
	if err != nil {
		return err
	}
	size, err := strconv.Atoi(os.Getenv(writerBytes))
	if err != nil {
		return err
	}
	l := open(dir)
	for i := range count {
		id := strconv.Itoa(first + i)
		sql := "SELECT " + id + " -- " + strings.Repeat("x", i%300)
		if err := l.Add(context.Background(), history.Job{ID: id, Command: "query", SQL: sql, PoolName: strings.Repeat("p", size)}, sql); err != nil {
			return err
		}
		fmt.Println(id)
	}
	return nil
}

func open(dir string) *history.Ledger {
	return history.Open(dir, "default", "https://api.example.com", key)
}

// startWriter starts a process that adds jobs.
func startWriter(t *testing.T, dir string, first, count, size int) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), exe)
	c.Env = append(os.Environ(), writerDir+"="+dir)
	for name, value := range map[string]int{writerFirst: first, writerCount: count, writerBytes: size} {
		c.Env = append(c.Env, fmt.Sprintf("%s=%d", name, value))
	}
	c.Stderr = os.Stderr
	return c
}

func readJobs(t *testing.T, l *history.Ledger) (jobs []history.Job) {
	t.Helper()
	for j, err := range l.Jobs() {
		if err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, j)
	}
	return jobs
}

func ids(jobs []history.Job) string {
	var list []string
	for _, j := range jobs {
		list = append(list, j.ID)
	}
	return strings.Join(list, " ")
}

func TestDir(t *testing.T) {
	abs, err := filepath.Abs("state")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ state, home, want string }{
		{abs, "/home/me", filepath.Join(abs, "td")},
		{"state", "/home/me", filepath.Join("/home/me", ".local", "state", "td")},
		{"", "/home/me", filepath.Join("/home/me", ".local", "state", "td")},
		{"", "", ""},
	} {
		if got := history.Dir(tt.state, tt.home); got != tt.want {
			t.Errorf("Dir(%q, %q) = %q, want %q", tt.state, tt.home, got, tt.want)
		}
	}
}

func TestAddAndEnd(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "td")
	l := open(dir)
	if jobs := readJobs(t, l); jobs != nil {
		t.Fatalf("a missing file has the jobs %v", jobs)
	}
	two, rows, seconds := 2, int64(10), int64(3)
	want := history.Job{
		ID: "7", Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Command: "query", Database: "web", Type: "trino", Name: "daily",
		SQL: "SELECT :day", Params: []string{"day=2026-01-02"}, EngineVersion: "stable", PoolName: "p", Priority: &two, RetryLimit: &two, ResultURL: "warehouse",
	}
	if err := l.Add(t.Context(), want, "SELECT '2026-01-02'"); err != nil {
		t.Fatal(err)
	}
	if err := l.Add(t.Context(), history.Job{ID: "8", Command: "export:table"}, ""); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		id string
		o  history.Outcome
	}{
		{"7", history.Outcome{Status: "success", Duration: &seconds}},
		{"7", history.Outcome{Status: "success", Duration: &seconds, Rows: &rows}},
		{"7", history.Outcome{Status: "success"}}, // less than is known
		{"9", history.Outcome{Status: "error"}},   // not recorded
	} {
		if err := l.End(t.Context(), step.id, step.o); err != nil {
			t.Fatal(err)
		}
	}
	want.Owner, want.Hash = l.Owner(), l.Hash("SELECT '2026-01-02'")
	want.Outcome = &history.Outcome{Status: "success", Duration: &seconds, Rows: &rows}
	jobs := readJobs(t, l)
	if diff := cmp.Diff([]history.Job{{ID: "8", Command: "export:table", Owner: l.Owner()}, want}, jobs); diff != "" {
		t.Error(diff)
	}
	b, err := os.ReadFile(filepath.Join(dir, "history.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(b), "\n"); n != 4 {
		t.Errorf("the file has %d lines, want 4:\n%s", n, b)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for name, mode := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "history.jsonl"): 0o600, filepath.Join(dir, "history.lock"): 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v; want mode %v", name, info.Mode(), err, mode)
		}
	}
}

func TestOwners(t *testing.T) {
	dir := t.TempDir()
	ledgers := []*history.Ledger{
		open(dir),
		history.Open(dir, "jp", "https://api.example.com", key), // another name of the same account
		history.Open(dir, "default", "https://api.example.org", key),
		history.Open(dir, "default", "https://api.example.com", key+"0"),
	}
	for _, l := range ledgers {
		if err := l.Add(t.Context(), history.Job{ID: "1"}, "SELECT 1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := ledgers[2].End(t.Context(), "1", history.Outcome{Status: "success"}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, j := range readJobs(t, ledgers[0]) {
		for _, l := range ledgers {
			got = append(got, fmt.Sprint(l.Owns(j), j.Hash == l.Hash("SELECT 1")))
		}
		got = append(got, fmt.Sprintf("ended %v", j.Outcome != nil))
	}
	want := []string{
		"false false", "false false", "false false", "true true", "ended false",
		"false true", "false true", "true true", "false false", "ended true",
		"true true", "true true", "false true", "false false", "ended false",
		"true true", "true true", "false true", "false false", "ended false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	b, err := os.ReadFile(filepath.Join(dir, "history.jsonl"))
	if err != nil || strings.Contains(string(b), key[2:20]) {
		t.Errorf("the file contains the API key: %v\n%s", err, b)
	}
}

// TestRemove checks that the jobs of an account are not returned after its server lost its data.
func TestRemove(t *testing.T) {
	dir := t.TempDir()
	l, other := open(dir), history.Open(dir, "default", "https://api.example.org", key)
	if err := l.Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "history.jsonl")); err == nil {
		t.Error("Remove created a file although nothing was recorded")
	}
	for _, step := range []struct {
		ledger *history.Ledger
		id     string
	}{{l, "1"}, {other, "1"}, {l, "2"}, {l, ""}, {other, "2"}, {l, "1"}} {
		var err error
		if step.id == "" {
			err = step.ledger.Remove(t.Context())
		} else {
			err = step.ledger.Add(t.Context(), history.Job{ID: step.id}, "")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, j := range readJobs(t, l) {
		got = append(got, fmt.Sprint(j.ID, " ", l.Owns(j)))
	}
	if diff := cmp.Diff([]string{"1 true", "2 false", "1 false"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSecrets(t *testing.T) {
	for _, tt := range []struct {
		name               string
		job                history.Job
		fullSQL, fullURL   bool
		masked, notWritten string
	}{
		{"no secret", history.Job{SQL: "SELECT 1", ResultURL: "warehouse"}, true, true, "", ""},
		{"URL in SQL", history.Job{SQL: "SELECT 'mysql://me:hunter2@host/db'"}, false, true, "", "hunter2"},
		{"API key in SQL", history.Job{SQL: "SELECT '" + key + "'"}, false, true, "", key[2:]},
		{"password in SQL", history.Job{SQL: "SELECT 1 WHERE password = 'hunter2'"}, false, true, "", "hunter2"},
		{"result URL", history.Job{SQL: "SELECT 1", ResultURL: "mysql://me:hunter2@host/db/t"}, true, false, "", "hunter2"},
		{"name of a parameter", history.Job{SQL: "SELECT :token", Params: []string{"day=x", "token:string=hunter2"}}, true, true, "token", "hunter2"},
		{"value of a parameter", history.Job{SQL: "SELECT :url", Params: []string{"url=mysql://me:hunter2@host/db"}}, true, true, "url", "hunter2"},
		{"name", history.Job{SQL: "SELECT 1", Name: "mysql://me:hunter2@host/db"}, true, true, "", "hunter2"},
		{"too long", history.Job{SQL: "SELECT '" + strings.Repeat("x", 64<<10) + "hunter2'"}, false, true, "", "hunter2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			l := open(dir)
			if err := l.Add(t.Context(), tt.job, "SELECT 'hunter2'"); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(filepath.Join(dir, "history.jsonl"))
			if err != nil || tt.notWritten != "" && strings.Contains(string(b), tt.notWritten) {
				t.Errorf("%v\n%s", err, b)
			}
			j := readJobs(t, l)[0]
			if j.HasFullSQL() != tt.fullSQL || j.HasFullResultURL() != tt.fullURL {
				t.Errorf("full SQL %v, full result URL %v: %+v", j.HasFullSQL(), j.HasFullResultURL(), j)
			}
			for _, name := range []string{"day", "token", "url"} {
				if j.IsParamMasked(name) != (name == tt.masked) {
					t.Errorf("parameter %s: masked %v", name, j.IsParamMasked(name))
				}
			}
			if diff := cmp.Diff(len(tt.job.Params), len(j.Params)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestForeignLines has lines that td did not write as a whole, or at all.
func TestForeignLines(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "history.jsonl")
	l := open(dir)
	for i, foreign := range []string{`{"v":1,"job":{"job_id":"bad`, "\n\n", "null\n", `{"v":99,"job":{"job_id":"99"}}` + "\n", "[1]\n", "\x00\xff\n", `{"v":1}`} {
		if err := l.Add(t.Context(), history.Job{ID: strconv.Itoa(i)}, ""); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(foreign); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Add(t.Context(), history.Job{ID: "7"}, ""); err != nil {
		t.Fatal(err)
	}
	if got, want := ids(readJobs(t, l)), "7 6 5 4 3 2 1 0"; got != want {
		t.Errorf("jobs %s, want %s", got, want)
	}
}

func TestUnusableFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "history.jsonl"), 0o700); err != nil {
		t.Fatal(err)
	}
	l := open(dir)
	if err := l.Add(t.Context(), history.Job{ID: "1"}, ""); err == nil {
		t.Error("Add wrote to a directory")
	}
	if err := l.End(t.Context(), "1", history.Outcome{Status: "success"}); err == nil {
		t.Error("End read a directory")
	}
	file := filepath.Join(dir, "history.lock")
	if err := open(file).Add(t.Context(), history.Job{ID: "1"}, ""); err == nil {
		t.Error("Add created a directory over a file")
	}
}

// TestDevice uses files that are devices, whose content may have no end.
func TestDevice(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "shell"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"history.jsonl", "shell/default.jsonl"} {
		if err := os.Symlink(os.DevNull, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	for _, err := range open(dir).Jobs() {
		if err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("Jobs: %v", err)
		}
	}
	if err := open(dir).End(t.Context(), "1", history.Outcome{}); err == nil {
		t.Error("End read a device")
	}
	if _, err := history.OpenInputs(t.Context(), dir, "default"); err == nil {
		t.Error("OpenInputs read a device")
	}
}

// TestSize checks that the file does not grow without a limit and keeps the newest jobs.
func TestSize(t *testing.T) {
	dir := t.TempDir()
	l := open(dir)
	long := strings.Repeat("x", 60<<10)
	const n = 200 // 12 MB
	for i := range n {
		if err := l.Add(t.Context(), history.Job{ID: strconv.Itoa(i), PoolName: long}, ""); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(filepath.Join(dir, "history.jsonl")); err != nil || info.Size() > 9<<20 {
			t.Fatalf("%v, %v", info.Size(), err)
		}
	}
	jobs := readJobs(t, l)
	if len(jobs) < 60 || len(jobs) > 150 {
		t.Errorf("%d jobs are left", len(jobs))
	}
	for i, j := range jobs {
		if want := strconv.Itoa(n - 1 - i); j.ID != want || j.PoolName != long {
			t.Fatalf("job %d is %s, want %s", i, j.ID, want)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("the directory has %v, %v", entries, err)
	}
}

// TestProcesses has several processes that write at the same time.
func TestProcesses(t *testing.T) {
	const processes, jobs = 8, 500
	dir := t.TempDir()
	var wg sync.WaitGroup
	for p := range processes {
		wg.Go(func() {
			if out, err := startWriter(t, dir, p*jobs, jobs, 0).Output(); err != nil || strings.Count(string(out), "\n") != jobs {
				t.Errorf("process %d printed %d lines: %v", p, strings.Count(string(out), "\n"), err)
			}
		})
	}
	wg.Wait()
	last := map[int]int{} // by process
	n := 0
	for _, j := range readJobs(t, open(dir)) {
		id, err := strconv.Atoi(j.ID)
		if err != nil || !strings.HasPrefix(j.SQL, "SELECT "+j.ID+" ") {
			t.Fatalf("%+v: %v", j, err)
		}
		if previous, ok := last[id/jobs]; ok && id != previous-1 {
			t.Errorf("job %d follows job %d", previous, id)
		}
		last[id/jobs] = id
		n++
	}
	if n != processes*jobs {
		t.Errorf("%d jobs, want %d", n, processes*jobs)
	}
	b, err := os.ReadFile(filepath.Join(dir, "history.jsonl"))
	if lines := strings.Count(string(b), "\n"); err != nil || lines != n {
		t.Errorf("%d lines, want %d: %v", lines, n, err)
	}
}

// TestProcessesCut has several processes whose jobs do not fit into the file, so that they cut it in turn, and kills one of
// them. The newest jobs of each process must remain.
func TestProcessesCut(t *testing.T) {
	const processes, jobs = 4, 120
	dir := t.TempDir()
	var wg sync.WaitGroup
	for p := range processes {
		wg.Go(func() {
			if out, err := startWriter(t, dir, p*1000, jobs, 50_000).Output(); err != nil {
				t.Errorf("process %d: %v\n%s", p, err, out)
			}
		})
	}
	killed := startWriter(t, dir, 9000, jobs, 50_000)
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	_ = killed.Process.Kill() // may have ended
	_ = killed.Wait()
	left := readJobs(t, open(dir))
	if n := len(left); n < 70 || n > 170 {
		t.Errorf("%d jobs are left", n)
	}
	last := map[int]int{}
	for _, j := range left {
		id, err := strconv.Atoi(j.ID)
		if err != nil || len(j.PoolName) != 50_000 {
			t.Fatalf("job %s has %d bytes", j.ID, len(j.PoolName))
		}
		if previous, ok := last[id/1000]; ok && id != previous-1 {
			t.Errorf("job %d follows job %d", previous, id)
		}
		last[id/1000] = id
	}
}

// TestKill kills writers after a number of jobs. All jobs that they reported must be readable, and at most one more.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	for round := range 10 {
		first := round * 1000
		c := startWriter(t, dir, first, 1000, 0)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		reported := map[string]bool{}
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			reported[lines.Text()] = true
			if len(reported) == 10+7*round {
				_ = c.Process.Kill() // may have ended
			}
		}
		_ = c.Wait() // killed
		found, printed := 0, len(reported)
		for _, j := range readJobs(t, open(dir)) {
			id, err := strconv.Atoi(j.ID)
			if err != nil {
				t.Fatal(err)
			}
			if id >= first {
				found++
				delete(reported, j.ID)
			}
		}
		if len(reported) > 0 {
			t.Errorf("round %d: %d of %d jobs are lost: %v", round, len(reported), found+len(reported), reported)
		}
		if found > printed+1 {
			t.Errorf("round %d: %d jobs, but only %d were reported", round, found, printed)
		}
	}
	if err := open(dir).Add(t.Context(), history.Job{ID: "99999"}, ""); err != nil {
		t.Fatal(err)
	}
	if jobs := readJobs(t, open(dir)); jobs[0].ID != "99999" {
		t.Errorf("the last job is %s", jobs[0].ID)
	}
}

func TestMatches(t *testing.T) {
	j := history.Job{ID: "123", Name: "Daily", SQL: "SELECT\n* FROM Access"}
	for text, want := range map[string]bool{"": true, "DAILY": true, "from access": true, "23": true, "other": false} {
		if got := j.Matches(text); got != want {
			t.Errorf("Matches(%q) = %v", text, got)
		}
	}
}

func TestModeOfExistingFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no mode there")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "history.jsonl")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := open(dir).Add(t.Context(), history.Job{ID: "1"}, ""); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if diff := cmp.Diff([]history.Job{{ID: "1"}}, readJobs(t, open(dir)), cmpopts.IgnoreFields(history.Job{}, "Owner")); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkLast(b *testing.B) {
	dir := b.TempDir()
	l := open(dir)
	sql := "SELECT '" + strings.Repeat("x", 2000) + "'"
	for i := range 3000 {
		if err := l.Add(b.Context(), history.Job{ID: strconv.Itoa(i), SQL: sql}, ""); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		for _, err := range l.Jobs() {
			if err != nil {
				b.Fatal(err)
			}
			break
		}
	}
}
