package functions

// subscriptFunctions returns the access to elements of arrays, maps and rows.
func (r *Registry) subscriptFunctions() []Scalar {
	return []Scalar{
		newScalar("f_subscript", 2, 2, func(a []any) (any, error) {
			values, i, err := parseSubscript(a)
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
			return fromElement(values[i-1]), nil
		}),
		newScalar("f_element_at", 2, 2, getElementOrValue),
		newScalar("f_map_subscript", 2, 2, func(a []any) (any, error) {
			o, err := toObject(a[0])
			if err != nil {
				return nil, err
			}
			if v, ok := o.lookUp(a[1]); ok {
				return fromElement(v), nil
			}
			return nil, dataError("Key not present in map: %s", clip(KeyText(toText(a[1]))))
		}),
		newScalar("h_index", 2, 2, func(a []any) (any, error) { return getElement(a, 0) }),
		newScalar("h_map_index", 2, 2, func(a []any) (any, error) {
			o, err := toObject(a[0])
			if err != nil {
				return nil, err
			}
			v, _ := o.lookUp(a[1])
			return fromElement(v), nil
		}),
	}
}

func parseSubscript(a []any) ([]any, int, error) {
	values, err := toArray(a[0])
	if err != nil {
		return nil, 0, err
	}
	i, err := toCount(a[1])
	return values, i, err
}

// getElement returns an element counted from first, or null if it does not exist.
func getElement(a []any, first int) (any, error) {
	values, i, err := parseSubscript(a)
	if err != nil || i < first || i-first >= len(values) {
		return nil, err
	}
	return fromElement(values[i-first]), nil
}

func getElementOrValue(a []any) (any, error) {
	v, err := ParseJSON(toText(a[0]))
	if err != nil {
		return nil, dataError("not an array: '%s'", clip(toText(a[0])))
	}
	if o, ok := v.(Object); ok {
		v, _ := o.lookUp(a[1])
		return fromElement(v), nil
	}
	values, i, err := parseSubscript(a)
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
	return fromElement(values[i-1]), nil
}
