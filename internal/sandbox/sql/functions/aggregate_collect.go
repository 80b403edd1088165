package functions

import (
	"crypto/md5"
	"encoding/binary"
	"slices"
	"strings"
)

// A collection is array_agg and collect_list.
type collectionState struct {
	elements []any
	json     bool // values come as JSON text
	skipNull bool
	empty    any // the value of no rows
}

func (s *collectionState) Step(a []any) error {
	if s.skipNull && (a[0] == nil || s.json && a[0] == "null") {
		return nil
	}
	v := toElement(a[0])
	if s.json && v != nil {
		v = parseElement(v)
	}
	s.elements = append(s.elements, v)
	return nil
}

// Inverse takes the oldest row back.
func (s *collectionState) Inverse(a []any) error {
	if s.skipNull && (a[0] == nil || s.json && a[0] == "null") || len(s.elements) == 0 {
		return nil
	}
	s.elements = s.elements[1:]
	return nil
}

func (s *collectionState) Value() (any, error) {
	if len(s.elements) == 0 {
		return s.empty, nil
	}
	return JSON(s.elements), nil
}

// A multiset counts values: distinct ones in the order of their first
// appearance.
type multisetState struct {
	index    map[string]int
	values   []any
	counts   []int64
	json     bool
	keepNull bool
	value    func(*multisetState) any
}

func (s *multisetState) Step(a []any) error {
	if a[0] == nil && !s.keepNull {
		return nil
	}
	v := toElement(a[0])
	if s.json && v != nil {
		if v = parseElement(v); v == nil && !s.keepNull {
			return nil
		}
	}
	if s.index == nil {
		s.index = map[string]int{}
	}
	k := makeKey(v)
	i, ok := s.index[k]
	if !ok {
		i = len(s.values)
		s.index[k] = i
		s.values, s.counts = append(s.values, v), append(s.counts, 0)
	}
	s.counts[i]++
	return nil
}

// Inverse takes a row back.
func (s *multisetState) Inverse(a []any) error {
	v := toElement(a[0])
	if s.json && v != nil {
		v = parseElement(v)
	}
	if i, ok := s.index[makeKey(v)]; ok {
		s.counts[i]--
	}
	return nil
}

func (s *multisetState) Value() (any, error) { return s.value(s), nil }

// present are the values that are in the set.
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
			b.set(toText(fromElement(v)), s.counts[i])
		}
	}
	if b.members == nil {
		return nil
	}
	return JSON(b.members)
}

// A mapping is map_agg: the first value of a key stays.
type mapState struct {
	objectBuilder
	json bool
}

func (s *mapState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	key := toMapKey(a[0])
	if _, ok := s.index[key]; ok {
		return nil
	}
	v := toElement(a[1])
	if s.json && v != nil {
		v = parseElement(v)
	}
	s.set(key, v)
	return nil
}

func (s *mapState) Value() (any, error) {
	if s.members == nil {
		return nil, nil
	}
	return JSON(s.members), nil
}

// A multimapping is multimap_agg.
type multimapState struct {
	multimapBuilder
	json bool
}

func (s *multimapState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	v := toElement(a[1])
	if s.json && v != nil {
		v = parseElement(v)
	}
	s.add(toMapKey(a[0]), v)
	return nil
}

func (s *multimapState) Value() (any, error) {
	if s.members == nil {
		return nil, nil
	}
	return JSON(s.object()), nil
}

// A union is map_union: the first value of a key stays.
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
		if _, ok := s.index[m.Key]; !ok {
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

// A joiner is listagg.
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

func (s *listaggState) Value() (any, error) {
	if s.rows == 0 {
		return nil, nil
	}
	return s.b.String(), nil
}

// A checksum adds up a digest of every value, whatever their order.
type checksumState struct {
	sum  uint64
	rows int
}

func (s *checksumState) hashValue(v any) uint64 {
	d := md5.Sum([]byte(makeKey(v)))
	return binary.LittleEndian.Uint64(d[:])
}

func (s *checksumState) Step(a []any) error {
	s.sum += s.hashValue(a[0])
	s.rows++
	return nil
}

// Inverse takes a row back.
func (s *checksumState) Inverse(a []any) error {
	s.sum -= s.hashValue(a[0])
	s.rows--
	return nil
}

func (s *checksumState) Value() (any, error) {
	if s.rows == 0 {
		return nil, nil
	}
	return binary.LittleEndian.AppendUint64(nil, s.sum), nil
}

func collectAggregates() []Aggregate {
	list := []Aggregate{
		newAggregate("f_approx_distinct", 1, 2, func() State { return &multisetState{value: countValues} }),
		newAggregate("f_histogram", 1, 1, func() State { return &multisetState{value: formatHistogram} }),
		newAggregate("f_set_agg", 1, 1, func() State { return &multisetState{keepNull: true, value: formatSetOrNull} }),
		newAggregate("f_map_union", 1, 1, func() State { return &mapUnionState{} }),
		newAggregate("f_listagg", 1, 2, func() State { return &listaggState{} }),
		newAggregate("f_checksum", 1, 1, func() State { return &checksumState{} }),
	}
	for _, suffix := range []string{"", "_json"} {
		isJSON := suffix != ""
		list = slices.Concat(list, []Aggregate{
			newAggregate("f_array_agg"+suffix, 1, 1, func() State { return &collectionState{json: isJSON} }),
			newAggregate("h_collect_list"+suffix, 1, 1, func() State { return &collectionState{json: isJSON, skipNull: true, empty: "[]"} }),
			newAggregate("h_collect_set"+suffix, 1, 1, func() State { return &multisetState{json: isJSON, value: formatSet} }),
			newAggregate("f_map_agg"+suffix, 2, 2, func() State { return &mapState{json: isJSON} }),
			newAggregate("f_multimap_agg"+suffix, 2, 2, func() State { return &multimapState{json: isJSON} }),
		})
	}
	return list
}
