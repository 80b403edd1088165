package functions

import (
	"strings"
)

// splitFunctions returns the functions that split text.
func splitFunctions() []Scalar {
	return []Scalar{
		newScalar("f_split", 2, 3, func(a []any) (any, error) {
			s, sep, limit := toText(a[0]), toText(a[1]), -1
			if len(a) == 3 {
				var err error
				if limit, err = toCount(a[2]); err != nil {
					return nil, err
				}
				if limit <= 0 {
					return nil, dataError("Limit must be positive")
				}
			}
			if sep == "" {
				return nil, dataError("The delimiter may not be the empty string")
			}
			return formatTextArray(strings.SplitN(s, sep, limit)), nil
		}),
		newScalar("f_split_part", 3, 3, func(a []any) (any, error) {
			n, err := toCount(a[2])
			if err != nil {
				return nil, err
			}
			if n <= 0 {
				return nil, dataError("Index must be greater than zero")
			}
			s, sep := toText(a[0]), toText(a[1])
			if sep == "" { // every character is a part
				if runes := []rune(s); n <= len(runes) {
					return string(runes[n-1]), nil
				}
				return nil, nil
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
		newScalar("f_split_to_map", 3, 3, func(a []any) (any, error) {
			var o Object
			seen := map[string]bool{}
			err := eachKeyValue(a, func(k, v string) error {
				if seen[k] {
					return dataError("Duplicate keys (%s) are not allowed", clip(k))
				}
				seen[k] = true
				o = append(o, Member{k, v})
				return nil
			})
			return JSON(o), err
		}),
		newScalar("f_split_to_multimap", 3, 3, func(a []any) (any, error) {
			var g multimapBuilder
			err := eachKeyValue(a, func(k, v string) error {
				g.add(k, v)
				return nil
			})
			return JSON(g.object()), err
		}),
	}
}

func formatTextArray(parts []string) string {
	b := []byte{'['}
	for i, p := range parts {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, p)
	}
	return string(append(b, ']'))
}

// eachKeyValue calls f for every key and value of a string such as a=1;b=2.
func eachKeyValue(a []any, f func(key, value string) error) error {
	s, entrySep, keySep := toText(a[0]), toText(a[1]), toText(a[2])
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
