package jobmonitor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/text"
)

var (
	now     = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	errBusy = errors.New("the server responded with 503: maintenance")
	errKey  = errors.New("the API key was refused")
)

// A fakeServer answers from memory.
type fakeServer struct {
	mu     sync.Mutex
	jobs   []Job
	err    error
	log    Log
	killed []string
	asked  []string // for the progress
}

func (s *fakeServer) Jobs(context.Context) ([]Job, error) { return s.jobs, s.err }

func (s *fakeServer) Progress(_ context.Context, id string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, id)
	return id + " of 100 splits", s.err
}

func (s *fakeServer) Log(context.Context, string) (Log, error) { return s.log, s.err }

func (s *fakeServer) Kill(_ context.Context, id string) (string, error) {
	s.killed = append(s.killed, id)
	return "Job " + id + " is killed.", s.err
}

func (s *fakeServer) IsTemporary(err error) bool { return err == errBusy }

func ago(d time.Duration) time.Time { return now.Add(-d) }

func someJobs() []Job {
	return []Job{
		{ID: "9", Status: "queued", Type: "hive", User: "日本太郎", Database: "web", SQL: "select 9", PriorityName: "NORMAL", CreatedAt: ago(90 * time.Second)},
		{
			ID: "10", Status: "running", Type: "trino", User: "bob@example.com", Database: "sales", SQL: "SELECT *\n\tFROM \x1b[31mt", Priority: 2,
			PriorityName: "VERY HIGH", CreatedAt: ago(3 * time.Hour), StartedAt: ago(2 * time.Hour),
		},
		{ID: "11", Status: "running", Type: "trino", User: "eve", SQL: "", PriorityName: "LOW", Priority: -1, CreatedAt: ago(50 * time.Hour), StartedAt: ago(49 * time.Hour)},
	}
}

// newTest returns a screen that has received the jobs of a server.
func newTest(t *testing.T, s *fakeServer, columns, rows int) *model {
	t.Helper()
	m := newModel(s, Options{Interval: 5 * time.Second})
	m.ctx = t.Context()
	m.Update(tea.WindowSizeMsg{Width: columns, Height: rows})
	m.request()
	m.receive(answer{jobs: s.jobs, err: s.err, at: now})
	return m
}

