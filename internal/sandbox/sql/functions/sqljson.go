package functions

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// A JSONCall describes a call of json_value, json_query or json_exists, or a column of JSON_TABLE. It is the first
// argument of the engine's function, as JSON text. The input and the values of PASSING follow. See
// https://trino.io/docs/current/functions/json.html.
type JSONCall struct {
	Path     string
	Encoding string        `json:",omitempty"` // encoding of a varbinary input
	Passing  []JSONPassing `json:",omitempty"`
	// Type is the base name of the type that RETURNING requests, Length that of a varchar, 0 for no limit.
	Type     string `json:",omitempty"`
	Length   int    `json:",omitempty"`
	Wrapper  string `json:",omitempty"` // CONDITIONAL or UNCONDITIONAL
	NoQuotes bool   `json:",omitempty"`
	OnEmpty  string `json:",omitempty"` // NULL if empty
	OnError  string `json:",omitempty"` // NULL if empty

	path *sqlPath
}

// A JSONPassing is a value of PASSING. Type is json for FORMAT JSON.
type JSONPassing struct{ Name, Type string }

// parseJSONCall reads a call and compiles its path.
func parseJSONCall(text string) (*JSONCall, error) {
	c := &JSONCall{}
	if err := json.Unmarshal([]byte(text), c); err != nil {
		return nil, dataError("not a JSON function: '%s'", clip(text))
	}
	path, err := parseSQLPath(c.Path)
	if err != nil {
		return nil, dataError("%s", err.Error())
	}
	c.path = path
	return c, nil
}

var (
	errNoItems    = errors.New("JSON path found no items")
	errManyItems  = errors.New("JSON path found multiple items")
	errNoSQLValue = errors.New("JSON path found an item that cannot be converted to an SQL value")
)

// sqlJSONFunctions returns the functions that evaluate paths of SQL/JSON, and those that create JSON.
func (r *Registry) sqlJSONFunctions() []Scalar {
	return []Scalar{
		newNullScalar("f_json_value", 2, -1, func(a []any) (any, error) {
			c, items, err := r.evaluateJSONCall(a)
			if c == nil {
				return nil, err
			}
			return c.finishValue(items, err)
		}),
		newNullScalar("f_json_outcome", 2, -1, func(a []any) (any, error) {
			c, items, err := r.evaluateJSONCall(a)
			if c == nil {
				return nil, err
			}
			return c.describeOutcome(items, err), nil
		}),
		newNullScalar("f_json_query", 2, -1, func(a []any) (any, error) {
			c, items, err := r.evaluateJSONCall(a)
			if c == nil {
				return nil, err
			}
			return c.finishQuery(items, err)
		}),
		newNullScalar("f_json_exists", 2, -1, func(a []any) (any, error) {
			c, items, err := r.evaluateJSONCall(a)
			switch {
			case c == nil, err != nil && c.OnError == "ERROR":
				return nil, err
			case err == nil:
				return len(items) > 0, nil
			case c.OnError == "UNKNOWN":
				return nil, nil
			}
			return c.OnError == "TRUE", nil
		}),
		newScalar("f_json_encode", 2, 2, func(a []any) (any, error) { return encodeJSONText(toText(a[0]), toText(a[1])) }),
		newScalar("f_json_element", 2, 2, makeJSONElement),
		newNullScalar("f_json_array", 1, -1, func(a []any) (any, error) {
			var parts []string
			for _, v := range a[1:] {
				switch {
				case v != nil:
					parts = append(parts, toText(v))
				case toText(a[0]) == "NULL":
					parts = append(parts, "null")
				}
			}
			return "[" + strings.Join(parts, ",") + "]", nil
		}),
		newNullScalar("f_json_object", 2, -1, makeJSONObject),
		newNullScalar("f_json_table", 2, -1, r.makeJSONTable),
	}
}

// evaluateJSONCall evaluates the path of a call. It returns no call if the input is null or the call is malformed.
func (r *Registry) evaluateJSONCall(a []any) (*JSONCall, []any, error) {
	c, err := r.jsonCalls.get(toText(a[0]))
	if err != nil || a[1] == nil {
		return nil, nil, err
	}
	document, err := parseJSONInput(a[1], c.Encoding)
	if err != nil {
		return c, nil, err
	}
	variables, err := c.bindVariables(a[2:])
	if err != nil {
		return c, nil, err
	}
	pe := pathEvaluator{lax: c.path.lax, root: []any{document}, variables: variables}
	items, err := pe.evaluate(c.path.expr, pathScope{})
	return c, items, err
}

