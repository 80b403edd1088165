package functions

import (
	"math"
	"math/big"
	"slices"
	"strings"
)

// A sqlText is a value of PASSING that JSON cannot represent, such as a date.
type sqlText struct{ typ, text string }

// A pathEvaluator evaluates a path. Items are those of ParseJSON, decimals and sqlTexts.
type pathEvaluator struct {
	lax       bool
	root      []any // empty for a missing document
	variables map[string][]any
	objects   map[*Member]int64 // identifiers of keyvalue()
}

// A pathScope is the context of an expression in a filter or in a subscript.
type pathScope struct {
	filtered bool
	item     any
	indexed  bool
	last     int64
}

func pathFailure(format string, args ...any) error {
	return dataError("path evaluation failed: "+format, args...)
}

// describeItem returns the name of an item's type, as errors show it.
func describeItem(v any) string {
	switch x := v.(type) {
	case nil:
		return "NULL"
	case bool:
		return "BOOLEAN"
	case string:
		return "STRING"
	case []any:
		return "ARRAY"
	case Object:
		return "OBJECT"
	case sqlText:
		return x.typ
	}
	return "NUMBER"
}

func failItem(expected string, v any) error {
	return pathFailure("invalid item type. Expected: %s, actual: %s", expected, describeItem(v))
}

// evaluate returns the items of an expression that is not a condition.
func (pe *pathEvaluator) evaluate(e *sqlPathExpr, s pathScope) ([]any, error) {
	switch e.kind {
	case pathRoot:
		return pe.root, nil
	case pathVariable:
		return pe.variables[e.text], nil
	case pathLiteral:
		return []any{e.value}, nil
	case pathCurrent:
		if !s.filtered {
			return nil, pathFailure("accessing current filter item with no enclosing filter")
		}
		return []any{s.item}, nil
	case pathLast:
		switch {
		case !s.indexed:
			return nil, pathFailure("accessing the last array index with no enclosing array")
		case s.last < 0 && !pe.lax:
			return nil, pathFailure("structural error: invalid array subscript for empty array")
		}
		return []any{s.last}, nil
	case pathArithmetic:
		return pe.evaluateArithmetic(e, s)
	}
	items, err := pe.evaluate(e.args[0], s)
	if err != nil {
		return nil, err
	}
	switch e.kind {
	case pathMember, pathMembers:
		return pe.selectMembers(e, items)
	case pathDescendant:
		var found []any
		for _, v := range items {
			found = appendDescendants(found, v, e.text)
		}
		return found, nil
	case pathElements:
		return pe.selectElements(items)
	case pathSubscript:
		return pe.selectSubscripts(e, items, s)
	case pathFilter:
		return pe.filter(e.args[1], items, s)
	case pathSign:
		return pe.eachNumber(items, func(v any) (any, error) {
			if e.text == "+" {
				return v, nil
			}
			return negateItem(v)
		})
	}
	return pe.callMethod(e.text, items)
}

// unwrap replaces arrays with their elements.
func unwrap(items []any) []any {
	var out []any
	for _, v := range items {
		if a, ok := v.([]any); ok {
			out = append(out, a...)
		} else {
			out = append(out, v)
		}
	}
	return out
}

func (pe *pathEvaluator) selectMembers(e *sqlPathExpr, items []any) ([]any, error) {
	if pe.lax {
		items = unwrap(items)
	}
	var found []any
	for _, v := range items {
		o, ok := v.(Object)
		if !ok {
			if pe.lax {
				continue
			}
			return nil, failItem("OBJECT", v)
		}
		if e.kind == pathMembers {
			for _, m := range o {
				found = append(found, m.Value)
			}
			continue
		}
		member, ok := o.get(e.text)
		if !ok {
			if pe.lax {
				continue
			}
			return nil, pathFailure("structural error: missing member '%s' in JSON object", clip(e.text))
		}
		found = append(found, member)
	}
	return found, nil
}

// appendDescendants appends the members of a name at any depth.
func appendDescendants(found []any, v any, name string) []any {
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			found = appendDescendants(found, e, name)
		}
	case Object:
		if member, ok := x.get(name); ok {
			found = append(found, member)
		}
		for _, m := range x {
			found = appendDescendants(found, m.Value, name)
		}
	}
	return found
}

