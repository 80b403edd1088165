package functions

import (
	"math"
	"slices"
	"strings"
)

// hivemallAggregates returns evaluation measures and collections of Hivemall. See
// https://hivemall.apache.org/userguide/eval/regression.html.
func hivemallAggregates() []Aggregate {
	pair := func(name string, f func(*errorState) (float64, bool)) Aggregate {
		return newAggregate(name, 2, 2, func() State { return &errorState{value: f} })
	}
	return []Aggregate{
		pair("h_rmse", func(s *errorState) (float64, bool) { return math.Sqrt(s.squares / s.n), s.n > 0 }),
		pair("h_mse", func(s *errorState) (float64, bool) { return s.squares / s.n, s.n > 0 }),
		pair("h_mae", func(s *errorState) (float64, bool) { return s.absolute / s.n, s.n > 0 }),
		pair("h_logloss", func(s *errorState) (float64, bool) { return -s.logs / s.n, s.n > 0 }),
		pair("h_r2", func(s *errorState) (float64, bool) {
			total := s.actualSquares - s.actual*s.actual/s.n
			return 1 - s.squares/total, s.n > 0
		}),
		newAggregate("h_voted_avg", 1, 1, func() State { return &votedState{} }),
		newAggregate("h_l2_norm", 1, 1, func() State { return &normState{} }),
		newAggregate("h_argmin_kld", 2, 2, func() State { return &kldState{} }),
		newAggregate("h_array_avg", 1, 1, func() State { return &arrayAverageState{} }),
		newAggregate("h_array_sum", 1, 1, func() State { return &arrayAverageState{sum: true} }),
		newAggregate("h_to_map_json", 2, 2, func() State { return &hivemallMapState{} }),
		newAggregate("h_to_ordered_map_json", 2, 3, func() State { return &hivemallMapState{ordered: true} }),
		newAggregate("h_to_ordered_list", 1, 3, func() State { return &orderedListState{} }),
	}
}

// errorState compares predicted with actual values.
type errorState struct {
	n, squares, absolute, logs, actual, actualSquares float64
	value                                             func(*errorState) (float64, bool)
}

func (s *errorState) Step(a []any) error {
	if a[0] == nil || a[1] == nil {
		return nil
	}
	predicted, err := toDouble(a[0])
	if err != nil {
		return err
	}
	actual, err := toDouble(a[1])
	if err != nil {
		return err
	}
	s.n++
	difference := actual - predicted
	s.squares += difference * difference
	s.absolute += math.Abs(difference)
	p := min(max(predicted, 1e-15), 1-1e-15)
	s.logs += actual*math.Log(p) + (1-actual)*math.Log(1-p)
	s.actual += actual
	s.actualSquares += actual * actual
	return nil
}

func (s *errorState) Value() (any, error) {
	if x, ok := s.value(s); ok {
		return x, nil
	}
	return nil, nil
}

// votedState implements voted_avg: the average of the positive or of the other values, whichever are
// more.
type votedState struct{ positives, positiveSum, others, otherSum float64 }

func (s *votedState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	x, err := toDouble(a[0])
	if x > 0 {
		s.positives++
		s.positiveSum += x
	} else {
		s.others++
		s.otherSum += x
	}
	return err
}

func (s *votedState) Value() (any, error) {
	switch {
	case s.positives+s.others == 0:
		return nil, nil
	case s.positives > s.others:
		return s.positiveSum / s.positives, nil
	}
	return s.otherSum / s.others, nil
}

// normState implements l2_norm.
type normState struct {
	squares float64
	rows    int
}

func (s *normState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	x, err := toDouble(a[0])
	s.squares += x * x
	s.rows++
	return err
}

func (s *normState) Value() (any, error) {
	if s.rows == 0 {
		return nil, nil
	}
	return math.Sqrt(s.squares), nil
}

// kldState implements argmin_kld(mean, covariance): the mean weighted by the inverse covariances.
type kldState struct{ weighted, inverse float64 }

func (s *kldState) Step(a []any) error {
	if a[0] == nil || a[1] == nil {
		return nil
	}
	mean, err := toDouble(a[0])
	if err != nil {
		return err
	}
	covariance, err := toDouble(a[1])
	if err != nil {
		return err
	}
	s.weighted += mean / covariance
	s.inverse += 1 / covariance
	return nil
}

