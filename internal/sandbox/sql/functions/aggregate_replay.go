package functions

import (
	"math"
	"slices"
	"strings"
)

// replayAggregate returns f_replay, which runs another aggregate for what the engine cannot do: DISTINCT with several
// arguments or with values that are equal in spite of different texts, DISTINCT or ORDER BY over a window, and frames with
// a moving start. Its arguments are the name of the aggregate, the number of values by which rows are distinct or 0, the
// directions of the sort keys, these values, the sort keys, and the arguments of the aggregate.
func (r *Registry) replayAggregate() Aggregate {
	return newAggregate("f_replay", 3, -1, func() State { return &replayState{registry: r} })
}

// Directions of a sort key: descending or not, and with NULL first or last.
const (
	ascending           = 'a'
	ascendingNullFirst  = 'A'
	descending          = 'd'
	descendingNullFirst = 'D'
)

// A replayState keeps the rows of the group or the frame, and steps another aggregate with them when its value is needed.
type replayState struct {
	registry   *Registry
	begin      func() State
	direct     Inverter // set if the other aggregate can remove rows itself, and needs all of them in their order
	distinct   int
	directions string
	rows       [][]any
	size       int64
	current    State // aggregate of the first rows, stepped of which have been passed to it
	stepped    int
	seen       map[string]bool
}

// Size implements [Sizer].
func (s *replayState) Size() int64 { return s.size }

func (s *replayState) Step(a []any) error {
	if s.begin == nil {
		if err := s.start(a); err != nil {
			return err
		}
	}
	if s.distinct < 0 || s.distinct+len(s.directions) > len(a)-3 {
		return dataError("Unexpected parameters for function f_replay")
	}
	if s.direct != nil {
		if _, ok := s.direct.(*sumState); ok {
			s.rows = append(s.rows, a[3:])
			s.size += rowSize(a)
		}
		return s.direct.Step(a[3:])
	}
	s.rows = append(s.rows, a[3:])
	s.size += rowSize(a)
	return nil
}

// rowSize estimates the memory of the arguments of a row in bytes.
func rowSize(a []any) int64 {
	var size int64
	for _, v := range a[3:] {
		size += elementSize(v)
	}
	return size
}

func (s *replayState) start(a []any) error {
	name := toText(a[0])
	distinct, err := toCount(a[1])
	if err != nil {
		return err
	}
	s.distinct, s.directions = distinct, toText(a[2])
	if s.begin = engineAggregates()[name]; s.begin != nil {
		return nil
	}
	i, found := slices.BinarySearchFunc(s.registry.aggregates, name, func(f Aggregate, name string) int { return strings.Compare(f.Name, name) })
	if !found {
		return dataError("no aggregate '%s'", clip(name))
	}
	s.begin = s.registry.aggregates[i].New
	if s.distinct == 0 && s.directions == "" {
		s.direct, _ = s.begin().(Inverter)
	}
	return nil
}

// Inverse removes the oldest row.
func (s *replayState) Inverse(a []any) error {
	if s.direct != nil {
		return s.inverseDirect(a)
	}
	if len(s.rows) > 0 {
		s.rows = s.rows[1:]
		s.size -= rowSize(a)
	}
	s.current = nil
	return nil
}

// inverseDirect removes the oldest row from the other aggregate. If a sum of doubles has lost its digits, it is computed
// again.
func (s *replayState) inverseDirect(a []any) error {
	sum, ok := s.direct.(*sumState)
	if !ok || len(s.rows) == 0 {
		return s.direct.Inverse(a[3:])
	}
	s.rows = s.rows[1:]
	s.size -= rowSize(a)
	if err := sum.Inverse(a[3:]); err != nil || !sum.cancelled {
		return err
	}
	again := &sumState{average: sum.average}
	s.direct = again
	for _, row := range s.rows {
		if err := again.Step(row); err != nil {
			return err
		}
	}
	return nil
}

