package console

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestSpinnerBreaks checks that the spinner is shown again after it was hidden many times in succession.
func TestSpinnerBreaks(t *testing.T) {
	master, slave := openTerminal(t)
	shown := make(chan string)
	go func() {
		defer close(shown)
		b := make([]byte, 4096)
		for {
			n, err := master.Read(b)
			shown <- string(b[:n])
			if err != nil { // EIO: the slave is closed
				return
			}
		}
	}()
	s := (&Console{Err: slave, err: slave}).Spin("working")
	const last = "the last line"
	go func() {
		for range 500 {
			s.Break(func() { time.Sleep(time.Microsecond) }) // lets another goroutine run
		}
		s.Break(func() { fmt.Fprintln(slave, last) })
	}()
	isShown := time.AfterFunc(time.Minute, func() { slave.Close() })
	var text strings.Builder
	for {
		part, ok := <-shown
		if !ok {
			t.Fatal("the spinner is not shown after the last line")
		}
		text.WriteString(part)
		if _, after, ok := strings.Cut(text.String(), last); ok && strings.Contains(after, "working") {
			break
		}
	}
	isShown.Stop()
	s.Stop()
	slave.Close()
	for range shown {
	}
}

// openTerminal opens a pseudo-terminal. The test has to close the slave.
func openTerminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { master.Close() })
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return master, slave
}
