package cmd_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/td-cli/td/cmd/internal/scripttest"
	"github.com/td-cli/td/internal/sandbox"
)

// A tabShell is a shell that completes command lines as td completion:install set it up.
type tabShell struct {
	name, program string
	args          []string // %s is the path of rcFile
	rcFile, rc    string   // path in the home directory and content; %s is the printed line
	needs         string   // required file
	list          string   // keys that list the candidates
}

func tabShells() []tabShell {
	const prompt, bashPrompt = "PROMPT='READY> '\n", "PS1='READY> '\n"
	const bashPackage = "/usr/share/bash-completion/bash_completion"
	return []tabShell{
		{
			name: "bash", program: "bash", args: []string{"--noprofile", "--rcfile", "%s", "-i"},
			rcFile: ".bashrc", rc: bashPrompt + ". " + bashPackage + "\n", needs: bashPackage, list: "\t\t",
		},
		{
			name: "bash without its package", program: "bash", args: []string{"--noprofile", "--rcfile", "%s", "-i"},
			rcFile: ".bashrc", rc: bashPrompt + "%s\n", list: "\t\t",
		},
		{name: "zsh", program: "zsh", args: []string{"-d", "-i"}, rcFile: ".zshrc", rc: "%s\n" + prompt, list: "\t"},
		{
			name: "fish", program: "fish", args: []string{"-i"}, rcFile: ".config/fish/config.fish",
			rc: "function fish_prompt; echo -n 'READY> '; end\nset fish_greeting\nset fish_autosuggestion_enabled 0\n", list: "\t",
		},
	}
}

// TestTab presses TAB in every installed shell.
func TestTab(t *testing.T) {
	if testing.Short() {
		t.Skip("starts shells")
	}
	for _, shell := range tabShells() {
		t.Run(shell.name, func(t *testing.T) {
			t.Parallel()
			term := startShell(t, shell)
			for _, tt := range []struct{ typed, want string }{
				{"td db:l\t", "[db:list]"},
				{"td db\tl\t", "[db:list]"},
				{"td table:show sam\tna\t", "[table:show][sample_datasets][nasdaq]"},
				{"td query --format=ve\t", "[query][--format=vertical]"},
				{"td query --database=sam\t", "[query][--database=sample_datasets]"},
				{"td -e sandbox query -d sam\t", "[-e][sandbox][query][-d][sample_datasets]"},
				{"td -e sand\tquery -dsam\t", "[-e][sandbox][query][-dsample_datasets]"},
				{"td -e $SITE query -d sam\t", "[-e][sandbox][query][-d][sample_datasets]"},
				{"td import:auto --auto-create sam\tna\t", "[import:auto][--auto-create][sample_datasets.nasdaq]"},
				{"td wf st\t", "[wf][start]"},
				{"td query -q ~/.t\t", "[query][-q][" + term.home + "/.td]"},
				{"td db:list 2>que\t -f v\t", "[db:list][-f][vertical]"}, // the first TAB completes queries.sql
				{"td query -q que\t", "[query][-q][queries.sql]"},
				{"td query --query=que\t", "[query][--query=queries.sql]"},
				{"td import:prepare -o fold\t", "[import:prepare][-o][folder]"},
				{"td import:prepare -o que\t", "[import:prepare][-o][que]"},        // only directories
				{"td table:show que\t", "[table:show][que]"},                       // no files
				{"td sched:history my\t", "[sched:history][my daily]"},             // a name with a space
				{"td sched:history 'my d\t", "[sched:history][my daily]"},          // after a quote
				{"td schema:set a b size:l\t", "[schema:set][a][b][size:long]"},    // a value with a colon
				{"td job:show la\t", "[job:show][last]"},                           // a job of the history
				{"td job:status last @report9\t", "[job:status][last][@report99]"}, // its name
				{`td query "SELECT ';'" -T tr` + "\t", "[query][SELECT ';'][-T][trino]"},
			} {
				if got := strings.ReplaceAll(term.run(tt.typed), "/]", "]"); got != tt.want { // zsh removes the slash
					t.Errorf("%q ran %s, want %s", tt.typed, got, tt.want)
				}
			}
			for _, tt := range []struct{ typed, want, not string }{
				{typed: "td db:", want: "Show the tables of a database"},
				{typed: "td table:show sample_datasets ", want: "5000 records", not: "queries.sql"},
				{typed: "td query -f ", want: "msgpack.gz", not: "queries.sql"},
				{typed: "td job:show ", want: "SELECT 1", not: "queries.sql"},
				{typed: "td query 'SELECT 1; touch ran1' \"$(touch ran2)\" -T ", want: "presto"},
				{typed: "td query `touch ran3` -T ", want: "presto"},
				{typed: "td query 2>ran4 > ran5 -T ", want: "presto"},
			} {
				term.send(tt.typed + shell.list)
				if !term.shows(tt.want) {
					t.Errorf("%q: no %s in:\n%s", tt.typed, tt.want, term.text())
				}
				if tt.not != "" && strings.Contains(term.text(), tt.not) {
					t.Errorf("%q offers %s:\n%s", tt.typed, tt.not, term.text())
				}
				t.Logf("%s", term.text())
				term.run("\x15td done") // discards the line
			}
			term.send("td job:show " + shell.list)
			if !term.shows("SELECT 1") || firstJob.FindString(term.text()) != "SELECT 10" {
				t.Errorf("the newest job is not the first:\n%s", term.text())
			}
			term.run("\x15td done")
			if ran, _ := filepath.Glob(filepath.Join(term.dir, "ran*")); ran != nil {
				t.Errorf("TAB ran code in the line: %q", ran)
			}
		})
	}
}

