package console

import (
	"os"
	"os/exec"
)

// CatchInterrupts makes Interrupt send to the returned channel until stop is called. A
// program with a prompt uses it, because there Ctrl-C ends only the current work.
func (c *Console) CatchInterrupts() (interrupts <-chan struct{}, stop func()) {
	caught := make(chan struct{}, 1)
	c.interrupts.Store(&caught)
	return caught, func() { c.interrupts.Store(nil) }
}

// Interrupt reports whether a receiver of CatchInterrupts handles Ctrl-C, and notifies it.
func (c *Console) Interrupt() bool {
	caught := c.interrupts.Load()
	if caught == nil {
		return false
	}
	select {
	case *caught <- struct{}{}:
	default: // the previous one has not been handled yet
	}
	return true
}

// Terminal returns the files of a terminal for a program that draws on it: standard input and
// standard error. It reports false if one of them is not a terminal that can move the cursor.
func (c *Console) Terminal() (in, out *os.File, ok bool) {
	if !c.InTTY || c.err == nil || !c.errANSI {
		return nil, nil, false
	}
	return os.Stdin, c.err, true
}

// FullScreen returns the files of a terminal for a program that fills it: standard input and
// standard output. It reports false if one of them is not a terminal that can move the cursor.
func (c *Console) FullScreen() (in, out *os.File, ok bool) {
	if !c.InTTY || c.stdout == nil || !c.outANSI || c.dumb {
		return nil, nil, false
	}
	return os.Stdin, c.stdout, true
}

// Attach connects the output of a program to that of the process.
func (c *Console) Attach(program *exec.Cmd) { program.Stdout, program.Stderr = os.Stdout, os.Stderr }
