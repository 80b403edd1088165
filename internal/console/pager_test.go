//go:build unix

package console

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// pageThrough writes texts to a pager on a screen of 80 by 24, with a pause behind each, and returns what is shown.
func pageThrough(t *testing.T, command string, pause time.Duration, texts ...string) (shown string, err error) {
	t.Helper()
	if _, err := exec.LookPath("sed"); err != nil {
		t.Skip("there is no sed")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &pager{command: command, out: w, columns: 80, rows: 24}
	for _, text := range texts {
		if _, werr := p.Write([]byte(text)); err == nil {
			err = werr
		}
		time.Sleep(pause)
	}
	p.close()
	w.Close()
	b, rerr := io.ReadAll(r)
	if rerr != nil {
		t.Fatal(rerr)
	}
	return string(b), err
}

func TestPager(t *testing.T) {
	wide := strings.Repeat("x", 81) + "\n"
	for _, tt := range []struct {
		name  string
		pause time.Duration
		texts []string
		paged bool
	}{
		{"nothing", 0, nil, false},
		{"as long as the screen without its last line", 0, []string{strings.Repeat("a\n", 23)}, false},
		{"longer", 0, []string{strings.Repeat("a\n", 23), "a\n"}, true},
		{"lines that wrap", 0, []string{strings.Repeat(wide, 11), wide}, true},
		{"lines that do not", 0, []string{strings.Repeat(wide, 11)}, false},
		{"colours take no room", 0, []string{strings.Repeat(green+strings.Repeat("x", 80)+colorEnd+"\n", 23)}, false},
		{"slow", 2 * patience, []string{"a\n", "b\n"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := pageThrough(t, "sed s/^/P:/", tt.pause, tt.texts...)
			want := strings.Join(tt.texts, "")
			if tt.paged {
				want = strings.TrimSuffix(strings.ReplaceAll("P:"+want, "\n", "\nP:"), "P:")
			}
			if err != nil || got != want {
				t.Errorf("%v: %q\nwant %q", err, got, want)
			}
		})
	}
}

func TestPagerQuit(t *testing.T) {
	long := strings.Repeat("a line\n", 10_000)
	got, err := pageThrough(t, "sed q", 10*time.Millisecond, long, long, long)
	if !errors.Is(err, ErrPagerQuit) || got != "a line\n" {
		t.Errorf("%v: %q", err, got)
	}
}

// A program that cannot be started is done without.
func TestPagerMissing(t *testing.T) {
	long := strings.Repeat("a line\n", 100)
	got, err := pageThrough(t, "/no/such/pager", 0, long)
	if err != nil || got != long {
		t.Errorf("%v: %d bytes, want %d", err, len(got), len(long))
	}
}
