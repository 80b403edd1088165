package tui

import "testing"

func TestRemoveModes(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		"plain > u":                  "plain > u",
		"\x1b[31mred\x1b[m\x1b[?25h": "\x1b[31mred\x1b[m\x1b[?25h",
		"a\x1b[>4;2mb\x1b[>4mc":      "abc",
		"\x1b[>1u\x1b[?u\x1b[<1u":    "",
		"x\x1b[=1;1uy\x1b[<u":        "xy",
		"\x1b[?2026$p\x1b[?2027$pz":  "z",
		"\x1b[?2004h\x1b[u\x1b[2K":   "\x1b[?2004h\x1b[u\x1b[2K",
		"\x1b[2 qa\x1b[0 q":          "a",
		"cut\x1b[>4;":                "cut\x1b[>4;",
		"\x1b[":                      "\x1b[",
	} {
		if got := string(removeModes([]byte(in))); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
