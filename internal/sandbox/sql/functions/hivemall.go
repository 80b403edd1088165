package functions

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strings"
)

// hivemallFunctions returns functions of the machine learning library Hivemall that Hive jobs use to
// prepare features and to compare vectors. See https://hivemall.apache.org/userguide/.
func hivemallFunctions() []Scalar {
	return slices.Concat(featureFunctions(), namedFeatureFunctions(), weightFunctions(), powerFunctions(), denseFunctions(), similarityFunctions(), featureDistanceFunctions(),
		hivemallArrayFunctions(), hivemallSetFunctions(), hivemallTextFunctions(), hivemallWordFunctions(), binningFunctions())
}

// splitFeature splits a feature, name:value or name, into its name and weight.
func splitFeature(s string) (name string, weight float64, err error) {
	name, value, found := strings.Cut(s, ":")
	if !found {
		return s, 1, nil
	}
	if name == "" {
		return "", 0, dataError("Invalid feature value representation: %s", clip(s))
	}
	if weight, err = parseDouble(value); err != nil {
		return "", 0, dataError("Invalid feature value representation: %s", clip(s))
	}
	return name, weight, nil
}

func featureFunctions() []Scalar {
	weight := func(name string) Scalar {
		return newScalar(name, 1, 1, func(a []any) (any, error) {
			_, w, err := splitFeature(toText(a[0]))
			if err != nil {
				return nil, err
			}
			return w, nil
		})
	}
	return []Scalar{
		newScalar("h_feature", 2, 2, func(a []any) (any, error) { return toText(a[0]) + ":" + toText(a[1]), nil }),
		newTextScalar("h_extract_feature", func(s string) any {
			name, _, _ := strings.Cut(s, ":")
			return name
		}),
		weight("h_extract_weight"),
		newArrayScalar("h_add_bias", func(v []any) (any, error) { return JSON(append(v, "0:1.0")), nil }),
		newArrayScalar("h_add_feature_index", func(v []any) (any, error) {
			for i, e := range v {
				v[i] = toText(int64(i+1)) + ":" + toText(e)
			}
			return JSON(v), nil
		}),
		newScalar("h_mhash", 1, 2, func(a []any) (any, error) {
			n := 1 << 24
			if len(a) == 2 {
				var err error
				if n, err = toCount(a[1]); err != nil || n < 1 {
					return nil, dataError("the number of features must be positive")
				}
			}
			return hashFeature(toText(a[0]), n), nil
		}),
		newScalar("h_feature_hashing", 1, 2, hashFeatures),
		newScalar("h_feature_hashing_text", 1, 2, func(a []any) (any, error) {
			n, _, err := parseHashOptions(a)
			if err != nil {
				return nil, err
			}
			return hashFeatureValue(toText(a[0]), n), nil
		}),
		newArrayScalar("h_mhash_array", func(v []any) (any, error) {
			parts := make([]string, len(v))
			for i, e := range v {
				parts[i] = toText(e)
			}
			return hashFeature(strings.Join(parts, "\t"), 1<<24), nil
		}),
	}
}

// namedFeatureFunctions returns functions that combine names and values to features.
func namedFeatureFunctions() []Scalar {
	named := func(name string, f func(name string, value any) any) Scalar {
		return newNullScalar(name, 2, -1, func(a []any) (any, error) {
			if a[0] == nil {
				return nil, nil
			}
			names, err := toArray(a[0])
			if err != nil {
				return nil, err
			}
			if len(names) != len(a)-1 {
				return nil, dataError("%d feature names for %d values", len(names), len(a)-1)
			}
			out := []any{}
			for i, v := range a[1:] {
				if v == nil {
					continue
				}
				if e := f(toText(names[i]), v); e != nil {
					out = append(out, e)
				}
			}
			return JSON(out), nil
		})
	}
	return []Scalar{
		named("h_categorical_features", func(name string, v any) any {
			if toText(v) == "" {
				return nil
			}
			return name + "#" + toText(v)
		}),
		named("h_quantitative_features", func(name string, v any) any {
			x, err := toDouble(v)
			if err != nil || x == 0 {
				return nil
			}
			return name + ":" + FormatDouble(x)
		}),
		named("h_vectorize_features", func(name string, v any) any {
			if x, err := toDouble(v); err == nil {
				if x == 0 {
					return nil
				}
				return name + ":" + FormatDouble(x)
			}
			return name + "#" + toText(v)
		}),
	}
}

