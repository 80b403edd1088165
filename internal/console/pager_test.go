//go:build unix

package console

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lookupIn returns a function like os.LookupEnv.
func lookupIn(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}
}

// pageThrough writes texts to a pager on a screen of 80 by 24 cells and returns
// what is shown. After an error it stops.
func pageThrough(t *testing.T, command string, texts ...string) (shown string, err error) {
	t.Helper()
	if _, err := exec.LookPath("sed"); err != nil {
		t.Skip("sed is not installed")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &pager{command: command, out: w, columns: 80, rows: 24, lookupEnv: lookupIn(nil)}
	for _, text := range texts {
		if _, err = p.Write([]byte(text)); err != nil {
			break
		}
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
		texts []string
		paged bool
	}{
		{"nothing", nil, false},
		{"one line shorter than the screen", []string{strings.Repeat("a\n", 23)}, false},
		{"as long as the screen", []string{strings.Repeat("a\n", 23), "a\n"}, true},
		{"lines that wrap", []string{strings.Repeat(wide, 11), wide}, true},
		{"fewer lines that wrap", []string{strings.Repeat(wide, 11)}, false},
		{"colours", []string{strings.Repeat(green+strings.Repeat("x", 80)+colorEnd+"\n", 23)}, false},
		{"wide table", []string{"a line\n+--", strings.Repeat("-", 80) + "+\n| x |\n"}, true},
		{"table", []string{"+---+\n| x |\n"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := pageThrough(t, "sed s/^/P:/", tt.texts...)
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
	text := make([]string, 10_000) // more than a pipe buffers
	for i := range text {
		text[i] = strings.Repeat("a line\n", 1000)
	}
	got, err := pageThrough(t, "sed q", text...)
	if !errors.Is(err, ErrPagerQuit) || got != "a line\n" {
		t.Errorf("%v: %q", err, got)
	}
}

func TestPagerMissing(t *testing.T) {
	long := strings.Repeat("a line\n", 100)
	got, err := pageThrough(t, "/no/such/pager", long)
	if err != nil || got != long {
		t.Errorf("%v: %d bytes, want %d", err, len(got), len(long))
	}
}

func TestPagerEnvironment(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  map[string]string
		wide bool
		want []string
	}{
		{"default", nil, false, []string{"LESS=FRX", "LV=-c", "LESSCHARSET=utf-8"}},
		{"wide", nil, true, []string{"LESS=FRX -S -+F", "LV=-c", "LESSCHARSET=utf-8"}},
		{"settings of the user", map[string]string{"LESS": "-i", "LV": "", "LESSCHARSET": "latin1"}, false, []string{}},
		{"settings of the user, wide", map[string]string{"LESS": "-i", "LV": "-x"}, true, []string{"LESS=-i -S -+F", "LESSCHARSET=utf-8"}},
	} {
		p := &pager{lookupEnv: lookupIn(tt.set)}
		if diff := cmp.Diff(tt.want, p.environment(tt.wide)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.name, diff)
		}
	}
}

func TestSetPager(t *testing.T) {
	less := ""
	if _, err := exec.LookPath("less"); err == nil {
		less = "less -R"
	}
	for _, tt := range []struct {
		name     string
		env      map[string]string
		disabled bool
		want     string
	}{
		{"default", map[string]string{"TERM": "xterm"}, false, less},
		{"PAGER", map[string]string{"TERM": "xterm", "PAGER": " more -s "}, false, "more -s"},
		{"empty PAGER", map[string]string{"TERM": "xterm", "PAGER": ""}, false, less},
		{"TD_PAGER first", map[string]string{"TERM": "xterm", "PAGER": "more", "TD_PAGER": "most"}, false, "most"},
		{"empty TD_PAGER", map[string]string{"TERM": "xterm", "PAGER": "more", "TD_PAGER": ""}, false, ""},
		{"cat", map[string]string{"TERM": "xterm", "PAGER": "cat"}, false, ""},
		{"disabled", map[string]string{"TERM": "xterm", "PAGER": "more"}, true, ""},
		{"dumb terminal", map[string]string{"TERM": "dumb", "PAGER": "more"}, false, ""},
		{"TERM not set", map[string]string{"PAGER": "more"}, false, ""},
	} {
		c := &Console{InTTY: true, OutTTY: true, lookupEnv: lookupIn(tt.env), pager: "old"}
		if c.SetPager(tt.disabled); c.pager != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, c.pager, tt.want)
		}
	}
	for _, c := range []*Console{{InTTY: true}, {OutTTY: true}} {
		c.lookupEnv = lookupIn(map[string]string{"TERM": "xterm", "PAGER": "more"})
		if c.SetPager(false); c.pager != "" {
			t.Errorf("input %v, output %v: %q", c.InTTY, c.OutTTY, c.pager)
		}
	}
}

// TestPage checks the order of the output and of messages.
func TestPage(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	var messages bytes.Buffer
	c := &Console{Out: &screen{w: w}, Err: &screen{w: &messages}, stdout: w, pager: "sed s/^/P:/", lookupEnv: lookupIn(nil)}
	end := c.Page()
	inner := c.Page()
	c.Print("%s", strings.Repeat("a\n", 30))
	c.Say("a message")
	if !c.Paging() || messages.Len() > 0 {
		t.Errorf("paging %v, messages %q", c.Paging(), messages.String())
	}
	inner()
	end()
	c.Print("after")
	w.Close()
	shown, err := io.ReadAll(r)
	want := strings.Repeat("P:a\n", 30) + "P:\nafter\n"
	if err != nil || string(shown) != want || messages.String() != "a message\n" || c.Paging() {
		t.Errorf("%v: %q and %q", err, shown, messages.String())
	}
}

func TestPageWithoutPager(t *testing.T) {
	var out, messages bytes.Buffer
	c := &Console{Out: &screen{w: &out}, Err: &messages, stdout: os.Stdout, pager: "no-such-pager -x"}
	c.Page()()
	c.Page()()
	if n := strings.Count(messages.String(), `cannot find the pager "no-such-pager"`); n != 1 {
		t.Errorf("%d warnings: %s", n, &messages)
	}
}
