package console

import (
	"io"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEraseInterrupt(t *testing.T) {
	done := make(chan struct{})
	close(done)
	for _, tt := range []struct {
		name string
		done <-chan struct{}
		ansi bool
		want string
	}{
		{"not interrupted", make(chan struct{}), true, "one\ntwo\n"},
		{"without Done", nil, true, "one\ntwo\n"},
		{"interrupted", done, true, "\r\x1b[Kone\ntwo\n"},
		{"terminal without escape sequences", done, false, "one\ntwo\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			c := &Console{Err: w, err: w, errANSI: tt.ansi, Done: tt.done}
			c.Say("one")
			c.Say("two")
			c.EraseInterrupt()
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

func TestEraseInterruptFile(t *testing.T) {
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
