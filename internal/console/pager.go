package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"

	"github.com/td-cli/td/internal/text"
)

// ErrPagerQuit reports that the pager was left before the end of the output. It
// is not a failure.
var ErrPagerQuit = errors.New("the pager was left")

// SetPager selects the pager: $TD_PAGER, else $PAGER, else less if it exists. An
// empty $TD_PAGER and "cat" mean none. There is no pager either if disabled is
// true, if standard input and output are not both terminals, or if the terminal
// cannot move the cursor.
func (c *Console) SetPager(disabled bool) {
	c.pager = ""
	if disabled || !c.InTTY || !c.OutTTY {
		return
	}
	if kind, _ := c.lookupEnv("TERM"); kind == "dumb" || kind == "" && runtime.GOOS != "windows" {
		return
	}
	name, ok := c.lookupEnv("TD_PAGER")
	if !ok {
		name, _ = c.lookupEnv("PAGER")
		if _, err := exec.LookPath(defaultPager); name == "" && err == nil {
			name = defaultPager + " -R"
		}
	}
	if name = strings.TrimSpace(name); name != "cat" {
		c.pager = name
	}
}

// Page sends what is written to Out through the pager until end is called, if the
// text is longer than the screen or contains a wider table. The function end waits until the
// user leaves the pager; messages on Err are held back until then. A nested Page
// has no effect.
func (c *Console) Page() (end func()) {
	out, ok := c.Out.(*screen)
	if c.pager == "" || c.paging || !ok || c.stdout == nil {
		return func() {}
	}
	if name := strings.Fields(c.pager)[0]; !needsShell(name) {
		if _, err := exec.LookPath(name); err != nil {
			c.Warn("cannot find the pager %q; set TD_PAGER to another one, or use --no-pager", name)
			c.pager = ""
			return func() {}
		}
	}
	c.paging = true
	columns, rows := terminalSize(c.stdout)
	p := &pager{command: c.pager, out: c.stdout, columns: columns, rows: rows, lookupEnv: c.lookupEnv}
	terminal := out.redirect(p)
	messages, isScreen := c.Err.(*screen)
	var held bytes.Buffer
	var stderr io.Writer
	if isScreen {
		stderr = messages.redirect(&held)
	}
	return func() {
		_ = out.flush() // out keeps the error
		p.close()
		out.redirect(terminal)
		out.clearError(func(err error) bool { return errors.Is(err, ErrPagerQuit) })
		if isScreen {
			messages.redirect(stderr)
			_, _ = stderr.Write(held.Bytes())
		}
		c.paging = false
	}
}

// Paging reports whether Page is active.
func (c *Console) Paging() bool { return c.paging }

// needsShell reports whether a command must be run by the shell.
func needsShell(command string) bool {
	return strings.ContainsAny(command, "|&;<>()$`\\\"'*?[#~=%")
}

// A pager holds text back until it does not fit on the screen, then starts the
// pager's process and writes to it.
type pager struct {
	command       string
	out           *os.File
	columns, rows int
	lookupEnv     func(string) (string, bool)

	held       []byte
	cmd        *exec.Cmd
	stdin      io.WriteCloser // the input of cmd; nil before start
	interrupts chan os.Signal
	err        error
}

// Write implements io.Writer.
func (p *pager) Write(b []byte) (int, error) {
	switch {
	case p.err != nil:
		return 0, p.err
	case p.stdin != nil:
		p.send(b)
	default:
		p.held = append(p.held, b...)
		if fits, wide := p.measure(); !fits || wide {
			p.start(wide)
		}
	}
	return len(b), p.err
}

// measure reports whether the held text fits on the screen with a line to spare, and
// whether it contains a line of a table that is wider than the screen.
func (p *pager) measure() (fits, wide bool) {
	lines := 0
	for line := range bytes.Lines(p.held) {
		cells := visibleWidth(line)
		lines += 1 + max(0, cells-1)/p.columns
		isTable := bytes.HasPrefix(line, []byte("+-")) || bytes.HasPrefix(line, []byte("| "))
		wide = wide || isTable && cells > p.columns
	}
	return lines < p.rows, wide
}

// visibleWidth returns the width of a line that may contain our colours.
func visibleWidth(line []byte) int {
	s := strings.TrimRight(string(line), "\r\n")
	for _, color := range []string{red, green, yellow, cyan, colorEnd} {
		s = strings.ReplaceAll(s, color, "")
	}
	return text.Width(s)
}

// start starts the process and writes the held text to it. If the process cannot
// be started, the text goes to the terminal.
func (p *pager) start(wide bool) {
	words := strings.Fields(p.command)
	if needsShell(p.command) {
		words = []string{"sh", "-c", p.command}
	}
	p.cmd = exec.CommandContext(context.Background(), words[0], words[1:]...) // ended by the user only
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	p.cmd.Env = append(p.cmd.Environ(), p.environment(wide)...)
	stdin, err := p.cmd.StdinPipe()
	if err == nil {
		// Ctrl-C also reaches the pager, which must not outlive this process.
		p.interrupts = make(chan os.Signal, 1)
		signal.Notify(p.interrupts, os.Interrupt)
		err = p.cmd.Start()
	}
	p.stdin = stdin
	if err != nil {
		p.cmd, p.stdin = nil, nopCloser{p.out}
	}
	p.send(p.held)
	p.held = nil
}

// environment returns the variables of the pager that the user has not set. Less
// quits if the text fits on one screen (F), passes colours (R) and leaves the text on
// the screen (X). Wide tables are not wrapped (S); then less must not quit by
// itself, because the lines may be truncated.
func (p *pager) environment(wide bool) []string {
	env := []string{}
	for _, v := range []struct{ name, value string }{{"LESS", "FRX"}, {"LV", "-c"}, {"LESSCHARSET", "utf-8"}} {
		value, ok := p.lookupEnv(v.name)
		if !ok {
			value = v.value
		}
		if v.name == "LESS" && wide {
			value, ok = strings.TrimSpace(value+" -S -+F"), false
		}
		if !ok {
			env = append(env, v.name+"="+value)
		}
	}
	return env
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// send writes to the process. A write error means that the user has left it.
func (p *pager) send(b []byte) {
	_, err := p.stdin.Write(b)
	switch {
	case err != nil && p.cmd != nil:
		p.err = ErrPagerQuit
	case err != nil:
		p.err = err
	}
}

// close writes the held text to the terminal, or waits until the user has left
// the pager.
func (p *pager) close() {
	if p.stdin == nil {
		_, p.err = p.out.Write(p.held)
		return
	}
	_ = p.stdin.Close() // fails if the process has ended
	if p.cmd != nil {
		_ = p.cmd.Wait() // its exit status does not matter
	}
	if p.interrupts != nil {
		signal.Stop(p.interrupts)
	}
}
