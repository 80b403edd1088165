package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/cli"
)

// shellCommand returns a command that the system's shell interprets.
func shellCommand(ctx context.Context, line string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		return exec.CommandContext(ctx, "cmd", "/C", line)
	}
	return exec.CommandContext(ctx, "sh", "-c", line)
}

// pipeRows runs a statement and writes its rows to the standard input of a program, which starts before the statement
// is submitted.
func (s *session) pipeRows(ctx context.Context, sql, program string, rows jobcmd.RowFlags) error {
	if err := s.env.Flush(); err != nil {
		return errQuit
	}
	c := shellCommand(ctx, program)
	s.env.Attach(c)
	stdin, err := c.StdinPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return fmt.Errorf("cannot start %q: %w", program, err)
	}
	rows.To = stdin
	err = s.runSQL(ctx, sql, rows)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		err = nil // the program does not need more rows
	}
	_ = stdin.Close() // fails if the program has ended
	if werr := c.Wait(); err == nil && werr != nil {
		err = fmt.Errorf("%q failed: %w", strings.TrimSpace(program), werr)
	}
	return err
}

// runProgram runs a command of the system's shell. It has the terminal, but cannot read a script that td reads.
func (s *session) runProgram(ctx context.Context, _, args string) error {
	if err := s.flush(); err != nil {
		return err
	}
	c := shellCommand(ctx, args)
	s.env.Attach(c)
	if in, _, ok := s.env.Terminal(); ok && s.asker != nil {
		c.Stdin = in
	}
	if err := c.Run(); err != nil {
		return fmt.Errorf("%q failed: %w", args, err)
	}
	return nil
}

// edit lets the user edit a statement with an editor.
func (s *session) edit(ctx context.Context, sql, _ string) error {
	if s.asker == nil {
		return cli.Usagef(`\e requires a terminal`)
	}
	file, err := os.CreateTemp("", "td-*.sql")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // a leftover is harmless
	_, err = file.WriteString(strings.TrimSpace(sql) + "\n")
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	editor := "vi"
	if runtime.GOOS == "windows" {
		editor = "notepad"
	}
	editor = cmp.Or(s.env.Getenv("VISUAL"), s.env.Getenv("EDITOR"), editor)
	c := shellCommand(ctx, editor+" "+cli.QuoteArgument(file.Name()))
	in, out, _ := s.env.Terminal()
	c.Stdin, c.Stdout, c.Stderr = in, out, out
	if err := c.Run(); err != nil {
		s.asker.Edit(strings.TrimSpace(sql))
		return cli.WithHint(fmt.Errorf("the editor %q failed: %w", editor, err), "$VISUAL or $EDITOR names the editor")
	}
	b, err := os.ReadFile(file.Name())
	if err != nil {
		return err
	}
	s.asker.Edit(strings.TrimSpace(string(b)))
	return nil
}
