package functions

import (
	"math"
	"math/bits"
	"slices"
	"strings"
)

// hivemallVectorFunctions returns functions on arrays, dense and sparse vectors, and distances. See
// https://hivemall.apache.org/userguide/misc/generic_funcs.html and https://hivemall.apache.org/userguide/misc/funcs.html.
func hivemallVectorFunctions() []Scalar {
	return slices.Concat(denseFunctions(), powerFunctions(), distanceMeasures(), []Scalar{
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
			o, err := toObject(a[0])
			if err != nil {
				return nil, err
			}
			keys, err := toArray(a[1])
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
	})
}

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

// distanceMeasures returns distances of feature vectors and of numbers.
func distanceMeasures() []Scalar {
	two := func(name string, f func(x, y map[string]float64) float64) Scalar {
		return newScalar(name, 2, 2, func(a []any) (any, error) {
			x, err := parseFeatures(a[0])
			if err != nil {
				return nil, err
			}
			y, err := parseFeatures(a[1])
			if err != nil {
				return nil, err
			}
			return float64(float32(f(x, y))), nil
		})
	}
	return []Scalar{
		two("h_cosine_distance", func(x, y map[string]float64) float64 { return float64(1 - float32(cosine(x, y))) }),
		two("h_angular_distance", func(x, y map[string]float64) float64 { return math.Acos(max(-1, min(1, cosine(x, y)))) / math.Pi }),
		two("h_euclid_similarity", func(x, y map[string]float64) float64 {
			return 1 / (1 + math.Sqrt(sumDifferences(x, y, func(d float64) float64 { return d * d })))
		}),
		newScalar("h_minkowski_distance", 3, 3, func(a []any) (any, error) {
			x, err := parseFeatures(a[0])
			if err != nil {
				return nil, err
			}
			y, err := parseFeatures(a[1])
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

// hivemallWordFunctions returns functions on words.
func hivemallWordFunctions() []Scalar {
	return []Scalar{
		newArrayArgsScalar("h_word_ngrams", 3, 3, func(v, rest []any) (any, error) {
			least, err := toCount(rest[0])
			if err != nil {
				return nil, err
			}
			most, err := toCount(rest[1])
			if err != nil {
				return nil, err
			}
			if least < 1 || least > most {
				return nil, dataError("word_ngrams: minSize must be from 1 to maxSize: %d, %d", least, most)
			}
			words := make([]string, len(v))
			for i, w := range v {
				words[i] = toText(w)
			}
			grams := []string{}
			for i := range words {
				for n := least; n <= most && i+n <= len(words); n++ {
					grams = append(grams, strings.Join(words[i:i+n], " "))
				}
			}
			return formatTextArray(grams), nil
		}),
		newScalar("h_base91", 1, 1, func(a []any) (any, error) { return encodeBase91([]byte(toText(a[0]))), nil }),
		newScalar("h_unbase91", 1, 1, func(a []any) (any, error) { return decodeBase91(toText(a[0])) }),
		newScalar("h_bm25", 5, 6, scoreBM25),
		newScalar("h_map_url", 3, 4, func(a []any) (any, error) {
			lat, err := toDouble(a[0])
			if err != nil {
				return nil, err
			}
			lon, err := toDouble(a[1])
			if err != nil {
				return nil, err
			}
			zoom, err := toCount(a[2])
			if err != nil || zoom < 0 || zoom > 30 {
				return nil, dataError("map_url: the zoom level must be from 0 to 30: %s", clip(toText(a[2])))
			}
			kind := "openstreetmap"
			if len(a) == 4 {
				options := strings.Fields(toText(a[3]))
				if len(options) != 2 || options[0] != "-t" && options[0] != "-type" {
					return nil, notSupported("map_url with the options '%s' is not supported by the sandbox", clip(toText(a[3])))
				}
				kind = strings.ToLower(options[1])
			}
			switch kind {
			case "osm", "openstreetmap":
				return "http://tile.openstreetmap.org/" + toText(int64(zoom)) + "/" + toText(tileX(lon, zoom)) + "/" + toText(tileY(lat, zoom)) + ".png", nil
			case "google", "googlemaps":
				return "https://www.google.com/maps/@" + FormatDouble(lat) + "," + FormatDouble(lon) + "," + toText(int64(zoom)) + "z", nil
			}
			return nil, dataError("map_url: unexpected map type: %s", clip(kind))
		}),
	}
}

// tileX and tileY return the tile of a coordinate. See https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames.
func tileX(lon float64, zoom int) int64 {
	n := math.Exp2(float64(zoom))
	return int64(max(0, min(n-1, math.Floor((lon+180)/360*n))))
}

func tileY(lat float64, zoom int) int64 {
	n, r := math.Exp2(float64(zoom)), lat*math.Pi/180
	return int64(max(0, min(n-1, math.Floor((1-math.Log(math.Tan(r)+1/math.Cos(r))/math.Pi)/2*n))))
}

// scoreBM25 implements bm25(tf, docLength, avgDocLength, numDocs, numDocsWithTerm[, options]). See
// https://hivemall.apache.org/userguide/ft_engineering/bm25.html.
func scoreBM25(a []any) (any, error) {
	var x [5]float64
	for i := range x {
		var err error
		if x[i], err = toDouble(a[i]); err != nil {
			return nil, err
		}
	}
	settings := map[string]float64{"-b": 0.75, "-k1": 1.2, "-d": 0, "-min_idf": 1e-8}
	aliases := map[string]string{"-delta": "-d", "-epsilon": "-min_idf"}
	if len(a) == 6 {
		options := strings.Fields(toText(a[5]))
		for i := 0; i+1 < len(options); i += 2 {
			name := options[i]
			if long, ok := aliases[name]; ok {
				name = long
			}
			value, err := parseDouble(options[i+1])
			if _, known := settings[name]; !known || err != nil {
				return nil, dataError("bm25: unexpected option: %s %s", clip(options[i]), clip(options[i+1]))
			}
			settings[name] = value
		}
	}
	tf, length, average, docs, withTerm := x[0], x[1], x[2], x[3], x[4]
	k1, b := settings["-k1"], settings["-b"]
	idf := max(settings["-min_idf"], math.Log10(1+(docs-withTerm+0.5)/(withTerm+0.5)))
	return idf * (tf*(k1+1)/(tf+k1*(1-b+b*length/average)) + settings["-d"]), nil
}

const base91Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&()*+,-./:;<=>?@[]^_`{|}~"

// encodeBase91 encodes in basE91, with Hivemall's alphabet. See https://base91.sourceforge.net/.
func encodeBase91(data []byte) string {
	var out []byte
	queue, n := uint(0), uint(0)
	for _, c := range data {
		queue |= uint(c) << n
		if n += 8; n <= 13 {
			continue
		}
		v := queue & 8191
		width := uint(13)
		if v <= 88 {
			v, width = queue&16383, 14
		}
		queue, n = queue>>width, n-width
		out = append(out, base91Alphabet[v%91], base91Alphabet[v/91])
	}
	if n > 0 {
		if out = append(out, base91Alphabet[queue%91]); n > 7 || queue > 90 {
			out = append(out, base91Alphabet[queue/91])
		}
	}
	return string(out)
}

// decodeBase91 reverses encodeBase91.
func decodeBase91(s string) (any, error) {
	out := []byte{}
	queue, n, low := uint(0), uint(0), -1
	for _, c := range []byte(s) {
		d := strings.IndexByte(base91Alphabet, c)
		if d < 0 {
			return nil, dataError("unbase91: unexpected character: %q", c)
		}
		if low < 0 {
			low = d
			continue
		}
		v := uint(low + d*91)
		low = -1
		queue |= v << n
		if n += 13; v&8191 <= 88 {
			n++
		}
		for ; n > 7; n -= 8 {
			out = append(out, byte(queue))
			queue >>= 8
		}
	}
	if low >= 0 {
		out = append(out, byte(queue|uint(low)<<n))
	}
	return out, nil
}
