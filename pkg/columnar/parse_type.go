package columnar

import (
	"iter"
	"strconv"
	"strings"
)

// maxTypeDepth limits the nesting of types.
const maxTypeDepth = 64

// ParseType returns the type for the name that Trino
// (https://trino.io/docs/current/language/types.html) or Hive
// (https://hive.apache.org/docs/latest/language/languagemanual-types/) gives it, such as
// "array(decimal(10,2))" or "struct<a:int>". The result is String if the name is empty or unknown,
// and for types whose values are text, such as json, uuid and intervals.
func ParseType(name string) Type {
	t, _ := parseType(name, 0)
	return t
}

// parseType reports whether the name is known.
func parseType(name string, depth int) (t Type, known bool) {
	head, args, tail, ok := splitType(strings.TrimSpace(name))
	if !ok || depth > maxTypeDepth {
		return Type{}, false
	}
	switch head {
	case "array":
		return parseList(args, tail, depth)
	case "map":
		return parseMap(args, tail, depth)
	case "row", "struct":
		return parseStruct(args, tail, depth)
	case "timestamp":
		return parseTimestampType(args, tail)
	case "time":
		if tail == "with time zone" {
			return Type{}, true
		}
		digits, ok := parseNumbers(args)
		return Type{Kind: Time, Nanos: len(digits) == 1 && digits[0] > 6}, ok && len(digits) <= 1 && tail == ""
	case "decimal", "numeric", "dec":
		return parseDecimalType(args, tail)
	case "double":
		return Type{Kind: Float64}, args == nil && (tail == "" || tail == "precision")
	case "interval":
		return Type{}, args == nil && (tail == "year to month" || tail == "day to second" || tail == "")
	case "varchar", "char", "character":
		return Type{}, tail == "" || tail == "varying"
	}
	t, known = simpleType(head)
	if args != nil || tail != "" {
		return Type{}, false
	}
	return t, known
}

// simpleType returns the type of a name without arguments.
func simpleType(name string) (t Type, known bool) {
	switch name {
	case "boolean":
		t.Kind = Bool
	case "tinyint":
		t.Kind = Int8
	case "smallint":
		t.Kind = Int16
	case "int", "integer":
		t.Kind = Int32
	case "bigint", "long":
		t.Kind = Int64
	case "real", "float":
		t.Kind = Float32
	case "date":
		t.Kind = Date
	case "varbinary", "binary":
		t.Kind = Binary
	case "string", "json", "uuid", "ipaddress", "unknown", "void":
	default:
		return Type{}, false
	}
	return t, true
}

// splitType splits the name of a type, such as "timestamp(3) with time zone", into its first word in
// lower case, the arguments in parentheses or angle brackets, nil if there are none, and the rest.
func splitType(name string) (head string, args *string, tail string, ok bool) {
	end := 0
	for end < len(name) && isWordByte(name[end]) {
		end++
	}
	if end == 0 {
		return "", nil, "", false
	}
	head, rest := strings.ToLower(name[:end]), strings.TrimSpace(name[end:])
	if rest != "" && (rest[0] == '(' || rest[0] == '<') {
		closing := matchingBracket(rest)
		if closing < 0 {
			return "", nil, "", false
		}
		inner := rest[1:closing]
		args, rest = &inner, rest[closing+1:]
	}
	return head, args, strings.ToLower(strings.Join(strings.Fields(rest), " ")), true
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// matchingBracket returns the index of the bracket that closes the first one of s, or -1.
func matchingBracket(s string) int {
	for i, depth := range unquoted(s) {
		if depth == 0 && (s[i] == ')' || s[i] == '>') {
			return i
		}
	}
	return -1
}

// splitArguments splits s at the commas outside of brackets and quotes.
func splitArguments(s string) []string {
	var parts []string
	start := 0
	for i, depth := range unquoted(s) {
		if depth == 0 && s[i] == ',' {
			parts = append(parts, strings.TrimSpace(s[start:i]))
			start = i + 1
		}
	}
	return append(parts, strings.TrimSpace(s[start:]))
}

// unquoted yields the index of each byte of s outside of quotes, and the number of brackets that are open
// after it.
func unquoted(s string) iter.Seq2[int, int] {
	return func(yield func(index, depth int) bool) {
		depth, quoted := 0, false
		for i := range len(s) {
			switch s[i] {
			case '"':
				quoted = !quoted
			case '(', '<':
				if !quoted {
					depth++
				}
			case ')', '>':
				if !quoted {
					depth--
				}
			}
			if !quoted && !yield(i, depth) {
				return
			}
		}
	}
}

// parseNumbers parses arguments that are numbers.
func parseNumbers(args *string) (numbers []int, ok bool) {
	if args == nil {
		return nil, true
	}
	for _, text := range splitArguments(*args) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, false
		}
		numbers = append(numbers, n)
	}
	return numbers, true
}

