package console

import (
	"sync"
	"time"

	"github.com/briandowns/spinner"

	"github.com/td-cli/td/internal/text"
)

// Spin shows that something goes on, until the Spinner is stopped. It shows
// nothing unless Err is a terminal and the console is not quiet.
func (c *Console) Spin(label string) *Spinner {
	return c.SpinWith(func() string { return label })
}

// SpinWith is Spin with a label that is asked for again and again. It is cut to what fits beside the spinner.
func (c *Console) SpinWith(label func() string) *Spinner {
	if c.err == nil || c.Quiet {
		return &Spinner{}
	}
	s := spinner.New(spinner.CharSets[14], 100*time.Millisecond, spinner.WithWriterFile(c.err))
	_ = s.Color("reset") // white, its own choice, cannot be seen on white
	s.PreUpdate = func(s *spinner.Spinner) {
		columns, _ := sizeOf(c.err)
		s.Suffix = " " + beside(label(), columns)
	}
	s.Start()
	return &Spinner{s: s}
}

// beside cuts a label to what fits beside the spinner. The library takes bytes for columns when it wipes the
// line away, and wipes the line above too when there are more of them than columns.
func beside(label string, columns int) string {
	const spinner = len("\r⠋ ")
	cells := columns - spinner
	cut := text.Truncate(label, cells)
	for cells > 0 && len(cut) > columns-spinner {
		cells--
		cut = text.Truncate(label, cells)
	}
	return cut
}

// A Spinner turns until it is stopped. Its methods may be called by several goroutines.
type Spinner struct {
	mu      sync.Mutex
	s       *spinner.Spinner
	stopped bool
}

// Break wipes the spinner away while say talks, so that lines do not mix.
func (s *Spinner) Break(say func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.s == nil || s.stopped {
		say()
		return
	}
	s.s.Stop()
	say()
	s.s.Start()
}

// Stop wipes the spinner away for good. It may be called twice.
func (s *Spinner) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	if s.s != nil {
		s.s.Stop()
	}
}
