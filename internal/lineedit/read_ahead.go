package lineedit

import (
	"bytes"

	"github.com/td-cli/td/internal/console"
)

// Bracketed paste mode, which marks the start and the end of a paste.
const (
	enablePaste  = "\x1b[?2004h"
	disablePaste = "\x1b[?2004l"
)

// Keys that send a signal in other modes of the terminal.
const (
	ctrlC = 0x03
	ctrlZ = 0x1a
)

// ReadAhead keeps what the user types for the next program, without showing it, until stop is called. The kernel would keep
// only 4 KiB. Ctrl-C discards what was typed before it and ends the reading, and interrupt is called. Ctrl-Z suspends the
// process.
func (e *Editor) ReadAhead(interrupt func()) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			switch e.readUntilSignal(done) {
			case ctrlC:
				interrupt()
				return
			case ctrlZ:
				if e.Suspend != nil {
					e.Suspend()
				}
			default:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

// readUntilSignal keeps what is typed until done is closed or a key that sends a signal, which it returns.
func (e *Editor) readUntilSignal(done <-chan struct{}) (signal byte) {
	k := e.keyboard
	if !k.mu.TryLock() { // a keyReader still waits for a key
		return 0
	}
	defer k.mu.Unlock()
	_, _ = e.out.WriteString(enablePaste) // the next program reports that the terminal has ended
	defer func() { _, _ = e.out.WriteString(disablePaste) }()
	_ = console.ReadAhead(k.file, done, func(typed []byte) bool {
		i := bytes.IndexAny(typed, string([]rune{ctrlC, ctrlZ}))
		if i < 0 {
			k.rest = append(k.rest, typed...)
			return true
		}
		signal = typed[i]
		if signal == ctrlC {
			k.rest, k.paste, k.matched, k.escape = nil, false, 0, 0
		} else {
			k.rest = append(k.rest, typed[:i]...)
		}
		k.rest = append(k.rest, typed[i+1:]...)
		return false
	})
	return signal
}
