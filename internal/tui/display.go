package tui

import (
	"bytes"
	"os"
)

// A display is the terminal that a program draws on. Like a file it has a descriptor, which bubbletea needs.
//
// It removes what bubbletea sends to change how the terminal encodes keys, to ask for the modes that it supports and to set
// the shape of the cursor. The encoding would outlive a process that is killed, another program could read the answers, and
// the shape that the user has chosen could not be restored. The sequences are those of
// https://sw.kovidgoyal.net/kitty/keyboard-protocol/ and modifyOtherKeys, DECRQM and DECSCUSR in
// https://invisible-island.net/xterm/ctlseqs/ctlseqs.html.
type display struct{ file *os.File }

// Fd returns the descriptor of the terminal.
func (d display) Fd() uintptr { return d.file.Fd() }

// Read implements io.Reader.
func (d display) Read(p []byte) (int, error) { return d.file.Read(p) }

// Close implements io.Closer. The terminal stays open.
func (d display) Close() error { return nil }

// Write implements io.Writer.
func (d display) Write(p []byte) (int, error) {
	if kept := removeModes(p); len(kept) > 0 {
		if _, err := d.file.Write(kept); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// removeModes returns an output without sequences such as ESC [ > 4 ; 2 m, ESC [ = 1 ; 1 u, ESC [ ? 2026 $ p and ESC [ 2 SP q.
func removeModes(p []byte) []byte {
	start := []byte("\x1b[")
	if !bytes.Contains(p, start) {
		return p
	}
	kept := make([]byte, 0, len(p))
	for {
		before, after, ok := bytes.Cut(p, start)
		kept = append(kept, before...)
		if !ok {
			return kept
		}
		n := modeLen(after)
		if n == 0 {
			kept = append(kept, start...)
		}
		p = after[n:]
	}
}

// modeLen returns the length of a control sequence, after ESC [, that removeModes removes. It is 0 for any other.
func modeLen(p []byte) int {
	rest := bytes.TrimLeft(p, "<=>?")
	private := len(rest) < len(p)
	rest = bytes.TrimLeft(rest, "0123456789;")
	n := len(p) - len(rest)
	switch {
	case private && bytes.HasPrefix(rest, []byte("u")), bytes.HasPrefix(p, []byte(">")) && bytes.HasPrefix(rest, []byte("m")):
		return n + 1
	case private && bytes.HasPrefix(rest, []byte("$p")), bytes.HasPrefix(rest, []byte(" q")):
		return n + 2
	}
	return 0
}
