package jobs

import (
	"bytes"
	"testing"

	"github.com/td-cli/td/internal/sandbox/state"
)

func TestListCache(t *testing.T) {
	var c listCache
	key := listKey{state.JobVersion{ID: 1, Finished: true}, "http://a/1"}
	if c.get(key) != nil {
		t.Error("an empty cache has a job")
	}
	c.add(key, []byte("one"))
	if got := c.get(key); string(got) != "one" {
		t.Errorf("got %q", got)
	}
	for name, other := range map[string]listKey{
		"a running job": {state.JobVersion{ID: 1}, "http://a/1"},
		"a linked job":  {state.JobVersion{ID: 1, Finished: true, LinkedID: 2}, "http://a/1"},
		"another host":  {state.JobVersion{ID: 1, Finished: true}, "http://b/1"},
	} {
		if got := c.get(other); got != nil {
			t.Errorf("%s: got %q", name, got)
		}
	}
	large := listKey{state.JobVersion{ID: 2, Finished: true}, ""}
	c.add(large, bytes.Repeat([]byte("x"), maxListed))
	if c.get(key) != nil || len(c.get(large)) != maxListed {
		t.Error("a full cache is not emptied")
	}
	c.add(listKey{state.JobVersion{ID: 3, Finished: true}, ""}, make([]byte, maxListed+1))
	if c.size > maxListed || len(c.jobs) != 0 {
		t.Errorf("the cache keeps %d jobs with %d bytes", len(c.jobs), c.size)
	}
}
