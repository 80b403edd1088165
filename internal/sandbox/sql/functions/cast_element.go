package functions

import (
	"slices"
	"strconv"
	"strings"
)

// An elementCast converts the elements of nested values.
type elementCast struct {
	registry *Registry
}

// jsonDocument is the type of a parsed JSON document and of its parts, which are converted by their own kind. An element of
// type json is the text of a document.
const jsonDocument = "json document"

// absent is the value of a field that a JSON object does not have.
type absent struct{}

// convert converts a value from one type to another. The JSON null is NULL, except in a value of type json.
func (c elementCast) convert(from, to typeShape, v any) (any, error) {
	if v == nil && (from.base != jsonDocument || to.base != "json") || v == (absent{}) {
		return nil, nil
	}
	if text, ok := v.(string); ok && from.base == "json" {
		if to.base == "json" {
			return v, nil
		}
		from.base = jsonDocument
		return c.convert(from, to, parseElement(text))
	}
	switch to.base {
	case "array":
		return c.convertArray(from, to, v)
	case "row":
		return c.convertRow(from, to, v)
	case "map":
		return c.convertMap(from, to, v)
	case "json":
		return formatJSON(from.toJSON(v)), nil
	}
	switch v.(type) {
	case []any, Object:
		return nil, newCastError(JSON(v), to.base)
	}
	if from.base == to.base && slices.Equal(from.numbers, to.numbers) {
		return v, nil
	}
	return c.convertScalar(from, to, v)
}

