package functions

import (
	"math"
	"math/bits"
	"slices"
)

// newFeaturesScalar returns a function that compares two feature vectors.
func newFeaturesScalar(name string, compare func(x, y map[string]float64) float64) Scalar {
	return newScalar(name, 2, 2, func(a []any) (any, error) {
		x, y, err := parseFeaturePair(a)
		if err != nil {
			return nil, err
		}
		return float64(float32(compare(x, y))), nil
	})
}

// similarityFunctions returns similarities and distances of feature vectors.
func similarityFunctions() []Scalar {
	return []Scalar{
		newFeaturesScalar("h_cosine_similarity", cosine),
		newFeaturesScalar("h_angular_similarity", func(x, y map[string]float64) float64 {
			return float64(1 - float32(math.Acos(max(-1, min(1, cosine(x, y))))/math.Pi))
		}),
		newFeaturesScalar("h_euclid_distance", func(x, y map[string]float64) float64 {
			return math.Sqrt(sumDifferences(x, y, func(d float64) float64 { return d * d }))
		}),
		newFeaturesScalar("h_manhattan_distance", func(x, y map[string]float64) float64 { return sumDifferences(x, y, math.Abs) }),
		newScalar("h_jaccard_similarity", 2, 2, func(a []any) (any, error) {
			x, err := toArray(a[0])
			if err != nil {
				return nil, err
			}
			y, err := toArray(a[1])
			if err != nil {
				return nil, err
			}
			union := elementKeys{}.removeDuplicates(append(slices.Clone(x), y...))
			shared := len(elementKeys{}.removeDuplicates(x)) + len(elementKeys{}.removeDuplicates(y)) - len(union)
			if len(union) == 0 {
				return 0.0, nil
			}
			return float64(float32(shared) / float32(len(union))), nil
		}),
	}
}

// featureDistanceFunctions returns distances of feature vectors and of numbers.
func featureDistanceFunctions() []Scalar {
	return []Scalar{
		newFeaturesScalar("h_cosine_distance", func(x, y map[string]float64) float64 { return float64(1 - float32(cosine(x, y))) }),
		newFeaturesScalar("h_angular_distance", func(x, y map[string]float64) float64 { return math.Acos(max(-1, min(1, cosine(x, y)))) / math.Pi }),
		newFeaturesScalar("h_euclid_similarity", func(x, y map[string]float64) float64 {
			return 1 / (1 + math.Sqrt(sumDifferences(x, y, func(d float64) float64 { return d * d })))
		}),
		newScalar("h_minkowski_distance", 3, 3, func(a []any) (any, error) {
			x, y, err := parseFeaturePair(a)
			if err != nil {
				return nil, err
			}
			p, err := toDouble(a[2])
			if err != nil {
				return nil, err
			}
			sum := sumDifferences(x, y, func(d float64) float64 { return math.Pow(math.Abs(d), p) })
			return float64(float32(math.Pow(sum, 1/p))), nil
		}),
		newScalar("h_popcnt", 1, 1, func(a []any) (any, error) {
			n, err := toInteger(a[0])
			return int64(bits.OnesCount64(uint64(n))), err
		}),
		newScalar("h_hamming_distance", 2, 2, func(a []any) (any, error) {
			x, err := toInteger(a[0])
			if err != nil {
				return nil, err
			}
			y, err := toInteger(a[1])
			return int64(bits.OnesCount64(uint64(x ^ y))), err
		}),
	}
}

// parseFeaturePair parses the first two arguments as arrays of features.
func parseFeaturePair(a []any) (x, y map[string]float64, err error) {
	if x, err = parseFeatures(a[0]); err != nil {
		return nil, nil, err
	}
	y, err = parseFeatures(a[1])
	return x, y, err
}

// parseFeatures parses an array of features. Weights of equal names are added.
func parseFeatures(v any) (map[string]float64, error) {
	list, err := toArray(v)
	if err != nil {
		return nil, err
	}
	features := make(map[string]float64, len(list))
	for _, e := range list {
		if e == nil {
			continue
		}
		name, weight, err := splitFeature(toText(e))
		if err != nil {
			return nil, err
		}
		features[name] += weight
	}
	return features, nil
}

func cosine(x, y map[string]float64) float64 {
	dot, squareX, squareY := 0.0, 0.0, 0.0
	for name, w := range x {
		dot += w * y[name]
		squareX += w * w
	}
	for _, w := range y {
		squareY += w * w
	}
	if dot == 0 {
		return 0
	}
	return dot / (math.Sqrt(squareX) * math.Sqrt(squareY))
}

// sumDifferences adds f of the difference of each weight.
func sumDifferences(x, y map[string]float64, f func(float64) float64) float64 {
	sum := 0.0
	for name, w := range x {
		sum += f(w - y[name])
	}
	for name, w := range y {
		if _, ok := x[name]; !ok {
			sum += f(w)
		}
	}
	return sum
}
