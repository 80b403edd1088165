package functions

// A sum is that of bigints.
type sum struct {
	total int64
	rows  int
}

func (s *sum) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	n, err := integer(a[0])
	if err != nil {
		return err
	}
	total := s.total + n
	if (total > s.total) != (n > 0) && n != 0 {
		return overflow("addition", s.total, n)
	}
	s.total = total
	s.rows++
	return nil
}

// Inverse takes a row back.
func (s *sum) Inverse(a []any) error {
	if n, ok := a[0].(int64); ok {
		s.total -= n
		s.rows--
	}
	return nil
}

func (s *sum) Value() (any, error) {
	if s.rows == 0 {
		return nil, nil
	}
	return s.total, nil
}

// A tally counts what is true and what is not.
type tally struct {
	yes, no int64
	value   func(yes, no int64) any
}

func (s *tally) count(a []any, by int64) error {
	switch {
	case a[0] == nil:
	case truth(a[0]):
		s.yes += by
	default:
		s.no += by
	}
	return nil
}

func (s *tally) Step(a []any) error { return s.count(a, 1) }

// Inverse takes a row back.
func (s *tally) Inverse(a []any) error { return s.count(a, -1) }

func (s *tally) Value() (any, error) { return s.value(s.yes, s.no), nil }

// A bitFold is bitwise_and_agg and bitwise_or_agg.
type bitFold struct {
	v    any
	fold func(a, b int64) int64
}

func (s *bitFold) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	n, err := integer(a[0])
	if before, ok := s.v.(int64); ok {
		n = s.fold(before, n)
	}
	s.v = n
	return err
}

func (s *bitFold) Value() (any, error) { return s.v, nil }

func booleans() []Aggregate {
	list := []Aggregate{
		agg("f_bitwise_and_agg", 1, 1, func() State { return &bitFold{fold: func(a, b int64) int64 { return a & b }} }),
		agg("f_bitwise_or_agg", 1, 1, func() State { return &bitFold{fold: func(a, b int64) int64 { return a | b }} }),
	}
	all := func(yes, no int64) any {
		if yes+no == 0 {
			return nil
		}
		return no == 0
	}
	for name, value := range map[string]func(yes, no int64) any{
		"count_if": func(yes, _ int64) any { return yes },
		"bool_and": all,
		"every":    all,
		"bool_or": func(yes, no int64) any {
			if yes+no == 0 {
				return nil
			}
			return yes > 0
		},
	} {
		list = append(list, agg("f_"+name, 1, 1, func() State { return &tally{value: value} }))
	}
	return list
}
