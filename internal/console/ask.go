package console

import (
	"fmt"
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
	answer, err := c.line()
	return strings.TrimSpace(answer), err
}
