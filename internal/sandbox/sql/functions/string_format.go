package functions

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
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

// formatJavaTime returns the result of toString of a class in java.time.
func formatJavaTime(m datetime) string {
	s := m.Format("15:04")
	if m.Second() != 0 || m.Nanosecond() != 0 {
		s += m.Format(":05")
	}
	if m = m.withDigits(min(m.digits, 9)); m.Nanosecond() != 0 {
		s += "." + strings.TrimSuffix(strings.TrimSuffix(fmt.Sprintf("%09d", m.Nanosecond()), "000"), "000")
	}
	switch m.kind {
	case kindTime:
		return s
	case kindZoned:
		zone := m.Location().String()
		if zone[0] == '+' || zone[0] == '-' {
			return formatDate(m.Time) + "T" + s + zone
		}
		offset := m.Format("Z07:00")
		if _, seconds := m.Zone(); seconds%60 != 0 {
			offset = m.Format("Z07:00:00")
		}
		return formatDate(m.Time) + "T" + s + offset + "[" + zone + "]"
	}
	return formatDate(m.Time) + "T" + s
}

func (p formatSpec) formatInteger(n int64) string {
	switch p.verb {
	case 'd':
		return p.addSign(strconv.FormatInt(n, 10))
	case 'o':
		s := strconv.FormatUint(uint64(n), 8)
		if p.has("#") {
			s = "0" + s
		}
		return s
	}
	s := strconv.FormatUint(uint64(n), 16)
	if p.has("#") {
		s = "0x" + s
	}
	if p.verb == 'X' {
		s = strings.ToUpper(s)
	}
	return s
}

// formatFloat formats with %f, %e or %g. Java rounds the shortest decimal representation half up.
func (p formatSpec) formatFloat(a formatArgument) (string, error) {
	text := toText(a.value)
	if x, ok := a.value.(float64); ok {
		if math.IsNaN(x) {
			return "NaN", nil
		}
		if math.IsInf(x, 0) {
			return p.addSign(strings.TrimSuffix(FormatDouble(x), ".0")), nil
		}
		bits := 64
		if a.typ == "real" {
			bits = 32
		}
		text = strconv.FormatFloat(x, 'f', -1, bits)
	}
	d, ok := parseDecimal(text)
	if !ok {
		return "", dataError("a number with too many digits: %s", clip(text))
	}
	precision := min(p.precision, maxDigits)
	if precision < 0 {
		precision = 6
	}
	negative := strings.HasPrefix(text, "-")
	s := ""
	switch p.verb {
	case 'f':
		s = d.round(precision).String()
	case 'e', 'E':
		s = formatExponent(d, precision)
	default:
		precision = max(precision, 1)
		exponent := decimalExponent(d, precision)
		if d.unscaled.Sign() == 0 || exponent >= -4 && exponent < precision {
			s = d.round(max(precision-1-exponent, 0)).String()
		} else {
			s = formatExponent(d, precision-1)
		}
	}
	if p.verb == 'E' || p.verb == 'G' {
		s = strings.ToUpper(s)
	}
	if negative && !strings.HasPrefix(s, "-") {
		s = "-" + s
	}
	return p.addSign(s), nil
}

// formatHexadecimal formats with %a: 0x1.8p0.
func (p formatSpec) formatHexadecimal(x float64) (string, error) {
	switch {
	case p.precision >= 0 || p.width > 0 || math.Abs(x) < 0x1p-1022 && x != 0:
		return "", notSupported("format with %s is not supported by the sandbox", p.text)
	case math.IsNaN(x) || math.IsInf(x, 0):
		return FormatDouble(x), nil
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'x', -1, 64), "p")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, err := strconv.Atoi(exponent)
	s := mantissa + "p" + strconv.Itoa(n)
	if p.verb == 'A' {
		s = strings.ToUpper(s)
	}
	return p.addSign(s), err
}

// decimalExponent returns the exponent of d in scientific notation after rounding to a number of
// digits.
func decimalExponent(d decimal, digits int) int {
	if d.unscaled.Sign() == 0 {
		return 0
	}
	length := len(strings.TrimPrefix(d.unscaled.String(), "-"))
	exponent := length - 1 - d.scale
	rounded := d.round(digits - 1 - exponent)
	return len(strings.TrimPrefix(rounded.unscaled.String(), "-")) - 1 - rounded.scale
}

// formatExponent formats d like 1.234560e+05.
func formatExponent(d decimal, precision int) string {
	exponent := decimalExponent(d, precision+1)
	rounded := d.round(precision - exponent)
	sign := ""
	digits := rounded.unscaled.String()
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	if len(digits) < precision+1 {
		digits += strings.Repeat("0", precision+1-len(digits))
	}
	digits = digits[:precision+1]
	if precision > 0 {
		digits = digits[:1] + "." + digits[1:]
	}
	return fmt.Sprintf("%s%se%+03d", sign, digits, exponent)
}

// The conversions of %t that need a date, a time of day, and an instant, which both is.
const (
	dateConversions    = "YymdeBbhAajCDF"
	clockConversions   = "HIklMSLNpRTr"
	instantConversions = "zZscQ"
)

// formatDateField formats one field of a date or a time with %t.
func (r *Registry) formatDateField(p formatSpec, a formatArgument) (string, error) {
	if a.value == nil {
		return "null", nil
	}
	mismatch := &formatError{"IllegalFormatConversion", string(p.suffix) + " != " + a.javaName()}
	accepted := ""
	switch a.typ {
	case "date":
		accepted = dateConversions
	case "time":
		accepted = clockConversions
	case "timestamp":
		accepted = dateConversions + clockConversions
	case "timestamp with time zone":
		accepted = dateConversions + clockConversions + instantConversions
	default:
		return "", mismatch
	}
	if strings.IndexByte(dateConversions+clockConversions+instantConversions, p.suffix) < 0 || p.suffix == 0 {
		return "", &formatError{"UnknownFormatConversion", "Conversion = 't" + string(p.suffix) + "'"}
	}
	if strings.IndexByte(accepted, p.suffix) < 0 {
		return "", mismatch
	}
	m, err := r.parseDatetime(a.value)
	if err != nil {
		return "", err
	}
	s := formatTimeField(m, p.suffix)
	if p.verb == 'T' {
		s = strings.ToUpper(s)
	}
	return s, nil
}

// formatTimeField returns the text of a conversion of %t.
func formatTimeField(m datetime, conversion byte) string {
	layouts := map[byte]string{
		'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'e': "2", 'B': "January", 'b': "Jan", 'h': "Jan", 'A': "Monday", 'a': "Mon", 'j': "002",
		'H': "15", 'I': "03", 'l': "3", 'M': "04", 'S': "05", 'p': "pm", 'R': "15:04", 'T': "15:04:05", 'r': "03:04:05 PM",
		'D': "01/02/06", 'F': "2006-01-02", 'z': "-0700", 'Z': "MST", 'c': "Mon Jan 02 15:04:05 MST 2006",
	}
	switch conversion {
	case 'L':
		return fmt.Sprintf("%03d", m.Nanosecond()/int(time.Millisecond))
	case 'N':
		return fmt.Sprintf("%09d", m.Nanosecond())
	case 'C':
		return fmt.Sprintf("%02d", m.Year()/100)
	case 'k':
		return strconv.Itoa(m.Hour())
	case 's':
		return strconv.FormatInt(m.Unix(), 10)
	case 'Q':
		return strconv.FormatInt(m.UnixMilli(), 10)
	}
	return m.Format(layouts[conversion])
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
