package console

import (
	"bytes"
	"io"
	"sync"

	"github.com/td-cli/td/internal/text"
)

// A screen writes to a terminal without a buffer. It escapes what the terminal
// would interpret. Like a bufio.Writer it keeps its first error.
type screen struct {
	mu   sync.Mutex
	w    io.Writer
	rest []byte // incomplete character, or CR, at the end of the last write
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

// add appends p, escaped, to buf.
func (s *screen) add(p []byte) {
	if len(s.rest) > 0 {
		p = append(s.rest, p...)
	}
	buf, rest := text.AppendScreen(s.buf, p)
	s.buf, s.rest = buf, bytes.Clone(rest)
}

// send writes buf. It returns the results for a Write of n bytes.
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

// printColored writes a word in a colour.
func (s *screen) printColored(color, word string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buf = append(s.buf, color...)
	s.add([]byte(word))
	s.buf = append(s.buf, colorEnd...)
	_, _ = s.send(0) // s.err keeps the error
}

// flush writes the rest of the last write. It returns the first error of the
// screen.
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

// redirect sets the destination and returns the previous one.
func (s *screen) redirect(w io.Writer) (previous io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	previous, s.w = s.w, w
	return previous
}

// clearError removes the kept error if match reports true for it.
func (s *screen) clearError(match func(error) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if match(s.err) {
		s.err = nil
	}
}

// Screen returns Out without escaping, for text that is safe already and contains
// our colours.
func (c *Console) Screen() io.Writer {
	if s, ok := c.Out.(*screen); ok {
		return rawScreen{s}
	}
	return c.Out
}

// A rawScreen writes to a screen without escaping.
type rawScreen struct{ s *screen }

func (u rawScreen) Write(p []byte) (int, error) {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	u.s.buf = append(u.s.buf, p...)
	return u.s.send(len(p))
}
