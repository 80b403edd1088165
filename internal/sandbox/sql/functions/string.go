package functions

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxText limits the length of text created by repeating and padding.
const maxText = 1 << 24

// stringFunctions returns the functions over text. See
// https://trino.io/docs/current/functions/string.html.
func stringFunctions() []Scalar {
	return []Scalar{
		newTextScalar("f_lower", func(s string) any { return strings.ToLower(s) }),
		newTextScalar("f_upper", func(s string) any { return strings.ToUpper(s) }),
		newScalar("f_substr", 2, 3, func(a []any) (any, error) { return substr(a, false) }),
		newScalar("f_length", 1, 1, func(a []any) (any, error) { return int64(utf8.RuneCountInString(toText(a[0]))), nil }),
		newScalar("f_trim", 1, 2, trimWith(strings.TrimFunc)),
		newScalar("f_ltrim", 1, 2, trimWith(strings.TrimLeftFunc)),
		newScalar("f_rtrim", 1, 2, trimWith(strings.TrimRightFunc)),
		newScalar("f_replace", 2, 3, replace),
		newScalar("f_reverse", 1, 1, func(a []any) (any, error) { return reverse(toText(a[0])), nil }),
		newScalar("f_array_reverse", 1, 1, func(a []any) (any, error) {
			values, err := toArray(a[0])
			if err != nil {
				return nil, err
			}
			for i, j := 0, len(values)-1; i < j; i, j = i+1, j-1 {
				values[i], values[j] = values[j], values[i]
			}
			return JSON(values), nil
		}),
		newScalar("f_lpad", 3, 3, func(a []any) (any, error) { return pad(a, true, false) }),
		newScalar("f_rpad", 3, 3, func(a []any) (any, error) { return pad(a, false, false) }),
		newScalar("f_strpos", 2, 3, findOccurrence),
		newScalar("f_starts_with", 2, 2, func(a []any) (any, error) { return strings.HasPrefix(toText(a[0]), toText(a[1])), nil }),
		newScalar("f_chr", 1, 1, func(a []any) (any, error) {
			n, err := toInteger(a[0])
			if err != nil {
				return nil, err
			}
			if n < 0 || n > unicode.MaxRune || n >= 0xd800 && n < 0xe000 {
				return nil, dataError("Not a valid Unicode code point: %d", n)
			}
			return string(rune(n)), nil
		}),
		newScalar("f_codepoint", 1, 1, func(a []any) (any, error) {
			c, n := utf8.DecodeRuneInString(toText(a[0]))
			if n == 0 || n != len(toText(a[0])) {
				return nil, dataError("Input string must be a single character string")
			}
			return int64(c), nil
		}),
		newScalar("f_translate", 3, 3, func(a []any) (any, error) {
			return translate(toText(a[0]), []rune(toText(a[1])), []rune(toText(a[2]))), nil
		}),
		newNullScalar("f_concat_ws", 1, -1, joinNonNull),
		newScalar("f_normalize", 1, 2, normalize),
		newScalar("f_to_utf8", 1, 1, func(a []any) (any, error) { return []byte(toText(a[0])), nil }),
		newScalar("f_from_utf8", 1, 2, func(a []any) (any, error) {
			with := "\ufffd"
			if len(a) == 2 {
				if with = toText(a[1]); utf8.RuneCountInString(with) > 1 {
					return nil, dataError("Replacement character string must empty or a single character")
				}
			}
			return replaceInvalidUTF8(toText(a[0]), with), nil
		}),
	}
}

// substr counts characters from 1, or from the end if start is negative. The result is empty if
// start is before the text. Hive treats 0 as 1.
func substr(a []any, hive bool) (any, error) {
	start, err := toCount(a[1])
	if err != nil {
		return nil, err
	}
	if hive && start == 0 {
		start = 1
	}
	s := []rune(toText(a[0]))
	n := len(s)
	if len(a) == 3 {
		if n, err = toCount(a[2]); err != nil {
			return nil, err
		}
	}
	if start < 0 {
		start += len(s) + 1
	}
	if start < 1 || start > len(s) || n <= 0 {
		return "", nil
	}
	return string(s[start-1 : min(start-1+n, len(s))]), nil
}

// isSpace reports whether c is white space in Java: not the spaces at which lines do not break.
func isSpace(c rune) bool {
	switch c {
	case '\x1c', '\x1d', '\x1e', '\x1f':
		return true
	case '\u0085', '\u00a0', '\u2007', '\u202f':
		return false
	}
	return unicode.IsSpace(c)
}

// trimControls removes blanks and control characters from both ends, like Java's String.trim.
func trimControls(s string) string { return strings.TrimFunc(s, func(c rune) bool { return c <= ' ' }) }

