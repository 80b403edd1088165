package functions

import (
	"fmt"
	"math"
	"strings"
)

// checkNumberFunctions returns functions that describe or verify numbers.
func checkNumberFunctions() []Scalar {
	return []Scalar{
		newScalar("f_human_readable_seconds", 1, 1, func(a []any) (any, error) {
			seconds, err := toDouble(a[0])
			if err != nil {
				return nil, err
			}
			if math.IsNaN(seconds) || math.IsInf(seconds, 0) {
				return nil, dataError("Invalid argument found: %s", FormatDouble(seconds))
			}
			return describeSeconds(uint64(min(math.Floor(math.Abs(seconds)+0.5), 1<<62))), nil
		}),
		newScalar("f_luhn_check", 1, 1, func(a []any) (any, error) {
			digits := toText(a[0])
			if strings.Trim(digits, "0123456789") != "" {
				return nil, dataError("Input contains non-digit character")
			}
			return digits != "" && luhnSum(digits)%10 == 0, nil
		}),
		newScalar("f_dot_product", 2, 2, func(a []any) (any, error) {
			return sumPairs(a, func(x, y float64) float64 { return x * y })
		}),
		newScalar("f_euclidean_distance", 2, 2, func(a []any) (any, error) {
			sum, err := sumPairs(a, func(x, y float64) float64 { return (x - y) * (x - y) })
			return math.Sqrt(sum), err
		}),
		newScalar("f_cosine_similarity", 2, 2, func(a []any) (any, error) {
			return compareVectors(a, func(similarity float64) float64 { return similarity })
		}),
		newScalar("f_cosine_distance", 2, 2, func(a []any) (any, error) {
			return compareVectors(a, func(similarity float64) float64 { return 1 - similarity })
		}),
	}
}

// describeSeconds returns a duration in words, such as 1 hour, 1 second.
func describeSeconds(n uint64) string {
	var parts []string
	for _, u := range []struct {
		name string
		size uint64
	}{{"week", 604800}, {"day", 86400}, {"hour", 3600}, {"minute", 60}, {"second", 1}} {
		count := n / u.size
		n %= u.size
		switch {
		case count == 1:
			parts = append(parts, "1 "+u.name)
		case count > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", count, u.name))
		}
	}
	if parts == nil {
		return "0 seconds"
	}
	return strings.Join(parts, ", ")
}

// luhnSum returns the sum of the Luhn algorithm (ISO/IEC 7812-1).
func luhnSum(digits string) int {
	sum := 0
	for i := range len(digits) {
		n := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum
}

// compareVectors computes the cosine similarity of two sparse vectors, given as maps, or of two
// arrays. The result is null if a vector contains a null.
func compareVectors(a []any, result func(similarity float64) float64) (any, error) {
	x, lengthX, err := toVector(a[0])
	if err != nil {
		return nil, err
	}
	y, lengthY, err := toVector(a[1])
	switch {
	case err != nil:
		return nil, err
	case lengthX != lengthY:
		return nil, dataError("The arguments must have the same length")
	case x == nil || y == nil:
		return nil, nil
	}
	dot, squareX, squareY := 0.0, 0.0, 0.0
	for key, v := range x {
		dot += v * y[key]
		squareX += v * v
	}
	for _, v := range y {
		squareY += v * v
	}
	if lengthX >= 0 && (squareX == 0 || squareY == 0) {
		return nil, dataError("Vector magnitude cannot be zero")
	}
	return result(dot / math.Sqrt(squareX*squareY)), nil
}

// toVector parses a map or an array of numbers; the vector is nil if an element is null. The length is that of an
// array, or -1.
func toVector(v any) (vector map[string]float64, length int, err error) {
	parsed, err := ParseJSON(toText(v))
	if err != nil {
		return nil, 0, dataError("not a map: '%s'", clip(toText(v)))
	}
	length = -1
	elements, ok := parsed.(Object)
	if list, isArray := parsed.([]any); isArray {
		length = len(list)
		for i, e := range list {
			elements = append(elements, Member{fmt.Sprint(i), e})
		}
	} else if !ok {
		return nil, 0, dataError("not a map: '%s'", clip(toText(v)))
	}
	vector = make(map[string]float64, len(elements))
	for _, m := range elements {
		if m.Value == nil {
			return nil, length, nil
		}
		if vector[m.Key], err = toDouble(m.Value); err != nil {
			return nil, 0, err
		}
	}
	return vector, length, nil
}

// sumPairs adds f of the elements of two arrays of the same length. A null is 0.
func sumPairs(a []any, f func(x, y float64) float64) (float64, error) {
	left, err := toArray(a[0])
	if err != nil {
		return 0, err
	}
	right, err := toArray(a[1])
	if err != nil {
		return 0, err
	}
	if len(left) != len(right) {
		return 0, dataError("The arguments must have the same length")
	}
	sum := 0.0
	for i := range left {
		var pair [2]float64
		for k, v := range []any{left[i], right[i]} {
			if v == nil {
				continue
			}
			if pair[k], err = toDouble(v); err != nil {
				return 0, err
			}
		}
		sum += f(pair[0], pair[1])
	}
	return sum, nil
}