func (pe *pathEvaluator) selectElements(items []any) ([]any, error) {
	if pe.lax {
		return unwrap(items), nil
	}
	for _, v := range items {
		if _, ok := v.([]any); !ok {
			return nil, failItem("ARRAY", v)
		}
	}
	return unwrap(items), nil
}

func (pe *pathEvaluator) selectSubscripts(e *sqlPathExpr, items []any, s pathScope) ([]any, error) {
	var found []any
	for _, v := range items {
		array, ok := v.([]any)
		if !ok {
			if !pe.lax {
				return nil, failItem("ARRAY", v)
			}
			array = []any{v}
		}
		inner := s
		inner.indexed, inner.last = true, int64(len(array))-1
		for i := 1; i < len(e.args); i += 2 {
			from, err := pe.evaluateIndex(e.args[i], inner)
			if err != nil {
				return nil, err
			}
			to := from
			if e.args[i+1] != nil {
				if to, err = pe.evaluateIndex(e.args[i+1], inner); err != nil {
					return nil, err
				}
			}
			if !pe.lax && (from < 0 || to < from || to > inner.last) {
				return nil, pathFailure("structural error: invalid array subscript: [%d, %d] for array of size %d", from, to, len(array))
			}
			if from, to = max(from, 0), min(to, inner.last); from <= to {
				found = append(found, array[from:to+1]...)
			}
		}
	}
	return found, nil
}

// evaluateIndex returns the index that a subscript means.
func (pe *pathEvaluator) evaluateIndex(e *sqlPathExpr, s pathScope) (int64, error) {
	items, err := pe.evaluate(e, s)
	if err != nil {
		return 0, err
	}
	if pe.lax {
		items = unwrap(items)
	}
	if len(items) != 1 {
		return 0, pathFailure("array subscript requires a singleton item")
	}
	switch x := items[0].(type) {
	case int64:
		return x, nil
	case decimal:
		if n := x.round(0).unscaled; n.IsInt64() {
			return n.Int64(), nil
		}
	case float64:
		if math.Abs(x) < 1<<31 {
			return int64(math.Round(x)), nil
		}
	default:
		return 0, failItem("NUMBER", items[0])
	}
	return 0, pathFailure("array subscript is out of range")
}

func (pe *pathEvaluator) filter(condition *sqlPathExpr, items []any, s pathScope) ([]any, error) {
	if pe.lax {
		items = unwrap(items)
	}
	var found []any
	for _, v := range items {
		inner := s
		inner.filtered, inner.item = true, v
		if pe.test(condition, inner) == isTrue {
			found = append(found, v)
		}
	}
	return found, nil
}

// A truth is the value of a condition.
type truth int8

const (
	isFalse truth = iota
	isUnknown
	isTrue
)

func truthOf(b bool) truth {
	if b {
		return isTrue
	}
	return isFalse
}

// test evaluates a condition. An error in an operand makes it unknown.
func (pe *pathEvaluator) test(e *sqlPathExpr, s pathScope) truth {
	switch e.kind {
	case pathAnd:
		return min(pe.test(e.args[0], s), pe.test(e.args[1], s))
	case pathOr:
		return max(pe.test(e.args[0], s), pe.test(e.args[1], s))
	case pathNot:
		return isTrue - pe.test(e.args[0], s)
	case pathUnknown:
		return truthOf(pe.test(e.args[0], s) == isUnknown)
	}
	left, err := pe.evaluate(e.args[0], s)
	if err != nil {
		return isUnknown
	}
	if e.kind == pathExists {
		return truthOf(len(left) > 0)
	}
	right, err := pe.evaluate(e.args[1], s)
	if err != nil {
		return isUnknown
	}
	if pe.lax {
		left, right = unwrap(left), unwrap(right)
	}
	if e.kind == pathStarts {
		if len(right) != 1 {
			return isUnknown
		}
		return pe.testPairs(left, right, func(a, b any) truth {
			text, ok := a.(string)
			prefix, ok2 := b.(string)
			if !ok || !ok2 {
				return isUnknown
			}
			return truthOf(strings.HasPrefix(text, prefix))
		})
	}
	if slices.ContainsFunc(left, isNested) || slices.ContainsFunc(right, isNested) {
		return isUnknown
	}
	return pe.testPairs(left, right, func(a, b any) truth { return compareItems(e.text, a, b) })
}

