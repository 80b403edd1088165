package lineedit

import (
	"io"
	"os"
	"strings"
)

// A keyboard reads from a terminal so that no typed byte is lost between two programs that read it. It pauses after
// each key that may end an input, until the program has handled the key: the bytes that follow are for the next one.
type keyboard struct {
	file    *os.File
	proceed chan bool // after a pausing key: true continues, false ends the Read of this program
	rest    []byte
	paste   bool // inside a bracketed paste, in which no key pauses
	matched int  // bytes of the next delimiter of a paste
	paused  bool
	extra   string // further bytes that pause
	ended   func() // called at the end of the terminal's input
}

func newKeyboard(f *os.File) *keyboard { return &keyboard{file: f, proceed: make(chan bool, 1)} }

// Fd returns the descriptor of the terminal, whose mode bubbletea changes. A keyboard has no name, as a file has:
// bubbletea would poll the descriptor, which does not report the rest of the last read.
func (k *keyboard) Fd() uintptr { return k.file.Fd() }

// Write implements io.Writer.
func (k *keyboard) Write(p []byte) (int, error) { return k.file.Write(p) }

// Close implements io.Closer. The terminal stays open.
func (k *keyboard) Close() error { return nil }

// Read implements io.Reader.
func (k *keyboard) Read(p []byte) (int, error) {
	if k.paused {
		k.paused = false
		if proceed := <-k.proceed; !proceed {
			return 0, io.EOF
		}
	}
	if len(k.rest) == 0 {
		b := make([]byte, 4096)
		n, err := k.file.Read(b)
		if n <= 0 || err != nil {
			k.ended()
			return 0, io.EOF
		}
		k.rest = b[:n]
	}
	n := k.findPause(min(len(p), len(k.rest)))
	copy(p, k.rest[:n])
	k.rest = k.rest[n:]
	return n, nil
}

// findPause returns the number of bytes of the next limit ones up to the first pausing key.
func (k *keyboard) findPause(limit int) int {
	for i, c := range k.rest[:limit] {
		k.followPaste(c)
		if !k.paste && (isPausing(c) || strings.IndexByte(k.extra, c) >= 0) {
			select {
			case <-k.proceed: // of a key that did not pause
			default:
			}
			k.paused = true
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

// handled reports whether the program needs further keys. It is called for each key that pauses.
func (k *keyboard) handled(more bool) {
	select {
	case k.proceed <- more:
	default:
	}
}
