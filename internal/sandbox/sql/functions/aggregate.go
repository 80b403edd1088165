package functions

import (
	"slices"
)

// agg is an Aggregate.
func agg(name string, least, most int, begin func() State) Aggregate {
	return Aggregate{Name: name, Min: least, Max: most, New: begin}
}

// A by is max_by or min_by: the x of the row with the greatest or least y.
type by struct {
	direction int
	x, y      any
	found     bool
}

func (s *by) Step(a []any) error {
	if a[1] == nil {
		return nil
	}
	if !s.found || compare(a[1], s.y)*s.direction > 0 {
		s.x, s.y, s.found = a[0], a[1], true
	}
	return nil
}

func (s *by) Value() (any, error) { return s.x, nil }

// A byN is max_by(x, y, n), and max(x, n) when x and y are one.
type byN struct {
	direction int
	rows      [][2]any
	n         int
}

// maxKept is the most that a byN may keep, as the service has it.
const maxKept = 10_000

func (s *byN) Step(a []any) error {
	x, y, n := a[0], a[0], a[len(a)-1]
	if len(a) == 3 {
		y = a[1]
	}
	if n == nil || y == nil {
		return nil
	}
	var err error
	if s.n, err = count(n); err != nil {
		return err
	}
	if s.n <= 0 || s.n > maxKept {
		return dataError("third argument of max_by/min_by must be a positive integer up to %d", maxKept)
	}
	i, _ := slices.BinarySearchFunc(s.rows, y, func(row [2]any, y any) int {
		if compare(row[1], y)*s.direction >= 0 {
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

func (s *byN) Value() (any, error) {
	if s.rows == nil {
		return nil, nil
	}
	out := make([]any, len(s.rows))
	for i, row := range s.rows {
		out[i] = element(row[0])
	}
	return JSON(out), nil
}

// A chosen is max_by with or without its n.
type chosen struct {
	one  by
	many byN
	n    bool
}

func (s *chosen) Step(a []any) error {
	if s.n = len(a) == 3; s.n {
		return s.many.Step(a)
	}
	return s.one.Step(a)
}

func (s *chosen) Value() (any, error) {
	if s.n {
		return s.many.Value()
	}
	return s.one.Value()
}

// A first keeps the first value that is not null.
type first struct{ v any }

func (s *first) Step(a []any) error {
	if s.v == nil {
		s.v = a[0]
	}
	return nil
}

func (s *first) Value() (any, error) { return s.v, nil }

// A last keeps the last value that is not null.
type last struct{ v any }

func (s *last) Step(a []any) error {
	if a[0] != nil {
		s.v = a[0]
	}
	return nil
}

func (s *last) Value() (any, error) { return s.v, nil }

// An ordered is td_first and td_last: x at the least or greatest y, y2, …
type ordered struct {
	direction int
	x         any
	y         []any
}

func (s *ordered) Step(a []any) error {
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

func (s *ordered) Value() (any, error) { return s.x, nil }

func extremes() []Aggregate {
	return []Aggregate{
		agg("f_max_by", 2, 3, func() State { return &chosen{one: by{direction: 1}, many: byN{direction: 1}} }),
		agg("f_min_by", 2, 3, func() State { return &chosen{one: by{direction: -1}, many: byN{direction: -1}} }),
		agg("f_max_n", 2, 2, func() State { return &byN{direction: 1} }),
		agg("f_min_n", 2, 2, func() State { return &byN{direction: -1} }),
		agg("f_arbitrary", 1, 1, func() State { return &first{} }),
		agg("f_any_value", 1, 1, func() State { return &first{} }),
		agg("f_last_value", 1, 1, func() State { return &last{} }),
	}
}

// A session gives rows in the order of their times an ID that changes after a
// gap.
type session struct {
	id   string
	last int64
}

func (s *session) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	t, err := integer(a[0])
	if err != nil {
		return err
	}
	gap, err := integer(a[1])
	if err != nil {
		return err
	}
	if s.id == "" || t-s.last > gap {
		s.id = newUUID()
	}
	s.last = t
	return nil
}

func (s *session) Value() (any, error) {
	if s.id == "" {
		return nil, nil
	}
	return s.id, nil
}

func treasureAggregates() []Aggregate {
	return []Aggregate{
		agg("f_td_first", 2, -1, func() State { return &ordered{direction: -1} }),
		agg("f_td_last", 2, -1, func() State { return &ordered{direction: 1} }),
		agg("f_td_sessionize_window", 2, 2, func() State { return &session{} }),
	}
}
