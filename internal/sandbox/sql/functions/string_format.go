package functions

import (
	"fmt"
	"strconv"
	"strings"
)

// formatJava implements Java's String.format: %[argument$][flags][width][.precision]conversion.
// See https://docs.oracle.com/javase/8/docs/api/java/util/Formatter.html.
func formatJava(a []any) (any, error) {
	if a[0] == nil {
		return nil, nil
	}
	format, args := toText(a[0]), a[1:]
	var b strings.Builder
	next := 0
	for {
		before, rest, ok := strings.Cut(format, "%")
		b.WriteString(before)
		if !ok {
			return b.String(), nil
		}
		s, rest, err := parseSpec(rest)
		if err != nil {
			return nil, err
		}
		format = rest
		switch s.verb {
		case '%':
			b.WriteString(s.pad("%"))
			continue
		case 'n':
			b.WriteByte('\n')
			continue
		}
		i := s.argument - 1
		if s.argument == 0 {
			i = next
			next++
		}
		if i >= len(args) {
			return nil, dataError("Format specifier '%s'", s.text)
		}
		out, err := s.format(args[i])
		if err != nil {
			return nil, err
		}
		if b.WriteString(s.pad(out)); b.Len() > maxText {
			return nil, dataError("the formatted text is too long")
		}
	}
}

// formatSpec is one format specifier.
type formatSpec struct {
	text             string
	argument         int // counted from 1; 0 for the next one
	flags            string
	width, precision int // precision is -1 if not given
	verb             byte
}

func parseSpec(s string) (formatSpec, string, error) {
	p := formatSpec{precision: -1}
	i := 0
	number := func() int {
		start := i
		for i < len(s) && i-start < 6 && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		n, _ := strconv.Atoi(s[start:i])
		return n
	}
	if n := number(); i > 0 && i < len(s) && s[i] == '$' {
		p.argument = n
		i++
	} else {
		i = 0
	}
	start := i
	for i < len(s) && strings.IndexByte("-#+ 0,(", s[i]) >= 0 {
		i++
	}
	p.flags = s[start:i]
	p.width = number()
	if i < len(s) && s[i] == '.' {
		i++
		p.precision = number()
	}
	if i == len(s) {
		return p, "", dataError("Conversion = '%%'")
	}
	p.verb = s[i]
	p.text = "%" + s[:i+1]
	return p, s[i+1:], nil
}

func (p formatSpec) has(flag string) bool { return strings.Contains(p.flags, flag) }

func (p formatSpec) pad(s string) string {
	n := p.width - len([]rune(s))
	switch {
	case n <= 0:
		return s
	case p.has("-"):
		return s + strings.Repeat(" ", n)
	case p.has("0") && strings.IndexByte("dfegxXo", p.verb) >= 0:
		sign := ""
		if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
			sign, s = s[:1], s[1:]
		}
		return sign + strings.Repeat("0", n) + s
	}
	return strings.Repeat(" ", n) + s
}

func (p formatSpec) format(v any) (string, error) {
	if v == nil {
		return "null", nil
	}
	precision := p.precision
	switch p.verb {
	case 's', 'S':
		s := toText(v)
		if precision >= 0 {
			s = truncateRunes(s, precision)
		}
		if p.verb == 'S' {
			s = strings.ToUpper(s)
		}
		return s, nil
	case 'b', 'B':
		return strconv.FormatBool(toBool(v)), nil
	case 'd', 'x', 'X', 'o', 'c':
		n, ok := v.(int64)
		if !ok {
			return "", dataError("%c != %s", p.verb, javaTypeName(v))
		}
		if p.verb == 'd' {
			return p.addSign(strconv.FormatInt(n, 10)), nil
		}
		if p.verb == 'c' {
			return string(rune(n)), nil
		}
		return fmt.Sprintf("%"+string(p.verb), uint64(n)), nil
	case 'f', 'e', 'E', 'g', 'G':
		f, err := toDouble(v)
		if _, ok := v.(string); ok && err != nil {
			return "", dataError("%c != %s", p.verb, javaTypeName(v))
		}
		if precision < 0 {
			precision = 6
		}
		return p.addSign(strconv.FormatFloat(f, p.verb, min(precision, 400), 64)), err
	}
	return "", dataError("Conversion = '%c'", p.verb)
}

// addSign adds thousands separators and the sign.
func (p formatSpec) addSign(s string) string {
	if p.has(",") {
		s = groupThousands(s)
	}
	switch {
	case strings.HasPrefix(s, "-"):
		if p.has("(") {
			return "(" + s[1:] + ")"
		}
	case p.has("+"):
		return "+" + s
	case p.has(" "):
		return " " + s
	}
	return s
}

func javaTypeName(v any) string {
	switch v.(type) {
	case int64:
		return "java.lang.Long"
	case float64:
		return "java.lang.Double"
	case []byte:
		return "io.airlift.slice.Slice"
	}
	return "java.lang.String"
}
