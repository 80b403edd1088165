package functions

import (
	"math"
	"slices"
	"strings"
)

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
