package console

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/text"
)

func screenCases() []struct{ name, text, want string } {
	return []struct{ name, text, want string }{
		{"plain", "a line\twith a tab\nand another\n", "a line\twith a tab\nand another\n"},
		{"nothing", "", ""},
		{"ESC", "\x1b[31mred\x1b]0;title\x07", `\u001B[31mred\u001B]0;title\u0007`},
		{"C0 and DEL", "\x00\b\v\f\x0e\x7f", `\u0000\u0008\u000B\u000C\u000E\u007F`},
		{"C1", "\u0080\u009b2J\u009d\u009f", `\u0080\u009B2J\u009D\u009F`},
		{"C1 as a single byte", "\x9b2J", "\ufffd2J"},
		{"not UTF-8", "a\xff\xe3\x81b", "a\ufffd\ufffd\ufffdb"},
		{"carriage returns", "over\rwritten\r\r\n", `over\rwritten\r` + "\r\n"},
		{"direction", "\u202eevil\u202c \u2066x\u2069", `\u202Eevil\u202C \u2066x\u2069`},
		{"marks of right-to-left text", "שלום\u200f!", "שלום\u200f!"},
		{"CJK and emoji", "日本👩\u200d👩\u200d👧 e\u0301", "日本👩\u200d👩\u200d👧 e\u0301"},
	}
}

// TestScreen checks that the output does not depend on the sizes of the writes.
func TestScreen(t *testing.T) {
	for _, tt := range screenCases() {
		for size := 1; size <= len(tt.text)+1; size++ {
			var out bytes.Buffer
			s := &screen{w: &out}
			for text := []byte(tt.text); len(text) > 0; {
				n := min(size, len(text))
				if m, err := s.Write(text[:n]); m != n || err != nil {
					t.Fatalf("%s: wrote %d, %v", tt.name, m, err)
				}
				text = text[n:]
			}
			if err := s.flush(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("%s, %d bytes at a time: %s", tt.name, size, diff)
			}
		}
	}
}

func TestScreenEnd(t *testing.T) {
	for text, want := range map[string]string{"a\r": `a\r`, "a\xe3\x81": "a\ufffd"} {
		var out bytes.Buffer
		s := &screen{w: &out}
		s.Write([]byte(text))
		if err := s.flush(); err != nil || out.String() != want {
			t.Errorf("%q: %q, %v", text, &out, err)
		}
	}
}

// TestScreenColor checks that our colours are not escaped, but the text between
// them is.
func TestScreenColor(t *testing.T) {
	var out bytes.Buffer
	s := &screen{w: &out}
	c := &Console{Out: s, OutColor: true}
	c.PrintStatus(c.Out, "success")
	c.PrintStatus(c.Out, "\x1b[1merror")
	c.Screen().Write([]byte(c.Status("killed")))
	c.OutColor = false
	c.PrintStatus(c.Out, "success")
	want := "\x1b[32msuccess\x1b[0m" + `\u001B[1merror` + "\x1b[33mkilled\x1b[0m" + "success"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

func TestScreenKeepsItsError(t *testing.T) {
	gone := errors.New("gone")
	s := &screen{w: broken{gone}}
	s.Write([]byte("a"))
	s.redirect(&bytes.Buffer{})
	if _, err := s.Write([]byte("b")); !errors.Is(err, gone) {
		t.Errorf("Write: %v", err)
	}
	if err := s.flush(); !errors.Is(err, gone) {
		t.Errorf("flush: %v", err)
	}
}

// TestTruncateLabel checks the length in bytes, which the spinner's library counts
// as columns.
func TestTruncateLabel(t *testing.T) {
	for _, label := range []string{"Job 1 is running (5s)", "東京都東京都東京都東京都", strings.Repeat("x", 300), ""} {
		for columns := range 100 {
			if got := truncateLabel(label, columns); len(got) > max(0, columns-5) {
				t.Errorf("%q in %d columns: %q", label, columns, got)
			}
		}
	}
	if got := truncateLabel("Job 1 is running (5s)", 80); got != "Job 1 is running (5s)" {
		t.Errorf("it was cut to %q", got)
	}
}

func TestSetColor(t *testing.T) {
	for _, tt := range []struct {
		when             string
		env              map[string]string
		outTTY, errTTY   bool
		wantOut, wantErr bool
	}{
		{"auto", nil, true, true, true, true},
		{"auto", nil, true, false, true, false},
		{"auto", nil, false, true, false, true},
		{"auto", map[string]string{"NO_COLOR": "x"}, true, true, false, false},
		{"auto", map[string]string{"NO_COLOR": ""}, true, true, true, true},
		{"auto", map[string]string{"TERM": "dumb"}, true, true, false, false},
		{"always", map[string]string{"NO_COLOR": "x"}, false, false, true, true},
		{"never", nil, true, true, false, false},
	} {
		c := &Console{OutTTY: tt.outTTY, ErrTTY: tt.errTTY, outANSI: tt.outTTY, errANSI: tt.errTTY}
		if err := c.SetColor(tt.when, func(name string) string { return tt.env[name] }); err != nil {
			t.Fatal(err)
		}
		if c.OutColor != tt.wantOut || c.ErrColor != tt.wantErr {
			t.Errorf("%+v: %v, %v", tt, c.OutColor, c.ErrColor)
		}
	}
	if err := new(Console).SetColor("red", func(string) string { return "" }); err == nil {
		t.Error("red was accepted")
	}
}

// FuzzScreen checks that the output does not depend on where a text is cut into
// two writes, and that it contains nothing that a terminal interprets.
func FuzzScreen(f *testing.F) {
	for _, c := range screenCases() {
		f.Add([]byte(c.text), len(c.text)/2)
	}
	f.Fuzz(func(t *testing.T, written []byte, at int) {
		shown := func(parts ...[]byte) string {
			var out bytes.Buffer
			s := &screen{w: &out}
			for _, p := range parts {
				if n, err := s.Write(bytes.Clone(p)); n != len(p) || err != nil {
					t.Fatal(n, err)
				}
			}
			if err := s.flush(); err != nil {
				t.Fatal(err)
			}
			return out.String()
		}
		whole := shown(written)
		at = min(max(at, 0), len(written))
		if diff := cmp.Diff(whole, shown(written[:at], written[at:])); diff != "" {
			t.Errorf("%q cut at %d: %s", written, at, diff)
		}
		for _, r := range strings.ReplaceAll(whole, "\r\n", "\n") {
			if r != '\n' && r != '\t' && text.IsUnsafe(r) {
				t.Errorf("%q is shown as %q", written, whole)
			}
		}
	})
}