// firstJob finds the first job in a list.
var firstJob = regexp.MustCompile(`SELECT [0-9]+`)

// startShell starts a shell on a terminal with td's completion installed. Its working
// directory contains a file, queries.sql, and a directory. Its td completes, or prints its
// arguments.
func startShell(t *testing.T, shell tabShell) *terminal {
	t.Helper()
	program, err := exec.LookPath(shell.program)
	if err != nil {
		t.Skipf("%s is not installed", shell.program)
	}
	if _, err := os.Stat(shell.needs); shell.needs != "" && err != nil {
		t.Skipf("%s is not installed", shell.needs)
	}
	td, err := exec.LookPath("td")
	if err != nil {
		t.Fatal(err)
	}
	home, dir, bin := t.TempDir(), t.TempDir(), t.TempDir()
	env := append(servedSandbox(t, td, home), "PATH="+bin+":"+os.Getenv("PATH"), "TERM=xterm", "LC_ALL=C.UTF-8", "SITE=sandbox")
	putFile(t, filepath.Join(bin, "td"), fmt.Sprintf("#!/bin/sh\ncase $1 in __complete) exec '%s' \"$@\";; esac\nprintf '[%%s]' \"$@\"; echo\n", td), 0o755)
	putFile(t, filepath.Join(dir, "queries.sql"), "SELECT 1\n", 0o644)
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	install := exec.Command(td, "completion:install", shell.program)
	install.Env = env
	line, err := install.Output()
	if err != nil {
		t.Fatal(err)
	}
	rc := filepath.Join(home, shell.rcFile)
	putFile(t, rc, strings.ReplaceAll(shell.rc, "%s", string(line)), 0o644)

	c := exec.Command(program)
	for _, a := range shell.args {
		c.Args = append(c.Args, strings.ReplaceAll(a, "%s", rc))
	}
	c.Dir, c.Env = dir, env
	master, err := scripttest.StartOnPTY(c, 120, 40)
	if err != nil {
		t.Skipf("no terminal: %v", err)
	}
	term := &terminal{t: t, master: master, dir: dir, home: home, more: make(chan struct{}, 1)}
	done := make(chan struct{})
	go func() { term.listen(); close(done) }()
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		master.Close()
		<-done
	})
	if !term.shows("READY> ") {
		t.Fatalf("no prompt:\n%s", term.text())
	}
	return term
}

// servedSandbox serves a sandbox with jobs and a schedule and returns the environment of
// its user.
func servedSandbox(t *testing.T, td, home string) []string {
	t.Helper()
	s, err := sandbox.Open(context.Background(), sandbox.Options{Dir: filepath.Join(home, "served"), APIKey: "1/test"})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	t.Cleanup(func() {
		srv.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	env := []string{"HOME=" + home, "TD_API_SERVER=" + srv.URL, "TD_API_KEY=1/test", "TD_COMPLETION_TIMEOUT=1m", "GORACE=atexit_sleep_ms=0"}
	commands := [][]string{{"sched:create", "my daily", "@daily", "-d", "sample_datasets", "SELECT 1"}}
	for i := 1; i <= 10; i++ {
		commands = append(commands, []string{"query", "-w", "-x", "-d", "sample_datasets", "--name", fmt.Sprintf("report%d", 11*i), fmt.Sprintf("SELECT %d", i)})
	}
	for _, args := range commands {
		c := exec.Command(td, args...)
		c.Env = env
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
	}
	return env
}

func putFile(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// A terminal runs a shell.
type terminal struct {
	t      *testing.T
	master *os.File
	dir    string // working directory of the shell
	home   string

	mu     sync.Mutex
	output []byte        // since the last line ran
	more   chan struct{} // receives after each change of output
}

func (x *terminal) listen() {
	b := make([]byte, 4096)
	for {
		n, err := x.master.Read(b)
		x.mu.Lock()
		x.output = append(x.output, b[:n]...)
		x.mu.Unlock()
		select {
		case x.more <- struct{}{}:
		default:
		}
		if err != nil { // EIO: the shell has ended
			return
		}
	}
}

func (x *terminal) send(keys string) {
	if _, err := x.master.WriteString(keys); err != nil {
		x.t.Fatal(err)
	}
}

// escapes matches the control sequences that shells write.
var escapes = regexp.MustCompile("\x1b(\\[[0-9;?>=]*[a-zA-Z]|\\][^\a]*\a|[()][A-Z0-9]|[=>])|[\r\a\x0e\x0f]")

// text returns the output since the last line ran.
func (x *terminal) text() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return escapes.ReplaceAllString(string(x.output), "")
}

// shows waits until the output contains a text.
func (x *terminal) shows(want string) bool {
	return x.wait(func(s string) bool { return strings.Contains(s, want) })
}

// wait waits until the output meets a condition. It gives up after a minute.
func (x *terminal) wait(condition func(string) bool) bool {
	timeout := time.After(time.Minute)
	for !condition(x.text()) {
		select {
		case <-x.more:
		case <-timeout:
			return false
		}
	}
	return true
}

var ran = regexp.MustCompile(`(?s)\n(\[[^\n]*\])\n.*READY> `)

// run types a line that runs td and returns the arguments of td.
func (x *terminal) run(keys string) string {
	x.t.Helper()
	x.send(keys + "\r")
	if !x.wait(ran.MatchString) {
		x.t.Fatalf("%q did not run:\n%s", keys, x.text())
	}
	got := ran.FindStringSubmatch(x.text())[1]
	x.mu.Lock()
	x.output = nil
	x.mu.Unlock()
	return got
}
