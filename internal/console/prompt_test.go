package console

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

// asking returns a console on which a user types text.
func asking(typed string) (*Console, *bytes.Buffer) {
	var out bytes.Buffer
	return &Console{InTTY: true, Err: &out, in: bufio.NewReader(strings.NewReader(typed))}, &out
}

func TestAsk(t *testing.T) {
	for typed, want := range map[string]struct{ answer, shown string }{
		"me@example.com\n":      {"me@example.com", "Email: "},
		"  me@example.com \r\n": {"me@example.com", "Email: "},
		"me@example.com":        {"me@example.com", "Email: \n"},
		"":                      {"", "Email: \n"},
	} {
		c, out := asking(typed)
		if got, err := c.Ask("Email: "); err != nil || got != want.answer || out.String() != want.shown {
			t.Errorf("%q: %q, %v, shown %q", typed, got, err, out)
		}
	}
}

func TestConfirm(t *testing.T) {
	for typed, want := range map[string]bool{"y\n": true, "Yes \n": true, "YES": true, "n\n": false, "yo\n": false, "\n": false, "": false} {
		c, out := asking(typed)
		got, err := c.Confirm("Delete it?")
		if err != nil || got != want || !strings.HasPrefix(out.String(), "Delete it? [y/N]: ") {
			t.Errorf("%q: %v, %v, shown %q", typed, got, err, out)
		}
	}
}

func TestQuestionsRequireTerminal(t *testing.T) {
	c, out := asking("")
	c.InTTY = false
	_, err := c.Ask("a")
	_, err2 := c.Confirm("b")
	_, err3 := c.Password("c")
	for _, err := range []error{err, err2, err3} {
		if !errors.Is(err, ErrNotTerminal) {
			t.Errorf("%v", err)
		}
	}
	if out.Len() > 0 {
		t.Errorf("printed %q", out)
	}
}

func TestConfirmReadsPipe(t *testing.T) {
	for answer, want := range map[string]bool{"y\n": true, "YES": true, " y \nn\n": true, "n\n": false, "\n": false, "yeah\n": false} {
		c, out := asking(answer)
		c.InTTY = false
		if got, err := c.Confirm("Delete?"); got != want || err != nil {
			t.Errorf("Confirm with %q = %t, %v; want %t", answer, got, err, want)
		}
		if !strings.HasPrefix(out.String(), "Delete? [y/N]: ") || !strings.HasSuffix(out.String(), "\n") {
			t.Errorf("with %q: printed %q", answer, out)
		}
	}
}

// TestInputCanceled checks that a read ends when Done is closed, and that the
// abandoned read does not write to the buffer of the next one.
func TestInputCanceled(t *testing.T) {
	r, w := io.Pipe()
	done := make(chan struct{})
	in := &input{console: &Console{Done: done}, r: r}
	go func() {
		w.Write([]byte("abc"))
		close(done)
	}()
	buf := make([]byte, 2)
	if n, err := in.Read(buf); n == 0 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	var err error
	for err == nil { // the rest may still be read
		_, err = in.Read(buf)
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if in.buf != nil {
		t.Error("the buffer of the abandoned read is reused")
	}
	w.Close()
}
