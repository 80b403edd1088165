package functions

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

func (r *Registry) regexpFunctions() []Scalar {
	with := func(name string, least, most int, f func(re *regexp.Regexp, s string, a []any) (any, error)) Scalar {
		return newScalar(name, least, most, func(a []any) (any, error) {
			re, err := r.regexps.get(toText(a[1]))
			if err != nil {
				return nil, err
			}
			return f(re, toText(a[0]), a)
		})
	}
	matches := func(re *regexp.Regexp, s string, _ []any) (any, error) { return re.MatchString(s), nil }
	split := func(re *regexp.Regexp, s string, _ []any) (any, error) { return formatTextArray(re.Split(s, -1)), nil }
	return []Scalar{
		with("f_regexp_like", 2, 2, matches),
		with("h_rlike", 2, 2, matches),
		with("f_regexp_extract", 2, 3, func(re *regexp.Regexp, s string, a []any) (any, error) {
			g, err := readGroup(re, a, 0)
			if err != nil {
				return nil, err
			}
			m := re.FindStringSubmatchIndex(s)
			if m == nil || m[2*g] < 0 {
				return nil, nil
			}
			return s[m[2*g]:m[2*g+1]], nil
		}),
		with("h_regexp_extract", 2, 3, func(re *regexp.Regexp, s string, a []any) (any, error) {
			g, err := readGroup(re, a, 1)
			if err != nil {
				return nil, err
			}
			m := re.FindStringSubmatchIndex(s)
			if m == nil || m[2*g] < 0 {
				return "", nil
			}
			return s[m[2*g]:m[2*g+1]], nil
		}),
		with("f_regexp_extract_all", 2, 3, func(re *regexp.Regexp, s string, a []any) (any, error) {
			g, err := readGroup(re, a, 0)
			if err != nil {
				return nil, err
			}
			out := []any{}
			for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
				if m[2*g] < 0 {
					out = append(out, nil)
					continue
				}
				out = append(out, s[m[2*g]:m[2*g+1]])
			}
			return JSON(out), nil
		}),
		with("f_regexp_replace", 2, 3, replaceMatches),
		with("h_regexp_replace", 3, 3, replaceMatches),
		with("f_regexp_split", 2, 2, split),
		with("h_split", 2, 2, split),
		with("f_regexp_count", 2, 2, func(re *regexp.Regexp, s string, _ []any) (any, error) {
			return int64(len(re.FindAllStringIndex(s, -1))), nil
		}),
		with("f_regexp_position", 2, 4, findPosition),
	}
}

// readGroup returns the group given by the third argument, or otherwise if it is missing.
func readGroup(re *regexp.Regexp, a []any, otherwise int) (int, error) {
	g := otherwise
	if len(a) > 2 {
		var err error
		if g, err = toCount(a[2]); err != nil {
			return 0, err
		}
	}
	if g < 0 || g > re.NumSubexp() {
		return 0, dataError("Pattern has %d groups. Cannot access group %d", re.NumSubexp(), g)
	}
	return g, nil
}

func replaceMatches(re *regexp.Regexp, s string, a []any) (any, error) {
	template := ""
	if len(a) > 2 {
		template = toText(a[2])
	}
	parts, err := parseTemplate(re, template)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	last := 0
	for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
		b.WriteString(s[last:m[0]])
		last = m[1]
		for _, p := range parts {
			b.WriteString(p.literal)
			if p.group >= 0 && m[2*p.group] >= 0 {
				b.WriteString(s[m[2*p.group]:m[2*p.group+1]])
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
func parseTemplate(re *regexp.Regexp, s string) ([]templatePart, error) {
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
			g, n, err := templateGroup(re, s[i+1:])
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
func templateGroup(re *regexp.Regexp, s string) (group, n int, err error) {
	if strings.HasPrefix(s, "{") {
		end := strings.IndexByte(s, '}')
		if end < 0 {
			return 0, 0, dataError("Illegal replacement sequence: named group is missing trailing '}'")
		}
		if g := re.SubexpIndex(s[1:end]); g >= 0 {
			return g, end + 1, nil
		}
		if g, err := strconv.Atoi(s[1:end]); err == nil && g >= 0 && g <= re.NumSubexp() {
			return g, end + 1, nil
		}
		return 0, 0, dataError("Illegal replacement sequence: unknown group { %s }", clip(s[1:end]))
	}
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		g := group*10 + int(s[n]-'0')
		if n > 0 && g > re.NumSubexp() {
			break
		}
		group = g
		n++
	}
	if n == 0 {
		return 0, 0, dataError("Illegal replacement sequence: group reference is missing")
	}
	if group > re.NumSubexp() {
		return 0, 0, dataError("Illegal replacement sequence: unknown group %d", group)
	}
	return group, n, nil
}

// findPosition returns the position of the nth match, counted from 1, or -1. The search starts at
// the given position.
func findPosition(re *regexp.Regexp, s string, a []any) (any, error) {
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
	if start < 1 || nth < 1 {
		return nil, dataError("start and occurrence must be positive")
	}
	if start > utf8.RuneCountInString(s) {
		return int64(-1), nil
	}
	skipped := len(truncateRunes(s, start-1))
	for _, m := range re.FindAllStringIndex(s, -1) {
		if m[0] < skipped {
			continue
		}
		if nth--; nth == 0 {
			return int64(utf8.RuneCountInString(s[:m[0]])) + 1, nil
		}
	}
	return int64(-1), nil
}
