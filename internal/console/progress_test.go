package console

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/text"
)

func TestProgressLines(t *testing.T) {
	const mb = 1 << 20
	for _, tt := range []struct {
		name  string
		steps []int64 // bytes after each second
		total int64
		want  string
	}{
		{"nothing", nil, 10, ""},
		{"quick", []int64{5 * mb}, 5 * mb, "5.0 MB of 5.0 MB in 0s\n"},
		{
			"slow",
			[]int64{0, mb, 2 * mb, 3 * mb, 4 * mb, 5 * mb, 6 * mb, 7 * mb, 8 * mb, 9 * mb, 10 * mb},
			10 * mb,
			"5.0 MB of 10.0 MB, 1.0 MB/s, 5s left\n10.0 MB of 10.0 MB, 1.0 MB/s\n10.0 MB of 10.0 MB, 1.0 MB/s in 10s\n",
		},
		{"unknown size", []int64{0, 512, 1024}, -1, "1.0 kB, 512 B/s in 2s\n"},
		{"resumed", []int64{4 * mb, 5 * mb}, 10 * mb, "5.0 MB of 10.0 MB, 1.0 MB/s, 5s left in 1s\n"},
		{"restarted", []int64{4 * mb, 5 * mb, 0, mb}, 10 * mb, "1.0 MB of 10.0 MB, 1.0 MB/s, 9s left in 1s\n"},
		{"stuck", []int64{0, 0, 0, 0, 0, 0}, 10, "0 B of 10 B\n0 B of 10 B in 5s\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				p := (&Console{Err: &out}).Progress(true)
				for i, done := range tt.steps {
					if i > 0 {
						time.Sleep(time.Second)
					}
					p.Update(done, tt.total)
				}
				p.Stop()
				p.Stop()
				p.Update(1, 2)
				if diff := cmp.Diff(tt.want, out.String()); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestProgressSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := (&Console{Err: &out}).Progress(false)
		for i := range int64(20) {
			p.Update(i, 20)
			time.Sleep(time.Second)
		}
		p.Break(func() { io.WriteString(&out, "a message\n") })
		p.Stop()
		if out.String() != "a message\n" {
			t.Errorf("printed %q", &out)
		}
	})
}

// TestProgressBar checks that the bar appears after barDelay, that Break removes
// it, and that nothing is left at the end.
func TestProgressBar(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(*testing.T) {
		c := &Console{Err: w, ErrTTY: true, err: w}
		p := c.Progress(false)
		p.Update(0, 1000)
		p.Update(500, 1000)
		c.Say("so far nothing")
		time.Sleep(2 * time.Second)
		p.Update(600, 1000)
		p.Break(func() { c.Say("a message") })
		time.Sleep(2 * time.Second)
		p.Update(700, 1000)
		p.Stop()
	})
	w.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	got := string(b)
	if !strings.HasPrefix(got, "so far nothing\n") {
		t.Errorf("the bar appeared too early: %q", got)
	}
	for _, want := range []string{"60% [===========>........]", "600 B of 1000 B, 300 B/s, 2s left", "\ra message\n", "70% ["} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	if last := got[strings.LastIndex(strings.TrimRight(got, "\r"), "\r"):]; strings.TrimSpace(last) != "" {
		t.Errorf("%q is left", last)
	}
}

// TestProgressBarLeavesRoom checks that a ^C typed after the bar does not wrap.
func TestProgressBarLeavesRoom(t *testing.T) {
	const columns = 80 // default of terminalSize
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(*testing.T) {
		p := (&Console{Err: w, ErrTTY: true, err: w}).Progress(false)
		p.Update(0, 1<<50)
		p.Count(1 << 40)
		time.Sleep(2 * time.Second)
		p.Update(1<<49, 1<<50)
		p.Stop()
	})
	w.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	widest := 0
	for line := range strings.SplitSeq(string(b), "\r") {
		widest = max(widest, text.Width(strings.TrimRight(line, " ")))
	}
	if widest < columns/2 || widest+len("^C") >= columns {
		t.Errorf("the bar takes %d of %d columns: %q", widest, columns, b)
	}
}
