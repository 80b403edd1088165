package text_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/text"
)

type sanitizeCase struct {
	name, in string
	line     string // what Sanitize returns
	screen   string // what AppendScreen appends, if different
}

func sanitizeCases() []sanitizeCase {
	return []sanitizeCase{
		{name: "empty"},
		{name: "printable", in: "a line of ASCII~", line: "a line of ASCII~"},
		{name: "line feed and tab", in: "a\n\tb\n", line: `a\n\tb\n`, screen: "a\n\tb\n"},
		{name: "ESC", in: "\x1b[31mred\x1b]0;title\x07", line: `\u001B[31mred\u001B]0;title\u0007`},
		{name: "C0 and DEL", in: "\x00\b\v\f\x0e\x7f", line: `\u0000\u0008\u000B\u000C\u000E\u007F`},
		{name: "C1", in: "\u0080\u009b2J\u009d\u009f\u00a0", line: `\u0080\u009B2J\u009D\u009F` + "\u00a0"},
		{name: "C1 as a single byte", in: "\x9b2J", line: "\ufffd2J"},
		{name: "not UTF-8", in: "a\xff\xe3\x81b", line: "a\ufffd\ufffd\ufffdb"},
		{name: "carriage returns", in: "over\rwritten\r\r\n.", line: `over\rwritten\r\r\n.`, screen: `over\rwritten\r` + "\r\n."},
		{name: "embedding and override", in: "\u202eevil\u202c \u202a\u202b\u202d", line: `\u202Eevil\u202C \u202A\u202B\u202D`},
		{name: "isolates", in: "\u2066x\u2069\u2067\u2068", line: `\u2066x\u2069\u2067\u2068`},
		{name: "right-to-left text", in: "שלום\u200f!", line: "שלום\u200f!"},
		{name: "CJK, emoji, combining", in: "日本👩\u200d👩\u200d👧 e\u0301", line: "日本👩\u200d👩\u200d👧 e\u0301"},
	}
}

func TestSanitize(t *testing.T) {
	for _, tt := range sanitizeCases() {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.line, text.Sanitize(tt.in)); diff != "" {
				t.Errorf("Sanitize (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff("> "+tt.line, string(text.AppendSanitized([]byte("> "), []byte(tt.in)))); diff != "" {
				t.Errorf("AppendSanitized (-want +got):\n%s", diff)
			}
			screen := tt.screen
			if screen == "" {
				screen = tt.line
			}
			got, rest := text.AppendScreen([]byte("> "), []byte(tt.in))
			if diff := cmp.Diff("> "+screen, string(got)); diff != "" || len(rest) > 0 {
				t.Errorf("AppendScreen (-want +got):\n%s\nrest: %q", diff, rest)
			}
		})
	}
}

func TestAppendScreenRest(t *testing.T) {
	for _, tt := range []struct{ in, want, rest string }{
		{"a\r", "a", "\r"},
		{"日\xe6\x9c", "日", "\xe6\x9c"},
		{"\xf0\x9f\x91", "", "\xf0\x9f\x91"},
		{"\x1b\r", `\u001B`, "\r"},
		{"a\xff", "a\ufffd", ""}, // no character starts with 0xff
	} {
		got, rest := text.AppendScreen(nil, []byte(tt.in))
		if string(got) != tt.want || string(rest) != tt.rest {
			t.Errorf("%q: got %q with rest %q, want %q with rest %q", tt.in, got, rest, tt.want, tt.rest)
		}
	}
}

func FuzzSanitize(f *testing.F) {
	for _, c := range sanitizeCases() {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line := text.Sanitize(s)
		if strings.ContainsFunc(line, text.IsUnsafe) || !utf8.ValidString(line) {
			t.Errorf("Sanitize(%q) = %q", s, line)
		}
		if again := text.Sanitize(line); again != line {
			t.Errorf("%q: sanitizing twice changed %q to %q", s, line, again)
		}
		for cells := range 12 {
			if cut := text.Truncate(s, cells); text.Width(cut) > cells {
				t.Errorf("Truncate(%q, %d) = %q", s, cells, cut)
			}
		}
	})
}
