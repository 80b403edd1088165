package functions

import (
	"regexp"
	"strings"
)

// compileJava compiles a pattern in Java's syntax. Constructs that Go's engine lacks are
// rejected by name.
func compileJava(pattern string) (*regexp.Regexp, error) {
	t := javaTranslator{in: pattern}
	if err := t.translate(); err != nil {
		return nil, err
	}
	re, err := regexp.Compile(t.out.String())
	if err != nil {
		reason := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		return nil, dataError("invalid regular expression '%s': %s", clip(pattern), clip(reason))
	}
	return re, nil
}

// javaTranslator rewrites a Java pattern in the syntax of package regexp.
type javaTranslator struct {
	in  string
	at  int
	out strings.Builder
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
			if err := t.translateEscape(false); err != nil {
				return err
			}
		case '[':
			if err := t.translateClass(); err != nil {
				return err
			}
		case '(':
			if err := t.translateGroup(); err != nil {
				return err
			}
		case '*', '+', '?':
			if c == '+' && wasQuantified {
				return newPatternError("possessive quantifiers")
			}
			// A ? after a quantifier makes it reluctant and cannot be followed by a possessive +.
			quantified = c != '?' || !wasQuantified
			t.copy(1)
		case '}':
			quantified = true
			t.copy(1)
		default:
			t.copy(1)
		}
	}
	return nil
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
	for _, g := range []struct{ begin, name string }{
		{"(?=", "look-ahead"},
		{"(?!", "look-ahead"},
		{"(?<=", "look-behind"},
		{"(?<!", "look-behind"},
		{"(?>", "atomic groups"},
	} {
		if strings.HasPrefix(rest, g.begin) {
			return newPatternError(g.name)
		}
	}
	if strings.HasPrefix(rest, "(?") && !strings.HasPrefix(rest, "(?<") && !strings.HasPrefix(rest, "(?P<") {
		flags := rest[2:]
		if end := strings.IndexAny(flags, ":)"); end >= 0 && strings.Trim(flags[:end], "ims-") != "" {
			return newPatternError("the flags '" + clip(flags[:end]) + "'")
		}
		t.copy(2) // the ? is not a quantifier
		return nil
	}
	if strings.HasPrefix(rest, "(?") {
		t.copy(2)
		return nil
	}
	t.copy(1)
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
		return newPatternError("back-references")
	case c == 'p' || c == 'P':
		return t.translateProperty(c == 'P', inClass)
	case c == 'u' && len(t.in)-t.at >= 6:
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
		t.emit(`\z`, 2)
	case c == 'G':
		return newPatternError(`\G`)
	case c == 'Q' && !inClass:
		end := strings.Index(t.in[t.at:], `\E`)
		if end < 0 {
			end = len(t.in) - t.at
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
		s := "[:" + class + ":]"
		if negated {
			s = "[:^" + class + ":]"
		}
		if !inClass {
			s = "[" + s + "]"
		}
		t.emit(s, n)
		return nil
	}
	if strings.HasPrefix(name, "In") || strings.HasPrefix(name, "java") {
		return newPatternError("the class " + clip(name))
	}
	name = strings.TrimPrefix(name, "Is")
	switch name {
	case "Alphabetic":
		name = "L"
	case "Uppercase":
		name = "Lu"
	case "Lowercase":
		name = "Ll"
	case "Punctuation":
		name = "P"
	case "White_Space":
		name = "Z"
	}
	letter := `\p{`
	if negated {
		letter = `\P{`
	}
	t.emit(letter+name+"}", n)
	return nil
}

// translateClass translates a character class.
func (t *javaTranslator) translateClass() error {
	t.copy(1)
	if t.at < len(t.in) && t.in[t.at] == '^' {
		t.copy(1)
	}
	for first := true; t.at < len(t.in); first = false {
		switch c := t.in[t.at]; {
		case c == ']' && !first:
			t.copy(1)
			return nil
		case c == '\\':
			if err := t.translateEscape(true); err != nil {
				return err
			}
		case c == '&' && strings.HasPrefix(t.in[t.at:], "&&"):
			return newPatternError("intersections of character classes")
		case c == '[' && !strings.HasPrefix(t.in[t.at:], "[:"):
			return newPatternError("nested character classes")
		case c == '[':
			end := strings.Index(t.in[t.at:], ":]")
			if end < 0 {
				return newPatternError("nested character classes")
			}
			t.copy(end + 2)
		default:
			t.copy(1)
		}
	}
	return nil
}
