package functions

import "strings"

// keyMark precedes a key whose text differs from that of equal keys, such as -0.0 and 0.0: the mark, the identity, the mark
// and the text. It is a code point that is reserved for internal use.
const keyMark = "\ufdd1"

// keyIdentity returns a text that is the same for equal keys of a map.
func keyIdentity(key string) string {
	identity, _ := cutKey(key)
	return identity
}

// KeyText returns the text of a key of a map.
func KeyText(key string) string {
	_, text := cutKey(key)
	return text
}

func cutKey(key string) (identity, text string) {
	if marked, ok := strings.CutPrefix(key, keyMark); ok {
		if identity, text, ok := strings.Cut(marked, keyMark); ok {
			return identity, text
		}
	}
	return key, key
}

// toMapKey returns the text under which a map stores a key whose type is not known.
func toMapKey(v any) string {
	if _, ok := v.(string); ok {
		return toText(v)
	}
	key, _ := (*Registry)(nil).makeMapKey(typeShape{}, v)
	return key
}

// nanKey is the key NaN of a map.
const nanKey = keyMark + "NaN" + keyMark + "NaN"

// makeMapKey returns the text under which a map stores a key of type t.
func (r *Registry) makeMapKey(t typeShape, v any) (string, error) {
	if isNaN(v) {
		return nanKey, nil
	}
	text := toText(sortMembers(v))
	same, err := r.identify(t, v)
	if identity := toText(same); identity != text {
		return keyMark + identity + keyMark + text, err
	}
	return text, err
}

// identify replaces values by one that is the same for all equal values of type t.
func (r *Registry) identify(t typeShape, v any) (any, error) {
	var err error
	switch x := v.(type) {
	case float64:
		if x == 0 {
			return 0.0, nil
		}
	case string:
		if strings.HasSuffix(t.base, "with time zone") {
			m, err := r.parseDatetime(x)
			return m.instant().String(), err
		}
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			if out[i], err = r.identify(t.argument(i), e); err != nil {
				return nil, err
			}
		}
		return out, nil
	case Object:
		out := make(Object, len(x))
		for i, m := range x {
			out[i].Key = keyIdentity(m.Key)
			if out[i].Value, err = r.identify(t.argument(1), m.Value); err != nil {
				return nil, err
			}
		}
		return sortMembers(out), nil
	}
	return v, nil
}

// set replaces the value of key or appends a new member.
func (o Object) set(key string, v any) Object {
	for i := range o {
		if o[i].Key == key {
			o[i].Value = v
			return o
		}
	}
	return append(o, Member{key, v})
}

// objectBuilder builds an object with an index of its keys.
type objectBuilder struct {
	index   map[string]int
	members Object
	size    int64 // estimated memory in bytes
}

// entryOverhead is the estimated memory of an entry of a map in bytes, in addition to its texts.
const entryOverhead = 96

// Size implements [Sizer].
func (b *objectBuilder) Size() int64 { return b.size }

// has reports whether there is a value of key.
func (b *objectBuilder) has(key string) bool {
	_, ok := b.index[keyIdentity(key)]
	return ok
}

// set stores the value of key and reports whether the key is new.
func (b *objectBuilder) set(key string, v any) bool {
	if b.index == nil {
		b.index = map[string]int{}
	}
	if i, ok := b.index[keyIdentity(key)]; ok {
		b.members[i] = Member{key, v}
		return false
	}
	b.index[keyIdentity(key)] = len(b.members)
	b.members = append(b.members, Member{key, v})
	b.size += int64(len(key)) + elementSize(v) + entryOverhead
	return true
}

// multimapBuilder collects values by key in order of first appearance.
type multimapBuilder struct {
	index   map[string]int
	members Object
	size    int64 // estimated memory in bytes
}

// Size implements [Sizer].
func (g *multimapBuilder) Size() int64 { return g.size }

func (g *multimapBuilder) add(key string, v any) {
	if g.index == nil {
		g.index = map[string]int{}
	}
	i, ok := g.index[keyIdentity(key)]
	if !ok {
		i = len(g.members)
		g.index[keyIdentity(key)] = i
		g.members = append(g.members, Member{key, []any{}})
		g.size += int64(len(key)) + entryOverhead
	}
	values, _ := g.members[i].Value.([]any)
	g.members[i].Value = append(values, v)
	g.size += elementSize(v)
}

// elementSize estimates the memory of an element in bytes.
func elementSize(v any) int64 {
	const overhead = 32
	switch x := v.(type) {
	case string:
		return int64(len(x)) + overhead
	case Number:
		return int64(len(x)) + overhead
	case []any:
		size := int64(overhead)
		for _, e := range x {
			size += elementSize(e)
		}
		return size
	case Object:
		size := int64(overhead)
		for _, m := range x {
			size += int64(len(m.Key)) + elementSize(m.Value)
		}
		return size
	}
	return overhead
}

func (g *multimapBuilder) object() Object { return g.members }

// hasNaN reports whether a key of a map is NaN or contains it. Such a key equals no other.
func hasNaN(key string) bool { return key == nanKey || strings.Contains(key, notANumber) }

// lookUp returns the value of a key in a map.
func (o Object) lookUp(key any) (any, bool) {
	text := toMapKey(key)
	if hasNaN(text) {
		return nil, false
	}
	return o.get(text)
}

// get returns the value of key.
func (o Object) get(key string) (any, bool) {
	for _, m := range o {
		if m.Key == key || keyIdentity(m.Key) == keyIdentity(key) {
			return m.Value, true
		}
	}
	return nil, false
}
