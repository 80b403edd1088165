package text

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Decode returns the text of a file that is UTF-8, or UTF-8 or UTF-16 with a byte
// order mark (https://www.unicode.org/faq/utf_bom.html). It removes the mark. The
// error for invalid text names the first invalid byte and its line.
func Decode(b []byte) (string, error) {
	switch {
	case len(b) >= 2 && b[0] == 0xff && b[1] == 0xfe:
		return decodeUTF16(b[2:], binary.LittleEndian)
	case len(b) >= 2 && b[0] == 0xfe && b[1] == 0xff:
		return decodeUTF16(b[2:], binary.BigEndian)
	}
	s := strings.TrimPrefix(string(b), "\ufeff")
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return "", fmt.Errorf("not UTF-8: invalid byte 0x%02x in line %d", s[i], 1+strings.Count(s[:i], "\n"))
		}
		if r == 0 {
			return "", fmt.Errorf("not text: NUL in line %d", 1+strings.Count(s[:i], "\n"))
		}
		i += n
	}
	return s, nil
}

func decodeUTF16(b []byte, order binary.ByteOrder) (string, error) {
	if len(b)%2 != 0 {
		return "", errors.New("not UTF-16: the last character is incomplete")
	}
	var s strings.Builder
	for len(b) > 0 {
		r := rune(order.Uint16(b))
		b = b[2:]
		if utf16.IsSurrogate(r) {
			if len(b) > 0 {
				r = utf16.DecodeRune(r, rune(order.Uint16(b)))
				b = b[2:]
			}
			if r == utf8.RuneError || utf16.IsSurrogate(r) {
				return "", fmt.Errorf("not UTF-16: unpaired surrogate in line %d", 1+strings.Count(s.String(), "\n"))
			}
		}
		if r == 0 {
			return "", fmt.Errorf("not text: NUL in line %d", 1+strings.Count(s.String(), "\n"))
		}
		s.WriteRune(r)
	}
	return s.String(), nil
}
