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
	answer, err := c.answer(func() (string, error) { return c.in.ReadString('\n') })
	if !strings.HasSuffix(answer, "\n") {
		fmt.Fprintln(c.Err)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return answer, err
}

// hidden reads a line that is not shown. Whatever happens, what is typed is shown again
// afterwards.
func (c *Console) hidden() (string, error) {
	terminal := int(os.Stdin.Fd())
	before, err := term.GetState(terminal)
	if err != nil {
		return "", err
	}
	word, err := c.answer(func() (string, error) {
		word, err := term.ReadPassword(terminal)
		return string(word), err
	})
	if errors.Is(err, context.Canceled) {
		_ = term.Restore(terminal, before) // nothing is left to be done about it
	}
	fmt.Fprintln(c.Err)
	return word, err
}

// answer returns what is read, or context.Canceled when Done is closed first. A terminal's
// reader cannot be called off: it ends with the process, which has no more questions then.
func (c *Console) answer(read func() (string, error)) (text string, err error) {
	answered := make(chan struct{})
	var got string
	var failed error
	go func() {
		got, failed = read()
		close(answered)
	}()
	select {
	case <-answered:
		return got, failed
	case <-c.Done:
		return "", context.Canceled
	}
}
