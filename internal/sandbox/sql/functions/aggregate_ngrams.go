package functions

import (
	"cmp"
	"slices"
	"strings"
)

// ngramState implements Hive's ngrams and context_ngrams: the most frequent sequences of words in arrays of words. Hive
// estimates the frequencies if there are more than 2,000 sequences, here they are exact. See
// https://hive.apache.org/docs/latest/language/statisticsanddatamining/.
type ngramState struct {
	context []any // words, and null where any word of the sequence is; nil if the second argument is a length
	length  int
	most    int
	words   [][]any // each sequence once, in the order of their first appearance
	counts  []float64
	index   map[string]int
}

func (s *ngramState) Step(a []any) (err error) {
	if s.most == 0 { // the first row determines them
		if s.most, err = toCount(a[2]); err != nil || s.most < 1 {
			return dataError("the number of n-grams must be at least 1: %s", toText(a[2]))
		}
		if err := s.setPattern(a[1]); err != nil {
			return err
		}
	}
	if a[0] == nil {
		return nil
	}
	list, err := toArray(a[0])
	if err != nil {
		return err
	}
	if len(list) > 0 {
		if _, nested := list[0].([]any); !nested {
			return s.addSentence(list)
		}
	}
	for _, sentence := range list {
		words, _ := sentence.([]any)
		if err := s.addSentence(words); err != nil {
			return err
		}
	}
	return nil
}

// setPattern sets the length or the context of the sequences.
func (s *ngramState) setPattern(v any) (err error) {
	if text, ok := v.(string); ok {
		if s.context, err = toArray(text); err != nil {
			return err
		}
		if !slices.Contains(s.context, nil) {
			return dataError("The context must contain at least one null")
		}
		s.length = len(s.context)
		return nil
	}
	if s.length, err = toCount(v); err != nil || s.length < 1 {
		return dataError("the length of n-grams must be at least 1: %s", toText(v))
	}
	return nil
}

// addSentence counts the sequences in an array of words.
func (s *ngramState) addSentence(words []any) error {
	for i := range words {
		if i+s.length > len(words) {
			break
		}
		sequence := words[i : i+s.length]
		if slices.Contains(sequence, nil) {
			return dataError("n-grams of an array with null")
		}
		if s.context == nil {
			s.count(sequence)
			continue
		}
		if found := s.matchContext(sequence); found != nil {
			s.count(found)
		}
	}
	return nil
}

// matchContext returns the words for the nulls of the context, or nil if the other words differ.
func (s *ngramState) matchContext(sequence []any) (found []any) {
	for i, word := range s.context {
		switch {
		case word == nil:
			found = append(found, sequence[i])
		case toText(word) != toText(sequence[i]):
			return nil
		}
	}
	return found
}

func (s *ngramState) count(sequence []any) {
	key := JSON(sequence)
	i, known := s.index[key]
	if !known {
		if s.index == nil {
			s.index = map[string]int{}
		}
		i = len(s.words)
		s.index[key] = i
		s.words, s.counts = append(s.words, sequence), append(s.counts, 0)
	}
	s.counts[i]++
}

// Value returns the sequences with their frequencies. If there are too many, the first of equal frequency in the order of
// Java's hash table are dropped.
func (s *ngramState) Value() (any, error) {
	if len(s.words) == 0 {
		return nil, nil
	}
	capacity := 16
	for len(s.words)*4 > capacity*3 {
		capacity *= 2
	}
	order := make([]int, len(s.words))
	bucket := make([]int, len(s.words))
	for i, words := range s.words {
		h := int32(1)
		for _, w := range words {
			h = 31*h + hashJavaString(toText(w))
		}
		order[i], bucket[i] = i, int(uint32(h)^uint32(h)>>16)&(capacity-1)
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(s.counts[a], s.counts[b]), bucket[a]-bucket[b], b-a)
	})
	order = order[max(0, len(order)-s.most):]
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(s.counts[b], s.counts[a]), compare(s.words[a], s.words[b]))
	})
	rows := make([]any, len(order))
	for i, k := range order {
		rows[i] = []any{s.words[k], s.counts[k]}
	}
	return JSON(rows), nil
}

// hashJavaString returns the hash of a string in Java, which is computed from UTF-16.
func hashJavaString(s string) (h int32) {
	for _, r := range s {
		if r > 0xffff {
			r -= 0x10000
			h = 31*h + (0xd800 + r>>10)
			r = 0xdc00 + r&0x3ff
		}
		h = 31*h + r
	}
	return h
}

// matchHiveLike reports whether a text matches a pattern of Hive's LIKE. A backslash is literal unless it precedes % or
// _. A pattern with _ or with % in the middle is a regular expression in Hive, in which neither matches the end of a line.
func matchHiveLike(s, pattern string) bool {
	tokens := likeTokens(pattern)
	middle, first, last := tokens, false, false
	if len(middle) > 0 && middle[0] == likeAny {
		first, middle = true, middle[1:]
	}
	if len(middle) > 0 && middle[len(middle)-1] == likeAny {
		last, middle = true, middle[:len(middle)-1]
	}
	if !slices.ContainsFunc(middle, func(t rune) bool { return t < 0 }) {
		text := string(middle)
		switch {
		case first && last:
			return strings.Contains(s, text)
		case first:
			return strings.HasSuffix(s, text)
		case last:
			return strings.HasPrefix(s, text)
		}
		return s == text
	}
	return matchTokens([]rune(s), tokens)
}

// Tokens of a pattern that are not characters.
const (
	likeAny rune = -1 - iota // %
	likeOne                  // _
)

func likeTokens(pattern string) (tokens []rune) {
	list := []rune(pattern)
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case c == '\\' && i+1 < len(list) && (list[i+1] == '%' || list[i+1] == '_'):
			i++
			tokens = append(tokens, list[i])
		case c == '%':
			tokens = append(tokens, likeAny)
		case c == '_':
			tokens = append(tokens, likeOne)
		default:
			tokens = append(tokens, c)
		}
	}
	return tokens
}

// matchTokens matches a text by extending the last % until the rest matches.
func matchTokens(s, tokens []rune) bool {
	i, k := 0, 0
	star, from := -1, 0
	for i < len(s) {
		switch {
		case k < len(tokens) && tokens[k] == likeAny:
			star, from = k, i
			k++
		case k < len(tokens) && (tokens[k] == s[i] || tokens[k] == likeOne && !endsLine(s[i])):
			i++
			k++
		case star < 0 || endsLine(s[from]):
			return false
		default:
			from++
			i, k = from, star+1
		}
	}
	for k < len(tokens) && tokens[k] == likeAny {
		k++
	}
	return k == len(tokens)
}

// endsLine reports whether a dot in a regular expression of Java does not match a character.
func endsLine(r rune) bool {
	return r == '\n' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}
