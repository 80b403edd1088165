package functions

import (
	"strings"
	"sync"
)

// maxCached limits the entries of a cache. A full cache is emptied; entries in use return quickly.
const maxCached = 256

// cache holds values that are expensive to build from a string, such as compiled patterns.
type cache[V any] struct {
	build func(key string) (V, error)

	mu      sync.Mutex
	entries map[string]V
}

// maxCacheKey limits the length of patterns and paths. Compiled patterns are much larger than their texts.
const maxCacheKey = 64 << 10

// get returns the value for key, building it if necessary. The cache keeps a copy of key.
func (c *cache[V]) get(key string) (V, error) {
	if len(key) > maxCacheKey {
		var zero V
		return zero, notSupported("a pattern of more than %d bytes is not supported by the sandbox", maxCacheKey)
	}
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
