package functions

// toDoubles converts an array of numbers. A null is 0.
func toDoubles(v any) ([]float64, error) {
	list, err := toArray(v)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(list))
	for i, e := range list {
		if e == nil {
			continue
		}
		if out[i], err = toDouble(e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// toDoublePair converts two arrays of numbers of the same length.
func toDoublePair(x, y any) (a, b []float64, err error) {
	if a, err = toDoubles(x); err != nil {
		return nil, nil, err
	}
	if b, err = toDoubles(y); err != nil {
		return nil, nil, err
	}
	if len(a) != len(b) {
		return nil, nil, dataError("vectors have different lengths: %d and %d", len(a), len(b))
	}
	return a, b, nil
}

func dotProduct(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// denseFunctions returns functions on arrays of numbers.
func denseFunctions() []Scalar {
	return []Scalar{
		newScalar("h_vector_add", 2, 2, func(a []any) (any, error) {
			x, y, err := toDoublePair(a[0], a[1])
			if err != nil {
				return nil, err
			}
			out := make([]any, len(x))
			for i := range x {
				out[i] = x[i] + y[i]
			}
			return JSON(out), nil
		}),
		newScalar("h_vector_dot", 2, 2, func(a []any) (any, error) {
			x, y, err := toDoublePair(a[0], a[1])
			if err != nil {
				return nil, err
			}
			return dotProduct(x, y), nil
		}),
		newScalar("h_vector_scale", 2, 2, func(a []any) (any, error) {
			x, err := toDoubles(a[0])
			if err != nil {
				return nil, err
			}
			factor, err := toDouble(a[1])
			if err != nil {
				return nil, err
			}
			out := make([]any, len(x))
			for i := range x {
				out[i] = x[i] * factor
			}
			return JSON(out), nil
		}),
		newScalar("h_to_dense_features", 2, 2, func(a []any) (any, error) {
			features, err := toArray(a[0])
			if err != nil {
				return nil, err
			}
			n, err := toCount(a[1])
			if err != nil || n < 0 || n > maxDimensions {
				return nil, dataError("to_dense_features: the dimension must be from 0 to %d: %s", maxDimensions, clip(toText(a[1])))
			}
			out := make([]any, n+1)
			for _, f := range features {
				if f == nil {
					continue
				}
				name, weight, err := splitFeature(toText(f))
				if err != nil {
					return nil, err
				}
				i, err := toInteger(name)
				if err != nil || i < 0 || i > int64(n) {
					return nil, dataError("to_dense_features: the index of '%s' must be from 0 to %d", clip(toText(f)), n)
				}
				out[i] = float64(float32(weight))
			}
			return JSON(out), nil
		}),
		newArrayScalar("h_to_sparse_features", func(v []any) (any, error) {
			out := []any{}
			for i, e := range v {
				if e == nil {
					continue
				}
				x, err := toDouble(e)
				if err != nil {
					return nil, err
				}
				out = append(out, toText(int64(i))+":"+formatFloat(float64(float32(x)), 32))
			}
			return JSON(out), nil
		}),
		newNullScalar("h_indexed_features", 1, -1, func(a []any) (any, error) {
			out := []any{}
			for i, v := range a {
				if v == nil {
					continue
				}
				x, err := toDouble(v)
				if err != nil {
					return nil, err
				}
				out = append(out, toText(int64(i+1))+":"+FormatDouble(x))
			}
			return JSON(out), nil
		}),
		newNullScalar("h_mf_predict", 2, 5, predictFactors),
	}
}

// predictFactors implements mf_predict(Pu, Qi[, Bu, Bi[, mu]]): the product of the factors and the biases. Missing
// factors and biases are 0; with three arguments, the third one is mu.
func predictFactors(a []any) (any, error) {
	sum := 0.0
	if a[0] != nil && a[1] != nil {
		x, y, err := toDoublePair(a[0], a[1])
		if err != nil {
			return nil, err
		}
		sum = dotProduct(x, y)
	}
	for _, bias := range a[2:] {
		if bias == nil {
			continue
		}
		b, err := toDouble(bias)
		if err != nil {
			return nil, err
		}
		sum += b
	}
	return sum, nil
}
