package functions

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
)

// formatArgument is an argument of format with its SQL type.
type formatArgument struct {
	typ   string
	value any
}

// javaName returns the name of the Java class of the argument, as errors show it.
func (a formatArgument) javaName() string {
	switch a.typ {
	case "tinyint", "smallint", "integer", "bigint":
		return "java.lang.Long"
	case "boolean":
		return "java.lang.Boolean"
	case "double":
		return "java.lang.Double"
	case "real":
		return "java.lang.Float"
	case "decimal":
		return "java.math.BigDecimal"
	case "date":
		return "java.time.LocalDate"
	case "timestamp":
		return "java.time.LocalDateTime"
	case "timestamp with time zone":
		return "java.time.ZonedDateTime"
	case "time":
		return "java.time.LocalTime"
	}
	return "java.lang.String"
}

// formatError is an exception of java.util.Formatter.
type formatError struct{ kind, message string }

func (e *formatError) Error() string { return e.kind + ": " + e.message }

// formatTrino implements format(format, arguments): the second value lists the types of the
// arguments, separated by commas.
func (r *Registry) formatTrino(a []any) (any, error) {
	s, err := r.formatJava(a)
	if e, ok := errors.AsType[*formatError](err); ok {
		return nil, dataError("Invalid format string: %s (%s)", clip(toText(a[0])), e.Error())
	}
	return s, err
}

// formatHive implements printf; it has the same arguments as formatTrino.
func (r *Registry) formatHive(a []any) (any, error) {
	s, err := r.formatJava(a)
	if e, ok := errors.AsType[*formatError](err); ok {
		return nil, dataError("printf: %s", e.message)
	}
	return s, err
}

