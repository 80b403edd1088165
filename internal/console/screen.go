package console

import (
	"bytes"
	"io"
	"sync"

	"github.com/td-cli/td/internal/text"
)

// A screen is a terminal as a place to write to. What is written to it cannot move the cursor, change
// colours or ask the terminal for answers, and it appears at once. It keeps its first error, as a
// bufio.Writer does.
type screen struct {
	mu   sync.Mutex
	w    io.Writer
	rest []byte // a part of a character, or a CR, whose end comes with the next write
	buf  []byte
	err  error
}

// Write implements io.Writer.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(p)
	return s.send(len(p))
}

// add makes text harmless and puts it into buf.
func (s *screen) add(p []byte) {
	if len(s.rest) > 0 {
		p = append(s.rest, p...)
	}
	buf, rest := text.AppendScreen(s.buf, p)
	s.buf, s.rest = buf, bytes.Clone(rest)
}

// send writes buf, on behalf of a Write of n bytes.
func (s *screen) send(n int) (int, error) {
	if s.err == nil && len(s.buf) > 0 {
		_, s.err = s.w.Write(s.buf)
	}
	s.buf = s.buf[:0]
	if cap(s.buf) > 1<<20 {
		s.buf = nil
	}
	if s.err != nil {
		return 0, s.err
	}
	return n, nil
}

// paint writes text between two of our own colour sequences.
func (s *screen) paint(color, word string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buf = append(s.buf, color...)
	s.add([]byte(word))
	s.buf = append(s.buf, colorEnd...)
	_, _ = s.send(0) // the error is kept
}

// flush writes what waited for its end, and returns the first error.
func (s *screen) flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case len(s.rest) == 0:
	case s.rest[0] == '\r':
		s.buf = append(s.buf, `\r`...)
	default:
		s.buf = append(s.buf, "\ufffd"...)
	}
	s.rest = nil
	_, err := s.send(0)
	return err
}

// turn lets what is written from now on go to w, and returns where it went.
func (s *screen) turn(w io.Writer) (before io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, s.w = s.w, w
	return before
}

// forgive forgets an error that was none.
func (s *screen) forgive(is func(error) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if is(s.err) {
		s.err = nil
	}
}

// Screen is Out for text that is harmless already, such as a table whose cells were made so and that
// has colours of ours.
func (c *Console) Screen() io.Writer {
	if s, ok := c.Out.(*screen); ok {
		return unfiltered{s}
	}
	return c.Out
}

// unfiltered writes to a screen as it is.
type unfiltered struct{ s *screen }

func (u unfiltered) Write(p []byte) (int, error) {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	u.s.buf = append(u.s.buf, p...)
	return u.s.send(len(p))
}
