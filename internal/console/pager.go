package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"time"

	"github.com/td-cli/td/internal/text"
)

// ErrPagerQuit says that the person has seen enough: the pager was left before the end. It is
// no failure.
var ErrPagerQuit = errors.New("the pager was left")

// SetPager settles what long texts go through on a terminal: $TD_PAGER, else $PAGER, else less where
// there is one. An empty $TD_PAGER is none, and cat is none. Without a person at both ends, and when off
// is true, there is none either.
func (c *Console) SetPager(getenv func(string) string, off bool) {
	c.pager = ""
	if off || !c.InTTY || !c.OutTTY || dumb(getenv) {
		return
	}
	own, asked := os.LookupEnv("TD_PAGER")
	switch {
	case asked:
		c.pager = own
	case getenv("PAGER") != "":
		c.pager = getenv("PAGER")
	default:
		if _, err := exec.LookPath(pagerByDefault); err == nil {
			c.pager = pagerByDefault + " -R"
		}
	}
	c.pager = strings.TrimSpace(c.pager)
	if c.pager == "cat" {
		c.pager = ""
	}
}

// Page lets what is written to Out go through the pager, if there is one and it is longer than the screen,
// until end is called; it waits for the person to leave the pager. What is said on Err meanwhile is
// said then. A Page within another does nothing.
func (c *Console) Page() (end func()) {
	out, ok := c.Out.(*screen)
	if c.pager == "" || c.paging || !ok || c.stdout == nil {
		return func() {}
	}
	name, _, _ := strings.Cut(c.pager, " ")
	if _, err := exec.LookPath(name); err != nil && !strings.ContainsAny(name, shellSigns) {
		c.Warn("there is no pager %q; TD_PAGER names another one, --no-pager does without", name)
		c.pager = ""
		return func() {}
	}
	c.paging = true
	columns, rows := sizeOf(c.stdout)
	p := &pager{command: c.pager, out: c.stdout, columns: columns, rows: rows}
	terminal := out.turn(p)
	talk, silenced := c.Err.(*screen)
	var said bytes.Buffer
	var speaker io.Writer
	if silenced {
		speaker = talk.turn(&said)
	}
	return func() {
		_ = out.flush() // the error is kept
		p.close()
		out.turn(terminal)
		out.forgive(func(err error) bool { return errors.Is(err, ErrPagerQuit) })
		if silenced {
			talk.turn(speaker)
			_, _ = speaker.Write(said.Bytes()) // nobody can be told
		}
		c.paging = false
	}
}

// Paging reports whether a Page has begun that has not ended.
func (c *Console) Paging() bool { return c.paging }

// shellSigns are the characters for which a command is left to the shell.
const shellSigns = "|&;<>()$`\\\"' \t*?[#~=%"

// patience is how long a text that does not fill the screen is waited for.
const patience = 200 * time.Millisecond

// A pager holds a text back until it is longer than the screen, or slow to come, and then starts
// the program and writes to it.
type pager struct {
	command       string
	out           *os.File
	columns, rows int

	mu     sync.Mutex
	held   []byte
	slow   *time.Timer
	cmd    *exec.Cmd
	to     io.WriteCloser // the program's standard input; nil before it runs
	closed bool
	err    error

	interrupts chan os.Signal // that are the program's business
}

// Write implements io.Writer.
func (p *pager) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return 0, p.err
	}
	if p.to == nil {
		p.held = append(p.held, text...)
		if p.slow == nil {
			p.slow = time.AfterFunc(patience, p.late)
		}
		if p.fits() {
			return len(text), nil
		}
		p.start()
		return len(text), p.err
	}
	p.send(text)
	return len(text), p.err
}

// late shows what there is.
func (p *pager) late() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.to == nil && !p.closed {
		p.start()
	}
}

// fits reports whether the held text leaves a line of the screen free.
func (p *pager) fits() bool {
	lines := 0
	for line := range bytes.Lines(p.held) {
		lines += 1 + max(0, cellsOf(line)-1)/p.columns
		if lines >= p.rows {
			return false
		}
	}
	return true
}

// cellsOf is how many cells of a terminal a line takes that may hold colours of ours.
func cellsOf(line []byte) int {
	plain := strings.TrimRight(string(line), "\r\n")
	for _, color := range []string{red, green, yellow, cyan, colorEnd} {
		plain = strings.ReplaceAll(plain, color, "")
	}
	return text.Width(plain)
}

// start runs the program and writes the held text to it. A program that cannot be started is done without.
func (p *pager) start() {
	words := strings.Fields(p.command)
	if strings.ContainsAny(strings.Join(words, ""), shellSigns) {
		words = []string{"sh", "-c", p.command}
	}
	p.cmd = exec.CommandContext(context.Background(), words[0], words[1:]...) // its end is the person's to choose
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	p.cmd.Env = pagerEnv(os.Environ())
	to, err := p.cmd.StdinPipe()
	if err == nil {
		// Ctrl-C reaches the program too. It would be left alone with the terminal if we ended before it.
		p.interrupts = make(chan os.Signal, 1)
		signal.Notify(p.interrupts, os.Interrupt)
		err = p.cmd.Start()
	}
	if err != nil {
		p.cmd, p.to = nil, nopCloser{p.out}
	} else {
		p.to = to
	}
	p.send(p.held)
	p.held = nil
}

// pagerEnv tells less to end when all fits on the screen, to let colours pass and to leave the text
// there, and lv to let colours pass, unless the environment has its own words for them.
func pagerEnv(env []string) []string {
	for _, word := range []string{"LESS=FRX", "LV=-c"} {
		name, _, _ := strings.Cut(word, "=")
		if _, set := os.LookupEnv(name); !set {
			env = append(env, word)
		}
	}
	return env
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// send writes to the program. When it does not take any more, the person has left it.
func (p *pager) send(text []byte) {
	_, err := p.to.Write(text)
	switch {
	case err != nil && p.cmd != nil:
		p.err = ErrPagerQuit
	case err != nil:
		p.err = err
	}
}

// close shows what was held back, or waits until the program is left.
func (p *pager) close() {
	p.mu.Lock()
	p.closed = true
	if p.slow != nil {
		p.slow.Stop()
	}
	if p.to == nil {
		_, p.err = p.out.Write(p.held)
	} else {
		_ = p.to.Close() // it may be gone
	}
	p.mu.Unlock()
	if p.cmd != nil {
		_ = p.cmd.Wait() // how it ends is its own business
	}
	if p.interrupts != nil {
		signal.Stop(p.interrupts)
	}
}
