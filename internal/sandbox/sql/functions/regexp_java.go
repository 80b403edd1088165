package functions

import (
	"strings"

	"github.com/dlclark/regexp2"
)

// javaTranslator rewrites a Java pattern for package regexp, or for the backtracking engine.
type javaTranslator struct {
	in  string
	at  int
	out strings.Builder

	backtracking      bool // write for the backtracking engine
	needsBacktracking bool // package regexp lacks a construct
	finalNewline      bool // $ or \Z occurs
	multiline         bool // (?m) occurs

	atom   int   // offset of the last atom in out, -1 if there is none
	groups []int // offsets of the open groups in out
}

func newPatternError(what string) error {
	return notSupported("regular expressions with %s are not supported by the sandbox", what)
}

func (t *javaTranslator) translate() error {
	quantified := false // a quantifier precedes
	for t.at < len(t.in) {
		c := t.in[t.at]
		wasQuantified := quantified
		quantified = false
		switch c {
		case '\\':
			t.atom = t.out.Len()
			if err := t.translateEscape(false); err != nil {
				return err
			}
		case '[':
			t.atom = t.out.Len()
			if err := t.translateClass(); err != nil {
				return err
			}
		case '(':
			t.groups = append(t.groups, t.out.Len())
			if err := t.translateGroup(); err != nil {
				return err
			}
		case ')':
			if n := len(t.groups); n > 0 {
				t.atom, t.groups = t.groups[n-1], t.groups[:n-1]
			}
			t.copy(1)
		case '*', '+', '?':
			if c == '+' && wasQuantified {
				t.makePossessive()
				continue
			}
			// A ? after a quantifier makes it reluctant and cannot be followed by a possessive +.
			quantified = c != '?' || !wasQuantified
			t.copy(1)
		case '{':
			length := strings.IndexByte(t.in[t.at:], '}') + 1
			quantified = length > 0
			t.copy(max(1, length))
		case '$':
			t.finalNewline = true
			t.copy(1)
		default:
			t.atom = t.out.Len()
			t.copy(1)
		}
	}
	t.finalNewline = t.finalNewline && !t.multiline
	return nil
}

// makePossessive turns the quantified atom into an atomic group, the meaning of X*+.
func (t *javaTranslator) makePossessive() {
	t.needsBacktracking = true
	t.at++
	out := t.out.String()
	t.out.Reset()
	t.out.WriteString(out[:t.atom] + "(?>" + out[t.atom:] + ")")
}

func (t *javaTranslator) copy(n int) {
	end := min(t.at+n, len(t.in))
	t.out.WriteString(t.in[t.at:end])
	t.at = end
}

// emit writes s instead of the next n bytes.
func (t *javaTranslator) emit(s string, n int) {
	t.out.WriteString(s)
	t.at = min(t.at+n, len(t.in))
}

func (t *javaTranslator) translateGroup() error {
	rest := t.in[t.at:]
	for _, opening := range []string{"(?=", "(?!", "(?<=", "(?<!", "(?>"} {
		if strings.HasPrefix(rest, opening) {
			t.needsBacktracking = true
			t.copy(len(opening))
			return nil
		}
	}
	switch {
	case strings.HasPrefix(rest, "(?<"), strings.HasPrefix(rest, "(?P<"):
		t.copy(strings.IndexByte(rest, '<') + 1)
	case strings.HasPrefix(rest, "(?"):
		flags, _, _ := strings.Cut(rest[2:], ":")
		flags, _, _ = strings.Cut(flags, ")")
		if strings.Trim(flags, "imsx-") != "" {
			return newPatternError("the flags '" + clip(flags) + "'")
		}
		t.multiline = t.multiline || strings.Contains(flags, "m")
		t.needsBacktracking = t.needsBacktracking || strings.Contains(flags, "x")
		t.copy(2 + len(flags)) // the ? is not a quantifier
	default:
		t.copy(1)
	}
	return nil
}

