//go:build unix

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

	"github.com/creack/pty"

	"github.com/td-cli/td/internal/sandbox"
)

// A tabShell is a shell in which TAB is pressed, set up as td completion:install says.
type tabShell struct {
	name, program string
	args          []string // %s is the file below
	rcFile, rc    string   // its own file, below the home directory; %s is the line that the command prints
	needs         string   // a file that must be there
	list          string   // what makes it list what fits
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

// TestTab presses TAB in every shell that is there.
func TestTab(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts shells")
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
				{"td db:list 2>que\t -f v\t", "[db:list][-f][vertical]"}, // the first is redirected to queries.sql
				{"td query -q que\t", "[query][-q][queries.sql]"},
				{"td query --query=que\t", "[query][--query=queries.sql]"},
				{"td import:prepare -o fold\t", "[import:prepare][-o][folder]"},
				{"td import:prepare -o que\t", "[import:prepare][-o][que]"},     // a file is no folder
				{"td table:show que\t", "[table:show][que]"},                    // nor a database
				{"td sched:history my\t", "[sched:history][my daily]"},          // a blank in a name
				{"td sched:history 'my d\t", "[sched:history][my daily]"},       // behind a quote
				{"td schema:set a b size:l\t", "[schema:set][a][b][size:long]"}, // a colon in a value
				{`td query "SELECT ';'" -T tr` + "\t", "[query][SELECT ';'][-T][trino]"},
			} {
				if got := strings.ReplaceAll(term.run(tt.typed), "/]", "]"); got != tt.want { // zsh takes the slash back
					t.Errorf("%q: %s ran, not %s", tt.typed, got, tt.want)
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
					t.Errorf("%q: %s is not shown:\n%s", tt.typed, tt.want, term.text())
				}
				if tt.not != "" && strings.Contains(term.text(), tt.not) {
					t.Errorf("%q: %s is offered:\n%s", tt.typed, tt.not, term.text())
				}
				t.Logf("%s", term.text())
				term.run("\x15td done") // another line
			}
			if ran, _ := filepath.Glob(filepath.Join(term.dir, "ran*")); ran != nil {
				t.Errorf("TAB ran what stood on the line: %q", ran)
			}
		})
	}
}

// startShell starts the shell on a terminal, with td's completion installed. In its
// folder are a file, queries.sql, and a folder. Its td completes, and else prints its
// arguments.
func startShell(t *testing.T, shell tabShell) *terminal {
	t.Helper()
	program, err := exec.LookPath(shell.program)
	if err != nil {
		t.Skipf("there is no %s", shell.program)
	}
	if _, err := os.Stat(shell.needs); shell.needs != "" && err != nil {
		t.Skipf("there is no %s", shell.needs)
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
	master, err := pty.StartWithSize(c, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		t.Skipf("there is no terminal: %v", err)
	}
	term := &terminal{t: t, master: master, dir: dir, home: home}
	done := make(chan struct{})
	go func() { term.listen(); close(done) }()
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		master.Close()
		<-done
	})
	if !term.shows("READY> ") {
		t.Fatalf("there is no prompt:\n%s", term.text())
	}
	return term
}

// servedSandbox serves a sandbox with a job and a schedule, and returns the environment
// of its user.
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
	env := []string{"HOME=" + home, "TD_API_SERVER=" + srv.URL, "TD_API_KEY=1/test", "GORACE=atexit_sleep_ms=0"}
	for _, args := range [][]string{
		{"query", "-w", "-x", "-d", "sample_datasets", "SELECT 1"},
		{"query", "-w", "-x", "-d", "sample_datasets", "SELECT 2"},
		{"sched:create", "my daily", "@daily", "-d", "sample_datasets", "SELECT 1"},
	} {
		c := exec.Command(td, args...)
		c.Env = env
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
	}
	warm(t, td, env)
	return env
}

// warm has the embedded sandbox made and all the names kept that TAB is pressed for: a busy machine, or the race
// detector, makes asking for them too slow for TAB, which then would offer nothing.
func warm(t *testing.T, td string, env []string) {
	t.Helper()
	output := func(args ...string) string {
		c := exec.Command(td, args...)
		c.Env = env
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
		return string(out)
	}
	output("-e", "sandbox", "db:list")
	for _, words := range []string{
		"db:show", "table:show sample_datasets", "job:show", "sched:history", "-e sandbox query -d",
	} {
		args := append([]string{"__complete"}, strings.Fields(words)...)
		for try := 0; strings.HasPrefix(output(append(args, "")...), ":"); try++ {
			if try == 20 {
				t.Fatalf("TAB behind %q never offers anything", words)
			}
			time.Sleep(time.Second) // a server that did not answer is left alone for a while
		}
	}
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

// A terminal is where a shell runs.
type terminal struct {
	t      *testing.T
	master *os.File
	dir    string // of the shell
	home   string

	mu   sync.Mutex
	seen []byte // since the last line ran
}

func (x *terminal) listen() {
	b := make([]byte, 4096)
	for {
		n, err := x.master.Read(b)
		x.mu.Lock()
		x.seen = append(x.seen, b[:n]...)
		x.mu.Unlock()
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

// escapes are what a shell says to a terminal besides text.
var escapes = regexp.MustCompile("\x1b(\\[[0-9;?>=]*[a-zA-Z]|\\][^\a]*\a|[()][A-Z0-9]|[=>])|[\r\a\x0e\x0f]")

// text is what was shown since the last line ran.
func (x *terminal) text() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return escapes.ReplaceAllString(string(x.seen), "")
}

// shows waits for a text.
func (x *terminal) shows(want string) bool {
	return x.wait(func(s string) bool { return strings.Contains(s, want) })
}

func (x *terminal) wait(until func(string) bool) bool {
	for range 500 {
		if until(x.text()) {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

var ran = regexp.MustCompile(`(?s)\n(\[[^\n]*\])\n.*READY> `)

// run types a line that runs td, and returns what td was given.
func (x *terminal) run(keys string) string {
	x.t.Helper()
	x.send(keys + "\r")
	if !x.wait(ran.MatchString) {
		x.t.Fatalf("%q did not run:\n%s", keys, x.text())
	}
	got := ran.FindStringSubmatch(x.text())[1]
	x.mu.Lock()
	x.seen = nil
	x.mu.Unlock()
	return got
}