// bindVariables converts the values of PASSING to items.
func (c *JSONCall) bindVariables(values []any) (map[string][]any, error) {
	variables := map[string][]any{}
	for i, p := range c.Passing {
		if i >= len(values) {
			break
		}
		v := values[i]
		switch {
		case p.Type == "json" && v == nil:
			variables[p.Name] = nil
			continue
		case p.Type == "json":
			document, err := parseJSONInput(v, "UTF8")
			if err != nil {
				return nil, err
			}
			v = document
		case v == nil:
		case p.Type == "boolean":
			v = toBool(v)
		case strings.HasPrefix(p.Type, "decimal"):
			d, err := toDecimal(v)
			if err != nil {
				return nil, err
			}
			v = d
		case p.Type == "real":
			f, _ := toDouble(v)
			v, _ = strconv.ParseFloat(formatFloat(f, 32), 64)
		case p.Type != "varchar" && p.Type != "char":
			if s, ok := v.(string); ok {
				v = sqlText{p.Type, s}
			}
		}
		variables[p.Name] = []any{v}
	}
	return variables, nil
}

// parseJSONInput parses a document. The last duplicate wins.
func parseJSONInput(v any, encodingName string) (any, error) {
	text := toText(v)
	if b, ok := v.([]byte); ok {
		var err error
		if text, err = decodeJSONText(b, encodingName); err != nil {
			return nil, err
		}
	}
	document, err := ParseJSON(text)
	if err != nil {
		return nil, dataError("conversion to JSON failed: '%s'", clip(text))
	}
	return keepLastMembers(document), nil
}

func jsonEncoding(name string) encoding.Encoding {
	switch name {
	case "UTF16":
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case "UTF32":
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	}
	return encoding.Nop
}

func decodeJSONText(b []byte, name string) (string, error) {
	text, err := jsonEncoding(name).NewDecoder().Bytes(b)
	if err != nil || !utf8.Valid(text) {
		return "", dataError("conversion to JSON failed: not valid %s", name)
	}
	return string(text), nil
}

func encodeJSONText(text, name string) (any, error) {
	b, err := jsonEncoding(name).NewEncoder().Bytes([]byte(text))
	if err != nil {
		return nil, dataError("conversion from JSON failed: %s", err.Error())
	}
	return b, nil
}

// keepLastMembers removes all but the last of equal names from the objects of v.
func keepLastMembers(v any) any {
	switch x := v.(type) {
	case []any:
		for i, e := range x {
			x[i] = keepLastMembers(e)
		}
	case Object:
		var b objectBuilder
		for _, m := range x {
			b.set(m.Key, keepLastMembers(m.Value))
		}
		return b.members
	}
	return v
}

// singleScalar returns the text of the one item that json_value found. The result is nil for JSON null.
func (c *JSONCall) singleScalar(items []any) (any, error) {
	if len(items) != 1 {
		return nil, dataError("cannot extract SQL scalar from JSON: %s", errManyItems)
	}
	v := items[0]
	if _, tooLong := v.(Number); tooLong || isNested(v) {
		return nil, dataError("cannot extract SQL scalar from JSON: %s", errNoSQLValue)
	}
	if v == nil {
		return nil, nil
	}
	return c.convertItem(v)
}

// convertItem returns the text of a scalar from which the requested type can be read.
func (c *JSONCall) convertItem(v any) (any, error) {
	text := ""
	switch x := v.(type) {
	case string:
		if c.Length > 0 {
			return truncateRunes(x, c.Length), nil
		}
		if integerType := slices.Contains([]string{"tinyint", "smallint", "integer", "bigint"}, c.Type); integerType {
			return strings.TrimSpace(x), nil
		}
		return x, nil
	case sqlText:
		text = x.text
	default:
		text = c.convertNumber(v)
	}
	if c.Length > 0 && utf8.RuneCountInString(text) > c.Length {
		return nil, dataError("cannot extract SQL scalar from JSON: Value %s cannot be represented as varchar(%d)", text, c.Length)
	}
	return text, nil
}

// convertNumber returns the text of a number or a boolean.
func (c *JSONCall) convertNumber(v any) string {
	switch c.Type {
	case "tinyint", "smallint", "integer", "bigint":
		switch x := v.(type) {
		case bool:
			return toText(fromElement(x))
		case float64:
			if n, err := integerTypes()[0].cast(x); err == nil {
				return toText(n)
			}
		case decimal:
			return x.round(0).String()
		}
	case "boolean":
		if isNumberItem(v) {
			return strconv.FormatBool(compare(plainNumber(v), int64(0)) != 0)
		}
	case "varchar", "char":
		if f, ok := v.(float64); ok {
			return formatExponential(f, 64)
		}
	default:
		if b, ok := v.(bool); ok {
			return toText(fromElement(b))
		}
	}
	return toText(plainNumber(v))
}

