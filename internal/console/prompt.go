package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// line reads a line of the answer to a question that was asked, and ends the line on the
// screen when the answer has not.
func (c *Console) line() (string, error) {
	answer, err := c.in.ReadString('\n')
	if !strings.HasSuffix(answer, "\n") {
		fmt.Fprintln(c.Err)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return answer, err
}

// hidden reads a line that is not shown; io.EOF when the input ends before there is any. Whatever
// happens, what is typed is shown again afterwards.
func (c *Console) hidden() (string, error) {
	terminal := int(os.Stdin.Fd())
	before, err := term.GetState(terminal)
	if err != nil {
		return "", err
	}
	if err := hide(terminal); err != nil {
		return "", err
	}
	answer, err := c.in.ReadString('\n')
	_ = term.Restore(terminal, before) // nothing is left to be done about it
	fmt.Fprintln(c.Err)
	if errors.Is(err, io.EOF) && answer != "" {
		err = nil
	}
	return strings.TrimRight(answer, "\r\n"), err
}

// unlessDone returns when read does, or with context.Canceled when Done is closed first. A
// read of a terminal or a pipe cannot be called off: it ends with the process, and what it
// has read is nobody's.
func (c *Console) unlessDone(read func()) error {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		read()
	}()
	select {
	case <-ended:
		return nil
	case <-c.Done:
		return context.Canceled
	}
}

// An input is a stream that ends with context.Canceled when its console is done.
type input struct {
	console *Console
	r       io.Reader
	buf     []byte
}

// Read implements io.Reader.
func (in *input) Read(p []byte) (int, error) {
	const most = 64 << 10
	if in.console.Done == nil {
		return in.r.Read(p)
	}
	if in.buf == nil {
		in.buf = make([]byte, most)
	}
	buf := in.buf[:min(len(p), most)]
	var n int
	var failed error
	if err := in.console.unlessDone(func() { n, failed = in.r.Read(buf) }); err != nil {
		in.buf = nil // it may yet be written to
		return 0, err
	}
	return copy(p, buf[:n]), failed
}
