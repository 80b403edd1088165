package functions

// lookups reach into arrays, maps and rows.
func (r *Registry) lookups() []Scalar {
	return []Scalar{
		fn("f_subscript", 2, 2, func(a []any) (any, error) {
			values, i, err := indexed(a)
			switch {
			case err != nil:
				return nil, err
			case i == 0:
				return nil, dataError("SQL array indices start at 1")
			case i < 0:
				return nil, dataError("Array subscript is negative: %d", i)
			case i > len(values):
				return nil, dataError("Array subscript must be less than or equal to array length: %d > %d", i, len(values))
			}
			return plain(values[i-1]), nil
		}),
		fn("f_element_at", 2, 2, elementAt),
		fn("f_map_subscript", 2, 2, func(a []any) (any, error) {
			o, err := object(a[0])
			if err != nil {
				return nil, err
			}
			if v, ok := o.get(mapKey(a[1])); ok {
				return plain(v), nil
			}
			return nil, dataError("Key not present in map: %s", clip(text(a[1])))
		}),
		fn("f_row_field", 2, 2, func(a []any) (any, error) { return at(a, 1) }),
		fn("h_index", 2, 2, func(a []any) (any, error) { return at(a, 0) }),
		fn("h_map_index", 2, 2, func(a []any) (any, error) {
			o, err := object(a[0])
			if err != nil {
				return nil, err
			}
			v, _ := o.get(mapKey(a[1]))
			return plain(v), nil
		}),
	}
}

func indexed(a []any) ([]any, int, error) {
	values, err := list(a[0])
	if err != nil {
		return nil, 0, err
	}
	i, err := count(a[1])
	return values, i, err
}

// at is an element counted from first; null outside.
func at(a []any, first int) (any, error) {
	values, i, err := indexed(a)
	if err != nil || i < first || i-first >= len(values) {
		return nil, err
	}
	return plain(values[i-first]), nil
}

func elementAt(a []any) (any, error) {
	v, err := ParseJSON(text(a[0]))
	if err != nil {
		return nil, dataError("not an array: '%s'", clip(text(a[0])))
	}
	if o, ok := v.(Object); ok {
		v, _ := o.get(mapKey(a[1]))
		return plain(v), nil
	}
	values, i, err := indexed(a)
	switch {
	case err != nil:
		return nil, err
	case i == 0:
		return nil, dataError("SQL array indices start at 1")
	case i < 0:
		i += len(values) + 1
	}
	if i < 1 || i > len(values) {
		return nil, nil
	}
	return plain(values[i-1]), nil
}

// mapKey is a key as maps keep it.
func mapKey(v any) string { return text(v) }

func (o Object) get(key string) (any, bool) {
	for _, m := range o {
		if m.Key == key {
			return m.Value, true
		}
	}
	return nil, false
}
