package functions

// A sum is that of bigints.
type sumState struct {
	total int64
	rows  int
}

func (s *sumState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	n, err := toInteger(a[0])
	if err != nil {
		return err
	}
	total := s.total + n
	if (total > s.total) != (n > 0) && n != 0 {
		return newOverflowError("addition", s.total, n)
	}
	s.total = total
	s.rows++
	return nil
}

// Inverse takes a row back.
func (s *sumState) Inverse(a []any) error {
	if n, ok := a[0].(int64); ok {
		s.total -= n
		s.rows--
	}
	return nil
}

func (s *sumState) Value() (any, error) {
	if s.rows == 0 {
		return nil, nil
	}
	return s.total, nil
}

// A tally counts what is true and what is not.
type tallyState struct {
	yes, no int64
	value   func(yes, no int64) any
}

func (s *tallyState) addRow(a []any, by int64) error {
	switch {
	case a[0] == nil:
	case toBool(a[0]):
		s.yes += by
	default:
		s.no += by
	}
	return nil
}

func (s *tallyState) Step(a []any) error { return s.addRow(a, 1) }

// Inverse takes a row back.
func (s *tallyState) Inverse(a []any) error { return s.addRow(a, -1) }

func (s *tallyState) Value() (any, error) { return s.value(s.yes, s.no), nil }

// A bitFold is bitwise_and_agg and bitwise_or_agg.
type bitwiseState struct {
	v    any
	fold func(a, b int64) int64
}

func (s *bitwiseState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	n, err := toInteger(a[0])
	if before, ok := s.v.(int64); ok {
		n = s.fold(before, n)
	}
	s.v = n
	return err
}

func (s *bitwiseState) Value() (any, error) { return s.v, nil }

func booleanAggregates() []Aggregate {
	list := []Aggregate{
		newAggregate("f_bitwise_and_agg", 1, 1, func() State { return &bitwiseState{fold: func(a, b int64) int64 { return a & b }} }),
		newAggregate("f_bitwise_or_agg", 1, 1, func() State { return &bitwiseState{fold: func(a, b int64) int64 { return a | b }} }),
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
		list = append(list, newAggregate("f_"+name, 1, 1, func() State { return &tallyState{value: value} }))
	}
	return list
}
