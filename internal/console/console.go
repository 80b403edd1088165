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

	"golang.org/x/term"
)

// Console is where a command reads, writes data and talks.
type Console struct {
	In  io.Reader
	Out io.Writer // data, nothing else
	Err io.Writer // everything said to a person

	InTTY, OutTTY, ErrTTY bool // whether a person is at the other end
	ErrColor              bool // whether Err is coloured
	Quiet                 bool // whether Say, Warn, Spin and Progress say nothing

	Done <-chan struct{} // closed when nothing is waited for any more; In ends then. It may be nil

	in  *bufio.Reader // behind In, for prompts
	out *bufio.Writer // behind Out; keeps its first error for Flush
	err *os.File      // behind Err when it is a terminal
}

// System returns the process's own console.
func System() *Console {
	out := bufio.NewWriterSize(os.Stdout, 64<<10)
	c := &Console{
		Out: out, Err: os.Stderr, out: out,
		InTTY:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTTY: term.IsTerminal(int(os.Stdout.Fd())),
		ErrTTY: term.IsTerminal(int(os.Stderr.Fd())),
	}
	if c.ErrTTY {
		c.err = os.Stderr
	}
	c.in = bufio.NewReader(&input{console: c, r: os.Stdin})
	c.In = c.in
	return c
}

// Flush writes out what Out still holds. It returns the first error that any
// write to Out met, so that commands need not look for one at each line.
func (c *Console) Flush() error {
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

// Password asks for a secret on Err and reads it without showing it. Without a
// terminal it is ErrNotTerminal.
func (c *Console) Password(prompt string) (string, error) {
	if !c.InTTY {
		return "", ErrNotTerminal
	}
	fmt.Fprint(c.Err, prompt)
	return c.hidden()
}

// Red colours a text for Err, where colour is on.
func (c *Console) Red(s string) string {
	if !c.ErrColor {
		return s
	}
	return "\x1b[31m" + s + "\x1b[0m"
}
