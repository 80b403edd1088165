package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// ErrNotTerminal reports that a question cannot be asked because standard input
// is not a terminal.
var ErrNotTerminal = errors.New("standard input is not a terminal")

// Ask prints a question on Err and returns the answer without surrounding
// space. At the end of the input the answer is empty. It returns ErrNotTerminal
// without a terminal.
func (c *Console) Ask(prompt string) (string, error) {
	if !c.InTTY {
		return "", ErrNotTerminal
	}
	fmt.Fprint(c.Err, prompt)
	answer, err := c.readLine()
	return strings.TrimSpace(answer), err
}

// Confirm asks a yes-or-no question on Err and reports whether the answer is
// yes. The answer may also come from a file or a pipe; without one, Confirm
// returns ErrNotTerminal.
func (c *Console) Confirm(question string) (bool, error) {
	prompt := question + " [y/N]: "
	var answer string
	var err error
	if c.in == nil && !c.InTTY {
		c.in = bufio.NewReader(c.In)
	}
	if c.InTTY {
		answer, err = c.Ask(prompt)
	} else if answer, err = c.in.ReadString('\n'); answer != "" {
		answer, err = strings.TrimSpace(answer), nil
		fmt.Fprintln(c.Err, prompt+answer)
	} else if errors.Is(err, io.EOF) {
		err = ErrNotTerminal
	}
	if err != nil {
		return false, err
	}
	switch strings.ToLower(answer) {
	case "y", "yes":
		return true, nil
	}
	return false, nil
}

// Password asks for a secret on Err and reads it without echo. It returns io.EOF
// at the end of the input, and ErrNotTerminal without a terminal.
func (c *Console) Password(prompt string) (string, error) {
	if !c.InTTY {
		return "", ErrNotTerminal
	}
	fmt.Fprint(c.Err, prompt)
	return c.readSecret(prompt)
}

// readLine reads the answer to a question. It ends the line on the screen if the
// answer has no line feed.
func (c *Console) readLine() (string, error) {
	answer, err := c.in.ReadString('\n')
	if !strings.HasSuffix(answer, "\n") {
		fmt.Fprintln(c.Err)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return answer, err
}

// readSecret reads a line without echo. It restores the terminal before it
// returns, and while the process is suspended.
func (c *Console) readSecret(prompt string) (string, error) {
	restore, err := saveTerminal(os.Stdin)
	if err != nil {
		return "", err
	}
	if err := disableEcho(os.Stdin); err != nil {
		return "", err
	}
	stop := onSuspend(
		restore,
		func() {
			_ = disableEcho(os.Stdin)
			fmt.Fprint(c.Err, "\r"+prompt)
		})
	answer, err := c.in.ReadString('\n')
	stop()
	restore()
	fmt.Fprintln(c.Err)
	if errors.Is(err, io.EOF) && answer != "" {
		err = nil
	}
	return strings.TrimRight(answer, "\r\n"), err
}

// An input is a reader that returns context.Canceled when Done of its console is
// closed.
type input struct {
	console *Console
	r       io.Reader
	buf     []byte
}

// Read implements io.Reader.
func (in *input) Read(p []byte) (int, error) {
	const maxRead = 64 << 10
	if in.console.Done == nil {
		return in.r.Read(p)
	}
	if in.buf == nil {
		in.buf = make([]byte, maxRead)
	}
	buf := in.buf[:min(len(p), maxRead)]
	var n int
	var readErr error
	read := make(chan struct{})
	go func() { // a read from a terminal or a pipe cannot be canceled: it may outlive this method
		defer close(read)
		n, readErr = in.r.Read(buf)
	}()
	select {
	case <-read:
		return copy(p, buf[:n]), readErr
	case <-in.console.Done:
		in.buf = nil // the goroutine still uses it
		return 0, context.Canceled
	}
}
