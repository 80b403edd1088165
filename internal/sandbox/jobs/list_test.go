package jobs

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/state"
)

func TestAppendObject(t *testing.T) {
	fields := []field{
		{"null", nil},
		{"int", 1},
		{"int64", int64(-2)},
		{"text", "plain"},
		{"escaped", "a\"b\\c\n\u2028ü<&>\xff"},
		{"raw", json.RawMessage(`{"a":[1]}`)},
	}
	got, err := appendObject(nil, fields)
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(newObject(fields))
	if err != nil {
		t.Fatal(err)
	}
	var gotValue, wantValue any
	if err := json.Unmarshal(got, &gotValue); err != nil {
		t.Fatalf("%s: %v", got, err)
	}
	if err := json.Unmarshal(want, &wantValue); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantValue, gotValue); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := appendObject(nil, []field{{"a", json.RawMessage("x")}, {"f", func() {}}}); err == nil {
		t.Error("a function is encoded")
	}
}

func TestJoinJobs(t *testing.T) {
	one := listedJob{state.JobVersion{ID: 7}, []byte(`{"a":1}`)}
	two := listedJob{state.JobVersion{ID: 8}, []byte(`{"a":2}`)}
	for want, jobs := range map[string][]listedJob{
		`[]`:                           nil,
		`[{"a":1,"url":"http://x/7"}]`: {one},
		`[{"a":1,"url":"http://x/7"},{"a":2,"url":"http://x/8"}]`: {one, two},
	} {
		if got := string(joinJobs("[", jobs, []byte(`"http://x/"`), "]")); got != want {
			t.Errorf("%s; want %s", got, want)
		}
	}
}

func TestListCache(t *testing.T) {
	var c listCache
	v := state.JobVersion{ID: 1, Finished: true}
	if c.get(v) != nil {
		t.Error("an empty cache has a job")
	}
	c.add(v, []byte("one"))
	if got := c.get(v); string(got) != "one" {
		t.Errorf("got %q", got)
	}
	running := state.JobVersion{ID: 4}
	c.add(running, []byte("four"))
	for name, other := range map[string]state.JobVersion{
		"a running job": running,
		"a linked job":  {ID: 1, Finished: true, LinkedID: 2},
	} {
		if got := c.get(other); got != nil {
			t.Errorf("%s: got %q", name, got)
		}
	}
	large := state.JobVersion{ID: 2, Finished: true}
	c.add(large, bytes.Repeat([]byte("x"), maxListed))
	if c.get(v) != nil || len(c.get(large)) != maxListed {
		t.Error("a full cache is not emptied")
	}
	c.add(state.JobVersion{ID: 3, Finished: true}, make([]byte, maxListed+1))
	if c.size > maxListed || len(c.jobs) != 0 {
		t.Errorf("the cache keeps %d jobs with %d bytes", len(c.jobs), c.size)
	}
}
