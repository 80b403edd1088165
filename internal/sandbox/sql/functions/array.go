package functions

import (
	mathrand "math/rand/v2"
	"slices"
)

// maxEntries limits the size of arrays that functions create.
const maxEntries = 1_000_000

// newArrayScalar returns a Scalar with one array argument.
func newArrayScalar(name string, f func([]any) (any, error)) Scalar {
	return newScalar(name, 1, 1, func(a []any) (any, error) {
		values, err := toArray(a[0])
		if err != nil {
			return nil, err
		}
		return f(values)
	})
}

// newArrayArgsScalar returns a Scalar with an array and further arguments.
func newArrayArgsScalar(name string, least, most int, f func(values, rest []any) (any, error)) Scalar {
	return newScalar(name, least, most, func(a []any) (any, error) {
		values, err := toArray(a[0])
		if err != nil {
			return nil, err
		}
		return f(values, a[1:])
	})
}

// arrayCalls implements the functions over arrays.
type arrayCalls struct{ registry *Registry }

// arrayFunctions returns the functions over arrays. See
// https://trino.io/docs/current/functions/array.html.
func (c arrayCalls) arrayFunctions() []Scalar {
	return []Scalar{
		newScalar("f_cardinality", 1, 1, func(a []any) (any, error) { return countElements(a[0]) }),
		newNullScalar("h_size", 1, 1, func(a []any) (any, error) {
			if a[0] == nil {
				return int64(-1), nil
			}
			return countElements(a[0])
		}),
		newScalar("f_contains", 2, 3, c.containsOrNull),
		newNullScalar("h_array_contains", 2, 2, func(a []any) (any, error) {
			if a[0] == nil || a[1] == nil {
				return false, nil
			}
			found, _, err := c.containsElement(a)
			return found, err
		}),
		newNullScalar("f_array_join", 2, 3, joinArray),
		newScalar("f_interval_texts", 2, 2, formatIntervals),
		newArrayScalar("f_array_sort", func(v []any) (any, error) { return JSON(sortArray(v, false)), nil }),
		newArrayArgsScalar("h_sort_array", 1, 2, func(v, rest []any) (any, error) {
			slices.SortStableFunc(v, compare)
			if len(rest) == 1 && !toBool(rest[0]) {
				slices.Reverse(v)
			}
			return JSON(v), nil
		}),
		newArrayScalar("f_array_max", func(v []any) (any, error) { return findExtreme(withoutNaN(v), 1), nil }),
		newArrayScalar("f_array_min", func(v []any) (any, error) { return findExtreme(withoutNaN(v), -1), nil }),
		newArrayArgsScalar("f_array_position", 2, 3, c.findArrayPosition),
		newScalar("f_array_concat", 1, -1, func(a []any) (any, error) {
			all := []any{}
			for _, v := range a {
				values, err := toArray(v)
				if err != nil {
					return nil, err
				}
				all = append(all, values...)
			}
			return JSON(all), nil
		}),
		newArrayArgsScalar("f_slice", 3, 3, sliceArray),
		newArrayArgsScalar("f_trim_array", 2, 2, func(v, rest []any) (any, error) {
			n, err := toCount(rest[0])
			switch {
			case err != nil:
				return nil, err
			case n < 0:
				return nil, dataError("size must not be negative: %d", n)
			case n > len(v):
				return nil, dataError("size must not exceed array cardinality %d: %d", len(v), n)
			}
			return JSON(v[:len(v)-n]), nil
		}),
		newArrayScalar("f_flatten", func(v []any) (any, error) {
			flat := []any{}
			for _, e := range v {
				inner, ok := e.([]any)
				if !ok && e != nil {
					return nil, dataError("flatten needs an array of arrays")
				}
				flat = append(flat, inner...)
			}
			return JSON(flat), nil
		}),
		newScalar("f_zip", 2, 5, zipArrays),
		newNullScalar("f_zip_longest", 1, -1, zipArrays), // NULL is an empty array, as in UNNEST
		newScalar("f_repeat", 2, 2, func(a []any) (any, error) {
			n, err := toCount(a[1])
			if err != nil {
				return nil, err
			}
			if n < 0 {
				return nil, dataError("count argument of repeat function must be greater than or equal to 0")
			}
			if n > 10_000 || n*len(toText(a[0])) > maxText {
				return nil, dataError("count argument of repeat function must be less than or equal to 10000")
			}
			return JSON(slices.Repeat([]any{parseElement(a[0])}, n)), nil
		}),
		newArrayArgsScalar("f_ngrams", 2, 2, listNgrams),
		newArrayArgsScalar("f_combinations", 2, 2, listCombinations),
		{Name: "f_shuffle", Min: 1, Max: 1, Volatile: true, Call: func(a []any) (any, error) {
			values, err := toArray(a[0])
			mathrand.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
			return JSON(values), err
		}},
	}
}
