package functions

// bitwiseState implements bitwise_and_agg, bitwise_or_agg and bitwise_xor_agg.
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

// bitwiseAggregates returns the aggregates over bits. See
// https://trino.io/docs/current/functions/aggregate.html.
func bitwiseAggregates() []Aggregate {
	return []Aggregate{
		newAggregate("f_bitwise_and_agg", 1, 1, func() State { return &bitwiseState{fold: func(a, b int64) int64 { return a & b }} }),
		newAggregate("f_bitwise_xor_agg", 1, 1, func() State { return &bitwiseState{fold: func(a, b int64) int64 { return a ^ b }} }),
		newAggregate("f_bitwise_or_agg", 1, 1, func() State { return &bitwiseState{fold: func(a, b int64) int64 { return a | b }} }),
	}
}
