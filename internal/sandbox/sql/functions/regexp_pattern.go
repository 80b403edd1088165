package functions

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// matchTimeout limits a search of the backtracking engine.
const matchTimeout = 2 * time.Second

// pattern is a regular expression in Java's syntax. Patterns that package regexp can express run in
// linear time. Others, with look-around or back-references, use a backtracking engine.
type pattern struct {
	source   string
	groups   int
	names    []string
	fast     *regexp.Regexp // nil if only the backtracking engine can match the pattern
	adjacent *regexp.Regexp // matches one character and the pattern at the start; nil if never needed
	// finalNewline is set if $ or \Z occurs, which also match before a newline at the end.
	finalNewline bool

	slow func() (*regexp2.Regexp, error)
}

// compileJava compiles a pattern in Java's syntax. See
// https://docs.oracle.com/javase/8/docs/api/java/util/regex/Pattern.html.
func compileJava(source string) (*pattern, error) {
	t := javaTranslator{in: source}
	if err := t.translate(); err != nil {
		return nil, err
	}
	p := &pattern{source: source, finalNewline: t.finalNewline}
	p.slow = sync.OnceValues(func() (*regexp2.Regexp, error) { return compileBacktracking(source) })
	if !t.needsBacktracking {
		re, err := regexp.Compile(t.out.String())
		if err != nil {
			reason := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
			return nil, dataError("invalid regular expression '%s': %s", clip(source), clip(reason))
		}
		p.fast, p.groups, p.names = re, re.NumSubexp(), re.SubexpNames()
		if matchesEmpty(t.out.String()) {
			p.adjacent, err = regexp.Compile(`\A(?s:.)(?:` + t.out.String() + `)`)
			if err != nil {
				return nil, dataError("invalid regular expression '%s'", clip(source))
			}
		}
		return p, nil
	}
	re, err := p.slow()
	if err != nil {
		return nil, err
	}
	p.groups = len(re.GetGroupNumbers()) - 1
	p.names = make([]string, p.groups+1)
	for i := range p.names {
		if name := re.GroupNameFromNumber(i); strings.Trim(name, "0123456789") != "" {
			p.names[i] = name
		}
	}
	return p, nil
}

func compileBacktracking(source string) (*regexp2.Regexp, error) {
	t := javaTranslator{in: source, backtracking: true}
	if err := t.translate(); err != nil {
		return nil, err
	}
	re, err := regexp2.Compile(t.out.String(), regexp2.None)
	if err != nil {
		reason := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		return nil, dataError("invalid regular expression '%s': %s", clip(source), clip(reason))
	}
	re.MatchTimeout = matchTimeout
	return re, nil
}

// matchesEmpty reports whether a pattern may match the empty string.
func matchesEmpty(source string) bool {
	re, err := syntax.Parse(source, syntax.Perl)
	return err == nil && minLength(re) == 0
}

// minLength returns 0 if re may match the empty string, otherwise 1.
func minLength(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpNoMatch:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return minLength(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min == 0 {
			return 0
		}
		return minLength(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if minLength(sub) > 0 {
				return 1
			}
		}
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if minLength(sub) == 0 {
				return 0
			}
		}
		return 1
	}
	return 0
}

// groupIndex returns the index of a named group, or -1.
func (p *pattern) groupIndex(name string) int {
	for i, n := range p.names {
		if i > 0 && n == name && name != "" {
			return i
		}
	}
	return -1
}

// usesBacktracking reports whether the backtracking engine is required to search s.
func (p *pattern) usesBacktracking(s string) bool {
	return p.fast == nil || p.finalNewline && strings.HasSuffix(s, "\n")
}

// match reports whether s contains a match.
func (p *pattern) match(s string) (bool, error) {
	if !p.usesBacktracking(s) {
		return p.fast.MatchString(s), nil
	}
	m, err := p.find(s, 1)
	return len(m) > 0, err
}

// find returns the offsets of up to limit matches and their groups, like
// regexp.FindAllStringSubmatchIndex. A negative limit is unlimited. As in Java, an empty match may
// follow a match directly.
func (p *pattern) find(s string, limit int) ([][]int, error) {
	if p.usesBacktracking(s) {
		return p.findBacktracking(s, limit)
	}
	matches := p.fast.FindAllStringSubmatchIndex(s, limit)
	if p.adjacent == nil || limit == 1 {
		return matches, nil
	}
	var all [][]int
	for i, m := range matches {
		all = append(all, m)
		if m[0] == m[1] || i+1 < len(matches) && matches[i+1][0] == m[1] {
			continue
		}
		// Package regexp skips an empty match after a match. Search for it together with the
		// character before.
		_, width := utf8.DecodeLastRuneInString(s[:m[1]])
		start := m[1] - width
		if next := p.adjacent.FindStringSubmatchIndex(s[start:]); next != nil && next[1] == width {
			for k := range next {
				if next[k] >= 0 {
					next[k] += start
				}
			}
			next[0] = m[1]
			all = append(all, next)
		}
	}
	if limit >= 0 {
		all = all[:min(limit, len(all))]
	}
	return all, nil
}

func (p *pattern) findBacktracking(s string, limit int) ([][]int, error) {
	re, err := p.slow()
	if err != nil {
		return nil, err
	}
	offsets := make([]int, 0, len(s)+1) // byte offset of each character
	for i := range s {
		offsets = append(offsets, i)
	}
	offsets = append(offsets, len(s))
	var all [][]int
	m, err := re.FindStringMatch(s)
	for ; m != nil && err == nil && (limit < 0 || len(all) < limit); m, err = re.FindNextMatch(m) {
		groups := m.Groups()
		index := make([]int, 2*len(groups))
		for i, g := range groups {
			index[2*i], index[2*i+1] = -1, -1
			if len(g.Captures) > 0 {
				index[2*i], index[2*i+1] = offsets[g.Index], offsets[g.Index+g.Length]
			}
		}
		all = append(all, index)
	}
	if err != nil {
		return nil, p.timeoutError(err)
	}
	return all, nil
}

func (p *pattern) timeoutError(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return notSupported("the regular expression '%s' takes too long in the sandbox", clip(p.source))
}
