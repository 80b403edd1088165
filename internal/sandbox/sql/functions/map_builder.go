package functions

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

// set stores the value of key and reports whether the key is new.
func (b *objectBuilder) set(key string, v any) bool {
	if b.index == nil {
		b.index = map[string]int{}
	}
	if i, ok := b.index[key]; ok {
		b.members[i].Value = v
		return false
	}
	b.index[key] = len(b.members)
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
	i, ok := g.index[key]
	if !ok {
		i = len(g.members)
		g.index[key] = i
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

// get returns the value of key.
func (o Object) get(key string) (any, bool) {
	for _, m := range o {
		if m.Key == key {
			return m.Value, true
		}
	}
	return nil, false
}
