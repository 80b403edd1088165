package functions

import (
	"math"
	"slices"
	"strings"
)

// percentileState implements approx_percentile and Hive's percentile functions. It keeps all
// values.
type percentileState struct {
	values       []weightedValue
	p            any
	allIntegers  bool
	interpolated bool
}

type weightedValue struct{ v, w float64 }

func (s *percentileState) Step(a []any) error {
	x, w, p := a[0], 1.0, a[len(a)-1]
	if s.interpolated {
		p = a[1]
	} else if len(a) >= 3 {
		p = a[2]
	}
	s.p = p
	if x == nil {
		return nil
	}
	v, err := toDouble(x)
	if err != nil {
		return err
	}
	n, isInteger := x.(int64)
	if !s.interpolated {
		if isInteger && (v < 1<<63 && int64(v) != n || v >= 1<<63 && n != math.MaxInt64) {
			return dataError("no exact double representation for long: %d", n)
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return dataError("value must be finite; was %s", FormatDouble(v))
		}
		if len(a) >= 3 {
			if a[1] == nil || p == nil {
				return nil
			}
			if w, err = toWeight(a[1]); err != nil {
				return err
			}
		}
	}
	s.allIntegers = isInteger && (s.allIntegers || s.values == nil)
	s.values = append(s.values, weightedValue{v, w})
	return nil
}

// toWeight returns the weight of a value.
func toWeight(v any) (float64, error) {
	w, err := toDouble(v)
	switch {
	case err != nil:
		return 0, err
	case math.IsNaN(w) || math.IsInf(w, 0):
		return 0, dataError("weight must be finite, was %s", FormatDouble(w))
	case w < 1:
		return 0, dataError("weight must be >= 1, was %s", FormatDouble(w))
	}
	return w, nil
}

// Size implements [Sizer]. Value copies the values.
func (s *percentileState) Size() int64 { return 2 * 16 * int64(cap(s.values)) }

func (s *percentileState) Value() (any, error) {
	if len(s.values) == 0 || s.p == nil {
		return nil, nil
	}
	values := slices.SortedStableFunc(slices.Values(s.values), func(a, b weightedValue) int { return compare(a.v, b.v) })
	one := func(p any) (any, error) {
		f, err := toDouble(p)
		if err != nil {
			return nil, err
		}
		if math.IsNaN(f) || f < 0 || f > 1 {
			return nil, dataError("Percentile must be between 0 and 1")
		}
		if s.interpolated {
			return interpolateAt(values, f), nil
		}
		v := findNearest(values, f)
		switch {
		case !s.allIntegers:
		case v >= 1<<63:
			return int64(math.MaxInt64), nil
		default:
			return int64(v), nil
		}
		return v, nil
	}
	if text, ok := s.p.(string); ok && strings.HasPrefix(text, "[") {
		list, err := toArray(s.p)
		if err != nil {
			return nil, err
		}
		for i, p := range list {
			if p == nil {
				return nil, dataError("Percentile cannot be null")
			}
			if list[i], err = one(p); err != nil {
				return nil, err
			}
		}
		return JSON(list), nil
	}
	return one(s.p)
}

// findNearest returns the first value whose cumulative weight exceeds the fraction p of the total.
func findNearest(values []weightedValue, p float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v.w
	}
	sum := 0.0
	for _, v := range values {
		if sum += v.w; sum > p*total {
			return v.v
		}
	}
	return values[len(values)-1].v
}

// interpolateAt interpolates linearly at the fraction p of sorted values.
func interpolateAt(values []weightedValue, p float64) float64 {
	at := p * float64(len(values)-1)
	low := int(math.Floor(at))
	if low+1 >= len(values) {
		return values[len(values)-1].v
	}
	fraction := at - float64(low)
	return values[low].v*(1-fraction) + values[low+1].v*fraction
}

// percentileAggregates returns the aggregates over the distribution of numbers.
func percentileAggregates() []Aggregate {
	return []Aggregate{
		newAggregate("f_approx_percentile", 2, 4, func() State { return &percentileState{} }),
		newAggregate("h_percentile", 2, 2, func() State { return &percentileState{interpolated: true} }),
		newAggregate("h_percentile_approx", 2, 3, func() State { return &hivePercentileState{bins: hiveHistogram{limit: 10_000}} }),
		newAggregate("f_numeric_histogram", 2, 3, func() State { return &histogramState{bits: 64} }),
		newAggregate("f_numeric_histogram_real", 2, 3, func() State { return &histogramState{bits: 32} }),
		newAggregate("h_histogram_numeric", 2, 2, func() State { return &hiveHistogramState{} }),
		newAggregate("h_ngrams", 3, 4, func() State { return &ngramState{} }),
	}
}

// histogramState implements numeric_histogram: the closest bins are merged until few enough
// remain.
type histogramState struct {
	bits    int // precision of the keys
	maxBins int
	bins    []weightedValue
}

// maxKeptBins limits the bins that are kept between merges.
const maxKeptBins = 4096

func (s *histogramState) Step(a []any) error {
	n, err := toCount(a[0])
	if err != nil || n < 2 || n > maxKeptBins {
		return dataError("numeric_histogram bucket count must be between 2 and %d", maxKeptBins)
	}
	s.maxBins = n
	if a[1] == nil {
		return nil
	}
	v, err := toDouble(a[1])
	if err != nil {
		return err
	}
	w := 1.0
	if len(a) > 2 {
		if w, err = toDouble(a[2]); err != nil {
			return err
		}
	}
	s.bins = append(s.bins, weightedValue{v, w})
	if len(s.bins) >= 2*maxKeptBins {
		s.mergeBins(maxKeptBins)
	}
	return nil
}

func (s *histogramState) mergeBins(most int) {
	slices.SortStableFunc(s.bins, func(a, b weightedValue) int { return compare(a.v, b.v) })
	out := s.bins[:0]
	for _, b := range s.bins { // merge equal values first
		if n := len(out); n > 0 && out[n-1].v == b.v {
			out[n-1].w += b.w
			continue
		}
		out = append(out, b)
	}
	penalty := func(i int) float64 { // the growth of the sum of squared distances
		a, b := out[i-1], out[i]
		return (b.v - a.v) * (b.v - a.v) * a.w * b.w / (a.w + b.w)
	}
	for len(out) > most {
		best := 1
		for i := 2; i < len(out); i++ {
			if penalty(i) < penalty(best) {
				best = i
			}
		}
		a, b := out[best-1], out[best]
		out[best-1] = weightedValue{(a.v*a.w + b.v*b.w) / (a.w + b.w), a.w + b.w}
		out = slices.Delete(out, best, best+1)
	}
	s.bins = out
}

func (s *histogramState) Value() (any, error) {
	if s.bins == nil {
		return nil, nil
	}
	s.mergeBins(s.maxBins)
	var b objectBuilder
	for _, bin := range s.bins {
		b.set(formatFloat(bin.v, s.bits), bin.w)
	}
	return JSON(b.members), nil
}