func parseTimestampType(args *string, tail string) (t Type, known bool) {
	digits, ok := parseNumbers(args)
	if !ok || len(digits) > 1 {
		return Type{}, false
	}
	t = Type{Kind: Timestamp, Nanos: len(digits) == 1 && digits[0] > 6}
	switch tail {
	case "", "without time zone":
	case "with time zone", "with local time zone":
		t.UTC = true
	default:
		return Type{}, false
	}
	return t, true
}

// parseDecimalType parses decimal, decimal(p) or decimal(p,s). A decimal without a precision has
// no digits after the point in both engines.
func parseDecimalType(args *string, tail string) (t Type, known bool) {
	numbers, ok := parseNumbers(args)
	if !ok || tail != "" || len(numbers) > 2 {
		return Type{}, false
	}
	t = Type{Kind: Decimal, Precision: MaxDecimalDigits}
	if len(numbers) > 0 {
		t.Precision = numbers[0]
	}
	if len(numbers) > 1 {
		t.Scale = numbers[1]
	}
	if t.Precision < 1 || t.Precision > MaxDecimalDigits || t.Scale > t.Precision {
		return Type{}, false
	}
	return t, true
}

func parseList(args *string, tail string, depth int) (t Type, known bool) {
	if args == nil || tail != "" || *args == "" {
		return Type{}, false
	}
	element, _ := parseType(*args, depth+1)
	return Type{Kind: List, Fields: []Field{{"element", element}}}, true
}

func parseMap(args *string, tail string, depth int) (t Type, known bool) {
	if args == nil || tail != "" {
		return Type{}, false
	}
	parts := splitArguments(*args)
	if len(parts) != 2 {
		return Type{}, false
	}
	key, _ := parseType(parts[0], depth+1)
	value, _ := parseType(parts[1], depth+1)
	return Type{Kind: Map, Fields: []Field{{"key", key}, {"value", value}}}, true
}

func parseStruct(args *string, tail string, depth int) (t Type, known bool) {
	if args == nil || tail != "" || *args == "" {
		return Type{}, false
	}
	t.Kind = Struct
	taken := map[string]bool{}
	for i, text := range splitArguments(*args) {
		f := parseField(text, depth+1)
		if f.Name == "" {
			f.Name = "field" + strconv.Itoa(i)
		}
		for base, n := f.Name, 2; taken[f.Name]; n++ {
			f.Name = base + "_" + strconv.Itoa(n)
		}
		taken[f.Name] = true
		t.Fields = append(t.Fields, f)
	}
	return t, true
}

// parseField parses a field of a row or a struct: a type, a name and a type, or name:type. A name
// is in quotes if the engine quotes it; a name with spaces may be unquoted.
func parseField(text string, depth int) Field {
	if strings.HasPrefix(text, `"`) {
		for end := 1; end < len(text); end++ {
			if text[end] != '"' {
				continue
			}
			if end+1 < len(text) && text[end+1] == '"' {
				end++
				continue
			}
			t, _ := parseType(text[end+1:], depth)
			return Field{strings.ReplaceAll(text[1:end], `""`, `"`), t}
		}
	}
	if t, known := parseType(text, depth); known {
		return Field{"", t}
	}
	if name, rest, ok := strings.Cut(text, ":"); ok {
		t, _ := parseType(rest, depth)
		return Field{strings.TrimSpace(name), t}
	}
	for i := range len(text) {
		if text[i] != ' ' {
			continue
		}
		if t, known := parseType(text[i+1:], depth); known {
			return Field{strings.TrimSpace(text[:i]), t}
		}
	}
	name, _, _ := strings.Cut(text, " ")
	return Field{name, Type{}}
}