// testPairs reports whether a test is true for any pair of items. In lax mode, the first pair that is true or unknown
// decides.
func (pe *pathEvaluator) testPairs(left, right []any, test func(a, b any) truth) truth {
	result := isFalse
	for _, a := range left {
		for _, b := range right {
			switch t := test(a, b); {
			case t == isUnknown, t == isTrue && pe.lax:
				return t
			case t == isTrue:
				result = isTrue
			}
		}
	}
	return result
}

// compareItems compares two scalars.
func compareItems(operator string, a, b any) truth {
	if a == nil || b == nil {
		switch operator {
		case "==":
			return truthOf(a == b)
		case "<>", "!=":
			return truthOf(a != b)
		}
		return isFalse
	}
	kind := describeItem(a)
	if kind != describeItem(b) {
		return isUnknown
	}
	c := 0
	switch x := a.(type) {
	case sqlText:
		y, _ := b.(sqlText)
		c = strings.Compare(x.text, y.text)
	case string, bool:
		c = compare(a, b)
	default:
		if isNaN(a) || isNaN(b) {
			return truthOf(operator == "<>" || operator == "!=")
		}
		c = compare(plainNumber(a), plainNumber(b))
	}
	switch operator {
	case "==":
		return truthOf(c == 0)
	case "<>", "!=":
		return truthOf(c != 0)
	case "<":
		return truthOf(c < 0)
	case "<=":
		return truthOf(c <= 0)
	case ">":
		return truthOf(c > 0)
	}
	return truthOf(c >= 0)
}

func isNaN(v any) bool {
	f, ok := v.(float64)
	return ok && math.IsNaN(f)
}

// plainNumber converts a decimal to a Number.
func plainNumber(v any) any {
	if d, ok := v.(decimal); ok {
		return Number(d.String())
	}
	return v
}

func isNumberItem(v any) bool {
	switch v.(type) {
	case int64, float64, decimal:
		return true
	}
	return false
}