// findPOSIXClass returns Go's name of a POSIX class in Java's notation.
func findPOSIXClass(name string) (string, bool) {
	switch name {
	case "Alpha", "Lower", "Upper", "Digit", "Alnum", "Punct", "Space", "Cntrl", "Graph", "Print", "Blank", "ASCII":
		return strings.ToLower(name), true
	case "XDigit":
		return "xdigit", true
	}
	return "", false
}

// translateEscape translates a backslash and the escaped character.
func (t *javaTranslator) translateEscape(inClass bool) error {
	if t.at+1 == len(t.in) {
		t.copy(1)
		return nil
	}
	c := t.in[t.at+1]
	switch {
	case c >= '1' && c <= '9' && !inClass, c == 'k' && !inClass:
		t.needsBacktracking = true
		t.copy(2)
	case c == 'p' || c == 'P':
		return t.translateProperty(c == 'P', inClass)
	case c == 'u' && len(t.in)-t.at >= 6:
		if t.backtracking {
			t.copy(6)
			return nil
		}
		t.out.WriteString(`\x{` + t.in[t.at+2:t.at+6] + `}`)
		t.at += 6
	case c == '0':
		t.translateOctal()
	case c == 'e':
		t.emit(`\x1b`, 2)
	case c == 'c' && len(t.in)-t.at >= 3:
		const digits = "0123456789abcdef"
		n := t.in[t.at+2] ^ 64
		t.emit(`\x`+string(digits[n>>4])+string(digits[n&15]), 3)
	case c == 'h' && !inClass:
		t.emit(`[ \t\x{a0}]`, 2)
	case c == 'h':
		t.emit(` \t\x{a0}`, 2)
	case c == 'R' && !inClass:
		t.emit(`(?:\r\n|[\n\x0b\f\r\x{85}\x{2028}\x{2029}])`, 2)
	case c == 'Z' && !inClass:
		t.finalNewline = true
		if t.backtracking {
			t.copy(2)
			return nil
		}
		t.emit(`\z`, 2)
	case c == 'G':
		return newPatternError(`\G`)
	case c == 'Q' && !inClass:
		end := strings.Index(t.in[t.at:], `\E`)
		if end < 0 {
			end = len(t.in) - t.at
		}
		if t.backtracking {
			t.emit(regexp2.Escape(t.in[t.at+2:t.at+end]), end+2)
			return nil
		}
		t.copy(end + 2)
	default:
		t.copy(2)
	}
	return nil
}

func (t *javaTranslator) translateOctal() {
	i, n := t.at+2, 0
	for i < len(t.in) && i < t.at+5 && t.in[i] >= '0' && t.in[i] <= '7' && n*8 < 256 {
		n = n*8 + int(t.in[i]-'0')
		i++
	}
	const digits = "0123456789abcdef"
	t.emit(`\x`+string(digits[n>>4&15])+string(digits[n&15]), i-t.at)
}

// translateProperty translates \p{Name}.
func (t *javaTranslator) translateProperty(negated, inClass bool) error {
	rest := t.in[t.at+2:]
	if !strings.HasPrefix(rest, "{") {
		t.copy(2)
		return nil
	}
	end := strings.IndexByte(rest, '}')
	if end < 0 {
		t.copy(2)
		return nil
	}
	name := rest[1:end]
	n := end + 3
	if class, ok := findPOSIXClass(name); ok {
		t.emitPOSIXClass(class, negated, inClass, n)
		return nil
	}
	switch name {
	case "javaLowerCase", "IsLowercase", "Lowercase":
		name = "Ll"
	case "javaUpperCase", "IsUppercase", "Uppercase":
		name = "Lu"
	case "IsAlphabetic", "Alphabetic":
		name = "L"
	case "IsPunctuation", "Punctuation":
		name = "P"
	case "IsWhite_Space", "White_Space":
		name = "Z"
	}
	if strings.HasPrefix(name, "In") || strings.HasPrefix(name, "java") {
		return newPatternError("the class " + clip(name))
	}
	letter := `\p{`
	if negated {
		letter = `\P{`
	}
	t.emit(letter+strings.TrimPrefix(name, "Is")+"}", n)
	return nil
}

