package functions

import "strings"

// mapCalls implements the functions over maps.
type mapCalls struct{ registry *Registry }

// mapFunctions returns the functions over maps. See
// https://trino.io/docs/current/functions/map.html.
func (c mapCalls) mapFunctions() []Scalar {
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
				out[i] = key(KeyText(m.Key))
			}
			return JSON(out), nil
		}
	}
	pairs := func(key func(string) any) func(Object) (any, error) {
		return func(o Object) (any, error) {
			out := make([]any, len(o))
			for i, m := range o {
				out[i] = []any{key(KeyText(m.Key)), m.Value}
			}
			return JSON(out), nil
		}
	}
	asText := func(k string) any { return k }
	asJSON := func(k string) any { return parseElement(k) }
	return []Scalar{
		newScalar("f_map", 2, 3, c.newMap),
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
		newArrayArgsScalar("f_map_from_entries", 1, 2, c.newMapFromEntries),
		newArrayArgsScalar("f_multimap_from_entries", 1, 2, c.newMultimapFromEntries),
		newScalar("f_map_zip", 2, 2, zipMaps),
		newScalar("f_map_unique", 1, 1, func(a []any) (any, error) {
			o, err := toObject(a[0])
			if err != nil {
				return nil, err
			}
			var b objectBuilder
			for _, m := range o {
				if !b.set(m.Key, m.Value) {
					return nil, newDuplicateKeyError(m.Key)
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

// newMap creates a map from an array of keys and an array of values. The third argument, if there is one, is the type of the
// keys' array.
func (c mapCalls) newMap(a []any) (any, error) {
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
	t := elementType(a[2:])
	var b objectBuilder
	for i, k := range keys {
		if k == nil {
			return nil, dataError("map key cannot be null")
		}
		if containsNull(k) {
			return nil, dataError("map key cannot be indeterminate: %s", clip(strings.ReplaceAll(JSON(k), ",", ", ")))
		}
		key, err := c.registry.makeMapKey(t, k)
		if err != nil {
			return nil, err
		}
		if !b.set(key, values[i]) {
			return nil, newDuplicateKeyError(key)
		}
	}
	return JSON(b.members), nil
}

func newDuplicateKeyError(key string) error {
	return dataError("Duplicate map keys (%s) are not allowed", clip(KeyText(key)))
}

// elementType returns the type of the elements of the array whose type is the first of the arguments.
func elementType(types []any) typeShape {
	if len(types) == 0 {
		return typeShape{}
	}
	return parseTypeShape(toText(types[0])).argument(0)
}

func (c mapCalls) newMapFromEntries(v, rest []any) (any, error) {
	var b objectBuilder
	err := c.eachEntry(v, rest, func(key string, v any) error {
		if !b.set(key, v) {
			return newDuplicateKeyError(key)
		}
		return nil
	})
	return JSON(b.members), err
}

func (c mapCalls) newMultimapFromEntries(v, rest []any) (any, error) {
	var g multimapBuilder
	err := c.eachEntry(v, rest, func(key string, v any) error {
		g.add(key, v)
		return nil
	})
	return JSON(g.object()), err
}

// eachEntry calls f for every key and value in an array of pairs. The type of the array is optional.
func (c mapCalls) eachEntry(v, types []any, f func(key string, v any) error) error {
	t := elementType(types).argument(0)
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
		key, err := c.registry.makeMapKey(t, pair[0])
		if err != nil {
			return err
		}
		if err := f(key, pair[1]); err != nil {
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
		index[keyIdentity(m.Key)] = row
		rows = append(rows, row)
	}
	for _, m := range right {
		if row, ok := index[keyIdentity(m.Key)]; ok {
			row[2] = m.Value
			continue
		}
		rows = append(rows, []any{m.Key, nil, m.Value})
	}
	return JSON(rows), nil
}
