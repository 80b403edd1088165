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

// literal returns the value as SQL.
func (p Param) literal(hive bool) (string, error) {
	kind, list := strings.CutSuffix(p.Type, "[]")
	if !list {
		return scalar(kind, p.Value, hive)
	}
	var literals []string
	for v := range strings.SplitSeq(p.Value, ",") {
		text, err := scalar(kind, strings.TrimSpace(v), hive)
		if err != nil {
			return "", err
		}
		literals = append(literals, text)
	}
	return strings.Join(literals, ", "), nil
}

func scalar(kind, v string, hive bool) (string, error) {
	switch kind {
	case "string":
		return str(v, hive)
	case "int":
		n, ok := new(big.Int).SetString(v, 10)
		if !ok {
			return "", fmt.Errorf("%q is not an int", v)
		}
		if !n.IsInt64() {
			return "", fmt.Errorf("%s does not fit into 64 bits", v)
		}
		return negative(n.String()), nil
	case "float":
		f, err := strconv.ParseFloat(v, 64)
		if err != nil || f-f != 0 {
			return "", fmt.Errorf("%q is not a float", v)
		}
		return negative(strconv.FormatFloat(f, 'e', -1, 64)), nil
	case "decimal":
		return decimal(v, hive)
	case "bool":
		switch v := strings.ToLower(v); v {
		case "true", "false":
			return v, nil
		}
		return "", fmt.Errorf("%q is not a bool: want true or false", v)
	case "date":
		return moment("DATE", v, time.DateOnly)
	case "timestamp":
		return moment("TIMESTAMP", v, time.DateTime)
	}
	return identifier(v, hive)
}

// negative keeps a minus from becoming a comment behind another one.
func negative(number string) string {
	if strings.HasPrefix(number, "-") {
		return "(" + number + ")"
	}
	return number
}

func decimal(v string, hive bool) (string, error) {
	m := regexp.MustCompile(`^[+-]?([0-9]+)(?:\.([0-9]+))?$`).FindStringSubmatch(v)
	switch {
	case m == nil:
		return "", fmt.Errorf("%q is not a decimal", v)
	case len(m[1])+len(m[2]) > 38:
		return "", fmt.Errorf("%s has more than 38 digits", v)
	case hive:
		return negative(strings.TrimPrefix(v, "+") + "BD"), nil
	}
	return "DECIMAL '" + v + "'", nil
}

// moment checks a date or a time, which may have a fraction of a second.
func moment(word, v, layout string) (string, error) {
	if _, err := time.Parse(layout, v); err != nil || strings.Contains(v, ",") {
		return "", fmt.Errorf("%q is not a %s: write it as %s", v, strings.ToLower(word), layout)
	}
	return word + " '" + v + "'", nil
}

// str quotes a string. Trino doubles quotes. Hive escapes them, and replaces ${…} even in strings.
func str(v string, hive bool) (string, error) {
	switch {
	case !utf8.ValidString(v):
		return "", errors.New("the text is not valid UTF-8")
	case strings.ContainsRune(v, 0):
		return "", errors.New("the text holds a NUL")
	case hive:
		return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "${", `\u0024{`).Replace(v) + "'", nil
	}
	return "'" + strings.ReplaceAll(v, "'", "''") + "'", nil
}

// identifier quotes the name of a table or a column, and db.table as two names.
func identifier(v string, hive bool) (string, error) {
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
