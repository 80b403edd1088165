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
}

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
	return true
}

// multimapBuilder collects values by key in order of first appearance.
type multimapBuilder struct {
	index   map[string]int
	members Object
}

func (g *multimapBuilder) add(key string, v any) {
	if g.index == nil {
		g.index = map[string]int{}
	}
	i, ok := g.index[key]
	if !ok {
		i = len(g.members)
		g.index[key] = i
		g.members = append(g.members, Member{key, []any{}})
	}
	values, _ := g.members[i].Value.([]any)
	g.members[i].Value = append(values, v)
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
