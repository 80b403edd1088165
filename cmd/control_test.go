package cmd_test

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"
)

// No stream that is not a terminal ever gets an escape byte, or another control character besides line
// feeds and tabs. Every td that a script runs is watched for that: what it writes to a file or a pipe
// goes through a pipe of the test's, and what should not be there is written to the file that TD_TEST_CONTROL
// names. A script whose data holds control characters says so with "env TD_TEST_CONTROL=".

// watchStreams begins to watch standard output and standard error. The function that it returns ends it, after
// all has been written.
func watchStreams() (end func()) {
	report := os.Getenv("TD_TEST_CONTROL")
	if report == "" {
		return func() {}
	}
	out, errs := os.Stdout, os.Stderr
	stopOut := watchStream(&os.Stdout, "standard output", report)
	if sameFile(out, errs) { // one order for both
		os.Stderr = os.Stdout
		return stopOut
	}
	stopErr := watchStream(&os.Stderr, "standard error", report)
	return func() { stopOut(); stopErr() }
}

func sameFile(a, b *os.File) bool {
	x, err := a.Stat()
	if err != nil {
		return false
	}
	y, err := b.Stat()
	return err == nil && os.SameFile(x, y)
}

func watchStream(stream **os.File, name, report string) (end func()) {
	to := *stream
	info, err := to.Stat()
	if err != nil || !info.Mode().IsRegular() && info.Mode()&fs.ModeNamedPipe == 0 {
		return func() {}
	}
	r, w, err := os.Pipe()
	if err != nil {
		return func() {}
	}
	*stream = w
	var done sync.WaitGroup
	done.Go(func() {
		c := control{name: name, report: report}
		_, _ = io.Copy(io.MultiWriter(to, &c), r) // a closed pipe ends the process
		c.end()
	})
	return func() { w.Close(); done.Wait() }
}

// control reports the first control character in what is written to it.
type control struct {
	name, report string
	rest         []byte // the end of the last write, which may be part of a character
	at           int
	found        bool
}

func (c *control) Write(p []byte) (int, error) {
	if !c.found {
		c.look(append(c.rest, p...), false)
	}
	return len(p), nil
}

func (c *control) end() {
	if !c.found {
		c.look(c.rest, true)
	}
}

func (c *control) look(text []byte, last bool) {
	for len(text) > 0 && !c.found {
		r, n := utf8.DecodeRune(text)
		if !last && (!utf8.FullRune(text) || r == '\r' && len(text) == 1) {
			break
		}
		if forbidden(r, text[n:]) {
			c.found = true
			c.tell(r)
		}
		text = text[n:]
		c.at += n
	}
	c.rest = append([]byte(nil), text...)
}

// forbidden reports whether r, which next follows, has no place in a file or a pipe.
func forbidden(r rune, next []byte) bool {
	switch r {
	case '\n', '\t':
		return false
	case '\r':
		return len(next) == 0 || next[0] != '\n'
	}
	return r < ' ' || r >= 0x7f && r < 0xa0
}

func (c *control) tell(r rune) {
	f, err := os.OpenFile(c.report, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(f, "td %q: %U on %s at byte %d\n", os.Args[1:], r, c.name, c.at)
	f.Close()
}

// checkControl fails the test when a td was seen to write what it should not.
func checkControl(t *testing.T, report string) {
	if b, err := os.ReadFile(report); err == nil {
		t.Errorf("control characters on a stream that is not a terminal:\n%s", b)
	}
}

// harmless is the script command "harmless FILE": the file, which a terminal has shown, holds no control
// character, no mark that turns the direction of text around, and nothing that is not UTF-8.
func harmless(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: harmless FILE")
	}
	text := []byte(ts.ReadFile(args[0]))
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRune(text[at:])
		turns := r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
		if turns || r == utf8.RuneError && n == 1 || forbidden(r, text[at+n:]) {
			ts.Fatalf("%s holds %U at byte %d: %q", args[0], r, at, text[max(0, at-40):min(len(text), at+40)])
		}
		at += n
	}
}
