// Package tui has what the programs that draw on a terminal with bubbletea have in common.
package tui

import (
	"context"
	"io"
	"os"

	tea "charm.land/bubbletea/v2"
)

// Options returns the options of a program that reads keys from in and draws on out until ctx is done. The caller
// handles signals.
func Options(ctx context.Context, in io.Reader, out io.Writer) []tea.ProgramOption {
	env := append(os.Environ(), "SSH_TTY=1", "TERM_PROGRAM=") // no queries, whose answers another program could read
	return []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithEnvironment(env), tea.WithoutSignalHandler(),
	}
}
