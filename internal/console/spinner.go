package console

import (
	"sync"
	"time"
)

const spinnerInterval = 100 * time.Millisecond // between two frames

// spinnerFrames returns the characters of the animation.
func spinnerFrames() []rune { return []rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏") }

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
	s := &Spinner{line: statusLine{c: c}, label: label, stop: make(chan struct{}), done: make(chan struct{})}
	go s.animate()
	return s
}

// A Spinner is animated until it is stopped. Its methods are safe for concurrent
// use.
type Spinner struct {
	label func() string
	stop  chan struct{} // closed by Stop; nil if the spinner is not shown
	done  chan struct{} // closed when the animation has ended

	mu    sync.Mutex
	line  statusLine
	frame int
	once  sync.Once
}

func (s *Spinner) animate() {
	defer close(s.done)
	ticker := time.NewTicker(spinnerInterval)
	defer ticker.Stop()
	for {
		s.mu.Lock()
		s.draw()
		s.mu.Unlock()
		select {
		case <-s.stop:
			return
		case <-ticker.C:
		}
	}
}

// draw draws the next frame.
func (s *Spinner) draw() {
	frames := spinnerFrames()
	s.line.draw(string(frames[s.frame%len(frames)]) + " " + s.label())
	s.frame++
}

// Break hides the spinner while say prints.
func (s *Spinner) Break(say func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line.clear()
	say()
}

// Stop removes the spinner. Further calls have no effect.
func (s *Spinner) Stop() {
	if s.stop == nil {
		return
	}
	s.once.Do(func() {
		close(s.stop)
		<-s.done
		s.mu.Lock()
		defer s.mu.Unlock()
		s.line.clear()
	})
}
