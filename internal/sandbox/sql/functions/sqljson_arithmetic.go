package functions

import (
	"math"
	"math/big"
)

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