// formatJava implements Java's String.format: %[argument$][flags][width][.precision]conversion. See
// https://docs.oracle.com/javase/8/docs/api/java/util/Formatter.html.
func (r *Registry) formatJava(a []any) (any, error) {
	if a[0] == nil {
		return nil, nil
	}
	types := strings.Split(toText(a[1]), ",")
	args := make([]formatArgument, len(a)-2)
	for i, v := range a[2:] {
		args[i] = formatArgument{"varchar", v}
		if i < len(types) && types[i] != "" {
			args[i].typ = types[i]
		}
	}
	format := toText(a[0])
	var b strings.Builder
	next, previous := 0, -1
	for {
		before, rest, ok := strings.Cut(format, "%")
		b.WriteString(before)
		if !ok {
			return b.String(), nil
		}
		s, rest, err := parseFormatSpec(rest)
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
		switch {
		case s.previous:
			i = previous
		case s.argument == 0:
			i = next
			next++
		}
		if i < 0 || i >= len(args) {
			return nil, &formatError{"MissingFormatArgument", "Format specifier '" + s.text + "'"}
		}
		previous = i
		out, err := r.formatValue(s, args[i])
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
	argument         int  // counted from 1; 0 for the next one
	previous         bool // %<s
	flags            string
	width, precision int // precision is -1 if not given
	verb             byte
	suffix           byte // field of a date and time conversion
}

func parseFormatSpec(s string) (formatSpec, string, error) {
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
	for i < len(s) && strings.IndexByte("-#+ 0,(<", s[i]) >= 0 {
		p.previous = p.previous || s[i] == '<'
		i++
	}
	p.flags = s[start:i]
	p.width = number()
	if i < len(s) && s[i] == '.' {
		i++
		p.precision = number()
	}
	if i == len(s) {
		return p, "", &formatError{"UnknownFormatConversion", "Conversion = '%'"}
	}
	p.verb = s[i]
	i++
	if (p.verb == 't' || p.verb == 'T') && i < len(s) {
		p.suffix = s[i]
		i++
	}
	p.text = "%" + s[:i]
	return p, s[i:], p.check()
}

// acceptedFlags returns the flags that Java accepts with a conversion; ok is false if there is no such conversion.
func acceptedFlags(verb byte) (flags string, ok bool) {
	if strings.IndexByte("SBHCTXEGA", verb) >= 0 {
		verb += 'a' - 'A'
	}
	flags, ok = map[byte]string{
		's': "-<", 'b': "-<", 'h': "-<", 'c': "-<", 't': "-<", 'd': "-+ 0,(<", 'x': "-#0<", 'o': "-#0<",
		'f': "-#+ 0,(<", 'e': "-#+ 0(<", 'g': "-+ 0,(<", 'a': "-#+ 0<", '%': "-<", 'n': "<",
	}[verb]
	return flags, ok
}

// check rejects flags that Java rejects for every argument.
func (p formatSpec) check() error {
	for i := range len(p.flags) {
		if strings.IndexByte(p.flags[i+1:], p.flags[i]) >= 0 {
			return &formatError{"DuplicateFormatFlags", "Flags = '" + p.flags[i:i+1] + "'"}
		}
	}
	accepted, ok := acceptedFlags(p.verb)
	if !ok {
		return &formatError{"UnknownFormatConversion", "Conversion = '" + string(p.verb) + "'"}
	}
	for i := range len(p.flags) {
		if strings.IndexByte(accepted, p.flags[i]) < 0 {
			return &formatError{"FormatFlagsConversionMismatch", "Conversion = " + string(p.verb) + ", Flags = " + p.flags[i:i+1]}
		}
	}
	switch {
	case p.width == 0 && (p.has("-") || p.has("0")):
		return &formatError{"MissingFormatWidth", p.text}
	case p.has("-") && p.has("0"), p.has("+") && p.has(" "):
		return &formatError{"IllegalFormatFlags", "Flags = '" + p.flags + "'"}
	case p.precision >= 0 && strings.IndexByte("dxXocC", p.verb) >= 0:
		return &formatError{"IllegalFormatPrecision", strconv.Itoa(p.precision)}
	}
	return nil
}

func (p formatSpec) has(flag string) bool { return strings.Contains(p.flags, flag) }

// pad extends s to the width.
func (p formatSpec) pad(s string) string {
	n := p.width - len(utf16.Encode([]rune(s)))
	switch {
	case n <= 0:
		return s
	case p.has("-"):
		return s + strings.Repeat(" ", n)
	case p.has("0") && strings.IndexByte("dfegEGxXo", p.verb) >= 0 && !strings.HasSuffix(s, "Infinity") && s != "NaN":
		sign := ""
		if strings.IndexAny(s, "-+ (") == 0 {
			sign, s = s[:1], s[1:]
		}
		return sign + strings.Repeat("0", n) + s
	}
	return strings.Repeat(" ", n) + s
}

func (r *Registry) formatValue(p formatSpec, a formatArgument) (string, error) {
	switch p.verb {
	case 's', 'S', 'b', 'B', 'h', 'H':
		s, err := r.formatGeneral(p, a)
		if p.precision >= 0 {
			s = truncateRunes(s, p.precision)
		}
		if p.verb < 'a' {
			s = strings.ToUpper(s)
		}
		return s, err
	}
	mismatch := &formatError{"IllegalFormatConversion", string(p.verb) + " != " + a.javaName()}
	switch p.verb {
	case 'd', 'x', 'X', 'o':
		n, ok := a.value.(int64)
		switch {
		case a.value == nil:
			return "null", nil
		case !ok || a.javaName() != "java.lang.Long":
			return "", mismatch
		}
		return p.formatInteger(n), nil
	case 'c', 'C':
		if a.value == nil {
			return "null", nil
		}
		return "", mismatch
	case 'f', 'e', 'E', 'g', 'G':
		if a.value == nil {
			return "null", nil
		}
		switch a.typ {
		case "double", "real", "decimal":
			return p.formatFloat(a)
		}
		return "", mismatch
	case 't', 'T':
		return r.formatDateField(p, a)
	case 'a', 'A':
		if a.value == nil {
			return "null", nil
		}
		if x, ok := a.value.(float64); ok {
			return p.formatHexadecimal(x)
		}
		return "", mismatch
	}
	return "", &formatError{"UnknownFormatConversion", "Conversion = '" + string(p.verb) + "'"}
}

// formatGeneral formats any argument with %s, %b or %h.
func (r *Registry) formatGeneral(p formatSpec, a formatArgument) (string, error) {
	switch {
	case p.verb == 'b' || p.verb == 'B':
		return strconv.FormatBool(a.value != nil && (a.typ != "boolean" || toBool(a.value))), nil
	case a.value == nil:
		return "null", nil
	case p.verb == 'h' || p.verb == 'H':
		if n, ok := a.value.(int64); ok && a.javaName() == "java.lang.Long" {
			return strconv.FormatUint(uint64(uint32(n^int64(uint64(n)>>32))), 16), nil
		}
		if a.javaName() != "java.lang.String" {
			return "", notSupported("format with %%h of %s is not supported by the sandbox", a.typ)
		}
		hash := int32(0)
		for _, c := range utf16.Encode([]rune(toText(a.value))) {
			hash = 31*hash + int32(c)
		}
		return strconv.FormatUint(uint64(uint32(hash)), 16), nil
	}
	switch a.typ {
	case "boolean":
		return strconv.FormatBool(toBool(a.value)), nil
	case "real":
		x, err := toDouble(a.value)
		return formatFloat(x, 32), err
	case "timestamp", "timestamp with time zone", "time":
		m, err := r.parseDatetime(a.value)
		return formatJavaTime(m), err
	}
	return toText(a.value), nil
}
