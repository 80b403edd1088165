package lineedit

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPanic checks that the terminal is restored when a function of the caller panics.
func TestPanic(t *testing.T) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer master.Close()
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	before, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	shown := make(chan string)
	go func() {
		b, _ := io.ReadAll(master) // ends with EIO when the slave is closed
		shown <- string(b)
	}()
	e := New(slave, slave)
	e.IsComplete = func(string) bool { panic("test") }
	if _, err := master.WriteString("a\r"); err != nil {
		t.Fatal(err)
	}
	if text, err := e.Read(t.Context(), "> ", "- ", ""); err == nil {
		t.Errorf("no error, but %q", text)
	}
	after, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	if err != nil || *after != *before {
		t.Errorf("the modes are %+v, %v; they were %+v", after, err, before)
	}
	slave.Close()
	if s := <-shown; strings.Count(s, "\x1b[?2004h") != strings.Count(s, "\x1b[?2004l") {
		t.Errorf("bracketed paste is left on: %q", s)
	}
}
