package functions

import "strings"

// mapFunctions returns the functions over maps. See
// https://trino.io/docs/current/functions/map.html.
func mapFunctions() []Scalar {
	ofMap := func(name string, f func(Object) (any, error)) Scalar {
		return newScalar(name, 1, 1, func(a []any) (any, error) {
			o, err := toObject(a[0])
			if err != nil {
				return nil, err
			}
			return f(o)
		})
	}
	keys := func(key func(string) any) func(Object) (any, error) {
		return func(o Object) (any, error) {
			out := make([]any, len(o))
			for i, m := range o {
				out[i] = key(m.Key)
			}
			return JSON(out), nil
		}
	}
	pairs := func(key func(string) any) func(Object) (any, error) {
		return func(o Object) (any, error) {
			out := make([]any, len(o))
			for i, m := range o {
				out[i] = []any{key(m.Key), m.Value}
			}
			return JSON(out), nil
		}
	}
	asText := func(k string) any { return k }
	asJSON := func(k string) any { return parseElement(k) }
	return []Scalar{
		newScalar("f_map", 0, 2, newMap),
		ofMap("f_map_keys", keys(asText)),
		ofMap("f_map_keys_number", keys(asJSON)),
		ofMap("f_map_values", func(o Object) (any, error) {
			out := make([]any, len(o))
			for i, m := range o {
				out[i] = m.Value
			}
			return JSON(out), nil
		}),
		ofMap("f_map_entries", pairs(asText)),
		ofMap("f_map_entries_number", pairs(asJSON)),
		newArrayScalar("f_map_from_entries", func(v []any) (any, error) {
			var b objectBuilder
			err := eachEntry(v, func(key string, v any) error {
				if !b.set(key, v) {
					return dataError("Duplicate map keys (%s) are not allowed", clip(key))
				}
				return nil
			})
			return JSON(b.members), err
		}),
		newArrayScalar("f_multimap_from_entries", func(v []any) (any, error) {
			var g multimapBuilder
			err := eachEntry(v, func(key string, v any) error {
				g.add(key, v)
				return nil
			})
			return JSON(g.object()), err
		}),
		newScalar("f_map_zip", 2, 2, zipMaps),
		newScalar("f_map_unique", 1, 1, func(a []any) (any, error) {
			o, err := toObject(a[0])
			if err != nil {
				return nil, err
			}
			var b objectBuilder
			for _, m := range o {
				if !b.set(m.Key, m.Value) {
					return nil, dataError("Duplicate map keys (%s) are not allowed", clip(m.Key))
				}
			}
			return a[0], nil
		}),
		newScalar("f_map_concat", 1, -1, func(a []any) (any, error) {
			var b objectBuilder
			for _, v := range a {
				o, err := toObject(v)
				if err != nil {
					return nil, err
				}
				for _, m := range o {
					b.set(m.Key, m.Value)
				}
			}
			return JSON(b.members), nil
		}),
		newNullScalar("h_map", 0, -1, func(a []any) (any, error) {
			var b objectBuilder
			for i := 0; i+1 < len(a); i += 2 {
				if a[i] != nil {
					b.set(toMapKey(a[i]), parseElement(a[i+1]))
				}
			}
			return JSON(b.members), nil
		}),
	}
}

// newMap creates a map from an array of keys and an array of values.
func newMap(a []any) (any, error) {
	if len(a) == 0 {
		return "{}", nil
	}
	if len(a) == 1 {
		return nil, dataError("Unexpected parameters for function map")
	}
	keys, err := toArray(a[0])
	if err != nil {
		return nil, err
	}
	values, err := toArray(a[1])
	if err != nil {
		return nil, err
	}
	if len(keys) != len(values) {
		return nil, dataError("Key and value arrays must be the same length")
	}
	var b objectBuilder
	for i, k := range keys {
		if k == nil {
			return nil, dataError("map key cannot be null")
		}
		if containsNull(k) {
			return nil, dataError("map key cannot be indeterminate: %s", clip(strings.ReplaceAll(JSON(k), ",", ", ")))
		}
		if !b.set(toMapKey(k), values[i]) {
			return nil, dataError("Duplicate map keys (%s) are not allowed", clip(toText(k)))
		}
	}
	return JSON(b.members), nil
}

// eachEntry calls f for every key and value in an array of pairs.
func eachEntry(v []any, f func(key string, v any) error) error {
	for _, e := range v {
		pair, ok := e.([]any)
		switch {
		case e == nil:
			return dataError("map entry cannot be null")
		case !ok || len(pair) != 2:
			return dataError("not an entry: '%s'", clip(JSON(e)))
		case pair[0] == nil:
			return dataError("map key cannot be null")
		}
		if err := f(toMapKey(pair[0]), pair[1]); err != nil {
			return err
		}
	}
	return nil
}

// zipMaps returns an array of the keys of both maps, each with its value in either map or null.
func zipMaps(a []any) (any, error) {
	left, err := toObject(a[0])
	if err != nil {
		return nil, err
	}
	right, err := toObject(a[1])
	if err != nil {
		return nil, err
	}
	rows := make([]any, 0, len(left))
	index := make(map[string][]any, len(left))
	for _, m := range left {
		row := []any{m.Key, m.Value, nil}
		index[m.Key] = row
		rows = append(rows, row)
	}
	for _, m := range right {
		if row, ok := index[m.Key]; ok {
			row[2] = m.Value
			continue
		}
		rows = append(rows, []any{m.Key, nil, m.Value})
	}
	return JSON(rows), nil
}