// weightFunctions returns functions that normalize and scale weights.
func weightFunctions() []Scalar {
	return []Scalar{
		newArrayScalar("h_l2_normalize", func(v []any) (any, error) {
			return normalizeWeights(v, func(weights []float64) float64 {
				sum := 0.0
				for _, w := range weights {
					sum += w * w
				}
				return math.Sqrt(sum)
			})
		}),
		newArrayScalar("h_l1_normalize", func(v []any) (any, error) {
			return normalizeWeights(v, func(weights []float64) float64 {
				sum := 0.0
				for _, w := range weights {
					sum += math.Abs(w)
				}
				return sum
			})
		}),
		newDoublesScalar("h_sigmoid", 1, func(a []float64) (float64, error) { return float64(float32(1 / (1 + math.Exp(-a[0])))), nil }),
		newDoublesScalar("h_rescale", 3, func(a []float64) (float64, error) {
			if a[1] == a[2] {
				return 0.5, nil
			}
			return float64(float32(a[0]-a[1]) / float32(a[2]-a[1])), nil
		}),
		newDoublesScalar("h_zscore", 3, func(a []float64) (float64, error) {
			if a[2] == 0 {
				return 0, nil
			}
			return float64(float32((a[0] - a[1]) / a[2])), nil
		}),
		newDoublesScalar("h_tfidf", 3, func(a []float64) (float64, error) {
			return a[0] * (math.Log10(a[2]/max(1, a[1])) + 1), nil
		}),
	}
}

// hashFeature returns the index of a feature from 1 to n, by MurmurHash3_x86_32 with Hivemall's seed.
func hashFeature(s string, n int) int64 {
	h := int64(int32(hashMurmur3x86([]byte(s), 0x9747b28c)))
	index := h % int64(n)
	if index < 0 {
		index += int64(n)
	}
	return index + 1
}

// hashMurmur3x86 returns MurmurHash3_x86_32. See https://github.com/aappleby/smhasher/wiki/MurmurHash3.
func hashMurmur3x86(b []byte, seed uint32) uint32 {
	const c1, c2 = 0xcc9e2d51, 0x1b873593
	n := uint32(len(b))
	mix := func(k uint32) uint32 { return bits.RotateLeft32(k*c1, 15) * c2 }
	h := seed
	for ; len(b) >= 4; b = b[4:] {
		h = bits.RotateLeft32(h^mix(binary.LittleEndian.Uint32(b)), 13)*5 + 0xe6546b64
	}
	if len(b) > 0 {
		var tail [4]byte
		copy(tail[:], b)
		h ^= mix(binary.LittleEndian.Uint32(tail[:]))
	}
	h ^= n
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

// hashFeatureValue replaces the name of a feature with its hash.
func hashFeatureValue(s string, n int) string {
	name, value, found := strings.Cut(s, ":")
	if !found {
		return toText(hashFeature(name, n))
	}
	return toText(hashFeature(name, n)) + ":" + value
}

// parseHashOptions returns the options -features N and -libsvm of feature_hashing.
func parseHashOptions(a []any) (n int, libsvm bool, err error) {
	n = 1 << 24
	if len(a) < 2 {
		return n, false, nil
	}
	options := strings.Fields(toText(a[1]))
	for i := 0; i < len(options); i++ {
		switch options[i] {
		case "-libsvm":
			libsvm = true
		case "-features", "-num_features":
			if i++; i == len(options) {
				return 0, false, dataError("feature_hashing: %s requires a value", options[i-1])
			}
			if n, err = toCount(options[i]); err != nil || n < 1 {
				return 0, false, dataError("feature_hashing: the number of features must be positive")
			}
		default:
			return 0, false, notSupported("feature_hashing with the option '%s' is not supported by the sandbox", clip(options[i]))
		}
	}
	return n, libsvm, nil
}

// hashFeatures implements feature_hashing of an array.
func hashFeatures(a []any) (any, error) {
	n, libsvm, err := parseHashOptions(a)
	if err != nil {
		return nil, err
	}
	features, err := toArray(a[0])
	if err != nil {
		return nil, err
	}
	for i, f := range features {
		if f == nil {
			continue
		}
		s := hashFeatureValue(toText(f), n)
		if libsvm && !strings.Contains(s, ":") {
			s += ":1"
		}
		features[i] = s
	}
	if libsvm {
		slices.SortStableFunc(features, func(x, y any) int {
			a, _, _ := splitFeature(toText(x))
			b, _, _ := splitFeature(toText(y))
			i, _ := toInteger(a)
			j, _ := toInteger(b)
			return compare(i, j)
		})
	}
	return JSON(features), nil
}

// normalizeWeights divides the weights of features by a norm.
func normalizeWeights(features []any, norm func([]float64) float64) (any, error) {
	names, weights := make([]string, len(features)), make([]float64, len(features))
	for i, f := range features {
		var err error
		if names[i], weights[i], err = splitFeature(toText(f)); err != nil {
			return nil, err
		}
	}
	length := float32(norm(weights))
	for i := range features {
		features[i] = names[i] + ":" + formatFloat(float64(float32(weights[i])/length), 32)
	}
	return JSON(features), nil
}
