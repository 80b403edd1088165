package console

import (
	"sync"
	"time"

	"github.com/briandowns/spinner"

	"github.com/td-cli/td/internal/text"
)

// Spin shows a spinner with a label on Err until it is stopped. It shows nothing if
// Err is not a terminal or the console is quiet.
func (c *Console) Spin(label string) *Spinner {
	return c.SpinWith(func() string { return label })
}

// SpinWith is Spin with a label that may change. The label is truncated to fit
// next to the spinner.
func (c *Console) SpinWith(label func() string) *Spinner {
	if c.err == nil || c.Quiet {
		return &Spinner{}
	}
	start := func() *spinner.Spinner {
		s := spinner.New(spinner.CharSets[14], 100*time.Millisecond, spinner.WithWriterFile(c.err),
			spinner.WithHiddenCursor(false)) // it would stay hidden after Ctrl-Z
		_ = s.Color("reset") // the default is white, which is invisible on white
		s.PreUpdate = func(s *spinner.Spinner) {
			columns, _ := terminalSize(c.err)
			s.Suffix = " " + truncateLabel(label(), columns)
		}
		s.Start()
		return s
	}
	return &Spinner{start: start, s: start()}
}

// truncateLabel truncates a label to fit next to the spinner. The spinner's
// library counts bytes as columns, and also erases the previous line if the label
// has more bytes than the terminal has columns.
func truncateLabel(label string, columns int) string {
	const spinner = len("\r⠋ ")
	cells := columns - spinner
	short := text.Truncate(label, cells)
	for cells > 0 && len(short) > columns-spinner {
		cells--
		short = text.Truncate(label, cells)
	}
	return short
}

// A Spinner is animated until it is stopped. Its methods are safe for concurrent
// use.
type Spinner struct {
	mu      sync.Mutex
	start   func() *spinner.Spinner
	s       *spinner.Spinner // is started once: after Stop, its goroutine may leave a message that would end the next one
	stopped bool
}

// Break hides the spinner while say prints.
func (s *Spinner) Break(say func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.s == nil || s.stopped {
		say()
		return
	}
	s.s.Stop()
	say()
	s.s = s.start()
}

// Stop removes the spinner. Further calls have no effect.
func (s *Spinner) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	if s.s != nil {
		s.s.Stop()
	}
}