func (c elementCast) convertArray(from, to typeShape, v any) (any, error) {
	a, ok := v.([]any)
	if !ok || len(to.args) != 1 {
		return nil, newCastError(JSON(v), "array")
	}
	out := make([]any, len(a))
	for i, e := range a {
		x, err := c.convert(from.part(i), to.args[0], e)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

// part returns the type of the i-th part of a value. All parts of JSON are JSON.
func (t typeShape) part(i int) typeShape {
	if t.base == jsonDocument {
		return t
	}
	return t.argument(i)
}

// convertRow builds a row from an array, or from an object by field names.
func (c elementCast) convertRow(from, to typeShape, v any) (any, error) {
	out := make([]any, len(to.args))
	switch x := v.(type) {
	case []any:
		if len(x) != len(to.args) {
			return nil, newCastError(JSON(v), "row")
		}
		copy(out, x)
	case Object:
		for i, name := range to.names {
			out[i] = absent{}
			for _, m := range x {
				if strings.EqualFold(m.Key, name) {
					out[i] = m.Value
				}
			}
		}
	default:
		return nil, newCastError(JSON(v), "row")
	}
	for i := range out {
		x, err := c.convert(from.part(i), to.args[i], out[i])
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

func (c elementCast) convertMap(from, to typeShape, v any) (any, error) {
	o, ok := v.(Object)
	if !ok || len(to.args) != 2 {
		return nil, newCastError(JSON(v), "map")
	}
	var out objectBuilder
	for _, m := range o {
		key, err := c.convertKey(from.part(0), to.args[0], m.Key)
		if err != nil {
			return nil, err
		}
		x, err := c.convert(from.part(1), to.args[1], m.Value)
		if err != nil {
			return nil, err
		}
		if !out.set(key, x) {
			return nil, dataError("Cannot cast to map: duplicate keys")
		}
	}
	if out.members == nil {
		return Object{}, nil
	}
	return out.members, nil
}

// convertKey converts a key, which is a text in every map.
func (c elementCast) convertKey(from, to typeShape, key string) (string, error) {
	key = KeyText(key)
	var v any = key
	switch from.base {
	case "array", "map", "row":
		parsed, err := ParseJSON(key)
		if err != nil {
			return "", newCastError(key, to.base)
		}
		v = parsed
	case "boolean":
		v = key == "true"
	case "double", "real":
		f, err := parseDouble(key)
		if err != nil {
			return "", err
		}
		v = f
	case "tinyint", "smallint", "integer", "bigint":
		n, err := strconv.ParseInt(key, 10, 64)
		if err != nil {
			return "", newCastError(key, to.base)
		}
		v = n
	}
	x, err := c.convert(from, to, v)
	if err != nil {
		return "", err
	}
	return c.registry.makeMapKey(to, x)
}

// convertScalar converts a value that is not nested with the function that a CAST of such a value calls.
func (c elementCast) convertScalar(from, to typeShape, v any) (any, error) {
	name, args := "f_cast_"+to.base, []any{fromElement(v)}
	switch {
	case to.base == "varchar":
		return c.convertText(from, to, v)
	case to.base == "char":
		return c.registry.call("f_cast_char", toText(v), to.numbers[0])
	case strings.HasPrefix(to.base, "decimal"):
		name = "f_cast_decimal"
		if from.base == "real" {
			args[0] = formatExponential(numberOf(v), 32)
		}
		args = append(args, to.numbers[0], "0")
		if len(to.numbers) > 1 {
			args[2] = strings.TrimSpace(to.numbers[1])
		}
	case strings.HasPrefix(from.base, "decimal") && slices.Contains([]string{"tinyint", "smallint", "integer", "bigint"}, to.base):
		name = "f_cast_decimal_" + to.base
	case to.base == "boolean" && strings.HasPrefix(from.base, "decimal"):
		return numberOf(v) != 0, nil
	case to.base == "double" && from.base == "real":
		return v, nil
	case to.base == "varbinary":
		return c.convertBinary(from, v)
	case to.base == "date" && from.base != "varchar" && from.base != jsonDocument:
		name = "f_to_date"
	case strings.HasPrefix(to.base, "time"):
		return c.convertMoment(from, to, v)
	}
	x, err := c.registry.call(name, args...)
	if i, ok := x.(int64); ok && to.base == "boolean" {
		x = i != 0
	}
	if b, ok := x.(bool); ok && to.base != "boolean" {
		x = fromElement(b)
	}
	return x, err
}

// convertMoment converts a value to a time or a timestamp.
func (c elementCast) convertMoment(from, to typeShape, v any) (any, error) {
	precision := "3"
	if len(to.numbers) > 0 {
		precision = to.numbers[0]
	}
	text := toText(v)
	if from.base == "date" {
		if text += " 00:00:00"; strings.HasSuffix(to.base, "zone") {
			text += " UTC"
		}
	}
	switch to.base {
	case "timestamp with time zone":
		return c.registry.call("f_cast_timestamp_tz", text, precision)
	case "time with time zone":
		name := "f_to_time_tz"
		if from.base == "varchar" {
			name = "f_cast_time_tz"
		}
		return c.registry.call(name, text, precision)
	case "time":
		name := "f_to_time"
		if from.base == "varchar" || from.base == jsonDocument {
			name = "f_cast_time"
		}
		return c.registry.call(name, text, precision)
	}
	return c.registry.call("f_cast_timestamp", text, precision)
}

// convertText converts a value to a varchar.
func (c elementCast) convertText(from, to typeShape, v any) (any, error) {
	text := ""
	switch from.base {
	case "double":
		text = formatExponential(numberOf(v), 64)
	case "real":
		text = formatReal(numberOf(v))
	case "date":
		text = strings.TrimLeft(toText(v), "+")
	case "timestamp with time zone":
		text = FormatZoned(toText(v))
	case jsonDocument:
		text = formatElement(v)
	case "interval day to second":
		text = FormatDaySecond(int64(numberOf(v)))
	case "interval year to month":
		text = FormatYearMonth(int64(numberOf(v)))
	default:
		text = toText(v)
	}
	if len(to.numbers) == 0 {
		return text, nil
	}
	if from.base == "varchar" || from.base == "char" {
		length, err := strconv.Atoi(to.numbers[0])
		if err != nil {
			return nil, err
		}
		return truncateRunes(text, length), nil
	}
	return c.registry.call("f_cast_bounded", text, to.numbers[0])
}

// convertBinary converts a value to a varbinary, which is base64 in a nested value.
func (c elementCast) convertBinary(from typeShape, v any) (any, error) {
	var x any = toText(v)
	var err error
	switch from.base {
	case "uuid":
		x, err = c.registry.call("f_uuid_bytes", x)
	case "ipaddress":
		x, err = c.registry.call("f_ip_bytes", x)
	}
	if err != nil {
		return nil, err
	}
	return c.registry.call("f_to_base64", x)
}

// numberOf returns the value of a number, or NaN.
func numberOf(v any) float64 {
	f, _ := toDouble(v)
	return f
}
