package functions

import "slices"

// hivemallArrayFunctions returns functions that select elements of arrays and entries of maps. See
// https://hivemall.apache.org/userguide/misc/generic_funcs.html.
func hivemallArrayFunctions() []Scalar {
	element := func(name string, index func(n int) int) Scalar {
		return newArrayScalar(name, func(v []any) (any, error) {
			if len(v) == 0 {
				return nil, nil
			}
			return fromElement(v[index(len(v))]), nil
		})
	}
	return []Scalar{
		element("h_first_element", func(int) int { return 0 }),
		element("h_last_element", func(n int) int { return n - 1 }),
		newArrayScalar("h_sort_and_uniq_array", func(v []any) (any, error) {
			slices.SortStableFunc(v, compare)
			return JSON(elementKeys{}.removeDuplicates(v)), nil
		}),
		newArrayArgsScalar("h_array_slice", 2, 3, func(v, rest []any) (any, error) {
			start, err := toCount(rest[0])
			if err != nil {
				return nil, err
			}
			end := len(v)
			if start < 0 {
				start += len(v)
			}
			if len(rest) == 2 {
				n, err := toCount(rest[1])
				if err != nil {
					return nil, err
				}
				if end = start + n; n < 0 {
					end = len(v) + n
				}
			}
			if start < 0 || start > len(v) || end > len(v) || end < start {
				return nil, nil
			}
			return JSON(v[start:end]), nil
		}),
		newArrayArgsScalar("h_subarray", 3, 3, func(v, rest []any) (any, error) {
			from, err := toCount(rest[0])
			if err != nil {
				return nil, err
			}
			to, err := toCount(rest[1])
			if err != nil {
				return nil, err
			}
			from, to = max(from, 0), min(to, len(v))
			if from >= to {
				return "[]", nil
			}
			return JSON(v[from:to]), nil
		}),
		newScalar("h_map_include_keys", 2, 2, func(a []any) (any, error) { return selectKeys(a, true) }),
		newScalar("h_map_exclude_keys", 2, 2, func(a []any) (any, error) { return selectKeys(a, false) }),
	}
}

// toObjectAndKeys converts the arguments of a function that takes a map and an array of keys.
func toObjectAndKeys(a []any) (o Object, keys []any, err error) {
	if o, err = toObject(a[0]); err != nil {
		return nil, nil, err
	}
	keys, err = toArray(a[1])
	return o, keys, err
}

// selectKeys returns the entries of a map whose keys are, or are not, in an array.
func selectKeys(a []any, include bool) (any, error) {
	o, keys, err := toObjectAndKeys(a)
	if err != nil {
		return nil, err
	}
	selected := Object{}
	for _, m := range o {
		if slices.ContainsFunc(keys, func(k any) bool { return k != nil && toMapKey(k) == m.Key }) == include {
			selected = append(selected, m)
		}
	}
	return JSON(selected), nil
}

// hivemallSetFunctions returns functions that make, search and intersect arrays.
func hivemallSetFunctions() []Scalar {
	return []Scalar{
		newScalar("h_arange", 1, 3, func(a []any) (any, error) {
			from, to, step := int64(0), int64(0), int64(1)
			bounds := []*int64{&to}
			if len(a) > 1 {
				bounds = []*int64{&from, &to, &step}
			}
			for i, v := range a {
				var err error
				if *bounds[i], err = toInteger(v); err != nil {
					return nil, err
				}
			}
			if step == 0 {
				return nil, dataError("arange: the step must not be 0")
			}
			if (to-from > 0) != (step > 0) || to == from {
				return "[]", nil
			}
			return makeSequence(from, to-sign(step), step, func(n int64) any { return n })
		}),
		newArrayArgsScalar("h_subarray_startwith", 2, 2, func(v, rest []any) (any, error) {
			i := slices.IndexFunc(v, func(e any) bool { return e != nil && toText(e) == toText(rest[0]) })
			if i < 0 {
				return nil, nil
			}
			return JSON(v[i:]), nil
		}),
		newArrayArgsScalar("h_subarray_endwith", 2, 2, func(v, rest []any) (any, error) {
			for i, e := range slices.Backward(v) {
				if e != nil && toText(e) == toText(rest[0]) {
					return JSON(v[:i+1]), nil
				}
			}
			return nil, nil
		}),
		newScalar("h_array_intersect", 2, -1, func(a []any) (any, error) {
			common, err := toArray(a[0])
			if err != nil {
				return nil, err
			}
			common = elementKeys{}.removeDuplicates(common)
			for _, other := range a[1:] {
				list, err := toArray(other)
				if err != nil {
					return nil, err
				}
				keys := map[string]bool{}
				for _, e := range list {
					keys[makeKey(e)] = true
				}
				common = slices.DeleteFunc(common, func(e any) bool { return !keys[makeKey(e)] })
			}
			return JSON(common), nil
		}),
		newArrayScalar("h_to_string_array", func(v []any) (any, error) {
			for i, e := range v {
				if e != nil {
					v[i] = toText(e)
				}
			}
			return JSON(v), nil
		}),
		newScalar("h_map_get_sum", 2, 2, func(a []any) (any, error) {
			o, keys, err := toObjectAndKeys(a)
			if err != nil {
				return nil, err
			}
			sum := 0.0
			for _, k := range keys {
				i := slices.IndexFunc(o, func(m Member) bool { return k != nil && m.Key == toMapKey(k) })
				if i < 0 || o[i].Value == nil {
					continue
				}
				x, err := toDouble(o[i].Value)
				if err != nil {
					return nil, err
				}
				sum += x
			}
			return sum, nil
		}),
	}
}