// press types keys and returns the command of the last one.
func press(m *model, keys ...string) (cmd tea.Cmd) {
	codes := map[string]tea.Key{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "down": {Code: tea.KeyDown}, "up": {Code: tea.KeyUp}, "end": {Code: tea.KeyEnd},
		"home": {Code: tea.KeyHome}, "pgdown": {Code: tea.KeyPgDown}, "pgup": {Code: tea.KeyPgUp}, "backspace": {Code: tea.KeyBackspace},
		"ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+z": {Code: 'z', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
	}
	for _, name := range keys {
		k, ok := codes[name]
		if !ok {
			k = tea.Key{Code: []rune(name)[0], Text: name}
		}
		_, cmd = m.Update(tea.KeyPressMsg(k))
	}
	return cmd
}

// show returns the screen without escape sequences.
func show(m *model) string {
	lines := strings.Split(m.View().Content, "\n")
	for i, line := range lines {
		line = strings.NewReplacer(bold, "", inverse, "> ", "\x1b[4m", "", reset, "").Replace(line)
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func TestScreen(t *testing.T) {
	s := &fakeServer{jobs: someJobs()}
	m := newTest(t, s, 80, 9)
	m.Update(report{"10": "10 of 100 splits"})
	check := func(name, want string) {
		t.Helper()
		if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), show(m)); diff != "" {
			t.Errorf("%s: %s\n%s", name, diff, show(m))
		}
	}
	check("80 columns", `
td top: 2 running, 1 queued                               by running ↓  12:00:00
Job Status  Type  Priority  User           Age Running Database Progress
>  11 running trino low       eve          2d02h   2d01h
 10 running trino very high bob@example… 3h00m   2h00m sales    10 of 100 splits
  9 queued  hive  normal    日本太郎     1m30s         web



? help  / filter  < > sort  r reverse  k kill  s SQL  l log  q quit
`)
	m.Update(tea.WindowSizeMsg{Width: 130, Height: 8})
	press(m, "down", ">", ">")
	check("sorted by progress, with the query, the same job selected", `
td top: 2 running, 1 queued                                                                                by progress ↑  12:00:00
Job Status  Type  Priority  User              Age Running Database Progress         Query
 11 running trino low       eve             2d02h   2d01h
  9 queued  hive  normal    日本太郎        1m30s         web                       select 9
>  10 running trino very high bob@example.com 3h00m   2h00m sales    10 of 100 splits SELECT * FROM \u001B[31mt


? help  / filter  < > sort  r reverse  k kill  s SQL  l log  q quit
`)
	press(m, "/", "S", "E", "L", "x", "backspace", " ", "w", "e", "b")
	check("filter", `
td top: 2 running, 1 queued, 1 with "SEL web"                                                              by progress ↑  12:00:00
Job Status  Type  Priority  User              Age Running Database Progress         Query
>   9 queued  hive  normal    日本太郎        1m30s         web                       select 9



Filter: SEL web
? help  / filter  < > sort  r reverse  k kill  s SQL  l log  q quit
`)
	if c := m.View().Cursor; c == nil || c.X != len("Filter: SEL web") || c.Y != 6 {
		t.Errorf("the cursor is at %+v", c)
	}
	press(m, "x", "enter")
	check("no match", `
td top: 2 running, 1 queued, 0 with "SEL webx"                                                             by progress ↑  12:00:00
Job Status  Type  Priority  User              Age Running Database Progress         Query
No job contains "SEL webx".




? help  / filter  < > sort  r reverse  k kill  s SQL  l log  q quit
`)
	if cmd := press(m, "k", "s", "l"); cmd != nil || m.pane != nil || m.killing != "" {
		t.Error("keys without a selected job have an effect")
	}
	press(m, "esc")
	m.receive(answer{at: now})
	check("no jobs", `
td top: 0 running, 0 queued                                                                                by progress ↑  12:00:00
Job Status  Type  Priority  User              Age Running Database Progress         Query
No jobs are queued or running.




? help  / filter  < > sort  r reverse  k kill  s SQL  l log  q quit
`)
}

// TestFailure checks that the last jobs remain after a temporary failure, and that another one ends the program.
func TestFailure(t *testing.T) {
	s := &fakeServer{jobs: someJobs()}
	m := newTest(t, s, 80, 9)
	if cmd := m.receive(answer{err: errBusy, at: now.Add(5 * time.Second)}); cmd == nil || m.err != nil {
		t.Error("a temporary failure is not repeated")
	}
	want := "12:00:05 the server responded with 503: maintenance; trying again every 5s"
	if got := strings.Split(show(m), "\n"); got[7] != want || !strings.Contains(got[2], "11 running") || !strings.HasSuffix(got[0], "12:00:00") {
		t.Errorf("got:\n%s", show(m))
	}
	m.receive(answer{jobs: s.jobs, at: now})
	if strings.Contains(show(m), "503") {
		t.Error("the failure remains after a response")
	}
	m.receive(answer{err: errKey, at: now})
	if m.err != errKey {
		t.Errorf("the program ended with %v", m.err)
	}
}

func TestKill(t *testing.T) {
	s := &fakeServer{jobs: someJobs()}
	m := newTest(t, s, 80, 9)
	last := func() string { return strings.Split(show(m), "\n")[7] }
	press(m, "down", "k")
	if got, want := last(), "Kill job 10 (trino, running, of bob@example.com)? [y/N]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, no := range []string{"enter", "n", "k", "esc"} {
		if cmd := press(m, no); cmd != nil || last() != "Job 10 was not killed." {
			t.Errorf("after %s: %q", no, last())
		}
		press(m, "k")
	}
	s.jobs = s.jobs[:1] // the job ends, and another one is selected while the question is shown
	m.receive(answer{jobs: s.jobs, at: now})
	cmd := press(m, "y")
	if cmd == nil || len(s.killed) != 0 {
		t.Fatal("no command")
	}
	m.Update(cmd())
	if diff := cmp.Diff([]string{"10"}, s.killed); diff != "" || last() != "Job 10 is killed." || !m.requesting {
		t.Errorf("%s%q, requesting %v", diff, last(), m.requesting)
	}
	s.err = errBusy
	press(m, "k")
	m.Update(press(m, "y")())
	if got, want := last(), "Job 9 could not be killed: the server responded with 503: maintenance"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPanes(t *testing.T) {
	s := &fakeServer{jobs: someJobs()}
	m := newTest(t, s, 40, 6)
	press(m, "down", "s")
	want := "SQL of job 10, trino, database sales\nSELECT *\n    FROM \\u001B[31mt\n\n\nUp Down PgUp PgDn Home End scroll  q ba…\n"
	if diff := cmp.Diff(want, show(m)); diff != "" {
		t.Error(diff)
	}
	press(m, "q")
	if m.pane != nil || m.err != nil {
		t.Error("q does not leave the pane")
	}
	cmd := press(m, "l")
	if !strings.Contains(show(m), "Requesting the log…") {
		t.Errorf("got:\n%s", show(m))
	}
	log := func(text, status string, finished bool) {
		s.log = Log{Text: text, Status: status, Finished: finished}
		m.Update(logAnswer{pane: m.pane, log: s.log, at: now})
	}
	if got, ok := cmd().(logAnswer); !ok || got.pane != m.pane {
		t.Errorf("the command returned %+v", got)
	}
	lines := func() string {
		shown := strings.Split(show(m), "\n")[:4]
		shown[0] = strings.Join(strings.Fields(shown[0]), " ")
		return strings.Join(shown, "|")
	}
	for _, tt := range []struct {
		name, want string
		change     func()
	}{
		{"empty", "Log of job 10: running following|The log is empty.||", func() { log("", "running", false) }},
		{"the end is shown", "Log of job 10: running following|b|c|d", func() { log("a\nb\nc\nd\n", "running", false) }},
		{"it grows", "Log of job 10: running following|c|d|e", func() { log("a\nb\nc\nd\ne", "running", false) }},
		{"scrolled", "Log of job 10: running lines 2-4 of 5|b|c|d", func() { press(m, "up") }},
		{"it grows while scrolled", "Log of job 10: running lines 2-4 of 6|b|c|d", func() { log("a\nb\nc\nd\ne\nf", "running", false) }},
		{"the end again", "Log of job 10: running following|d|e|f", func() { press(m, "end") }},
		{"the start", "Log of job 10: running lines 1-3 of 6|a|b|c", func() { press(m, "home") }},
		{"ended", "Log of job 10: success lines 1-3 of 6|a|b|c", func() { log("a\nb\nc\nd\ne\nf", "success", true) }},
	} {
		if tt.change(); lines() != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, lines(), tt.want)
		}
	}
	if cmd := m.receiveLog(logAnswer{pane: m.pane, log: s.log}); cmd != nil {
		t.Error("the log of a job that has ended is requested again")
	}
	if cmd := m.receiveLog(logAnswer{pane: m.pane, err: errBusy, at: now}); cmd == nil || !strings.Contains(show(m), "12:00:00 the server") {
		t.Errorf("a temporary failure is not shown or not repeated:\n%s", show(m))
	}
	if cmd := m.receiveLog(logAnswer{pane: &pane{}}); cmd != nil {
		t.Error("an answer for a closed pane has an effect")
	}
	press(m, "esc", "?")
	if !strings.Contains(show(m), "td top shows the queued") {
		t.Errorf("the help is not shown:\n%s", show(m))
	}
	for line := range strings.Lines(helpText) {
		if text.Width(line) > 80 {
			t.Errorf("a line of the help is wider than a terminal: %q", line)
		}
	}
	if lines := strings.Count(helpText, "\n"); lines > 24-3 {
		t.Errorf("the help has %d lines, which do not fit on a terminal", lines)
	}
	press(m, "ctrl+c")
	if m.err != nil {
		t.Error(m.err)
	}
}

