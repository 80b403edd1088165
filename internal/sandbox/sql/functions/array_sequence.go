package functions

import "math"

// maxSequence is Trino's limit for the length of a sequence.
const maxSequence = 10_000

// sequenceFunctions returns the functions that generate arrays.
func (r *Registry) sequenceFunctions() []Scalar {
	return []Scalar{
		newScalar("f_sequence", 2, 3, func(a []any) (any, error) {
			if _, ok := a[0].(string); ok {
				return r.makeDateSequence(a)
			}
			from, err := toInteger(a[0])
			if err != nil {
				return nil, err
			}
			to, err := toInteger(a[1])
			if err != nil {
				return nil, err
			}
			step := int64(1)
			if to < from {
				step = -1
			}
			if len(a) == 3 {
				if step, err = toInteger(a[2]); err != nil {
					return nil, err
				}
			}
			return makeSequence(from, to, step, func(n int64) any { return n })
		}),
		newScalar("f_sequence_ts", 3, 3, func(a []any) (any, error) {
			from, to, err := r.parseDatetimes(a[0], a[1])
			if err != nil {
				return nil, err
			}
			ms, err := toInteger(a[2])
			if err != nil {
				return nil, err
			}
			return makeSequence(from.UnixMilli(), from.UnixMilli()+millisBetween(from, to), ms, func(n int64) any { return from.withMillis(n).String() })
		}),
		newScalar("f_sequence_months", 3, 3, func(a []any) (any, error) {
			from, to, err := r.parseDatetimes(a[0], a[1])
			if err != nil {
				return nil, err
			}
			n, err := toInteger(a[2])
			if err != nil {
				return nil, err
			}
			months := countMonths(from, to)
			return makeSequence(0, months, n, func(n int64) any {
				m, err := from.addMonths(n)
				if err != nil {
					return nil
				}
				return m.String()
			})
		}),
		newScalar("f_td_numeric_range", 1, 3, func(a []any) (any, error) {
			from, to, step := int64(0), int64(0), int64(1)
			var err error
			if to, err = toInteger(a[min(1, len(a)-1)]); err == nil && len(a) > 1 {
				from, err = toInteger(a[0])
			}
			if err == nil && len(a) > 2 {
				step, err = toInteger(a[2])
			}
			if err != nil {
				return nil, err
			}
			if to == math.MinInt64 || step == 0 {
				return nil, dataError("td_numeric_range is out of range")
			}
			last := to - sign(step)
			if sign(step) != 0 && (last-from > 0) != (step > 0) && last != from {
				return "[]", nil
			}
			return makeSequence(from, last, step, func(n int64) any { return n })
		}),
	}
}

// makeDateSequence returns dates or timestamps; the step is a number of days.
func (r *Registry) makeDateSequence(a []any) (any, error) {
	from, to, err := r.parseDatetimes(a[0], a[1])
	if err != nil {
		return nil, err
	}
	step := int64(1)
	if to.Before(from.Time) {
		step = -1
	}
	if len(a) == 3 {
		if step, err = toInteger(a[2]); err != nil {
			return nil, err
		}
	}
	const day = 24 * 60 * 60 * 1000
	if step > math.MaxInt64/day || step < math.MinInt64/day {
		return nil, dataError("sequence step is out of range")
	}
	return makeSequence(from.UnixMilli(), to.UnixMilli(), step*day, func(n int64) any { return from.withMillis(n).String() })
}

func makeSequence(from, to, step int64, value func(int64) any) (any, error) {
	if step == 0 {
		return nil, dataError("step must not be zero")
	}
	if step > 0 && to < from || step < 0 && to > from {
		return nil, dataError("sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start")
	}
	last := magnitudeBetween(from, to) / magnitude(step)
	if last >= maxSequence {
		return nil, dataError("result of sequence function must not have more than %d entries", maxSequence)
	}
	out := make([]any, last+1)
	for i := range out {
		out[i] = value(from)
		from += step
	}
	return JSON(out), nil
}

// magnitudeBetween returns |a - b| without overflow.
func magnitudeBetween(a, b int64) uint64 {
	if a < b {
		a, b = b, a
	}
	return uint64(a) - uint64(b)
}
