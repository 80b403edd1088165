// Package account gets an API key from where td.conf says that it is kept: from a command,
// or from the OS keyring, where it also puts one. No error and no trace shows a key.
package account

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
	"unicode"
)

// grace is how long a killed command may hold on to its streams.
const grace = 500 * time.Millisecond

// FromCommand runs a command by the system's shell and returns what it prints, without
// the space around it. The command has no standard input, and its standard error goes to
// stderr. An error tells how the command ended, and nothing of what it printed.
func FromCommand(ctx context.Context, command string, stderr io.Writer) (string, error) {
	var out output
	c := shell(ctx, command)
	c.Stdout, c.WaitDelay = &out, grace
	c.Stderr = struct{ io.Writer }{stderr} // by a pipe: what outlives the command must not hold ours open
	err := c.Run()
	exit, failed := errors.AsType[*exec.ExitError](err)
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "", errors.New("apikey_command did not end in time and was stopped")
	case ctx.Err() != nil:
		return "", ctx.Err()
	case failed && exit.ExitCode() >= 0:
		return "", fmt.Errorf("apikey_command ended with exit status %d", exit.ExitCode())
	case failed:
		return "", fmt.Errorf("apikey_command ended by a signal: %w", exit)
	case out.full:
		return "", errors.New("apikey_command prints too much for an API key")
	case errors.Is(err, exec.ErrWaitDelay): // something that it started still holds its output
	case err != nil:
		return "", fmt.Errorf("apikey_command cannot be run: %w", err)
	}
	return check(out.kept.String())
}

// check returns the key in what a command printed.
func check(text string) (string, error) {
	key := strings.TrimSpace(text)
	switch {
	case key == "":
		return "", errors.New("apikey_command prints nothing")
	case strings.ContainsAny(key, "\r\n"):
		return "", errors.New("apikey_command prints more than one line")
	case strings.ContainsFunc(key, unicode.IsControl):
		return "", errors.New("apikey_command prints a control character")
	}
	return key, nil
}

// An output keeps the beginning of what is written to it.
type output struct {
	kept bytes.Buffer
	full bool
}

// Write implements io.Writer. It never fails, so that the command can end.
func (o *output) Write(b []byte) (int, error) {
	const most = 64 << 10
	if o.kept.Len()+len(b) > most {
		o.full = true
		return len(b), nil
	}
	return o.kept.Write(b)
}
