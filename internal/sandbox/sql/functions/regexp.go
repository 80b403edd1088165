package functions

import (
	"strings"
	"unicode/utf8"
)

// regexpFunctions returns the functions with regular expressions. See
// https://trino.io/docs/current/functions/regexp.html.
func (r *Registry) regexpFunctions() []Scalar {
	with := func(name string, least, most int, f func(p *pattern, s string, a []any) (any, error)) Scalar {
		return newScalar(name, least, most, func(a []any) (any, error) {
			p, err := r.regexps.get(toText(a[1]))
			if err != nil {
				return nil, err
			}
			return f(p, toText(a[0]), a)
		})
	}
	return []Scalar{
		with("f_regexp_like", 2, 2, func(p *pattern, s string, _ []any) (any, error) {
			found, err := p.match(s)
			return found, err
		}),
		with("h_rlike", 2, 2, func(p *pattern, s string, _ []any) (any, error) {
			if p.source == "" {
				return false, nil
			}
			found, err := p.match(s)
			return found, err
		}),
		with("f_regexp_extract", 2, 3, func(p *pattern, s string, a []any) (any, error) {
			_, text, err := extractGroup(p, s, a, 0)
			return text, err
		}),
		with("h_regexp_extract", 2, 3, func(p *pattern, s string, a []any) (any, error) {
			if matches, err := p.find(s, 1); err == nil && len(matches) == 0 { // the group may not exist
				return "", nil
			}
			found, text, err := extractGroup(p, s, a, 1)
			if err == nil && !found {
				return "", nil
			}
			return text, err
		}),
		with("f_regexp_extract_all", 2, 3, func(p *pattern, s string, a []any) (any, error) {
			g, err := readGroup(p, a, 0)
			if err != nil {
				return nil, err
			}
			matches, err := p.find(s, -1)
			if err != nil {
				return nil, err
			}
			out := []any{}
			for _, m := range matches {
				out = append(out, groupText(s, m, g))
			}
			return JSON(out), nil
		}),
		with("f_regexp_replace", 2, 3, replaceMatches),
		with("h_regexp_replace", 3, 3, replaceMatches),
		with("f_regexp_split", 2, 2, func(p *pattern, s string, _ []any) (any, error) { return splitAtMatches(p, s, false) }),
		with("h_split", 2, 2, func(p *pattern, s string, _ []any) (any, error) { return splitAtMatches(p, s, true) }),
		with("f_regexp_count", 2, 2, func(p *pattern, s string, _ []any) (any, error) {
			matches, err := p.find(s, -1)
			return int64(len(matches)), err
		}),
		with("f_regexp_position", 2, 4, findPosition),
		with("f_regexp_groups", 2, 2, func(p *pattern, s string, _ []any) (any, error) {
			matches, err := p.find(s, -1)
			if err != nil {
				return nil, err
			}
			out := []any{}
			for _, m := range matches {
				groups := []any{}
				for g := 1; g <= p.groups; g++ {
					groups = append(groups, groupText(s, m, g))
				}
				out = append(out, groups)
			}
			return JSON(out), nil
		}),
		with("f_regexp_join", 3, 3, joinMatches),
		newScalar("h_str_to_map", 1, 3, r.splitToHiveMap),
	}
}

// groupText returns the text of a group, or null if it did not participate in the match.
func groupText(s string, m []int, group int) any {
	if m[2*group] < 0 {
		return nil
	}
	return s[m[2*group]:m[2*group+1]]
}

// extractGroup returns a group of the first match.
func extractGroup(p *pattern, s string, a []any, otherwise int) (found bool, text any, err error) {
	g, err := readGroup(p, a, otherwise)
	if err != nil {
		return false, nil, err
	}
	matches, err := p.find(s, 1)
	if err != nil || len(matches) == 0 {
		return false, nil, err
	}
	return true, groupText(s, matches[0], g), nil
}

// splitAtMatches returns the text between the matches. Java's split, which Hive uses, has no empty
// part before an empty match at the start.
func splitAtMatches(p *pattern, s string, java bool) (any, error) {
	matches, err := p.find(s, -1)
	if err != nil {
		return nil, err
	}
	var parts []string
	last := 0
	for _, m := range matches {
		if java && m[1] == 0 {
			continue
		}
		parts = append(parts, s[last:m[0]])
		last = m[1]
	}
	return formatTextArray(append(parts, s[last:])), nil
}

// splitToHiveMap implements str_to_map, whose separators are regular expressions.
func (r *Registry) splitToHiveMap(a []any) (any, error) {
	separators := [2]string{",", ":"}
	for i, v := range a[1:] {
		separators[i] = toText(v)
	}
	entries, err := r.regexps.get(separators[0])
	if err != nil {
		return nil, err
	}
	pairs, err := r.regexps.get(separators[1])
	if err != nil {
		return nil, err
	}
	s := toText(a[0])
	matches, err := entries.find(s, -1)
	if err != nil {
		return nil, err
	}
	o := Object{}
	last := 0
	for i := 0; i <= len(matches); i++ {
		end, next := len(s), len(s)
		if i < len(matches) {
			end, next = matches[i][0], matches[i][1]
		}
		entry := s[last:end]
		last = next
		if entry == "" && i == len(matches) && i > 0 {
			break
		}
		at, err := pairs.find(entry, 1)
		if err != nil {
			return nil, err
		}
		if len(at) == 0 {
			o = o.set(entry, nil)
			continue
		}
		o = o.set(entry[:at[0][0]], entry[at[0][1]:])
	}
	return JSON(o), nil
}

