// Package tui has what the programs that draw on a terminal with bubbletea have in common.
package tui

import (
	"context"
	"errors"
	"io"
	"os"

	tea "charm.land/bubbletea/v2"
)

// ErrHangup reports the end of the terminal.
var ErrHangup = errors.New("the terminal was closed")

// Options returns the options of a program that reads keys from in and draws on the terminal out until ctx is done. The
// caller handles signals.
func Options(ctx context.Context, in io.Reader, out *os.File) []tea.ProgramOption {
	return []tea.ProgramOption{tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(display{out}), tea.WithoutSignalHandler()}
}
