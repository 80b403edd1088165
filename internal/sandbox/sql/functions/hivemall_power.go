package functions

// powerFunctions returns powered_features and polynomial_features, which add products of features. The last argument
// omits the powers of a single feature whose weight is 1, or all of them.
func powerFunctions() []Scalar {
	format := func(name string, weight float32) any { return name + ":" + formatFloat(float64(weight), 32) }
	return []Scalar{
		newScalar("h_powered_features", 2, 3, func(a []any) (any, error) {
			features, degree, err := parseBases(a)
			if err != nil {
				return nil, err
			}
			truncate := len(a) < 3 || toBool(a[2])
			out := []any{}
			for _, f := range features {
				out = append(out, f.text)
				product := f.weight
				for power := 2; power <= degree && !(truncate && (f.weight == 0 || f.weight == 1)); power++ {
					product *= f.weight
					out = append(out, format(f.name+"^"+toText(int64(power)), product))
				}
			}
			return JSON(out), nil
		}),
		newScalar("h_polynomial_features", 2, 4, func(a []any) (any, error) {
			features, degree, err := parseBases(a)
			if err != nil {
				return nil, err
			}
			interaction := len(a) > 2 && toBool(a[2])
			truncate := len(a) < 4 || toBool(a[3])
			out := []any{}
			var extend func(first int, name string, product float32, level int)
			extend = func(first int, name string, product float32, level int) {
				if level == degree || truncate && (product == 0 || product == 1) {
					return
				}
				for i := first; i < len(features); i++ {
					if !interaction || i > first {
						next, weight := name+"^"+features[i].name, product*features[i].weight
						out = append(out, format(next, weight))
						extend(i, next, weight, level+1)
					}
				}
			}
			for i, f := range features {
				out = append(out, f.text)
				extend(i, f.name, f.weight, 1)
			}
			return JSON(out), nil
		}),
	}
}

// maxDegree and maxDimensions bound the memory of a result.
const (
	maxDegree     = 8
	maxDimensions = 1 << 20
)

// A baseFeature is a feature from which products are made.
type baseFeature struct {
	text, name string
	weight     float32
}

// parseBases parses the features and the degree of powered_features and polynomial_features.
func parseBases(a []any) (features []baseFeature, degree int, err error) {
	list, err := toArray(a[0])
	if err != nil {
		return nil, 0, err
	}
	if degree, err = toCount(a[1]); err != nil || degree < 2 || degree > maxDegree {
		return nil, 0, dataError("the degree must be from 2 to %d: %s", maxDegree, clip(toText(a[1])))
	}
	for _, e := range list {
		if e == nil {
			continue
		}
		name, weight, err := splitFeature(toText(e))
		if err != nil {
			return nil, 0, err
		}
		features = append(features, baseFeature{toText(e), name, float32(weight)})
	}
	return features, degree, nil
}
