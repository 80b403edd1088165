// Package console is the three streams of a command and what stands behind them:
// a terminal, a file or a pipe. It knows nothing of what is written.
package console

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// Console is where a command reads, writes data and talks.
type Console struct {
	In  io.Reader
	Out io.Writer // data, nothing else
	Err io.Writer // everything said to a person

	InTTY, OutTTY, ErrTTY bool // whether a person is at the other end
	OutColor, ErrColor    bool // whether Out and Err are coloured
	Quiet                 bool // whether Say, Warn, Spin and Progress say nothing

	Done <-chan struct{} // closed when nothing is waited for any more; In ends then. It may be nil

	in  *bufio.Reader // behind In, for prompts
	out *bufio.Writer // behind Out unless it is a terminal; keeps its first error for Flush
	err *os.File      // behind Err when it is a terminal that can draw

	stdout           *os.File // behind Out when it is a terminal
	outANSI, errANSI bool     // whether the terminals understand colour
	pager            string   // the command for long texts; "" for none
	paging           bool

	interrupted sync.Once // wipes the ^C away
}

// System returns the process's own console.
func System() *Console {
	c := &Console{
		Err:    os.Stderr,
		InTTY:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTTY: term.IsTerminal(int(os.Stdout.Fd())),
		ErrTTY: term.IsTerminal(int(os.Stderr.Fd())),
	}
	if c.OutTTY {
		c.stdout, c.outANSI = os.Stdout, ansi(os.Stdout)
		c.Out = &screen{w: os.Stdout}
	} else {
		c.out = bufio.NewWriterSize(os.Stdout, 64<<10)
		c.Out = c.out
	}
	if c.ErrTTY {
		c.err, c.errANSI = os.Stderr, ansi(os.Stderr)
		c.Err = &screen{w: os.Stderr}
	}
	c.in = bufio.NewReader(&input{console: c, r: os.Stdin})
	c.In = c.in
	return c
}

// SetTerminal does without what a terminal cannot draw.
func (c *Console) SetTerminal(getenv func(string) string) {
	if dumb(getenv) {
		c.err = nil
	}
}

// OutWidth is how many columns the terminal has that Out goes to; 0 when it is none.
func (c *Console) OutWidth() int {
	if c.stdout == nil {
		return 0
	}
	columns, _ := sizeOf(c.stdout)
	return columns
}

// sizeOf is how large a terminal is, 80 by 24 when it does not say.
func sizeOf(f *os.File) (columns, rows int) {
	columns, rows, err := term.GetSize(int(f.Fd()))
	if err != nil || columns <= 0 || rows <= 0 {
		return 80, 24
	}
	return columns, rows
}

// Flush writes out what Out still holds. It returns the first error that any
// write to Out met, so that commands need not look for one at each line.
func (c *Console) Flush() error {
	if s, ok := c.Out.(*screen); ok {
		return s.flush()
	}
	if c.out == nil {
		return nil
	}
	return c.out.Flush()
}

// Say talks to the person: one line on Err, unless the console is quiet.
func (c *Console) Say(format string, a ...any) {
	if !c.Quiet {
		c.Complain(format, a...)
	}
}

// Complain is Say for what went wrong, which a quiet console says too.
func (c *Console) Complain(format string, a ...any) {
	c.Interrupted()
	fmt.Fprintf(c.Err, format+"\n", a...)
}

// Print writes one line of data to Out.
func (c *Console) Print(format string, a ...any) {
	fmt.Fprintf(c.Out, format+"\n", a...)
}

// Warn says that something is not as it should be, though the command goes on.
func (c *Console) Warn(format string, a ...any) {
	c.Say("td: warning: "+format, a...)
}

// ErrNotTerminal says that a question cannot be asked, because nobody is there to answer.
var ErrNotTerminal = errors.New("standard input is not a terminal")

// Confirm asks a yes-or-no question on Err and reads the answer; everything but a
// yes is a no. Without a terminal it is ErrNotTerminal.
func (c *Console) Confirm(question string) (bool, error) {
	if !c.InTTY {
		return false, ErrNotTerminal
	}
	fmt.Fprintf(c.Err, "%s [y/N]: ", question)
	answer, err := c.line()
	if err != nil {
		return false, err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true, nil
	}
	return false, nil
}

// Password asks for a secret on Err and reads it without showing it. The end of the input
// is io.EOF. Without a terminal it is ErrNotTerminal.
func (c *Console) Password(prompt string) (string, error) {
	if !c.InTTY {
		return "", ErrNotTerminal
	}
	fmt.Fprint(c.Err, prompt)
	return c.hidden()
}