func (s *replayState) Value() (any, error) {
	switch {
	case s.direct != nil:
		return s.direct.Value()
	case s.begin == nil:
		return nil, nil
	}
	if s.current == nil || s.directions != "" {
		s.current, s.stepped, s.seen = s.begin(), 0, map[string]bool{}
	}
	rows := s.rows
	if s.directions != "" {
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, s.compareRows)
	}
	for _, row := range rows[s.stepped:] {
		if s.distinct > 0 {
			var key strings.Builder
			for _, v := range row[:s.distinct] {
				key.WriteString(makeKey(v) + "\x00")
			}
			if s.seen[key.String()] {
				continue
			}
			s.seen[key.String()] = true
		}
		if err := s.current.Step(row[s.distinct+len(s.directions):]); err != nil {
			return nil, err
		}
	}
	s.stepped = len(rows)
	return s.current.Value()
}

// compareRows orders rows by their sort keys.
func (s *replayState) compareRows(a, b []any) int {
	for i, direction := range []byte(s.directions) {
		if c := compareDirected(a[s.distinct+i], b[s.distinct+i], direction); c != 0 {
			return c
		}
	}
	return 0
}

// compareDirected orders two sort keys.
func compareDirected(x, y any, direction byte) int {
	switch {
	case x == nil && y == nil:
		return 0
	case x == nil || y == nil:
		if (x == nil) == (direction == ascendingNullFirst || direction == descendingNullFirst) {
			return -1
		}
		return 1
	case direction == descending || direction == descendingNullFirst:
		return compare(y, x)
	}
	return compare(x, y)
}

// engineAggregates returns the aggregates that the engine itself has.
func engineAggregates() map[string]func() State {
	return map[string]func() State{
		"count":        func() State { return &countState{} },
		"sum":          func() State { return &totalState{} },
		"avg":          func() State { return &sumState{average: true} },
		"max":          func() State { return &orderedExtremeState{extremeState{direction: 1}} },
		"min":          func() State { return &orderedExtremeState{extremeState{direction: -1}} },
		"group_concat": func() State { return &joinState{} },
		"first_value":  func() State { return &positionState{n: 1} },
		"last_value":   func() State { return &positionState{n: -1} },
		"nth_value":    func() State { return &positionState{} },
	}
}

// positionState implements first_value, last_value and nth_value over a frame.
type positionState struct {
	values []any
	n      int
}

func (s *positionState) Step(a []any) (err error) {
	if len(a) > 1 {
		if s.n, err = toCount(a[1]); err != nil {
			return err
		}
	}
	s.values = append(s.values, a[0])
	return nil
}

func (s *positionState) Value() (any, error) {
	i := s.n - 1
	if s.n < 0 {
		i = len(s.values) - 1
	}
	if i < 0 || i >= len(s.values) {
		return nil, nil
	}
	return s.values[i], nil
}

// countState implements count.
type countState struct{ n int64 }

func (s *countState) Step(a []any) error {
	if len(a) == 0 || a[0] != nil {
		s.n++
	}
	return nil
}

func (s *countState) Value() (any, error) { return s.n, nil }

// totalState implements sum of integers or doubles.
type totalState struct {
	integers int64
	doubles  sumState
	float    bool
}

func (s *totalState) Step(a []any) error {
	x, ok := a[0].(int64)
	if !ok {
		s.float = s.float || a[0] != nil
		return s.doubles.Step(a)
	}
	if x > 0 && s.integers > math.MaxInt64-x || x < 0 && s.integers < math.MinInt64-x {
		return dataError("integer overflow")
	}
	s.integers += x
	return s.doubles.Step(a)
}

func (s *totalState) Value() (any, error) {
	if s.float || s.doubles.n == 0 {
		return s.doubles.Value()
	}
	return s.integers, nil
}

// orderedExtremeState implements max and min.
type orderedExtremeState struct{ extremeState }

func (s *orderedExtremeState) Step(a []any) error {
	return s.extremeState.Step([]any{a[0], a[0]})
}

// joinState implements group_concat with commas.
type joinState struct{ parts []string }

func (s *joinState) Step(a []any) error {
	if a[0] != nil {
		s.parts = append(s.parts, toText(a[0]))
	}
	return nil
}

func (s *joinState) Value() (any, error) {
	if s.parts == nil {
		return nil, nil
	}
	return strings.Join(s.parts, ","), nil
}
