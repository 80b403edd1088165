package console

import (
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/td-cli/td/internal/text"
)

// recordSpinner returns what a spinner draws for a second on a terminal with 80 columns, with a
// message after half of it.
func recordSpinner(t *testing.T, label string) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(*testing.T) {
		c := &Console{Err: w, ErrTTY: true, err: w}
		s := c.Spin(label)
		time.Sleep(550 * time.Millisecond)
		s.Break(func() { c.Say("a message") })
		time.Sleep(500 * time.Millisecond)
		s.Stop()
		s.Stop()
		s.Break(func() { c.Say("the end") })
	})
	w.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSpinner(t *testing.T) {
	const label = "job 1 is running"
	erased := "\r" + strings.Repeat(" ", len("x ")+len(label)) + "\r"
	want := ""
	for _, frame := range "⠋⠙⠹⠸⠼⠴" {
		want += "\r" + string(frame) + " " + label
	}
	want += erased + "a message\n"
	for _, frame := range "⠦⠧⠇⠏⠋" {
		want += "\r" + string(frame) + " " + label
	}
	want += erased + "the end\n"
	if got := recordSpinner(t, label); got != want {
		t.Errorf("drew\n%q, want\n%q", got, want)
	}
}

// TestSpinnerWidth checks that a long label does not wrap, even with a ^C after it.
func TestSpinnerWidth(t *testing.T) {
	for _, label := range []string{strings.Repeat("x", 300), strings.Repeat("東京都", 30)} {
		for line := range strings.SplitSeq(recordSpinner(t, label), "\r") {
			if width := text.Width(line); width > 80-len("^C") {
				t.Errorf("%d columns: %q", width, line)
			}
		}
	}
}

func TestSpinnerWithoutTerminal(t *testing.T) {
	var out strings.Builder
	c := &Console{Err: &out}
	s := c.Spin("job 1 is running")
	s.Break(func() { c.Say("a message") })
	s.Stop()
	if out.String() != "a message\n" {
		t.Errorf("printed %q", out.String())
	}
}
