package functions

import "slices"

// frameAggregate returns f_frame, which runs another aggregate over frames that the engine does not have: those whose bounds
// depend on the row, or on months. The engine calls it with a frame from the current row to the end of the partition, so that it
// gets all rows of the partition before the first value, and Inverse before each next one. Its arguments are:
//
//   - the three arguments of f_replay,
//   - ROWS, RANGE or GROUPS, and the kinds of both bounds, such as PRECEDING or CURRENT ROW,
//   - the direction of the sort key, see f_replay, and the key,
//   - the bounds: an offset for ROWS and GROUPS, a value of the key for RANGE,
//   - the further arguments of f_replay.
//
// See https://trino.io/docs/current/functions/window.html.
func (r *Registry) frameAggregate() Aggregate {
	return newAggregate("f_frame", 10, -1, func() State { return &frameState{registry: r} })
}

// frameArguments is the number of arguments that precede those of the aggregate.
const frameArguments = 10

// A frameRow is a row of the partition.
type frameRow struct {
	key, start, end any
	args            []any
}

// A frameState keeps the rows of the partition.
type frameState struct {
	registry         *Registry
	replay           []any // arguments of f_replay
	unit, start, end string
	direction        byte
	rows             []frameRow
	groups           []int // the first row of each group of peers, and the number of rows
	current          int
	size             int64
}

// Size implements [Sizer].
func (s *frameState) Size() int64 { return s.size }

func (s *frameState) Step(a []any) error {
	if s.rows == nil {
		s.replay, s.unit, s.start, s.end = a[:3], toText(a[3]), toText(a[4]), toText(a[5])
		s.direction = append([]byte(toText(a[6])), ascending)[0]
	}
	s.rows = append(s.rows, frameRow{key: a[7], start: a[8], end: a[9], args: a[frameArguments:]})
	s.groups = nil
	s.size += entryOverhead + rowSize(a)
	return nil
}

// Inverse makes the next row the current one.
func (s *frameState) Inverse([]any) error {
	s.current++
	return nil
}

func (s *frameState) Value() (any, error) {
	state := &replayState{registry: s.registry}
	if s.current < len(s.rows) {
		from, to, err := s.bounds()
		if err != nil {
			return nil, err
		}
		for i := from; i < to; i++ {
			if err := state.Step(append(slices.Clone(s.replay), s.rows[i].args...)); err != nil {
				return nil, err
			}
		}
		if state.begin == nil { // an empty frame
			if err := state.start(s.replay); err != nil {
				return nil, err
			}
		}
	}
	return state.Value()
}

// bounds returns the first row of the frame of the current row, and the row after its last one.
func (s *frameState) bounds() (from, to int, err error) {
	if s.groups == nil {
		for i := range s.rows {
			if i == 0 || s.compareKeys(s.rows[i-1].key, s.rows[i].key) != 0 {
				s.groups = append(s.groups, i)
			}
		}
		s.groups = append(s.groups, len(s.rows))
	}
	row := s.rows[s.current]
	if from, _, err = s.bound(s.start, row.start); err != nil {
		return 0, 0, err
	}
	if _, to, err = s.bound(s.end, row.end); err != nil {
		return 0, 0, err
	}
	if s.unit == "RANGE" && row.key != nil {
		from, to = s.withoutNulls(from, to)
	}
	return max(from, 0), min(to, len(s.rows)), nil
}

// bound returns the rows at a bound of the frame: the first one, and the one after the last one.
func (s *frameState) bound(kind string, v any) (first, last int, err error) {
	switch {
	case kind == "UNBOUNDED PRECEDING":
		return 0, 0, nil
	case kind == "UNBOUNDED FOLLOWING":
		return len(s.rows), len(s.rows), nil
	case s.unit == "RANGE" && kind != "CURRENT ROW" && s.rows[s.current].key != nil:
		first = s.search(func(key any) bool { return s.compareKeys(key, v) >= 0 })
		return first, s.search(func(key any) bool { return s.compareKeys(key, v) > 0 }), nil
	}
	group, found := slices.BinarySearch(s.groups, s.current)
	if !found {
		group--
	}
	offset := 0
	if kind != "CURRENT ROW" && s.unit != "RANGE" {
		if offset, err = toCount(v); v == nil || err != nil || offset < 0 {
			return 0, 0, dataError("Window frame offset value must not be negative or null")
		}
		if kind == "PRECEDING" {
			offset = -offset
		}
	}
	if s.unit == "ROWS" {
		return s.current + offset, s.current + offset + 1, nil
	}
	switch group += offset; {
	case group < 0:
		return 0, 0, nil
	case group >= len(s.groups)-1:
		return len(s.rows), len(s.rows), nil
	}
	return s.groups[group], s.groups[group+1], nil
}

// search returns the first row that fulfils a condition, which also holds for the following rows.
func (s *frameState) search(holds func(key any) bool) int {
	for i, row := range s.rows {
		if holds(row.key) {
			return i
		}
	}
	return len(s.rows)
}

// withoutNulls removes the rows without a key, unless the bound at their side is unbounded.
func (s *frameState) withoutNulls(from, to int) (int, int) {
	if s.start != "UNBOUNDED PRECEDING" {
		for from < to && s.rows[from].key == nil {
			from++
		}
	}
	if s.end != "UNBOUNDED FOLLOWING" {
		for from < to && s.rows[to-1].key == nil {
			to--
		}
	}
	return from, to
}

// compareKeys orders keys in the direction of the window.
func (s *frameState) compareKeys(a, b any) int { return compareDirected(a, b, s.direction) }
