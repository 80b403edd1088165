package functions

import (
	"strings"
	"unicode/utf8"
)

func splits() []Scalar {
	return []Scalar{
		fn("f_split", 2, 3, func(a []any) (any, error) {
			s, sep, limit := text(a[0]), text(a[1]), -1
			if len(a) == 3 {
				var err error
				if limit, err = count(a[2]); err != nil {
					return nil, err
				}
				if limit <= 0 {
					return nil, dataError("Limit must be positive")
				}
			}
			if sep == "" {
				return nil, dataError("The delimiter may not be the empty string")
			}
			return textArray(strings.SplitN(s, sep, limit)), nil
		}),
		fn("f_split_part", 3, 3, func(a []any) (any, error) {
			n, err := count(a[2])
			if err != nil {
				return nil, err
			}
			if n <= 0 {
				return nil, dataError("Index must be greater than zero")
			}
			s, sep := text(a[0]), text(a[1])
			if sep == "" {
				return nil, dataError("The delimiter may not be the empty string")
			}
			for ; n > 1; n-- {
				var ok bool
				if _, s, ok = strings.Cut(s, sep); !ok {
					return nil, nil
				}
			}
			part, _, _ := strings.Cut(s, sep)
			return part, nil
		}),
		fn("f_split_to_map", 3, 3, func(a []any) (any, error) {
			var o Object
			seen := map[string]bool{}
			err := entries(a, func(k, v string) error {
				if seen[k] {
					return dataError("Duplicate keys (%s) are not allowed", clip(k))
				}
				seen[k] = true
				o = append(o, Member{k, v})
				return nil
			})
			return JSON(o), err
		}),
		fn("f_split_to_multimap", 3, 3, func(a []any) (any, error) {
			var g groups
			err := entries(a, func(k, v string) error {
				g.add(k, v)
				return nil
			})
			return JSON(g.object()), err
		}),
		fn("h_str_to_map", 1, 3, func(a []any) (any, error) {
			entrySep, keySep := ",", ":"
			if len(a) > 1 {
				entrySep = text(a[1])
			}
			if len(a) > 2 {
				keySep = text(a[2])
			}
			o := Object{}
			for _, entry := range strings.Split(text(a[0]), entrySep) {
				k, v, ok := strings.Cut(entry, keySep)
				if !ok {
					o = o.with(k, nil)
					continue
				}
				o = o.with(k, v)
			}
			return JSON(o), nil
		}),
	}
}

func textArray(parts []string) string {
	b := []byte{'['}
	for i, p := range parts {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, p)
	}
	return string(append(b, ']'))
}

// entries calls f for every key and value of a text such as a=1;b=2.
func entries(a []any, f func(key, value string) error) error {
	s, entrySep, keySep := text(a[0]), text(a[1]), text(a[2])
	switch {
	case entrySep == "":
		return dataError("entryDelimiter is empty")
	case keySep == "":
		return dataError("keyValueDelimiter is empty")
	case entrySep == keySep:
		return dataError("entryDelimiter and keyValueDelimiter must not be the same")
	}
	for s != "" {
		var entry string
		entry, s, _ = strings.Cut(s, entrySep)
		k, v, ok := strings.Cut(entry, keySep)
		if !ok || strings.Contains(v, keySep) {
			return dataError("Key-value delimiter must appear exactly once in each entry. Bad input: '%s'", clip(entry))
		}
		if err := f(k, v); err != nil {
			return err
		}
	}
	return nil
}

// A groups collects values by key, in the order of their first appearance.
type groups struct {
	index map[string]int
	all   Object
}

func (g *groups) add(key string, v any) {
	if g.index == nil {
		g.index = map[string]int{}
	}
	i, ok := g.index[key]
	if !ok {
		i = len(g.all)
		g.index[key] = i
		g.all = append(g.all, Member{key, []any{}})
	}
	values, _ := g.all[i].Value.([]any)
	g.all[i].Value = append(values, v)
}

func (g *groups) object() Object { return g.all }

func similarity() []Scalar {
	return []Scalar{
		fn("f_levenshtein_distance", 2, 2, func(a []any) (any, error) {
			x, y := []rune(text(a[0])), []rune(text(a[1]))
			if len(x)*len(y) > 1_000_000 {
				return nil, dataError("The combined inputs for Levenshtein distance are too large")
			}
			return int64(levenshtein(x, y)), nil
		}),
		fn("f_hamming_distance", 2, 2, func(a []any) (any, error) {
			x, y := []rune(text(a[0])), []rune(text(a[1]))
			if len(x) != len(y) {
				return nil, dataError("The input strings to hamming_distance function must have the same length")
			}
			n := int64(0)
			for i := range x {
				if x[i] != y[i] {
					n++
				}
			}
			return n, nil
		}),
		ofText("f_soundex", func(s string) any { return soundex(s) }),
	}
}

func levenshtein(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// soundex is a letter and three digits: vowels part equal codes, H and W do not.
func soundex(s string) string {
	const codes = "01230120022455012623010202"
	var b []byte
	last := byte('0')
	for _, c := range strings.ToUpper(s) {
		if c < 'A' || c > 'Z' {
			continue
		}
		code := codes[c-'A']
		switch {
		case b == nil:
			b = append(b, byte(c))
		case code != '0' && code != last:
			b = append(b, code)
		}
		if c != 'H' && c != 'W' {
			last = code
		}
		if len(b) == 4 {
			break
		}
	}
	for b != nil && len(b) < 4 {
		b = append(b, '0')
	}
	return string(b)
}

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
			i := strings.Index(rest, sub)
			if i < 0 {
				return int64(0), nil
			}
			return int64(from + utf8.RuneCountInString(rest[:i])), nil
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
