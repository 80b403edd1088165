package text_test

import (
	"testing"

	"github.com/td-cli/td/internal/text"
)

func TestWidth(t *testing.T) {
	// The result must not depend on the locale.
	t.Setenv("LC_ALL", "ja_JP.UTF-8")
	t.Setenv("RUNEWIDTH_EASTASIAN", "1")
	for s, want := range map[string]int{
		"":                                     0,
		"plain text":                           10,
		"日本":                                   4,
		"ｶﾅ":                                   2, // half-width
		"e\u0301":                              1,
		"👩\u200d👩\u200d👧":                      2,
		"👧🏽":                                   2, // skin tone
		"a🏽":                                   3, // no emoji
		"🧑🏽\u200d🚀":                            2,
		"❤\ufe0f\u200d🔥":                       2,
		"👩\u200d⚕\ufe0f":                       2,
		"👩\u200d日":                             4,
		"🏴\U000e0067\U000e007f":                2,
		"🇯🇵":                                   2,
		"🇯🇵🇺🇸":                                 4,
		"🇯":                                    1,
		"\u1112\u1161\u11ab\u1100\u1173\u11af": 4, // decomposed Hangul
		"한글":                                   4,
		"1\ufe0f\u20e3":                        1,
		"कि":                                   2,
		"a\u00adb":                             2, // soft hyphen
		"\x80\t日\x1b":                          3, // invalid byte, control characters
		"─│…":                                  3, // ambiguous width
		"\u200f":                               0,
		"0123456789 and some more 日本":          29,
	} {
		if got := text.Width(s); got != want {
			t.Errorf("Width(%q) = %d, want %d", s, got, want)
		}
		if got := text.WidthBytes([]byte(s)); got != want {
			t.Errorf("WidthBytes(%q) = %d, want %d", s, got, want)
		}
	}
	for r, want := range map[rune]int{'a': 1, '日': 2, '\u0301': 0, '…': 1} {
		if got := text.RuneWidth(r); got != want {
			t.Errorf("RuneWidth(%q) = %d, want %d", r, got, want)
		}
	}
}

func TestTruncate(t *testing.T) {
	for _, tt := range []struct {
		in    string
		cells int
		want  string
	}{
		{"all of it", 9, "all of it"},
		{"all of it", 8, "all of …"},
		{"東京都", 6, "東京都"},
		{"東京都", 5, "東京…"},
		{"東京都", 4, "東…"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
		{"👩\u200d👩\u200d👧👩\u200d👩\u200d👧", 3, "👩\u200d👩\u200d👧…"},
		{"🇯🇵🇺🇸", 3, "🇯🇵…"},
		{"\x1b[2J", 80, `\u001B[2J`},
		{"two\nlines", 80, `two\nlines`},
		{"anything", 1, "…"},
		{"anything", 0, ""},
		{"anything", -3, ""},
	} {
		if got := text.Truncate(tt.in, tt.cells); got != tt.want {
			t.Errorf("Truncate(%q, %d) = %q, want %q", tt.in, tt.cells, got, tt.want)
		}
	}
}

// TestIsPrintable puts each byte at each position of a text that is checked
// eight bytes at a time.
func TestIsPrintable(t *testing.T) {
	for b := range 256 {
		want := b >= ' ' && b < 0x7f
		for _, length := range []int{1, 8, 19} {
			for i := range length {
				s := []byte("abcdefghijklmnopqrstuvwxyz")[:length]
				s[i] = byte(b)
				if got := text.IsPrintable(s); got != want {
					t.Errorf("IsPrintable(%q) = %v", s, got)
				}
			}
		}
	}
}
