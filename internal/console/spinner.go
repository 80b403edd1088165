package console

import (
	"time"

	"github.com/briandowns/spinner"
)

// Spin shows that something goes on, until the Spinner is stopped. It shows
// nothing unless Err is a terminal and the console is not quiet.
func (c *Console) Spin(label string) *Spinner {
	if c.err == nil || c.Quiet {
		return &Spinner{}
	}
	s := spinner.New(spinner.CharSets[14], 100*time.Millisecond, spinner.WithWriterFile(c.err))
	s.Suffix = " " + label
	s.Start()
	return &Spinner{s}
}

// A Spinner turns until it is stopped.
type Spinner struct{ s *spinner.Spinner }

// Label changes what stands beside it.
func (s *Spinner) Label(label string) {
	if s.s == nil {
		return
	}
	s.s.Lock()
	s.s.Suffix = " " + label
	s.s.Unlock()
}

// Break wipes the spinner away while say talks, so that lines do not mix.
func (s *Spinner) Break(say func()) {
	if s.s == nil {
		say()
		return
	}
	s.s.Stop()
	say()
	s.s.Start()
}

// Stop wipes the spinner away for good. It may be called twice.
func (s *Spinner) Stop() {
	if s.s != nil {
		s.s.Stop()
	}
}
