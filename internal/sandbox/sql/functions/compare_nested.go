package functions

import (
	"math"
	"strings"
)

// nestedFunctions returns the comparisons of arrays, maps and rows. The third argument is the type of both.
func (r *Registry) nestedFunctions() []Scalar {
	compareAs := func(name string, distinct bool) Scalar {
		return newNullScalar(name, 3, 3, func(a []any) (any, error) {
			var values [2]any
			for i := range values {
				if a[i] == nil {
					continue
				}
				v, err := ParseJSON(toText(a[i]))
				if err != nil {
					return nil, newCastError(a[i], toText(a[2]))
				}
				values[i] = v
			}
			c := nestedComparison{registry: r, distinct: distinct}
			switch result := c.equal(parseTypeShape(toText(a[2])), values[0], values[1]); {
			case c.err != nil:
				return nil, c.err
			case result == isUnknown:
				return nil, nil
			default:
				return result == isTrue, nil
			}
		})
	}
	return []Scalar{compareAs("f_nested_equal", false), compareAs("f_nested_identical", true)}
}

// A nestedComparison compares values by their type.
type nestedComparison struct {
	registry *Registry
	distinct bool // NULL and NaN are equal to themselves, as in IS NOT DISTINCT FROM
	err      error
}

// equal compares two values of type t.
func (c *nestedComparison) equal(t typeShape, a, b any) truth {
	switch {
	case c.distinct && (a == nil || b == nil):
		return truthOf(a == nil && b == nil)
	case a == nil || b == nil:
		return isUnknown
	}
	switch x := a.(type) {
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return isFalse
		}
		return c.equalAll(len(x), func(i int) truth { return c.equal(t.argument(i), x[i], y[i]) })
	case Object:
		y, ok := b.(Object)
		if !ok || t.base != "map" || len(x) != len(y) {
			return truthOf(t.base != "map" && JSON(sortMembers(a)) == JSON(sortMembers(b)))
		}
		values := make(map[string]any, len(y))
		for _, m := range y {
			values[keyIdentity(m.Key)] = m.Value
		}
		return c.equalAll(len(x), func(i int) truth {
			v, found := values[keyIdentity(x[i].Key)]
			if !found || !c.distinct && hasNaN(x[i].Key) {
				return isFalse
			}
			return c.equal(t.argument(1), x[i].Value, v)
		})
	}
	return truthOf(c.equalScalars(t, a, b))
}

// equalAll combines the comparisons of n parts: one that is false decides.
func (c *nestedComparison) equalAll(n int, part func(i int) truth) truth {
	result := isTrue
	for i := range n {
		if p := part(i); p == isFalse {
			return isFalse
		} else if p < result {
			result = p
		}
	}
	return result
}

func (c *nestedComparison) equalScalars(t typeShape, a, b any) bool {
	switch {
	case strings.HasPrefix(t.base, "decimal"):
		x, okX := parseDecimal(toText(a))
		y, okY := parseDecimal(toText(b))
		if okX && okY {
			x, y = alignScales(x, y)
			return x.unscaled.Cmp(y.unscaled) == 0
		}
	case t.base == "double" || t.base == "real":
		x, errX := toDouble(a)
		y, errY := toDouble(b)
		if errX == nil && errY == nil {
			return x == y || c.distinct && math.IsNaN(x) && math.IsNaN(y)
		}
	case strings.HasSuffix(t.base, "with time zone"):
		x, y, err := c.registry.parseDatetimes(a, b)
		if err != nil {
			c.err = err
		}
		return x.compare(y) == 0
	}
	return compare(a, b) == 0
}

// argument returns the type of the i-th part: the fields of a row differ, the elements of an array do not.
func (t typeShape) argument(i int) typeShape {
	switch {
	case t.base == "array" && len(t.args) == 1:
		return t.args[0]
	case i < len(t.args):
		return t.args[i]
	}
	return typeShape{}
}
