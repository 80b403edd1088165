package functions

import (
	"slices"
)

// newAggregate returns an Aggregate that accepts least to most arguments.
func newAggregate(name string, least, most int, begin func() State) Aggregate {
	return Aggregate{Name: name, Min: least, Max: most, New: begin}
}

// extremeState implements max_by(x, y) and min_by(x, y): x of the row with the greatest or least
// y.
type extremeState struct {
	direction int
	x, y      any
	found     bool
}

func (s *extremeState) Step(a []any) error {
	if a[1] == nil {
		return nil
	}
	if !s.found || isNaN(s.y) || !isNaN(a[1]) && compare(a[1], s.y)*s.direction > 0 {
		s.x, s.y, s.found = a[0], a[1], true
	}
	return nil
}

func (s *extremeState) Value() (any, error) { return s.x, nil }

// extremesState implements max_by(x, y, n), where x is JSON text, and max(x, n). NaN follows all other values.
type extremesState struct {
	direction int
	rows      [][2]any
	n         int
}

// maxExtremes is Trino's limit for n in max_by(x, y, n).
const maxExtremes = 10_000

func (s *extremesState) Step(a []any) error {
	x, y, n := a[0], a[0], a[len(a)-1]
	if len(a) == 3 {
		x, y = parseElement(a[0]), a[1]
	}
	if n == nil || y == nil {
		return nil
	}
	var err error
	if s.n, err = toCount(n); err != nil {
		return err
	}
	if s.n <= 0 || s.n > maxExtremes {
		return dataError("third argument of max_by/min_by must be a positive integer up to %d", maxExtremes)
	}
	i, _ := slices.BinarySearchFunc(s.rows, y, func(row [2]any, y any) int {
		if isNaN(y) || !isNaN(row[1]) && compare(row[1], y)*s.direction >= 0 {
			return -1
		}
		return 1
	})
	if i < s.n {
		s.rows = slices.Insert(s.rows, i, [2]any{x, y})
		s.rows = s.rows[:min(len(s.rows), s.n)]
	}
	return nil
}

func (s *extremesState) Value() (any, error) {
	if s.rows == nil {
		return nil, nil
	}
	out := make([]any, len(s.rows))
	for i, row := range s.rows {
		out[i] = toElement(row[0])
	}
	return JSON(out), nil
}

// extremeByState implements max_by and min_by with two or three arguments.
type extremeByState struct {
	one  extremeState
	many extremesState
	n    bool
}

func (s *extremeByState) Step(a []any) error {
	if s.n = len(a) == 3; s.n {
		return s.many.Step(a)
	}
	return s.one.Step(a)
}

func (s *extremeByState) Value() (any, error) {
	if s.n {
		return s.many.Value()
	}
	return s.one.Value()
}

// firstState returns the first value that is not null.
type firstState struct{ v any }

func (s *firstState) Step(a []any) error {
	if s.v == nil {
		s.v = a[0]
	}
	return nil
}

func (s *firstState) Value() (any, error) { return s.v, nil }

// orderedState implements td_first and td_last: x of the row with the least or greatest y1, y2, …
type orderedState struct {
	direction int
	x         any
	y         []any
}

func (s *orderedState) Step(a []any) error {
	if s.y != nil {
		c := 0
		for i, y := range a[1:] {
			if i < len(s.y) && c == 0 {
				c = compare(y, s.y[i])
			}
		}
		if c*s.direction <= 0 {
			return nil
		}
	}
	s.x, s.y = a[0], a[1:]
	return nil
}

func (s *orderedState) Value() (any, error) { return s.x, nil }

// extremeAggregates returns the aggregates that select a value of one of the rows.
func extremeAggregates() []Aggregate {
	return []Aggregate{
		newAggregate("f_max_by", 2, 3, func() State {
			return &extremeByState{one: extremeState{direction: 1}, many: extremesState{direction: 1}}
		}),
		newAggregate("f_min_by", 2, 3, func() State {
			return &extremeByState{one: extremeState{direction: -1}, many: extremesState{direction: -1}}
		}),
		newAggregate("f_max_n", 2, 2, func() State { return &extremesState{direction: 1} }),
		newAggregate("f_min_n", 2, 2, func() State { return &extremesState{direction: -1} }),
		newAggregate("f_arbitrary", 1, 1, func() State { return &firstState{} }),
		newAggregate("f_any_value", 1, 1, func() State { return &firstState{} }),
	}
}

// sessionState implements TD_SESSIONIZE_WINDOW: rows in order of time get a new ID after a gap.
type sessionState struct {
	id   string
	last int64
}

func (s *sessionState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	t, err := toInteger(a[0])
	if err != nil {
		return err
	}
	gap, err := toInteger(a[1])
	if err != nil {
		return err
	}
	if s.id == "" || t-s.last > gap {
		s.id = newUUID()
	}
	s.last = t
	return nil
}

func (s *sessionState) Value() (any, error) {
	if s.id == "" {
		return nil, nil
	}
	return s.id, nil
}

// tdAggregates returns Treasure Data's own aggregates. See
// https://docs.treasuredata.com/display/public/PD/Supported+Presto+and+TD+Functions.
func tdAggregates() []Aggregate {
	return []Aggregate{
		newAggregate("f_td_first", 2, -1, func() State { return &orderedState{direction: -1} }),
		newAggregate("f_td_last", 2, -1, func() State { return &orderedState{direction: 1} }),
		newAggregate("f_td_sessionize_window", 2, 2, func() State { return &sessionState{} }),
	}
}
