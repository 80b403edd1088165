package functions

import (
	"strings"
)

// multisetState counts distinct values in order of first appearance.
type multisetState struct {
	index    map[string]int
	values   []any
	counts   []int64
	keepNull bool
	keys     bool // the values are keys of a map
	value    func(*multisetState) any
	size     int64 // estimated memory in bytes
}

// Size implements [Sizer].
func (s *multisetState) Size() int64 { return s.size }

func (s *multisetState) Step(a []any) error {
	if a[0] == nil && !s.keepNull {
		return nil
	}
	v := toElement(a[0])
	if s.index == nil {
		s.index = map[string]int{}
	}
	k := s.key(v)
	i, ok := s.index[k]
	if !ok {
		i = len(s.values)
		s.index[k] = i
		s.values, s.counts = append(s.values, v), append(s.counts, 0)
		s.size += int64(len(k)) + elementSize(v) + entryOverhead
	}
	s.counts[i]++
	return nil
}

// Inverse removes the oldest row.
func (s *multisetState) Inverse(a []any) error {
	if i, ok := s.index[s.key(toElement(a[0]))]; ok {
		s.counts[i]--
	}
	return nil
}

func (s *multisetState) key(v any) string {
	if s.keys {
		return keyIdentity(toText(v))
	}
	return makeKey(v)
}

func (s *multisetState) Value() (any, error) { return s.value(s), nil }

// presentValues returns the values whose count is positive.
func (s *multisetState) presentValues() []any {
	out := []any{}
	for i, v := range s.values {
		if s.counts[i] > 0 {
			out = append(out, v)
		}
	}
	return out
}

func formatSet(s *multisetState) any { return JSON(s.presentValues()) }

func formatSetOrNull(s *multisetState) any {
	if p := s.presentValues(); len(p) > 0 {
		return JSON(p)
	}
	return nil
}

func countValues(s *multisetState) any { return int64(len(s.presentValues())) }

func formatHistogram(s *multisetState) any {
	var b objectBuilder
	for i, v := range s.values {
		if s.counts[i] > 0 {
			b.set(toText(v), s.counts[i])
		}
	}
	if b.members == nil {
		return nil
	}
	return JSON(b.members)
}

// mapState implements map_agg; values are JSON text. The first value of a key wins.
type mapState struct{ objectBuilder }

func (s *mapState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	key := toMapKey(a[0])
	if s.has(key) {
		return nil
	}
	s.set(key, parseElement(a[1]))
	return nil
}

func (s *mapState) Value() (any, error) {
	if s.members == nil {
		return nil, nil
	}
	return JSON(s.members), nil
}

// multimapState implements multimap_agg; values are JSON text.
type multimapState struct{ multimapBuilder }

func (s *multimapState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	s.add(toMapKey(a[0]), parseElement(a[1]))
	return nil
}

func (s *multimapState) Value() (any, error) {
	if s.members == nil {
		return nil, nil
	}
	return JSON(s.object()), nil
}

// mapUnionState implements map_union. The first value of a key wins.
type mapUnionState struct {
	objectBuilder
	any bool
}

func (s *mapUnionState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	o, err := toObject(a[0])
	s.any = true
	for _, m := range o {
		if !s.has(m.Key) {
			s.set(m.Key, m.Value)
		}
	}
	return err
}

func (s *mapUnionState) Value() (any, error) {
	if !s.any {
		return nil, nil
	}
	return JSON(s.members), nil
}

// listaggState implements listagg.
type listaggState struct {
	b    strings.Builder
	rows int
}

func (s *listaggState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	if s.rows++; s.rows > 1 && len(a) > 1 {
		s.b.WriteString(toText(a[1]))
	}
	if s.b.WriteString(toText(a[0])); s.b.Len() > 1<<28 {
		return dataError("the result of listagg is too long")
	}
	return nil
}

// Size implements [Sizer].
func (s *listaggState) Size() int64 { return int64(s.b.Cap()) }

func (s *listaggState) Value() (any, error) {
	if s.rows == 0 {
		return nil, nil
	}
	return s.b.String(), nil
}

// distinctState implements approx_distinct, which counts exactly. A standard error of NULL ignores the row. See
// https://trino.io/docs/current/functions/aggregate.html#approx_distinct.
type distinctState struct{ multisetState }

func (s *distinctState) Step(a []any) error {
	if len(a) == 1 {
		return s.multisetState.Step(a)
	}
	if a[0] == nil || a[1] == nil {
		return nil
	}
	e, err := toDouble(a[1])
	if err != nil {
		return err
	}
	if !(e >= 0.0040625 && e <= 0.26) {
		return dataError("Max standard error must be in [0.0040625, 0.26]: %s", FormatDouble(e))
	}
	return s.multisetState.Step(a[:1])
}

// collectAggregates returns the aggregates that build arrays, maps, sets or texts.
func collectAggregates() []Aggregate {
	return []Aggregate{
		newAggregate("f_approx_distinct", 1, 2, func() State { return &distinctState{multisetState{value: countValues}} }),
		newAggregate("f_histogram", 1, 1, func() State { return &multisetState{keys: true, value: formatHistogram} }),
		newAggregate("f_set_agg", 1, 1, func() State { return &multisetState{keepNull: true, value: formatSetOrNull} }),
		newAggregate("h_collect_set", 1, 1, func() State { return &multisetState{value: formatSet} }),
		newAggregate("f_map_agg_json", 2, 2, func() State { return &mapState{} }),
		newAggregate("f_multimap_agg_json", 2, 2, func() State { return &multimapState{} }),
		newAggregate("f_map_union", 1, 1, func() State { return &mapUnionState{} }),
		newAggregate("f_listagg", 1, 2, func() State { return &listaggState{} }),
	}
}
