package console

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Ask asks a question on Err and returns the line that is answered, without the space
// around it. The end of the input is an empty answer. Without a terminal it is
// ErrNotTerminal.
func (c *Console) Ask(prompt string) (string, error) {
	if !c.InTTY {
		return "", ErrNotTerminal
	}
	fmt.Fprint(c.Err, prompt)
	answer, err := c.in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if !strings.HasSuffix(answer, "\n") {
		fmt.Fprintln(c.Err)
	}
	return strings.TrimSpace(answer), nil
}
