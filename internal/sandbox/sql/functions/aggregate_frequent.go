package functions

import (
	"cmp"
	"slices"
)

// frequentState implements approx_most_frequent with exact counts.
type frequentState struct {
	most     int // number of values in the result
	capacity int
	counts   map[string]int64
	keys     []any // ordered by first appearance
}

func (s *frequentState) Step(a []any) error {
	var err error
	if s.most, err = toCount(a[0]); err != nil {
		return err
	}
	if s.capacity, err = toCount(a[2]); err != nil {
		return err
	}
	if s.most < 2 {
		return dataError("approx_most_frequent bucket count must be greater than one")
	}
	if a[1] == nil {
		return nil
	}
	if s.counts == nil {
		s.counts = map[string]int64{}
	}
	key := makeKey(a[1])
	if s.counts[key] == 0 {
		if len(s.keys) >= s.capacity {
			return notSupported("approx_most_frequent over more than %d distinct values, its capacity, is not supported by the sandbox", s.capacity)
		}
		s.keys = append(s.keys, a[1])
	}
	s.counts[key]++
	return nil
}

// Size implements [Sizer].
func (s *frequentState) Size() int64 { return int64(len(s.keys)) * entryOverhead }

func (s *frequentState) Value() (any, error) {
	if s.counts == nil {
		return nil, nil
	}
	keys := slices.Clone(s.keys)
	slices.SortStableFunc(keys, func(a, b any) int { return cmp.Compare(s.counts[makeKey(b)], s.counts[makeKey(a)]) })
	o := Object{}
	for _, k := range keys[:min(s.most, len(keys))] {
		o = append(o, Member{toMapKey(k), s.counts[makeKey(k)]})
	}
	return JSON(o), nil
}
