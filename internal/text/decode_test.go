package text_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/td-cli/td/internal/text"
)

func TestDecode(t *testing.T) {
	for _, tt := range []struct{ name, in, want, err string }{
		{"empty", "", "", ""},
		{"UTF-8", "SELECT '日本'\r\n", "SELECT '日本'\r\n", ""},
		{"UTF-8 with mark", "\ufeffSELECT 1", "SELECT 1", ""},
		{"U+FFFD", "a\ufffd", "a\ufffd", ""},
		{"UTF-16LE", "\xff\xfeS\x00\xe5\x65=\xd8\x00\xde\n\x00", "S日😀\n", ""},
		{"UTF-16BE", "\xfe\xff\x00S\x65\xe5\xd8=\xde\x00\x00\n", "S日😀\n", ""},
		{"UTF-16, empty", "\xff\xfe", "", ""},
		{"Latin-1", "SELECT 1\n-- caf\xe9\n", "", "not UTF-8: invalid byte 0xe9 in line 2"},
		{"UTF-16 without mark", "S\x00E\x00", "", "not text: NUL in line 1"},
		{"truncated UTF-8", "a\xe6\x97", "", "not UTF-8: invalid byte 0xe6 in line 1"},
		{"truncated UTF-16", "\xff\xfeS\x00E", "", "not UTF-16: the last character is incomplete"},
		{"first half of a pair", "\xff\xfe\n\x00=\xd8S\x00", "", "not UTF-16: unpaired surrogate in line 2"},
		{"first half at the end", "\xff\xfe=\xd8", "", "not UTF-16: unpaired surrogate in line 1"},
		{"second half of a pair", "\xff\xfe\x00\xdeS\x00", "", "not UTF-16: unpaired surrogate in line 1"},
		{"UTF-16 with NUL", "\xfe\xff\x00\x00", "", "not text: NUL in line 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := text.Decode([]byte(tt.in))
			if got != tt.want || (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
				t.Errorf("got %q, %v, want %q, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\ufeffa日"))
	f.Add([]byte("\xff\xfea\x00"))
	f.Add([]byte("\xfe\xff\xd8=\xde\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := text.Decode(b)
		if err != nil && s != "" || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			t.Errorf("%q: %q, %v", b, s, err)
		}
		if utf8.Valid(b) && err != nil && !strings.Contains(string(b), "\x00") {
			t.Errorf("%q: %v", b, err)
		}
	})
}
