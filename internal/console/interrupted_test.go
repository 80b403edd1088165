package console

import (
	"io"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInterrupted(t *testing.T) {
	done := make(chan struct{})
	close(done)
	for _, tt := range []struct {
		name string
		done <-chan struct{}
		ansi bool
		want string
	}{
		{"not yet", make(chan struct{}), true, "one\ntwo\n"},
		{"never", nil, true, "one\ntwo\n"},
		{"before it speaks", done, true, "\r\x1b[Kone\ntwo\n"},
		{"on a terminal that cannot wipe", done, false, "one\ntwo\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			c := &Console{Err: w, err: w, errANSI: tt.ansi, Done: tt.done}
			c.Say("one")
			c.Say("two")
			c.Interrupted()
			w.Close()
			got, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What is no terminal is never wiped.
func TestInterruptedFile(t *testing.T) {
	done := make(chan struct{})
	close(done)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := &Console{Err: w, Done: done}
	c.Say("one")
	w.Close()
	if got, err := io.ReadAll(r); err != nil || string(got) != "one\n" {
		t.Errorf("%q, %v", got, err)
	}
}