// eachNumber applies f to all items, which must be numbers.
func (pe *pathEvaluator) eachNumber(items []any, f func(any) (any, error)) ([]any, error) {
	if pe.lax {
		items = unwrap(items)
	}
	out := make([]any, len(items))
	for i, v := range items {
		if !isNumberItem(v) {
			return nil, failItem("NUMBER", v)
		}
		var err error
		if out[i], err = f(v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func negateItem(v any) (any, error) {
	switch x := v.(type) {
	case decimal:
		return decimal{new(big.Int).Neg(x.unscaled), x.scale}, nil
	case float64:
		return -x, nil
	}
	return combineItems("-", int64(0), v)
}

func (pe *pathEvaluator) evaluateArithmetic(e *sqlPathExpr, s pathScope) ([]any, error) {
	var operands [2]any
	for i, a := range e.args {
		items, err := pe.evaluate(a, s)
		if err != nil {
			return nil, err
		}
		if pe.lax {
			items = unwrap(items)
		}
		if len(items) != 1 {
			return nil, pathFailure("arithmetic binary expression requires singleton operands")
		}
		if !isNumberItem(items[0]) {
			return nil, failItem("NUMBER", items[0])
		}
		operands[i] = items[0]
	}
	v, err := combineItems(e.text, operands[0], operands[1])
	if err != nil {
		return nil, err
	}
	return []any{v}, nil
}

// combineItems computes a operator b. The result has the wider type of the two; a number in the range of integer is one.
func combineItems(operator string, a, b any) (any, error) {
	x, okX := a.(int64)
	y, okY := b.(int64)
	if okX && okY {
		return combineIntegers(operator, x, y)
	}
	if isFloat(a) || isFloat(b) {
		x, _ := toDouble(plainNumber(a))
		y, _ := toDouble(plainNumber(b))
		switch operator {
		case "+":
			return x + y, nil
		case "-":
			return x - y, nil
		case "*":
			return x * y, nil
		case "/":
			return x / y, nil
		}
		return math.Mod(x, y), nil
	}
	l, okL := parseDecimal(toText(plainNumber(a)))
	r, okR := parseDecimal(toText(plainNumber(b)))
	if !okL || !okR {
		return nil, pathFailure("a decimal has too many digits")
	}
	scale := max(l.scale, r.scale)
	left, right := l.round(scale).unscaled, r.round(scale).unscaled
	if right.Sign() == 0 && (operator == "/" || operator == "%") {
		return nil, pathFailure("division by zero")
	}
	switch operator {
	case "+":
		return decimal{new(big.Int).Add(left, right), scale}, nil
	case "-":
		return decimal{new(big.Int).Sub(left, right), scale}, nil
	case "*":
		return decimal{new(big.Int).Mul(l.unscaled, r.unscaled), l.scale + r.scale}, nil
	case "/":
		return decimal{divideRounded(new(big.Int).Mul(left, pow10(scale)), right), scale}, nil
	}
	return decimal{new(big.Int).Rem(left, right), scale}, nil
}

func isFloat(v any) bool {
	_, ok := v.(float64)
	return ok
}

func combineIntegers(operator string, x, y int64) (any, error) {
	name := "bigint"
	if x == int64(int32(x)) && y == int64(int32(y)) {
		name = "integer"
	}
	switch operator {
	case "/", "%":
		switch {
		case y == 0:
			return nil, pathFailure("division by zero")
		case operator == "%":
			return remainder(x, y), nil
		case y == -1:
			operator, x, y = "-", 0, x
		default:
			return x / y, nil
		}
	}
	v, err := checkedInteger([]any{x, operator, y, name})
	if err != nil {
		return nil, pathFailure("%s", err.Error())
	}
	return v, nil
}

func (pe *pathEvaluator) callMethod(name string, items []any) ([]any, error) {
	switch name {
	case "type":
		out := make([]any, len(items))
		for i, v := range items {
			out[i] = strings.ToLower(describeItem(v))
		}
		return out, nil
	case "size":
		out := make([]any, len(items))
		for i, v := range items {
			a, ok := v.([]any)
			switch {
			case ok:
				out[i] = int64(len(a))
			case pe.lax:
				out[i] = int64(1)
			default:
				return nil, failItem("ARRAY", v)
			}
		}
		return out, nil
	case "double":
		return pe.convertDoubles(items)
	case "keyvalue":
		return pe.listMembers(items)
	}
	return pe.eachNumber(items, func(v any) (any, error) { return roundItem(name, v) })
}

// roundItem computes abs, ceiling or floor.
func roundItem(name string, v any) (any, error) {
	switch x := v.(type) {
	case int64:
		if name == "abs" && x < 0 {
			return negateItem(v)
		}
		return x, nil
	case decimal:
		switch name {
		case "abs":
			return decimal{new(big.Int).Abs(x.unscaled), x.scale}, nil
		case "ceiling":
			return x.roundUp(1), nil
		}
		return x.roundUp(-1), nil
	}
	x, _ := v.(float64)
	switch name {
	case "abs":
		return math.Abs(x), nil
	case "ceiling":
		return math.Ceil(x), nil
	}
	return math.Floor(x), nil
}

func (pe *pathEvaluator) convertDoubles(items []any) ([]any, error) {
	if pe.lax {
		items = unwrap(items)
	}
	out := make([]any, len(items))
	for i, v := range items {
		if _, ok := v.(string); !ok && !isNumberItem(v) {
			return nil, failItem("NUMBER or TEXT", v)
		}
		f, err := toDouble(plainNumber(v))
		if err != nil {
			return nil, pathFailure("%s", err.Error())
		}
		out[i] = f
	}
	return out, nil
}

// listMembers implements keyvalue().
func (pe *pathEvaluator) listMembers(items []any) ([]any, error) {
	if pe.lax {
		items = unwrap(items)
	}
	var out []any
	for _, v := range items {
		o, ok := v.(Object)
		if !ok {
			return nil, failItem("OBJECT", v)
		}
		if len(o) == 0 {
			continue
		}
		id, known := pe.objects[&o[0]]
		if !known {
			if pe.objects == nil {
				pe.objects = map[*Member]int64{}
			}
			id = int64(len(pe.objects))
			pe.objects[&o[0]] = id
		}
		for _, m := range o {
			out = append(out, Object{{"name", m.Key}, {"value", m.Value}, {"id", id}})
		}
	}
	return out, nil
}
