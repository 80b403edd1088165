package functions

import "math/big"

// decimalSumState implements the sum and the average of decimals.
type decimalSumState struct {
	sum     decimal
	count   int64
	average bool
}

func (s *decimalSumState) Step(a []any) error { return s.add(a[0], 1) }

// Inverse removes the oldest row.
func (s *decimalSumState) Inverse(a []any) error { return s.add(a[0], -1) }

func (s *decimalSumState) add(v any, sign int64) error {
	if v == nil {
		return nil
	}
	d, err := toDecimal(v)
	if err != nil {
		return err
	}
	if s.sum.unscaled == nil {
		s.sum.unscaled = new(big.Int)
	}
	a, b := alignScales(s.sum, d)
	s.sum = decimal{a.unscaled.Add(a.unscaled, b.unscaled.Mul(b.unscaled, big.NewInt(sign))), a.scale}
	s.count += sign
	return nil
}

// averageDigits is the number of digits that an average has in addition to the scale of the values. The type of the
// result has at most four of them.
const averageDigits = 8

func (s *decimalSumState) Value() (any, error) {
	switch {
	case s.count == 0:
		return nil, nil
	case !s.average:
		return s.sum.checked()
	}
	d := s.sum.round(s.sum.scale + averageDigits)
	return decimal{d.unscaled.Quo(d.unscaled, big.NewInt(s.count)), d.scale}.String(), nil
}

// decimalAggregates returns the aggregates over decimals. See
// https://trino.io/docs/current/functions/aggregate.html.
func decimalAggregates() []Aggregate {
	return []Aggregate{
		newAggregate("f_decimal_sum", 1, 1, func() State { return &decimalSumState{} }),
		newAggregate("f_decimal_avg", 1, 1, func() State { return &decimalSumState{average: true} }),
	}
}
