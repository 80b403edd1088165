package functions

import (
	"cmp"
	"math"
)

// sumState implements sum and avg of doubles that can be NaN or infinite, which are counted so that a window can
// remove them again.
type sumState struct {
	average                 bool
	sum                     float64
	n, nans, above, beneath int64
	cancelled               bool // a value that was removed has left too few exact digits
}

func (s *sumState) Step(a []any) error    { return s.add(a[0], 1) }
func (s *sumState) Inverse(a []any) error { return s.add(a[0], -1) }

func (s *sumState) add(v any, sign int64) error {
	if v == nil {
		return nil
	}
	x, err := toDouble(v)
	if err != nil {
		return err
	}
	s.n += sign
	switch {
	case math.IsNaN(x):
		s.nans += sign
	case math.IsInf(x, 1):
		s.above += sign
	case math.IsInf(x, -1):
		s.beneath += sign
	default:
		before := s.sum
		s.sum += float64(sign) * x
		s.cancelled = s.cancelled || sign < 0 && math.Abs(before)+math.Abs(x) > 1e3*math.Abs(s.sum)
	}
	return nil
}

func (s *sumState) Value() (any, error) {
	sum := s.sum
	switch {
	case s.n == 0:
		return nil, nil
	case s.nans > 0 || s.above > 0 && s.beneath > 0:
		return math.NaN(), nil
	case s.above > 0:
		sum = math.Inf(1)
	case s.beneath > 0:
		sum = math.Inf(-1)
	}
	if s.average {
		return sum / float64(s.n), nil
	}
	return sum, nil
}

// extremeDoubleState implements max and min of doubles. NaN is the result only if there are no other values.
type extremeDoubleState struct {
	direction int
	value     any
}

func (s *extremeDoubleState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	x, err := toDouble(a[0])
	if err != nil {
		return err
	}
	best, found := s.value.(float64)
	if !found || math.IsNaN(best) || !math.IsNaN(x) && cmp.Compare(x, best)*s.direction > 0 {
		s.value = x
	}
	return nil
}

func (s *extremeDoubleState) Value() (any, error) { return s.value, nil }

func doubleAggregates() []Aggregate {
	return []Aggregate{
		newAggregate("f_sum_double", 1, 1, func() State { return &sumState{} }),
		newAggregate("f_avg_double", 1, 1, func() State { return &sumState{average: true} }),
		newAggregate("f_max_double", 1, 1, func() State { return &extremeDoubleState{direction: 1} }),
		newAggregate("f_min_double", 1, 1, func() State { return &extremeDoubleState{direction: -1} }),
	}
}
