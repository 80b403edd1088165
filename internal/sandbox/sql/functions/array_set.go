package functions

import "slices"

// An elementKeys makes a string of an element that is the same for equal elements. The zero value compares them without their
// type.
type elementKeys struct {
	registry *Registry
	element  typeShape
}

// keysOf returns the keys for elements of the array whose type is the first of the arguments, if there are any.
func (c arrayCalls) keysOf(types []any) elementKeys {
	return elementKeys{c.registry, elementType(types)}
}

func (keys elementKeys) of(v any) string {
	if keys.element.base == "" || v == nil {
		return makeKey(v)
	}
	k := keyWriter{registry: keys.registry, nulls: true, key: []byte{keyValue}}
	k.write(keys.element, v)
	return string(k.key)
}

// setOf returns the keys of the elements.
func (keys elementKeys) setOf(v []any) map[string]bool {
	in := map[string]bool{}
	for _, e := range v {
		in[keys.of(e)] = true
	}
	return in
}

// removeDuplicates keeps the first of equal elements.
func (keys elementKeys) removeDuplicates(v []any) []any {
	seen := map[string]bool{}
	out := []any{}
	for _, e := range v {
		if k := keys.of(e); !seen[k] {
			seen[k] = true
			out = append(out, e)
		}
	}
	return out
}

// setFunctions returns the set operations on arrays. The type of the arrays is an optional last argument.
func (c arrayCalls) setFunctions() []Scalar {
	one := func(name string, f func(keys elementKeys, v []any) (any, error)) Scalar {
		return newArrayArgsScalar(name, 1, 2, func(v, types []any) (any, error) { return f(c.keysOf(types), v) })
	}
	two := func(name string, f func(keys elementKeys, a, b []any) (any, error)) Scalar {
		return newArrayArgsScalar(name, 2, 3, func(a, rest []any) (any, error) {
			b, err := toArray(rest[0])
			if err != nil {
				return nil, err
			}
			return f(c.keysOf(rest[1:]), a, b)
		})
	}
	return []Scalar{
		one("f_array_distinct", func(keys elementKeys, v []any) (any, error) { return JSON(keys.removeDuplicates(v)), nil }),
		one("f_array_histogram", countDistinct),
		two("f_array_union", func(keys elementKeys, a, b []any) (any, error) {
			return JSON(keys.removeDuplicates(append(a, b...))), nil
		}),
		two("f_array_intersect", func(keys elementKeys, a, b []any) (any, error) {
			if len(a) < len(b) { // the result has the order of the longer array
				a, b = b, a
			}
			in := keys.setOf(b)
			return JSON(slices.DeleteFunc(keys.removeDuplicates(a), func(e any) bool { return !in[keys.of(e)] })), nil
		}),
		two("f_array_except", func(keys elementKeys, a, b []any) (any, error) {
			in := keys.setOf(b)
			return JSON(slices.DeleteFunc(keys.removeDuplicates(a), func(e any) bool { return in[keys.of(e)] })), nil
		}),
		two("f_arrays_overlap", overlap),
		two("f_contains_sequence", func(keys elementKeys, a, b []any) (any, error) { return keys.containsSequence(a, b), nil }),
		newArrayArgsScalar("f_array_remove", 2, 3, c.removeElement),
	}
}

// overlap reports whether two arrays have a common element, or returns null if they could have one.
func overlap(keys elementKeys, a, b []any) (any, error) {
	if len(a) == 0 || len(b) == 0 {
		return false, nil
	}
	in := keys.setOf(b)
	null := in[keys.of(nil)]
	for _, e := range a {
		if e != nil && in[keys.of(e)] {
			return true, nil
		}
		null = null || e == nil
	}
	if null {
		return nil, nil
	}
	return false, nil
}

func (c arrayCalls) removeElement(v, rest []any) (any, error) {
	equal := c.equalTo(rest[0], rest[1:])
	out := []any{}
	for _, e := range v {
		if err := checkComparable("array_remove", e, rest[0]); err != nil {
			return nil, err
		}
		if !equal(e) {
			out = append(out, e)
		}
	}
	return JSON(out), nil
}

// countDistinct returns a map of the elements, except nulls, and their numbers of occurrences.
func countDistinct(keys elementKeys, v []any) (any, error) {
	counts := map[string]int64{}
	var distinct []any
	for _, e := range v {
		if e == nil {
			continue
		}
		k := keys.of(e)
		if counts[k] == 0 {
			distinct = append(distinct, e)
		}
		counts[k]++
	}
	o := Object{}
	for _, e := range distinct {
		key, err := keys.registry.makeMapKey(keys.element, e)
		if err != nil {
			return nil, err
		}
		o = append(o, Member{key, counts[keys.of(e)]})
	}
	return JSON(o), nil
}

// containsSequence reports whether the elements of b are a contiguous part of a.
func (keys elementKeys) containsSequence(a, b []any) bool {
	for i := 0; i+len(b) <= len(a); i++ {
		if slices.EqualFunc(a[i:i+len(b)], b, func(x, y any) bool { return keys.of(x) == keys.of(y) }) {
			return true
		}
	}
	return false
}
