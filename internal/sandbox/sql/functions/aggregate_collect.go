package functions

import (
	"crypto/md5"
	"encoding/binary"
	"slices"
	"strings"
)

// A collection is array_agg and collect_list.
type collection struct {
	elements []any
	json     bool // values come as JSON text
	skipNull bool
	empty    any // the value of no rows
}

func (s *collection) Step(a []any) error {
	if s.skipNull && (a[0] == nil || s.json && a[0] == "null") {
		return nil
	}
	v := element(a[0])
	if s.json && v != nil {
		v = parsed(v)
	}
	s.elements = append(s.elements, v)
	return nil
}

// Inverse takes the oldest row back.
func (s *collection) Inverse(a []any) error {
	if s.skipNull && (a[0] == nil || s.json && a[0] == "null") || len(s.elements) == 0 {
		return nil
	}
	s.elements = s.elements[1:]
	return nil
}

func (s *collection) Value() (any, error) {
	if len(s.elements) == 0 {
		return s.empty, nil
	}
	return JSON(s.elements), nil
}

// A multiset counts values: distinct ones in the order of their first
// appearance.
type multiset struct {
	index    map[string]int
	values   []any
	times    []int64
	json     bool
	keepNull bool
	value    func(*multiset) any
}

func (s *multiset) Step(a []any) error {
	if a[0] == nil && !s.keepNull {
		return nil
	}
	v := element(a[0])
	if s.json && v != nil {
		if v = parsed(v); v == nil && !s.keepNull {
			return nil
		}
	}
	if s.index == nil {
		s.index = map[string]int{}
	}
	k := identity(v)
	i, ok := s.index[k]
	if !ok {
		i = len(s.values)
		s.index[k] = i
		s.values, s.times = append(s.values, v), append(s.times, 0)
	}
	s.times[i]++
	return nil
}

// Inverse takes a row back.
func (s *multiset) Inverse(a []any) error {
	v := element(a[0])
	if s.json && v != nil {
		v = parsed(v)
	}
	if i, ok := s.index[identity(v)]; ok {
		s.times[i]--
	}
	return nil
}

func (s *multiset) Value() (any, error) { return s.value(s), nil }

// present are the values that are in the set.
func (s *multiset) present() []any {
	out := []any{}
	for i, v := range s.values {
		if s.times[i] > 0 {
			out = append(out, v)
		}
	}
	return out
}

func setValue(s *multiset) any { return JSON(s.present()) }

func nullSetValue(s *multiset) any {
	if p := s.present(); len(p) > 0 {
		return JSON(p)
	}
	return nil
}

func cardinalityValue(s *multiset) any { return int64(len(s.present())) }

func histogramValue(s *multiset) any {
	var b builder
	for i, v := range s.values {
		if s.times[i] > 0 {
			b.set(text(plain(v)), s.times[i])
		}
	}
	if b.all == nil {
		return nil
	}
	return JSON(b.all)
}

// A mapping is map_agg: the first value of a key stays.
type mapping struct {
	builder
	json bool
}

func (s *mapping) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	key := mapKey(a[0])
	if _, ok := s.index[key]; ok {
		return nil
	}
	v := element(a[1])
	if s.json && v != nil {
		v = parsed(v)
	}
	s.set(key, v)
	return nil
}

func (s *mapping) Value() (any, error) {
	if s.all == nil {
		return nil, nil
	}
	return JSON(s.all), nil
}

// A multimapping is multimap_agg.
type multimapping struct {
	groups
	json bool
}

func (s *multimapping) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	v := element(a[1])
	if s.json && v != nil {
		v = parsed(v)
	}
	s.add(mapKey(a[0]), v)
	return nil
}

func (s *multimapping) Value() (any, error) {
	if s.all == nil {
		return nil, nil
	}
	return JSON(s.object()), nil
}

// A union is map_union: the first value of a key stays.
type union struct {
	builder
	any bool
}

func (s *union) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	o, err := object(a[0])
	s.any = true
	for _, m := range o {
		if _, ok := s.index[m.Key]; !ok {
			s.set(m.Key, m.Value)
		}
	}
	return err
}

func (s *union) Value() (any, error) {
	if !s.any {
		return nil, nil
	}
	return JSON(s.all), nil
}

// A joiner is listagg.
type joiner struct {
	b    strings.Builder
	rows int
}

func (s *joiner) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	if s.rows++; s.rows > 1 && len(a) > 1 {
		s.b.WriteString(text(a[1]))
	}
	if s.b.WriteString(text(a[0])); s.b.Len() > 1<<28 {
		return dataError("the result of listagg is too long")
	}
	return nil
}

func (s *joiner) Value() (any, error) {
	if s.rows == 0 {
		return nil, nil
	}
	return s.b.String(), nil
}

// A checksum adds up a digest of every value, whatever their order.
type checksum struct {
	sum  uint64
	rows int
}

func (s *checksum) of(v any) uint64 {
	d := md5.Sum([]byte(identity(v)))
	return binary.LittleEndian.Uint64(d[:])
}

func (s *checksum) Step(a []any) error {
	s.sum += s.of(a[0])
	s.rows++
	return nil
}

// Inverse takes a row back.
func (s *checksum) Inverse(a []any) error {
	s.sum -= s.of(a[0])
	s.rows--
	return nil
}

func (s *checksum) Value() (any, error) {
	if s.rows == 0 {
		return nil, nil
	}
	return binary.LittleEndian.AppendUint64(nil, s.sum), nil
}

func collections() []Aggregate {
	list := []Aggregate{
		agg("f_approx_distinct", 1, 2, func() State { return &multiset{value: cardinalityValue} }),
		agg("f_histogram", 1, 1, func() State { return &multiset{value: histogramValue} }),
		agg("f_set_agg", 1, 1, func() State { return &multiset{keepNull: true, value: nullSetValue} }),
		agg("f_map_union", 1, 1, func() State { return &union{} }),
		agg("f_listagg", 1, 2, func() State { return &joiner{} }),
		agg("f_checksum", 1, 1, func() State { return &checksum{} }),
	}
	for _, suffix := range []string{"", "_json"} {
		isJSON := suffix != ""
		list = slices.Concat(list, []Aggregate{
			agg("f_array_agg"+suffix, 1, 1, func() State { return &collection{json: isJSON} }),
			agg("h_collect_list"+suffix, 1, 1, func() State { return &collection{json: isJSON, skipNull: true, empty: "[]"} }),
			agg("h_collect_set"+suffix, 1, 1, func() State { return &multiset{json: isJSON, value: setValue} }),
			agg("f_map_agg"+suffix, 2, 2, func() State { return &mapping{json: isJSON} }),
			agg("f_multimap_agg"+suffix, 2, 2, func() State { return &multimapping{json: isJSON} }),
		})
	}
	return list
}
