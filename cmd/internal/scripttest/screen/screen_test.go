package screen

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScreen(t *testing.T) {
	for _, tt := range []struct{ name, written, want string }{
		{"text", "ab\r\n日c", "ab|日c||"},
		{"a long line wraps", "123456", "12345|6||"},
		{"scrolling", "1\r\n2\r\n3\r\n4\r\n5", "2|3|4|5"},
		{"positions", "\x1b[2;3Hx\x1b[Hy\x1b[3dz\x1b[5Gw\x1b[A\x1b[2Dv", "y|  v| z  w|"},
		{"erase", "12345\r\n12345\r\n12345\x1b[2;3H\x1b[1K\x1b[1;2H\x1b[K\x1b[3;2H\x1b[2X", "1|   45|1  45|"},
		{"erase below", "a\r\nb\r\nc\x1b[2H\x1b[J", "a|||"},
		{"insert and delete", "abcde\r\x1b[2P\x1b[4G\x1b[@", "cde||||"},
		{"lines", "1\r\n2\r\n3\x1b[2H\x1b[L\x1b[4H\x1b[M", "1||2|"},
		{"region", "1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[3H\n\x1b[r", "1|3||4"},
		{"reverse line feed", "1\r\n2\x1b[H\x1bM0", "0|1|2|"},
		{"repetition", "a\x1b[3b", "aaaa|||"},
		{"alternate", "main\x1b[?1049hx\x1b[?1049l", "main|||"},
		{"in parts", "\x1b[3;", "|||"},
	} {
		s := New(5, 4)
		for _, b := range []byte(tt.written) {
			_, _ = s.Write([]byte{b})
		}
		want := strings.ReplaceAll(tt.want, "|", "\n") + "\n"
		if strings.Count(want, "\n") > 4 {
			want = want[:len(want)-1]
		}
		if diff := cmp.Diff(want, s.String()); diff != "" || s.Unknown() != nil {
			t.Errorf("%s: %s%q", tt.name, diff, s.Unknown())
		}
	}
	s := New(5, 1)
	_, _ = s.Write([]byte("a\x1b[7mb\x1b[mc\x1b[?25l\x1b[?1049h"))
	if s.Inverse() != "" || !s.CursorHidden() || !s.IsAlternate() {
		t.Errorf("%q, hidden %v, alternate %v", s.Inverse(), s.CursorHidden(), s.IsAlternate())
	}
	_, _ = s.Write([]byte("\x1b[?1049l\x1b[5!"))
	if s.Resize(2, 1); s.Inverse() != "b" || s.String() != "ab\n" {
		t.Errorf("%q, %q", s.Inverse(), s.String())
	}
	if _, _ = s.Write([]byte("p\x1b[1y")); s.Unknown() == nil {
		t.Error("an unknown function is not reported")
	}
}