func (s *kldState) Value() (any, error) {
	if s.inverse == 0 {
		return nil, nil
	}
	return s.weighted / s.inverse, nil
}

// arrayAverageState implements array_avg and array_sum: the average or the sum of each element.
type arrayAverageState struct {
	sum    bool
	totals []float64
	counts []float64
}

func (s *arrayAverageState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	list, err := toArray(a[0])
	if err != nil {
		return err
	}
	if s.totals != nil && len(list) != len(s.totals) {
		return dataError("Mismatch in the number of elements: %d and %d", len(s.totals), len(list))
	}
	if s.totals == nil {
		s.totals, s.counts = make([]float64, len(list)), make([]float64, len(list))
	}
	for i, e := range list {
		if e == nil {
			continue
		}
		x, err := toDouble(e)
		if err != nil {
			return err
		}
		s.totals[i] += x
		s.counts[i]++
	}
	return nil
}

func (s *arrayAverageState) Value() (any, error) {
	if s.totals == nil {
		return nil, nil
	}
	out := make([]any, len(s.totals))
	for i, total := range s.totals {
		if out[i] = total; !s.sum {
			out[i] = total / s.counts[i]
		}
	}
	return JSON(out), nil
}

// hivemallMapState implements to_map and to_ordered_map; values are JSON text. The last value of a
// key wins. The third argument of to_ordered_map is the number of entries to keep: those with the greatest
// keys if it is positive, otherwise those with the least.
type hivemallMapState struct {
	objectBuilder
	ordered bool
	order   any
	keys    map[string]any
}

func (s *hivemallMapState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	if s.keys == nil {
		s.keys = map[string]any{}
	}
	if len(a) == 3 {
		s.order = a[2]
	}
	key := toMapKey(a[0])
	s.keys[key] = a[0]
	s.set(key, parseElement(a[1]))
	return nil
}

func (s *hivemallMapState) Value() (any, error) {
	if s.members == nil {
		return nil, nil
	}
	if !s.ordered {
		return JSON(s.members), nil
	}
	members := slices.Clone(s.members)
	n, descending := int64(0), false
	if s.order != nil {
		var err error
		if n, err = toInteger(s.order); err != nil {
			return nil, err
		}
		descending = n > 0
	}
	slices.SortStableFunc(members, func(a, b Member) int {
		if descending {
			a, b = b, a
		}
		return compare(s.keys[a.Key], s.keys[b.Key])
	})
	if n != 0 {
		members = members[:min(len(members), int(min(magnitude(n), math.MaxInt32)))]
	}
	return JSON(members), nil
}

// orderedListState implements to_ordered_list(value[, key][, options]).
type orderedListState struct {
	rows    [][2]any
	options string
}

func (s *orderedListState) Step(a []any) error {
	key := a[0]
	if len(a) >= 2 {
		if option, ok := a[len(a)-1].(string); ok && strings.HasPrefix(option, "-") {
			s.options = option
			a = a[:len(a)-1]
		}
	}
	if len(a) == 2 {
		key = a[1]
	}
	if a[0] == nil || key == nil {
		return nil
	}
	s.rows = append(s.rows, [2]any{a[0], key})
	return nil
}

func (s *orderedListState) Value() (any, error) {
	if s.rows == nil {
		return nil, nil
	}
	limit, reverse := 0, false
	options := strings.Fields(s.options)
	for i := 0; i < len(options); i++ {
		switch options[i] {
		case "-k":
			if i++; i == len(options) {
				return nil, dataError("to_ordered_list: -k requires a value")
			}
			var err error
			if limit, err = toCount(options[i]); err != nil {
				return nil, err
			}
		case "-reverse", "-reverse_order":
			reverse = true
		default:
			return nil, notSupported("to_ordered_list with the option '%s' is not supported by the sandbox", clip(options[i]))
		}
	}
	rows := slices.Clone(s.rows)
	if limit > 0 { // the greatest, in descending order
		reverse = !reverse
	}
	slices.SortStableFunc(rows, func(a, b [2]any) int {
		if reverse {
			a, b = b, a
		}
		return compare(a[1], b[1])
	})
	n := len(rows)
	if limit != 0 {
		n = min(n, int(magnitude(int64(limit))))
	}
	out := make([]any, n)
	for i := range out {
		out[i] = toElement(rows[i][0])
	}
	return JSON(out), nil
}
