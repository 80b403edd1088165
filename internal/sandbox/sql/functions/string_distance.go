package functions

import (
	"strings"
)

func distanceFunctions() []Scalar {
	return []Scalar{
		newScalar("f_levenshtein_distance", 2, 2, func(a []any) (any, error) {
			x, y := []rune(toText(a[0])), []rune(toText(a[1]))
			if len(x)*len(y) > 1_000_000 {
				return nil, dataError("The combined inputs for Levenshtein distance are too large")
			}
			return int64(countEdits(x, y)), nil
		}),
		newScalar("f_hamming_distance", 2, 2, func(a []any) (any, error) {
			x, y := []rune(toText(a[0])), []rune(toText(a[1]))
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
		newTextScalar("f_soundex", func(s string) any { return encodeSoundex(s) }),
	}
}

// countEdits returns the Levenshtein distance.
func countEdits(a, b []rune) int {
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

// encodeSoundex returns a letter and three digits. Vowels separate equal codes, H and W do not.
func encodeSoundex(s string) string {
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
