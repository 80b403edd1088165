package functions

import "slices"

// maxCompared limits the arrays that a lambda sorts: it is evaluated for all pairs of elements.
const maxCompared = 1000

// arraySorter implements array_sort with a comparator: each row holds the array, the indexes of two elements, and
// the result of their comparison.
type arraySorter struct {
	array   string
	results map[[2]int64]any
}

func (s *arraySorter) Step(a []any) error {
	s.array = toText(a[0])
	i, ok := a[1].(int64)
	j, ok2 := a[2].(int64)
	if !ok || !ok2 || i == j {
		return nil
	}
	if max(i, j) >= maxCompared {
		return notSupported("array_sort of more than %d elements with a lambda is not supported by the sandbox", maxCompared)
	}
	if s.results == nil {
		s.results = map[[2]int64]any{}
	}
	s.results[[2]int64{i, j}] = a[3]
	return nil
}

// Size implements [Sizer].
func (s *arraySorter) Size() int64 { return int64(len(s.results)) * entryOverhead }

func (s *arraySorter) Value() (any, error) {
	if s.array == "" {
		return nil, nil
	}
	values, err := toArray(s.array)
	if err != nil {
		return nil, err
	}
	order := make([]int64, len(values))
	for i := range order {
		order[i] = int64(i)
	}
	slices.SortStableFunc(order, func(i, j int64) int {
		c, ok := s.results[[2]int64{i, j}].(int64)
		if !ok || c < -1 || c > 1 {
			err = dataError("Lambda comparator must return either -1, 0, or 1")
		}
		return int(c)
	})
	if err != nil {
		return nil, err
	}
	sorted := make([]any, len(values))
	for i, from := range order {
		sorted[i] = values[from]
	}
	return JSON(sorted), nil
}

// lambdaAggregates returns the aggregates that functions with lambdas use, and approx_most_frequent.
func lambdaAggregates() []Aggregate {
	return []Aggregate{
		newAggregate("f_array_sort_by", 4, 4, func() State { return &arraySorter{} }),
		newAggregate("f_approx_most_frequent", 3, 3, func() State { return &frequentState{} }),
	}
}
