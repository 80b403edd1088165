package lineedit

import (
	"io"
	"os"
	"strings"
	"sync"
)

// A keyboard is the input of a terminal. Programs read it one after the other, and no typed byte is lost between them.
type keyboard struct {
	file *os.File

	mu      sync.Mutex // held by the keyReader that reads
	rest    []byte     // bytes that were not read by a program yet
	paste   bool       // inside a bracketed paste, in which no key pauses
	matched int        // bytes of the next delimiter of a paste
	escape  byte       // start of an unfinished escape sequence: ESC, or the byte after it; 0 outside one
}

// A keyReader is the input of one program. It pauses after each key that may end the program, because the bytes that
// follow are for the next one.
type keyReader struct {
	*keyboard
	extra  string        // further bytes that pause
	hangUp func()        // called at the end of the terminal's input
	resume chan struct{} // receives when the program needs further keys
	done   chan struct{} // closed when the program has ended
	paused bool
}

func (k *keyboard) newReader(extra string, hangUp func()) *keyReader {
	return &keyReader{keyboard: k, extra: extra, hangUp: hangUp, resume: make(chan struct{}, 1), done: make(chan struct{})}
}

// Fd returns the descriptor of the terminal, whose mode bubbletea changes. A keyReader has no name, as a file has:
// bubbletea would poll the descriptor, which does not report the rest of the last read.
func (r *keyReader) Fd() uintptr { return r.file.Fd() }

// Write implements io.Writer.
func (r *keyReader) Write(p []byte) (int, error) { return r.file.Write(p) }

// Close implements io.Closer. The terminal stays open.
func (r *keyReader) Close() error { return nil }

// Read implements io.Reader. After the program has ended it returns io.EOF. A call that waits for a key then returns when
// the key is typed, and leaves it to the next program.
func (r *keyReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.paused {
		select {
		case <-r.resume:
			r.paused = false
		case <-r.done:
		}
	}
	if r.hasEnded() {
		return 0, io.EOF
	}
	if len(r.rest) == 0 {
		b := make([]byte, 4096)
		n, err := r.file.Read(b)
		if n <= 0 || err != nil {
			r.hangUp()
			return 0, io.EOF
		}
		if r.rest = b[:n]; r.hasEnded() {
			return 0, io.EOF
		}
	}
	n := r.findPause(min(len(p), len(r.rest)))
	copy(p, r.rest[:n])
	r.rest = r.rest[n:]
	return n, nil
}

func (r *keyReader) hasEnded() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// findPause returns the number of bytes of the next limit ones up to the first pausing key.
func (r *keyReader) findPause(limit int) int {
	for i, c := range r.rest[:limit] {
		r.followPaste(c)
		if inSequence := r.followEscape(c); !inSequence && !r.paste && (isPausing(c) || strings.IndexByte(r.extra, c) >= 0) {
			select {
			case <-r.resume: // of a key that did not pause
			default:
			}
			r.paused = true
			return i + 1
		}
	}
	return limit
}

// isPausing reports whether a byte is Enter, Ctrl-C, Ctrl-D or Ctrl-Z.
func isPausing(c byte) bool { return c == '\r' || c == '\n' || c == 3 || c == 4 || c == 26 }

// isPausingKey reports whether a key, as bubbletea names it, is one of isPausing.
func isPausingKey(name string) bool {
	switch strings.TrimPrefix(name, "alt+") {
	case "enter", "ctrl+j", "ctrl+c", "ctrl+d", "ctrl+z":
		return true
	}
	return false
}

// followPaste updates whether the bytes belong to a bracketed paste.
func (k *keyboard) followPaste(c byte) {
	delimiter := "\x1b[200~"
	if k.paste {
		delimiter = "\x1b[201~"
	}
	switch c {
	case delimiter[k.matched]:
		if k.matched++; k.matched == len(delimiter) {
			k.paste, k.matched = !k.paste, 0
		}
	case '\x1b':
		k.matched = 1
	default:
		k.matched = 0
	}
}

// followEscape updates whether the bytes belong to an escape sequence. It reports whether c belongs to one that needs
// more than one byte after ESC. A control character, which does not belong there, ends it: bubbletea may discard both, so
// nothing would continue a pause.
func (k *keyboard) followEscape(c byte) (inSequence bool) {
	switch start := k.escape; {
	case c == '\x1b':
		k.escape = c
		return false
	case start == 0:
		return false
	case start == '\x1b':
		k.escape = 0
		if strings.IndexByte("[OP]X^_", c) >= 0 {
			k.escape = c
		}
		return false
	case c < ' ', start == 'O', start == '[' && c >= '@' && c <= '~':
		k.escape = 0
	}
	return true
}

// proceed continues reading after a key that pauses. The program calls it for each of them that does not end it.
func (r *keyReader) proceed() {
	select {
	case r.resume <- struct{}{}:
	default:
	}
}

// end reports that the program has ended.
func (r *keyReader) end() { close(r.done) }
