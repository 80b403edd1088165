package functions

import (
	"strings"
	"unicode/utf8"
)

func hiveStrings() []Scalar {
	return []Scalar{
		ofText("h_initcap", func(s string) any { return initcap(s) }),
		fn("h_substr", 2, 3, func(a []any) (any, error) { return substr(a, true) }),
		fn("h_substring_index", 3, 3, substringIndex),
		fn("h_instr", 2, 2, strpos),
		fn("h_locate", 2, 3, func(a []any) (any, error) {
			s, sub := []rune(text(a[1])), text(a[0])
			from := 1
			if len(a) == 3 {
				var err error
				if from, err = count(a[2]); err != nil {
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
		}),
		fn("h_find_in_set", 2, 2, func(a []any) (any, error) {
			for i, part := range strings.Split(text(a[1]), ",") {
				if part == text(a[0]) {
					return int64(i + 1), nil
				}
			}
			return int64(0), nil
		}),
		fn("h_repeat", 2, 2, func(a []any) (any, error) {
			n, err := count(a[1])
			if err != nil {
				return nil, err
			}
			s := text(a[0])
			if n > 0 && len(s) > maxText/n {
				return nil, dataError("the result of repeat is too long")
			}
			return strings.Repeat(s, max(n, 0)), nil
		}),
		fn("h_space", 1, 1, func(a []any) (any, error) {
			n, err := count(a[0])
			return strings.Repeat(" ", max(0, min(n, maxText))), err
		}),
		ofText("h_ascii", func(s string) any {
			c, n := utf8.DecodeRuneInString(s)
			if n == 0 {
				return int64(0)
			}
			return int64(c)
		}),
		fnNull("h_elt", 1, -1, func(a []any) (any, error) {
			if a[0] == nil {
				return nil, nil
			}
			n, err := count(a[0])
			if err != nil || n < 1 || n >= len(a) {
				return nil, err
			}
			return a[n], nil
		}),
		fnNull("h_field", 1, -1, func(a []any) (any, error) {
			for i, v := range a[1:] {
				if a[0] != nil && v != nil && text(v) == text(a[0]) {
					return int64(i + 1), nil
				}
			}
			return int64(0), nil
		}),
		fn("h_lpad", 3, 3, func(a []any) (any, error) { return pad(a, true, true) }),
		fn("h_rpad", 3, 3, func(a []any) (any, error) { return pad(a, false, true) }),
		fnNull("h_concat_ws", 1, -1, concatWS),
		fnNull("h_printf", 1, -1, javaFormat),
	}
}

// initcap begins every word large and goes on small.
func initcap(s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		_, n := utf8.DecodeRuneInString(w)
		words[i] = strings.ToUpper(w[:n]) + strings.ToLower(w[n:])
	}
	return strings.Join(words, " ")
}

func substringIndex(a []any) (any, error) {
	s, sep := text(a[0]), text(a[1])
	n, err := count(a[2])
	if err != nil || sep == "" || n == 0 {
		return "", err
	}
	parts := strings.Split(s, sep)
	if n > 0 {
		return strings.Join(parts[:min(n, len(parts))], sep), nil
	}
	return strings.Join(parts[max(0, len(parts)+n):], sep), nil
}
