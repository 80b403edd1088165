package functions

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// hiveStringFunctions returns the text functions of Hive that differ from Trino's. See
// https://hive.apache.org/docs/latest/language/languagemanual-udf/.
func hiveStringFunctions() []Scalar {
	return []Scalar{
		newScalar("h_like", 2, 2, func(a []any) (any, error) { return matchHiveLike(toText(a[0]), toText(a[1])), nil }),
		newTextScalar("h_lower", func(s string) any { return cases.Lower(language.Und).String(s) }),
		newTextScalar("h_upper", func(s string) any { return cases.Upper(language.Und).String(s) }),
		newTextScalar("h_initcap", func(s string) any { return capitalizeWords(s) }),
		newScalar("h_substr", 2, 3, func(a []any) (any, error) { return substr(a, true) }),
		newScalar("h_substring_index", 3, 3, cutAtSeparator),
		newScalar("h_instr", 2, 2, findOccurrence),
		newScalar("h_locate", 2, 3, locate),
		newScalar("h_find_in_set", 2, 2, func(a []any) (any, error) {
			for i, part := range strings.Split(toText(a[1]), ",") {
				if part == toText(a[0]) {
					return int64(i + 1), nil
				}
			}
			return int64(0), nil
		}),
		newScalar("h_repeat", 2, 2, func(a []any) (any, error) {
			n, err := toCount(a[1])
			if err != nil {
				return nil, err
			}
			s := toText(a[0])
			if n > 0 && len(s) > maxText/n {
				return nil, dataError("the result of repeat is too long")
			}
			return strings.Repeat(s, max(n, 0)), nil
		}),
		newScalar("h_space", 1, 1, func(a []any) (any, error) {
			n, err := toCount(a[0])
			return strings.Repeat(" ", max(0, min(n, maxText))), err
		}),
		newTextScalar("h_ascii", func(s string) any { // the first byte, signed
			if s == "" {
				return int64(0)
			}
			return int64(int8(s[0]))
		}),
		newScalar("h_chr", 1, 1, func(a []any) (any, error) {
			if x, ok := a[0].(float64); ok {
				a[0] = saturate(x, true)
			}
			n, err := toInteger(a[0])
			if err != nil || n < 0 {
				return "", err
			}
			return string(rune(n % 256)), nil
		}),
		newTextScalar("h_trim", func(s string) any { return strings.Trim(s, " ") }),
		newTextScalar("h_ltrim", func(s string) any { return strings.TrimLeft(s, " ") }),
		newTextScalar("h_rtrim", func(s string) any { return strings.TrimRight(s, " ") }),
		newTextScalar("h_char_length", func(s string) any { return int64(utf8.RuneCountInString(s)) }),
		newTextScalar("h_octet_length", func(s string) any { return int64(len(s)) }),
		newNullScalar("h_elt", 1, -1, func(a []any) (any, error) {
			if a[0] == nil {
				return nil, nil
			}
			n, err := toCount(a[0])
			if err != nil || n < 1 || n >= len(a) {
				return nil, err
			}
			return a[n], nil
		}),
		newNullScalar("h_field", 1, -1, func(a []any) (any, error) {
			for i, v := range a[1:] {
				if a[0] != nil && v != nil && toText(v) == toText(a[0]) {
					return int64(i + 1), nil
				}
			}
			return int64(0), nil
		}),
		newScalar("h_lpad", 3, 3, func(a []any) (any, error) { return pad(a, true, true) }),
		newScalar("h_rpad", 3, 3, func(a []any) (any, error) { return pad(a, false, true) }),
		newNullScalar("h_concat_ws", 2, -1, joinHive),
		newScalar("h_substr_binary", 2, 3, substrBinary),
	}
}

// locate implements locate(substring, text[, start]): positions count from 1; 0 means that text does not contain substring.
func locate(a []any) (any, error) {
	s, sub := []rune(toText(a[1])), toText(a[0])
	from := 1
	if len(a) == 3 {
		var err error
		if from, err = toCount(a[2]); err != nil {
			return nil, err
		}
	}
	if from < 1 || from > len(s)+1 {
		return int64(0), nil
	}
	rest := string(s[from-1:])
	before, _, ok := strings.Cut(rest, sub)
	if !ok {
		return int64(0), nil
	}
	return int64(from + utf8.RuneCountInString(before)), nil
}

// capitalizeWords capitalizes the first letter of every word and lowers the others.
func capitalizeWords(s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		_, n := utf8.DecodeRuneInString(w)
		words[i] = strings.ToUpper(w[:n]) + strings.ToLower(w[n:])
	}
	return strings.Join(words, " ")
}

func cutAtSeparator(a []any) (any, error) {
	s, sep := toText(a[0]), toText(a[1])
	n, err := toCount(a[2])
	if err != nil || sep == "" || n == 0 {
		return "", err
	}
	parts := strings.Split(s, sep)
	if n > 0 {
		return strings.Join(parts[:min(n, len(parts))], sep), nil
	}
	return strings.Join(parts[max(0, len(parts)+n):], sep), nil
}

// joinHive implements concat_ws: the separator, a letter for each further argument, and these: t for a text and a for an
// array. NULL is omitted, except in an array.
func joinHive(a []any) (any, error) {
	if a[0] == nil {
		return nil, nil
	}
	separator, kinds := toText(a[0]), toText(a[1])
	var parts []string
	for i, v := range a[2:] {
		if v == nil {
			continue
		}
		if i >= len(kinds) || kinds[i] != 'a' {
			parts = append(parts, toText(v))
			continue
		}
		list, err := toArray(v)
		if err != nil {
			return nil, err
		}
		texts := make([]string, len(list))
		for k, e := range list {
			texts[k] = "null"
			if e != nil {
				texts[k] = toText(fromElement(e))
			}
		}
		parts = append(parts, strings.Join(texts, separator))
	}
	return strings.Join(parts, separator), nil
}

// substrBinary implements substr of a binary.
func substrBinary(a []any) (any, error) {
	b := toText(a[0])
	from, err := toCount(a[1])
	if err != nil {
		return nil, err
	}
	length := len(b)
	if len(a) == 3 {
		if length, err = toCount(a[2]); err != nil {
			return nil, err
		}
	}
	switch {
	case from > 0:
		from--
	case from < 0:
		from += len(b)
	}
	if from < 0 || from >= len(b) || length <= 0 {
		return []byte{}, nil
	}
	return []byte(b[from:min(len(b), from+length)]), nil
}
