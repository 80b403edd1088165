// Package console provides the standard streams of a command, which may be
// terminals, files or pipes: safe output, colour, questions, progress and the
// pager.
package console

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
)

// A Console is the standard streams of a command.
type Console struct {
	In  io.Reader
	Out io.Writer // data only
	Err io.Writer // messages

	InTTY, OutTTY, ErrTTY bool // whether the streams are terminals
	OutColor, ErrColor    bool // whether Out and Err are coloured
	Quiet                 bool // suppresses Say, Warn, Spin and Progress

	Done <-chan struct{} // cancels reads of In when closed; may be nil

	in  *bufio.Reader // In, for questions
	out *bufio.Writer // Out unless it is a terminal; keeps its first error for Flush
	err *os.File      // Err if it is a terminal that can move the cursor

	stdin            *os.File // In unless it is a terminal
	stdout           *os.File // Out if it is a terminal
	dumb             bool     // the terminal can only print
	outANSI, errANSI bool     // whether the terminals interpret escape sequences
	lookupEnv        func(string) (string, bool)
	pager            string // command; "" for none
	paging           bool

	interrupts     atomic.Pointer[chan struct{}] // receives Ctrl-C; nil if it ends the process
	outMu          sync.Mutex                    // guards out if Out and Err are the same file
	eraseInterrupt sync.Once
}

// System returns the console of the process. It finds the pager's settings with
// lookupEnv.
func System(lookupEnv func(string) (string, bool)) *Console {
	c := &Console{
		Err:       os.Stderr,
		InTTY:     isTerminal(os.Stdin),
		OutTTY:    isTerminal(os.Stdout),
		ErrTTY:    isTerminal(os.Stderr),
		lookupEnv: lookupEnv,
	}
	if !c.InTTY {
		c.stdin = os.Stdin
	}
	if c.OutTTY {
		c.stdout, c.outANSI = os.Stdout, enableANSI(os.Stdout)
		c.Out = &screen{w: os.Stdout}
	} else {
		c.out = bufio.NewWriterSize(os.Stdout, 64<<10)
		c.Out = c.out
	}
	if c.ErrTTY {
		c.err, c.errANSI = os.Stderr, enableANSI(os.Stderr)
		c.Err = &screen{w: os.Stderr}
	}
	c.keepOrder(os.Stdout, os.Stderr)
	c.in = bufio.NewReader(&input{console: c, r: os.Stdin})
	c.In = c.in
	return c
}

// SetTerminal disables what a dumb terminal cannot draw.
func (c *Console) SetTerminal(getenv func(string) string) {
	if c.dumb = isDumb(getenv); c.dumb {
		c.err = nil
	}
}

// Stdin returns the file from which In reads, for a process that replaces this one as its reader. It returns nil for a
// terminal, and if In is not a file.
func (c *Console) Stdin() *os.File { return c.stdin }

// OutWidth returns the number of columns of the terminal of Out, or 0 if Out is not a terminal.
func (c *Console) OutWidth() int {
	if c.stdout == nil {
		return 0
	}
	columns, _ := terminalSize(c.stdout)
	return columns
}

// terminalSize returns the size of a terminal, 80 by 24 if it is unknown.
func terminalSize(f *os.File) (columns, rows int) {
	columns, rows, err := getTerminalSize(f)
	if err != nil || columns <= 0 || rows <= 0 {
		return 80, 24
	}
	return columns, rows
}

// Flush writes buffered output to Out. It returns the first error of any write to
// Out, so that commands do not have to check each write.
func (c *Console) Flush() error {
	if s, ok := c.Out.(*screen); ok {
		return s.flush()
	}
	if c.out == nil {
		return nil
	}
	c.outMu.Lock()
	defer c.outMu.Unlock()
	return c.out.Flush()
}

// Say prints a line on Err unless the console is quiet.
func (c *Console) Say(format string, a ...any) {
	if !c.Quiet {
		c.Complain(format, a...)
	}
}

// Complain prints a line on Err even if the console is quiet.
func (c *Console) Complain(format string, a ...any) {
	c.EraseInterrupt()
	fmt.Fprintf(c.Err, format+"\n", a...)
}

// Print writes a line of data to Out.
func (c *Console) Print(format string, a ...any) {
	fmt.Fprintf(c.Out, format+"\n", a...)
}

// Warn prints a warning on Err unless the console is quiet.
func (c *Console) Warn(format string, a ...any) {
	c.Say("td: warning: "+format, a...)
}

// EraseInterrupt erases the ^C that the terminal shows when Ctrl-C has closed
// Done, so that the next message or the shell's prompt starts a line.
func (c *Console) EraseInterrupt() {
	select {
	case <-c.Done:
	default:
		return
	}
	c.eraseInterrupt.Do(func() {
		if c.err != nil && c.errANSI && !c.paging {
			fmt.Fprint(c.err, eraseLine)
		}
	})
}

// eraseLine moves the cursor to the start of the line and erases the line.
const eraseLine = "\r\x1b[K"
