package console

import "fmt"

// Interrupted wipes away, once Done is closed, the ^C that the terminal shows where it was typed,
// so that what comes then begins a line: what is said, or the shell's prompt.
func (c *Console) Interrupted() {
	select {
	case <-c.Done:
	default:
		return
	}
	c.interrupted.Do(func() {
		if c.err != nil && c.errANSI && !c.paging {
			fmt.Fprint(c.err, "\r\x1b[K")
		}
	})
}