func trimWith(trim func(string, func(rune) bool) string) func([]any) (any, error) {
	return func(a []any) (any, error) {
		if len(a) == 2 {
			set := toText(a[1])
			return trim(toText(a[0]), func(c rune) bool { return strings.ContainsRune(set, c) }), nil
		}
		return trim(toText(a[0]), isSpace), nil
	}
}

func replace(a []any) (any, error) {
	with := ""
	if len(a) == 3 {
		with = toText(a[2])
	}
	s, find := toText(a[0]), toText(a[1])
	if n := strings.Count(s, find); n*len(with) > maxText {
		return nil, dataError("inputs to \"replace\" function are too large: the result would be longer than %d", maxText)
	}
	return strings.ReplaceAll(s, find, with), nil
}

func reverse(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

// pad extends or truncates a string to n characters. Hive returns null for an empty padding.
func pad(a []any, left, hive bool) (any, error) {
	n, err := toCount(a[1])
	if err != nil {
		return nil, err
	}
	s, fill := []rune(toText(a[0])), []rune(toText(a[2]))
	switch {
	case hive && len(fill) == 0:
		return nil, nil
	case n < 0 || n > maxText:
		return nil, dataError("Target length must be in the range [0..%d]", maxText)
	case len(fill) == 0:
		return nil, dataError("Padding string must not be empty")
	case n <= len(s):
		return string(s[:n]), nil
	}
	padding := make([]rune, n-len(s))
	for i := range padding {
		padding[i] = fill[i%len(fill)]
	}
	if left {
		return string(padding) + string(s), nil
	}
	return string(s) + string(padding), nil
}

// findOccurrence implements strpos: the position of the nth occurrence, counted from the end if n
// is negative.
func findOccurrence(a []any) (any, error) {
	s, sub, n := toText(a[0]), toText(a[1]), 1
	if len(a) == 3 {
		var err error
		if n, err = toCount(a[2]); err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, dataError("'instance' must not be a positive or negative number.")
		}
	}
	if sub == "" {
		return int64(1), nil
	}
	at := -1
	for ; n > 0; n-- {
		next := strings.Index(s[at+1:], sub)
		if next < 0 {
			return int64(0), nil
		}
		at += 1 + next
	}
	for end := len(s); n < 0; n++ {
		if at = strings.LastIndex(s[:end], sub); at < 0 {
			return int64(0), nil
		}
		end = at + len(sub) - 1
	}
	return int64(utf8.RuneCountInString(s[:at])) + 1, nil
}

// translate replaces single characters; characters without a counterpart are removed.
func translate(s string, from, to []rune) string {
	table := map[rune]rune{}
	for i, c := range from {
		if _, ok := table[c]; ok {
			continue
		}
		table[c] = -1
		if i < len(to) {
			table[c] = to[i]
		}
	}
	return strings.Map(func(c rune) rune {
		if t, ok := table[c]; ok {
			return t
		}
		return c
	}, s)
}

// joinNonNull implements concat_ws, which skips nulls.
func joinNonNull(a []any) (any, error) {
	if a[0] == nil {
		return nil, nil
	}
	var parts []string
	for _, v := range a[1:] {
		if v != nil {
			parts = append(parts, toText(v))
		}
	}
	return strings.Join(parts, toText(a[0])), nil
}

func normalize(a []any) (any, error) {
	form := "NFC"
	if len(a) == 2 {
		form = toText(a[1])
	}
	switch strings.ToUpper(form) {
	case "NFC":
		return norm.NFC.String(toText(a[0])), nil
	case "NFD":
		return norm.NFD.String(toText(a[0])), nil
	case "NFKC":
		return norm.NFKC.String(toText(a[0])), nil
	case "NFKD":
		return norm.NFKD.String(toText(a[0])), nil
	}
	return nil, dataError("Normalization form must be one of [NFD, NFC, NFKD, NFKC]")
}

// replaceInvalidUTF8 replaces each invalid sequence of bytes. A sequence ends before the first byte that
// cannot continue it; one that encodes no character, such as a surrogate, is a single sequence.
func replaceInvalidUTF8(s, with string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		c, n := utf8.DecodeRuneInString(s[i:])
		if c != utf8.RuneError || n > 1 {
			b.WriteString(s[i : i+n])
			i += n
			continue
		}
		length := 1
		switch {
		case s[i] >= 0xc0 && s[i] < 0xe0:
			length = 2
		case s[i] >= 0xe0 && s[i] < 0xf0:
			length = 3
		case s[i] >= 0xf0 && s[i] < 0xf8:
			length = 4
		}
		end := i + 1
		for end < len(s) && end < i+length && s[end]&0xc0 == 0x80 {
			end++
		}
		b.WriteString(with)
		i = end
	}
	return b.String()
}