// describeOutcome returns value, null, empty or error.
func (c *JSONCall) describeOutcome(items []any, err error) string {
	if err == nil && len(items) == 0 {
		return "empty"
	}
	var v any
	if err == nil {
		v, err = c.singleScalar(items)
	}
	switch {
	case err != nil:
		return "error"
	case v == nil:
		return "null"
	}
	return "value"
}

// finishValue returns the result of json_value.
func (c *JSONCall) finishValue(items []any, err error) (any, error) {
	if err == nil && len(items) == 0 {
		if c.OnEmpty == "ERROR" {
			return nil, dataError("cannot extract SQL scalar from JSON: %s", errNoItems)
		}
		return nil, nil
	}
	var v any
	if err == nil {
		v, err = c.singleScalar(items)
	}
	if err != nil && c.OnError != "ERROR" {
		return nil, nil
	}
	return v, err
}

// finishQuery returns the result of json_query.
func (c *JSONCall) finishQuery(items []any, err error) (any, error) {
	failure := func(reason error) error { return dataError("conversion from JSON failed: %s", reason) }
	if err == nil && len(items) == 0 {
		return substituteJSON(c.OnEmpty, failure(errNoItems))
	}
	if err == nil {
		switch {
		case c.Wrapper == "UNCONDITIONAL", c.Wrapper == "CONDITIONAL" && (len(items) > 1 || !isNested(items[0])):
			items = []any{slices.Clone(items)}
		case len(items) > 1:
			err = failure(errManyItems)
		}
	}
	if err == nil {
		var v any
		if v, err = plainItem(items[0]); err == nil {
			if s, ok := v.(string); ok && c.NoQuotes {
				return c.limit(s), nil
			}
			return c.limit(formatJSON(v)), nil
		}
	}
	return substituteJSON(c.OnError, err)
}

func (c *JSONCall) limit(text string) string {
	if c.Length > 0 {
		return truncateRunes(text, c.Length)
	}
	return text
}

// plainItem replaces decimals with Numbers, and fails for values that JSON cannot represent.
func plainItem(v any) (any, error) {
	switch x := v.(type) {
	case sqlText:
		return nil, dataError("conversion from JSON failed: JSON path returned a scalar SQL value of type %s that cannot be represented as JSON", x.typ)
	case []any:
		for i, e := range x {
			p, err := plainItem(e)
			if err != nil {
				return nil, err
			}
			if _, ok := e.(decimal); ok {
				x[i] = p
			}
		}
	}
	return plainNumber(v), nil
}

// substituteJSON returns the result of json_query for an event.
func substituteJSON(behavior string, err error) (any, error) {
	switch behavior {
	case "ERROR":
		return nil, err
	case "EMPTY ARRAY":
		return "[]", nil
	case "EMPTY OBJECT":
		return "{}", nil
	}
	return nil, nil
}

// makeJSONElement returns the JSON text of a value of json_array or json_object, whose type is the second argument.
func makeJSONElement(a []any) (any, error) {
	switch typ := toText(a[1]); {
	case typ == "json":
		v, err := parseJSONInput(a[0], "UTF8")
		return formatJSON(v), err
	case typ == "boolean":
		return strconv.FormatBool(toBool(a[0])), nil
	case typ == "real":
		f, err := toDouble(a[0])
		return formatJSON(typeShape{base: "real"}.toJSON(f)), err
	case strings.HasPrefix(typ, "decimal"):
		return toText(a[0]), nil
	}
	return formatJSON(toElement(a[0])), nil
}

// makeJSONObject implements json_object. The first argument contains NULL or ABSENT and, for unique keys, UNIQUE; keys and
// JSON texts follow. The service orders the members by a hash table of the keys.
func makeJSONObject(a []any) (any, error) {
	absent, unique := strings.HasPrefix(toText(a[0]), "ABSENT"), strings.HasSuffix(toText(a[0]), "UNIQUE")
	var b objectBuilder
	for i := 1; i+1 < len(a); i += 2 {
		if a[i] == nil {
			return nil, dataError("null value passed for JSON object key to JSON_OBJECT function")
		}
		if a[i+1] == nil && absent {
			continue
		}
		v := Number("null")
		if a[i+1] != nil {
			v = Number(toText(a[i+1]))
		}
		if !b.set(toText(a[i]), v) {
			if unique {
				return nil, dataError("duplicate key passed to JSON_OBJECT function")
			}
			return nil, dataError("cannot construct a JSON object with duplicate key")
		}
	}
	if len(b.members) == 0 {
		return "{}", nil
	}
	sortByHash(b.members)
	return JSON(b.members), nil
}