// emitPOSIXClass writes a class such as \p{Alpha} instead of the next n bytes.
func (t *javaTranslator) emitPOSIXClass(class string, negated, inClass bool, n int) {
	s := "[:" + class + ":]"
	switch {
	case t.backtracking && negated && inClass:
		t.needsBacktracking = true
		s = "" // rejected by translateClass
	case t.backtracking:
		s = posixRanges(class)
	case negated:
		s = "[:^" + class + ":]"
	}
	switch {
	case inClass:
	case t.backtracking && negated:
		s = "[^" + s + "]"
	default:
		s = "[" + s + "]"
	}
	t.emit(s, n)
}

// posixRanges returns the characters of a POSIX class, for use in a character class.
func posixRanges(class string) string {
	switch class {
	case "alpha":
		return "a-zA-Z"
	case "lower":
		return "a-z"
	case "upper":
		return "A-Z"
	case "digit":
		return "0-9"
	case "alnum":
		return "a-zA-Z0-9"
	case "punct":
		return `!-/:-@\[-` + "`" + `{-~`
	case "space":
		return `\t-\r `
	case "cntrl":
		return `\x00-\x1f\x7f`
	case "graph":
		return "!-~"
	case "print":
		return " -~"
	case "blank":
		return ` \t`
	case "xdigit":
		return "0-9a-fA-F"
	}
	return `\x00-\x7f`
}

// translateClass translates a character class. Intersections become look-ahead: [A&&B] is (?=[A])[B].
func (t *javaTranslator) translateClass() error {
	start := t.at
	t.at++
	negated := strings.HasPrefix(t.in[t.at:], "^")
	if negated {
		t.at++
	}
	parts := []string{}
	outer := t.out
	t.out = strings.Builder{}
	for first := true; t.at < len(t.in); first = false {
		rest := t.in[t.at:]
		switch c := rest[0]; {
		case c == ']' && !first:
			t.at++
			parts = append(parts, t.out.String())
			t.out = strings.Builder{}
			t.out.WriteString(outer.String())
			t.writeClass(parts, negated)
			return nil
		case c == '\\':
			if err := t.translateEscape(true); err != nil {
				return err
			}
		case strings.HasPrefix(rest, "&&"):
			parts = append(parts, t.out.String())
			t.out.Reset()
			t.at += 2
		case strings.HasPrefix(rest, "[:") && strings.Contains(rest, ":]"):
			end := strings.Index(rest, ":]")
			if t.backtracking {
				t.emit(posixRanges(rest[2:end]), end+2)
				continue
			}
			t.copy(end + 2)
		case c == '[':
			if err := t.translateNestedClass(); err != nil {
				return err
			}
		default:
			t.copy(1)
		}
	}
	t.out = strings.Builder{}
	t.out.WriteString(outer.String() + t.in[start:])
	return nil
}

// translateNestedClass translates a class in a class: [a[bc]] is [abc]. A negated one must be the
// only operand of an intersection.
func (t *javaTranslator) translateNestedClass() error {
	end := strings.IndexByte(t.in[t.at:], ']')
	if end < 0 {
		return newPatternError("nested character classes")
	}
	inner := t.in[t.at+1 : t.at+end]
	alone := t.out.Len() == 0 && (strings.HasPrefix(t.in[t.at+end+1:], "]") || strings.HasPrefix(t.in[t.at+end+1:], "&&"))
	if strings.ContainsAny(inner, `[\\&`) || strings.HasPrefix(inner, "^") && !alone {
		return newPatternError("nested character classes")
	}
	t.emit(inner, end+1)
	return nil
}

// writeClass writes a class with one part per operand of an intersection.
func (t *javaTranslator) writeClass(parts []string, negated bool) {
	last := len(parts) - 1
	if last == 0 {
		if negated {
			parts[0] = "^" + parts[0]
		}
		t.out.WriteString("[" + parts[0] + "]")
		return
	}
	t.needsBacktracking = true
	class := "[" + parts[last] + "]"
	if last > 0 {
		class = "(?=[" + strings.Join(parts[:last], "])(?=[") + "])" + class
	}
	if negated {
		t.out.WriteString(`(?:(?!` + class + `)[\s\S])`)
		return
	}
	t.out.WriteString("(?:" + class + ")")
}
