package functions

// windowFunctions returns the aggregates for window functions with IGNORE NULLS. See
// https://trino.io/docs/current/functions/window.html.
func windowFunctions() []Aggregate {
	return []Aggregate{newAggregate("f_nth_present", 2, 2, func() State { return &nthState{} })}
}

// nthState implements f_nth_present(x, n): the n-th value that is not NULL, counted from the end if n is
// negative.
type nthState struct {
	values []any
	n      int64
}

func (s *nthState) Step(a []any) error {
	if n, ok := a[1].(int64); ok {
		s.n = n
	}
	if a[0] != nil {
		s.values = append(s.values, a[0])
	}
	return nil
}

// Inverse removes the oldest row.
func (s *nthState) Inverse(a []any) error {
	if a[0] != nil && len(s.values) > 0 {
		s.values = s.values[1:]
	}
	return nil
}

func (s *nthState) Value() (any, error) {
	i := s.n - 1
	if s.n < 0 {
		i = int64(len(s.values)) + s.n
	}
	if i < 0 || i >= int64(len(s.values)) {
		return nil, nil
	}
	return s.values[i], nil
}