// TestProgress checks which jobs the progress is requested for: running ones on the screen, some at a time.
func TestProgress(t *testing.T) {
	s := &fakeServer{}
	for i := range 100 {
		status := "running"
		if i >= 70 {
			status = "queued"
		}
		s.jobs = append(s.jobs, Job{ID: fmt.Sprint(1000 + i), Status: status, CreatedAt: ago(time.Hour), StartedAt: ago(time.Minute)})
	}
	m := newTest(t, s, 80, 24+10)
	seen := map[string]bool{}
	for range 2 {
		m.reporting, s.asked = false, nil
		m.Update(m.requestProgress()())
		if len(s.asked) > maxProgress {
			t.Errorf("%d requests", len(s.asked))
		}
		for _, id := range s.asked {
			seen[id] = true
		}
	}
	if len(seen) != 30 || len(m.progress) != 30 {
		t.Errorf("%d jobs, %d answers; want those of the screen", len(seen), len(m.progress))
	}
	press(m, "end")
	if m.reporting = false; m.requestProgress() != nil {
		t.Error("the progress of queued jobs is requested")
	}
	m.receive(answer{jobs: s.jobs[:1], at: now})
	if len(m.progress) != 1 {
		t.Errorf("the progress of %d jobs is kept", len(m.progress))
	}
}