// joinMatches replaces the matches with the elements of an array. The result is null if one is null.
func joinMatches(p *pattern, s string, a []any) (any, error) {
	replacements, err := toArray(a[2])
	if err != nil {
		return nil, err
	}
	matches, err := p.find(s, -1)
	if err != nil {
		return nil, err
	}
	if len(matches) != len(replacements) {
		return nil, dataError("regexp_replace: %d matches and %d replacements", len(matches), len(replacements))
	}
	var b strings.Builder
	last := 0
	for i, m := range matches {
		if replacements[i] == nil {
			return nil, nil
		}
		b.WriteString(s[last:m[0]])
		b.WriteString(toText(replacements[i]))
		if last = m[1]; b.Len() > maxText {
			return nil, dataError("the result of regexp_replace is too long")
		}
	}
	return b.String() + s[last:], nil
}

// readGroup returns the group given by the third argument, or otherwise if it is missing.
func readGroup(p *pattern, a []any, otherwise int) (int, error) {
	g := otherwise
	if len(a) > 2 {
		var err error
		if g, err = toCount(a[2]); err != nil {
			return 0, err
		}
	}
	if g < 0 {
		return 0, dataError("Group cannot be negative")
	}
	if g > p.groups {
		return 0, dataError("Pattern has %d groups. Cannot access group %d", p.groups, g)
	}
	return g, nil
}

func replaceMatches(p *pattern, s string, a []any) (any, error) {
	template := ""
	if len(a) > 2 {
		template = toText(a[2])
	}
	parts, err := parseTemplate(p, template)
	if err != nil {
		return nil, err
	}
	matches, err := p.find(s, -1)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	last := 0
	for _, m := range matches {
		b.WriteString(s[last:m[0]])
		last = m[1]
		for _, part := range parts {
			b.WriteString(part.literal)
			if part.group >= 0 && m[2*part.group] >= 0 {
				b.WriteString(s[m[2*part.group]:m[2*part.group+1]])
			}
		}
		if b.Len() > maxText {
			return nil, dataError("the result of regexp_replace is too long")
		}
	}
	return b.String() + s[last:], nil
}

// templatePart is literal text followed by an optional group.
type templatePart struct {
	literal string
	group   int // follows literal; -1 if none
}

// parseTemplate parses a replacement: $1, ${name}, and a backslash before literal characters.
func parseTemplate(p *pattern, s string) ([]templatePart, error) {
	var parts []templatePart
	var literal strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			if i++; i == len(s) {
				return nil, dataError("Incomplete escape sequence in replacement '%s'", clip(s))
			}
			literal.WriteByte(s[i])
		case s[i] != '$':
			literal.WriteByte(s[i])
		default:
			g, n, err := templateGroup(p, s[i+1:])
			if err != nil {
				return nil, err
			}
			parts = append(parts, templatePart{literal.String(), g})
			literal.Reset()
			i += n
		}
	}
	return append(parts, templatePart{literal.String(), -1}), nil
}

// templateGroup parses the group after a $: {name}, or digits as long as such a group exists. It
// returns the number of bytes read.
func templateGroup(p *pattern, s string) (group, n int, err error) {
	if strings.HasPrefix(s, "{") {
		name, _, _ := strings.Cut(s[1:], "}")
		if g := p.groupIndex(name); g >= 0 && len(name)+2 <= len(s) {
			return g, len(name) + 2, nil
		}
		return 0, 0, dataError("Illegal replacement sequence: unknown group { %s }", clip(name))
	}
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		g := group*10 + int(s[n]-'0')
		if n > 0 && g > p.groups {
			break
		}
		group = g
		n++
	}
	if n == 0 {
		_, width := utf8.DecodeRuneInString(s)
		return 0, 0, dataError("Illegal replacement sequence: $%s", s[:width])
	}
	if group > p.groups {
		return 0, 0, dataError("Illegal replacement sequence: unknown group %d", group)
	}
	return group, n, nil
}

// findPosition returns the position of the nth match, counted from 1, or -1. The search starts at
// the given position.
func findPosition(p *pattern, s string, a []any) (any, error) {
	start, nth := 1, 1
	var err error
	if len(a) > 2 {
		if start, err = toCount(a[2]); err != nil {
			return nil, err
		}
	}
	if len(a) > 3 {
		if nth, err = toCount(a[3]); err != nil {
			return nil, err
		}
	}
	if start < 1 {
		return nil, dataError("start position cannot be smaller than 1")
	}
	if nth < 1 {
		return nil, dataError("occurrence cannot be smaller than 1")
	}
	if start > utf8.RuneCountInString(s) {
		return int64(-1), nil
	}
	skipped := len(truncateRunes(s, start-1))
	matches, err := p.find(s, -1)
	if err != nil {
		return nil, err
	}
	for _, m := range matches {
		if m[0] < skipped {
			continue
		}
		if nth--; nth == 0 {
			return int64(utf8.RuneCountInString(s[:m[0]])) + 1, nil
		}
	}
	return int64(-1), nil
}
