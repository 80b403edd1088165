package sqlparam

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// literal returns the value as a SQL literal, or several for a list.
func (p Param) literal(hive bool) (string, error) {
	kind, list := strings.CutSuffix(p.Type, "[]")
	if !list {
		return scalarLiteral(kind, p.Value, hive)
	}
	var literals []string
	for v := range strings.SplitSeq(p.Value, ",") {
		text, err := scalarLiteral(kind, strings.TrimSpace(v), hive)
		if err != nil {
			return "", err
		}
		literals = append(literals, text)
	}
	return strings.Join(literals, ", "), nil
}

func scalarLiteral(kind, v string, hive bool) (string, error) {
	switch kind {
	case "string":
		return stringLiteral(v, hive)
	case "int":
		n, ok := new(big.Int).SetString(v, 10)
		if !ok {
			return "", fmt.Errorf("%q is not an int", v)
		}
		if !n.IsInt64() {
			return "", fmt.Errorf("%s does not fit into 64 bits", v)
		}
		return parenthesizeNegative(n.String()), nil
	case "float":
		f, err := strconv.ParseFloat(v, 64)
		if err != nil || f-f != 0 {
			return "", fmt.Errorf("%q is not a float", v)
		}
		return parenthesizeNegative(strconv.FormatFloat(f, 'e', -1, 64)), nil
	case "decimal":
		return decimalLiteral(v, hive)
	case "bool":
		switch v := strings.ToLower(v); v {
		case "true", "false":
			return v, nil
		}
		return "", fmt.Errorf("%q is not a bool: it must be true or false", v)
	case "date":
		return timeLiteral("DATE", v, time.DateOnly)
	case "timestamp":
		return timeLiteral("TIMESTAMP", v, time.DateTime)
	}
	return quoteIdentifier(v, hive)
}

// parenthesizeNegative puts a negative number in parentheses: two minus signs in a
// row would start a comment.
func parenthesizeNegative(number string) string {
	if strings.HasPrefix(number, "-") {
		return "(" + number + ")"
	}
	return number
}

func decimalLiteral(v string, hive bool) (string, error) {
	m := regexp.MustCompile(`^[+-]?([0-9]+)(?:\.([0-9]+))?$`).FindStringSubmatch(v)
	switch {
	case m == nil:
		return "", fmt.Errorf("%q is not a decimal", v)
	case len(m[1])+len(m[2]) > 38:
		return "", fmt.Errorf("%s has more than 38 digits", v)
	case hive:
		return parenthesizeNegative(strings.TrimPrefix(v, "+") + "BD"), nil
	}
	return "DECIMAL '" + v + "'", nil
}

// timeLiteral returns a date, or a timestamp that may have a fraction of a second.
func timeLiteral(word, v, layout string) (string, error) {
	if _, err := time.Parse(layout, v); err != nil || strings.Contains(v, ",") {
		return "", fmt.Errorf("%q is not a %s of the form %s", v, strings.ToLower(word), layout)
	}
	return word + " '" + v + "'", nil
}

// stringLiteral quotes a string. Trino doubles quotes
// (https://trino.io/docs/current/language/types.html#string); Hive uses backslashes, and
// replaces ${…} even in strings.
func stringLiteral(v string, hive bool) (string, error) {
	switch {
	case !utf8.ValidString(v):
		return "", errors.New("the text is not valid UTF-8")
	case strings.ContainsRune(v, 0):
		return "", errors.New("the text contains a NUL character")
	case hive:
		return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "${", `\u0024{`).Replace(v) + "'", nil
	}
	return "'" + strings.ReplaceAll(v, "'", "''") + "'", nil
}

// quoteIdentifier quotes the name of a table or a column, and the parts of db.table
// separately.
func quoteIdentifier(v string, hive bool) (string, error) {
	quote := `"`
	if hive {
		quote = "`"
	}
	parts := strings.Split(v, ".")
	for i, name := range parts {
		if name == "" || !utf8.ValidString(name) || strings.ContainsAny(name, "\x00\n\r"+quote) {
			return "", fmt.Errorf("%q is not the name of a table or a column", v)
		}
		parts[i] = quote + name + quote
	}
	return strings.Join(parts, "."), nil
}