// TestSizes checks that no line is wider than the terminal, and that the selected job is on it.
func TestSizes(t *testing.T) {
	s := &fakeServer{}
	for i := range 500 {
		j := someJobs()[i%3]
		j.ID = fmt.Sprint(1000000 + i)
		s.jobs = append(s.jobs, j)
	}
	for _, columns := range []int{1, 2, 10, 20, 40, 79, 80, 132, 200} {
		for _, rows := range []int{1, 2, 4, 5, 24, 50} {
			m := newTest(t, s, columns, rows)
			for _, key := range []string{"end", "pgup", "down", "s", "q", "?", "esc", "k", "n", "/", "o", "enter", "home"} {
				press(m, key)
				lines := strings.Split(show(m), "\n")
				if len(lines)-1 > rows {
					t.Errorf("%d lines on %d×%d after %s", len(lines)-1, columns, rows, key)
				}
				for _, line := range lines {
					if text.Width(strings.TrimPrefix(line, "> ")) > columns && columns >= 40 {
						t.Errorf("%d×%d after %s: %q", columns, rows, key, line)
					}
				}
				if j, _ := m.selected(); columns >= 40 && rows > 4 && m.pane == nil && !strings.Contains(show(m), "> "+j.ID) {
					t.Errorf("%d×%d after %s: job %s is not shown", columns, rows, key, j.ID)
				}
			}
		}
	}
}

func TestFormatAge(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": -time.Second, "59s": 59 * time.Second, "1m00s": time.Minute, "59m59s": time.Hour - 1, "1h00m": time.Hour, "23h59m": 24*time.Hour - 1,
		"1d00h": 24 * time.Hour, "123d04h": (123*24 + 4) * time.Hour,
	} {
		if got := formatAge(now.Add(-d), now); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	want := []string{"abcd", "ef", "", "    ", "x日", "本語"}
	if diff := cmp.Diff(want, wrap("abcdef\r\n\n\tx日本語", 4)); diff != "" {
		t.Error(diff)
	}
}
