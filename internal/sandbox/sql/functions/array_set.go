package functions

import "slices"

// removeDuplicates keeps the first of equal elements.
func removeDuplicates(v []any) []any {
	seen := map[string]bool{}
	out := []any{}
	for _, e := range v {
		if k := makeKey(e); !seen[k] {
			seen[k] = true
			out = append(out, e)
		}
	}
	return out
}

// setFunctions returns the set operations on arrays.
func setFunctions() []Scalar {
	two := func(name string, f func(a, b []any, inB map[string]bool) (any, error)) Scalar {
		return newScalar(name, 2, 2, func(args []any) (any, error) {
			a, err := toArray(args[0])
			if err != nil {
				return nil, err
			}
			b, err := toArray(args[1])
			if err != nil {
				return nil, err
			}
			in := map[string]bool{}
			for _, e := range b {
				in[makeKey(e)] = true
			}
			return f(a, b, in)
		})
	}
	return []Scalar{
		newArrayScalar("f_array_distinct", func(v []any) (any, error) { return JSON(removeDuplicates(v)), nil }),
		two("f_array_union", func(a, b []any, _ map[string]bool) (any, error) { return JSON(removeDuplicates(append(a, b...))), nil }),
		two("f_array_intersect", func(a, b []any, in map[string]bool) (any, error) {
			if len(a) < len(b) { // the result has the order of the longer array
				a, b = b, a
				in = map[string]bool{}
				for _, e := range b {
					in[makeKey(e)] = true
				}
			}
			return JSON(slices.DeleteFunc(removeDuplicates(a), func(e any) bool { return !in[makeKey(e)] })), nil
		}),
		two("f_array_except", func(a, _ []any, in map[string]bool) (any, error) {
			return JSON(slices.DeleteFunc(removeDuplicates(a), func(e any) bool { return in[makeKey(e)] })), nil
		}),
		two("f_arrays_overlap", func(a, b []any, in map[string]bool) (any, error) {
			if len(a) == 0 || len(b) == 0 {
				return false, nil
			}
			null := in[makeKey(nil)]
			for _, e := range a {
				if e != nil && in[makeKey(e)] {
					return true, nil
				}
				null = null || e == nil
			}
			if null {
				return nil, nil
			}
			return false, nil
		}),
		newArrayScalar("f_array_histogram", func(v []any) (any, error) {
			return countDistinct(v), nil
		}),
		two("f_contains_sequence", func(a, b []any, _ map[string]bool) (any, error) { return containsSequence(a, b), nil }),
		newArrayArgsScalar("f_array_remove", 2, 2, func(v, rest []any) (any, error) {
			out := []any{}
			for _, e := range v {
				if err := checkComparable("array_remove", e, rest[0]); err != nil {
					return nil, err
				}
				if !equalElement(e, rest[0]) {
					out = append(out, e)
				}
			}
			return JSON(out), nil
		}),
	}
}

// countDistinct returns a map of the elements, except nulls, and their numbers of occurrences.
func countDistinct(v []any) string {
	counts := map[string]int64{}
	var keys []any
	for _, e := range v {
		if e == nil {
			continue
		}
		k := makeKey(e)
		if counts[k] == 0 {
			keys = append(keys, e)
		}
		counts[k]++
	}
	o := Object{}
	for _, e := range keys {
		o = append(o, Member{toMapKey(e), counts[makeKey(e)]})
	}
	return JSON(o)
}

// containsSequence reports whether the elements of b are a contiguous part of a.
func containsSequence(a, b []any) bool {
	for i := 0; i+len(b) <= len(a); i++ {
		if slices.EqualFunc(a[i:i+len(b)], b, func(x, y any) bool { return makeKey(x) == makeKey(y) }) {
			return true
		}
	}
	return false
}
