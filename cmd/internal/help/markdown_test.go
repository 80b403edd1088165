package help

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRenderText(t *testing.T) {
	for _, tt := range []struct{ name, markdown, want string }{
		{"paragraph", "one\ntwo\n", "one two\n"},
		{"wrapped", strings.Repeat("1234567 ", 11), strings.Repeat("1234567 ", 10)[:79] + "\n1234567\n"},
		{"heading", "## Keys\n\ntext", "Keys\n\ntext\n"},
		{"code", "Run:\n\n    td a \\\n      `b`\n", "Run:\n\n    td a \\\n      `b`\n"},
		{"code span", "see `td help x` or `-f`", "see 'td help x' or -f\n"},
		{"unbroken code span", strings.Repeat("x", 70) + " `td help config`", strings.Repeat("x", 70) + "\n'td help config'\n"},
		{"code span over lines", "see `td\nhelp`", "see 'td help'\n"},
		{"unclosed code span", "a `b", "a b\n"},
		{"escapes", `\[a] \*b\* c\d \\n`, "[a] *b* c\\d \\n\n"},
		{"definitions", "user\n: the owner\n\nTD_A, TD_B\n: a\n  b\n", "  user\n       the owner\n  TD_A, TD_B\n       a b\n"},
		{"short terms", "0\n: success\n\n128\n: signal\n", "  0    success\n  128  signal\n"},
		{"text after definitions", "a\n: b\n\ntext\n\n    code\n", "  a    b\n\ntext\n\n    code\n"},
	} {
		if diff := cmp.Diff(tt.want, renderText(tt.markdown)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestEscapeMarkdown(t *testing.T) {
	for _, s := range []string{"", "plain", `a\b`, "[x] *y* `z` #1 1. <a> ~/.td & |", "日本…"} {
		if got := strings.TrimSuffix(renderText(EscapeMarkdown(s)), "\n"); got != s {
			t.Errorf("%q is rendered as %q", s, got)
		}
	}
}
