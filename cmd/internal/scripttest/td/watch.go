package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"unicode/utf8"

	"github.com/td-cli/td/cmd/internal/scripttest/control"
)

// watchStreams copies standard output and standard error through a checker if they are files or
// pipes and TD_TEST_CONTROL names a report file. The first character that must not appear
// outside a terminal is appended to the report. The returned function waits for the copies.
func watchStreams() (stop func()) {
	report := os.Getenv("TD_TEST_CONTROL")
	if report == "" {
		return func() {}
	}
	stdout, stderr := os.Stdout, os.Stderr
	stopOut := watchStream(&os.Stdout, "standard output", report)
	if sameFile(stdout, stderr) { // keep the order of what both streams write
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

func watchStream(stream **os.File, name, report string) (stop func()) {
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
	var copying sync.WaitGroup
	copying.Go(func() {
		c := checker{stream: name, report: report}
		_, _ = io.Copy(io.MultiWriter(to, &c), r) // a closed pipe ends the process
		c.finish()
	})
	return func() { w.Close(); copying.Wait() }
}

// A checker reports the first control character written to it.
type checker struct {
	stream, report string
	pending        []byte // the end of the last write, possibly part of a character
	offset         int
	found          bool
}

func (c *checker) Write(p []byte) (int, error) {
	if !c.found {
		c.check(append(c.pending, p...), false)
	}
	return len(p), nil
}

func (c *checker) finish() {
	if !c.found {
		c.check(c.pending, true)
	}
}

func (c *checker) check(text []byte, last bool) {
	for len(text) > 0 && !c.found {
		r, n := utf8.DecodeRune(text)
		if !last && (!utf8.FullRune(text) || r == '\r' && len(text) == 1) {
			break
		}
		if control.Forbidden(r, text[n:]) {
			c.found = true
			c.record(r)
		}
		text = text[n:]
		c.offset += n
	}
	c.pending = append([]byte(nil), text...)
}

func (c *checker) record(r rune) {
	f, err := os.OpenFile(c.report, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(f, "td %q: %U on %s at byte %d\n", os.Args[1:], r, c.stream, c.offset)
	f.Close()
}
