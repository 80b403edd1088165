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

// waitDelay limits how long a killed command may keep its output streams open.
const waitDelay = 500 * time.Millisecond

// runKeyCommand runs a command with the system's shell and returns its output without surrounding space. The
// command has no standard input; its standard error goes to stderr. No error contains the output.
func runKeyCommand(ctx context.Context, command string, stderr io.Writer) (string, error) {
	var out limitedBuffer
	c := shell(ctx, command)
	c.Stdout, c.WaitDelay = &out, waitDelay
	// The wrapper forces a pipe, so that a process which outlives the command does not hold our stderr open.
	c.Stderr = struct{ io.Writer }{stderr}
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
		return "", fmt.Errorf("apikey_command was ended by a signal: %w", exit)
	case out.full:
		return "", errors.New("apikey_command prints too much for an API key")
	case err != nil && !errors.Is(err, exec.ErrWaitDelay): // a background process may still hold the output
		return "", fmt.Errorf("cannot run apikey_command: %w", err)
	}
	return parseOutput(out.buf.String())
}

// parseOutput returns the key that a command printed.
func parseOutput(text string) (string, error) {
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

// limitedBuffer keeps the first 64 KiB that are written to it.
type limitedBuffer struct {
	buf  bytes.Buffer
	full bool
}

// Write implements io.Writer. It never fails, so that the command can end.
func (b *limitedBuffer) Write(p []byte) (int, error) {
	const limit = 64 << 10
	if b.buf.Len()+len(p) > limit {
		b.full = true
		return len(p), nil
	}
	return b.buf.Write(p)
}
