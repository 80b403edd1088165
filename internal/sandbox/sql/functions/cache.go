package functions

import (
	"strings"
	"sync"
)

// maxCached bounds a cache. One that is full begins anew: what is in use comes
// back soon.
const maxCached = 256

// A cache keeps what is costly to make from a text.
type cache[V any] struct {
	build func(key string) (V, error)

	mu      sync.Mutex
	entries map[string]V
}

// get gives the value of a key, which is only lent: the cache keeps a copy.
func (c *cache[V]) get(key string) (V, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.entries[key]; ok {
		return v, nil
	}
	key = strings.Clone(key)
	v, err := c.build(key)
	if err != nil {
		return v, err
	}
	if c.entries == nil || len(c.entries) >= maxCached {
		c.entries = map[string]V{}
	}
	c.entries[key] = v
	return v, nil
}
