package functions

// A counts counts by key, in the order of their first appearance.
type keyCounter struct {
	index   map[string]int
	members Object
}

func (c *keyCounter) add(key string, n int64) {
	if c.index == nil {
		c.index = map[string]int{}
	}
	i, ok := c.index[key]
	if !ok {
		i = len(c.members)
		c.index[key] = i
		c.members = append(c.members, Member{key, int64(0)})
	}
	before, _ := c.members[i].Value.(int64)
	c.members[i].Value = before + n
}

func (c *keyCounter) object() Object { return c.members }

// with gives the object a member, in place of one that has its key.
func (o Object) set(key string, v any) Object {
	for i := range o {
		if o[i].Key == key {
			o[i].Value = v
			return o
		}
	}
	return append(o, Member{key, v})
}

// A builder makes an object without looking through it for every key.
type objectBuilder struct {
	index   map[string]int
	members Object
}

// set tells whether the key was new.
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

// A groups collects values by key, in the order of their first appearance.
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

func (o Object) get(key string) (any, bool) {
	for _, m := range o {
		if m.Key == key {
			return m.Value, true
		}
	}
	return nil, false
}
