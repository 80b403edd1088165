package functions

import (
	"crypto/aes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/runes"
)

// maskFunctions returns Hive's data masking functions, encodings and encryption. See
// https://hive.apache.org/docs/latest/language/languagemanual-udf/.
func maskFunctions() []Scalar {
	part := func(name string, masked func(i, n, length int) bool) Scalar {
		return newNullScalar(name, 1, 5, func(a []any) (any, error) {
			if a[0] == nil {
				return nil, nil
			}
			n := 4
			if len(a) > 1 && a[1] != nil {
				var err error
				if n, err = toCount(a[1]); err != nil {
					return nil, err
				}
			}
			return maskRunes(toText(a[0]), a[min(2, len(a)):], func(i, length int) bool { return masked(i, n, length) }), nil
		})
	}
	return []Scalar{
		newNullScalar("h_mask", 1, 4, func(a []any) (any, error) {
			if a[0] == nil {
				return nil, nil
			}
			return maskRunes(toText(a[0]), a[1:], func(int, int) bool { return true }), nil
		}),
		part("h_mask_first_n", func(i, n, _ int) bool { return i < n }),
		part("h_mask_last_n", func(i, n, length int) bool { return i >= length-n }),
		part("h_mask_show_first_n", func(i, n, _ int) bool { return i >= n }),
		part("h_mask_show_last_n", func(i, n, length int) bool { return i < length-n }),
		newScalar("h_encode", 2, 2, func(a []any) (any, error) {
			charset, ok := findCharset(toText(a[1]))
			if !ok {
				return nil, dataError("unsupported character set '%s'", clip(toText(a[1])))
			}
			b, err := charset.NewEncoder().Bytes([]byte(toText(a[0])))
			if err != nil {
				return nil, dataError("'%s' cannot be encoded in %s", clip(toText(a[0])), toText(a[1]))
			}
			return b, nil
		}),
		newScalar("h_decode", 2, 2, func(a []any) (any, error) {
			charset, ok := findCharset(toText(a[1]))
			if !ok {
				return nil, dataError("unsupported character set '%s'", clip(toText(a[1])))
			}
			b, err := charset.NewDecoder().Bytes([]byte(toText(a[0])))
			if err != nil {
				return nil, dataError("invalid %s text", toText(a[1]))
			}
			return string(b), nil
		}),
		newScalar("h_aes_encrypt", 2, 2, func(a []any) (any, error) { return encryptAES(toText(a[0]), toText(a[1])), nil }),
		newScalar("h_aes_decrypt", 2, 2, func(a []any) (any, error) { return decryptAES(toText(a[0]), toText(a[1])), nil }),
	}
}

// maskRunes replaces letters and digits at the selected positions. The replacements are those for upper-case letters,
// lower-case letters and digits: the first character of each text.
func maskRunes(s string, replacements []any, masked func(i, length int) bool) string {
	with := []rune{'X', 'x', 'n'}
	for i, r := range replacements {
		if i < len(with) && r != nil && toText(r) != "" {
			with[i], _ = utf8.DecodeRuneInString(toText(r))
		}
	}
	runes := []rune(s)
	var b strings.Builder
	for i, c := range runes {
		switch {
		case !masked(i, len(runes)):
			b.WriteRune(c)
		case c >= 'A' && c <= 'Z':
			b.WriteRune(with[0])
		case c >= 'a' && c <= 'z':
			b.WriteRune(with[1])
		case c >= '0' && c <= '9':
			b.WriteRune(with[2])
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

func findCharset(name string) (encoding.Encoding, bool) {
	switch strings.ToUpper(name) {
	case "UTF-8":
		return encoding.Nop, true
	case "US-ASCII":
		return asciiEncoding{}, true
	case "ISO-8859-1":
		return charmap.ISO8859_1, true
	case "UTF-16BE":
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), true
	case "UTF-16LE":
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), true
	case "UTF-16":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), true
	}
	return nil, false
}

// asciiEncoding replaces other characters than those of ASCII, as Java does.
type asciiEncoding struct{}

func (asciiEncoding) NewDecoder() *encoding.Decoder {
	return &encoding.Decoder{Transformer: runes.Map(func(r rune) rune {
		if r > unicode7bit {
			return utf8.RuneError
		}
		return r
	})}
}

func (asciiEncoding) NewEncoder() *encoding.Encoder {
	return &encoding.Encoder{Transformer: runes.Map(func(r rune) rune {
		if r > unicode7bit {
			return '?'
		}
		return r
	})}
}

const unicode7bit = 0x7f

// encryptAES encrypts in ECB mode with PKCS#5 padding, as Hive does; it returns nil for a key that
// does not have 16, 24 or 32 bytes.
func encryptAES(text, key string) any {
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		return nil
	}
	padding := aes.BlockSize - len(text)%aes.BlockSize
	b := append([]byte(text), strings.Repeat(string(rune(padding)), padding)...)
	for i := 0; i < len(b); i += aes.BlockSize {
		block.Encrypt(b[i:i+aes.BlockSize], b[i:i+aes.BlockSize])
	}
	return b
}

// decryptAES is the inverse of encryptAES. It returns nil for text that is not valid.
func decryptAES(text, key string) any {
	block, err := aes.NewCipher([]byte(key))
	if err != nil || len(text)%aes.BlockSize != 0 {
		return nil
	}
	b := []byte(text)
	if len(b) == 0 {
		return b
	}
	for i := 0; i < len(b); i += aes.BlockSize {
		block.Decrypt(b[i:i+aes.BlockSize], b[i:i+aes.BlockSize])
	}
	padding := int(b[len(b)-1])
	if padding < 1 || padding > aes.BlockSize {
		return nil
	}
	return b[:len(b)-padding]
}
