package jobs

import (
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/state"
)

// list lists jobs, newest first. The parameters from and to are the first and the
// last offset.
func (h *Handlers) list(r *httpapi.Request) (any, error) {
	const maxOffset = 1 << 30
	from, err := r.IntParam("from", 0, 0, maxOffset)
	if err != nil {
		return nil, err
	}
	to, err := r.IntParam("to", from+19, 0, maxOffset)
	if err != nil {
		return nil, err
	}
	slower, err := r.IntParam("slower_than", 0, 0, maxOffset)
	if err != nil {
		return nil, err
	}
	count, jobs := 0, []byte("[")
	if to >= from {
		filter := state.JobFilter{
			Status:     r.Param("status"),
			SlowerThan: time.Duration(slower) * time.Second,
			Offset:     from,
			Limit:      to - from + 1,
		}
		if count, jobs, err = h.appendJobs(r, jobs, filter); err != nil {
			return nil, err
		}
	}
	// The list can be long; encoding it again would take most of the time.
	body := fmt.Appendf(nil, `{"count":%d,"from":%s,"jobs":`, count, orNull(r, "from", from))
	return json.RawMessage(fmt.Appendf(append(body, jobs...), `],"to":%s}`, orNull(r, "to", to))), nil
}

// appendJobs appends the selected jobs as JSON to list, and returns their number.
func (h *Handlers) appendJobs(r *httpapi.Request, list []byte, filter state.JobFilter) (int, []byte, error) {
	now := time.Now()
	versions, err := h.State.JobVersions(r.Context(), filter, now)
	if err != nil {
		return 0, nil, err
	}
	keys := make([]listKey, len(versions))
	encoded := make([][]byte, len(versions))
	var missing []int64
	for i, v := range versions {
		keys[i] = listKey{v, jobURL(r, v.ID)}
		if encoded[i] = h.listed.get(keys[i]); encoded[i] == nil {
			missing = append(missing, v.ID)
		}
	}
	if len(missing) > 0 {
		found, err := h.State.JobsByID(r.Context(), missing)
		if err != nil {
			return 0, nil, err
		}
		for i, key := range keys {
			j := found[key.ID]
			if encoded[i] != nil || j == nil {
				continue
			}
			if encoded[i], err = httpapi.Marshal(Object(r, j, now)); err != nil {
				return 0, nil, err
			}
			if j.Finished() {
				key.Finished, key.LinkedID = true, j.LinkedID
				h.listed.add(key, encoded[i])
			}
		}
	}
	count := 0
	for _, e := range encoded {
		if e == nil {
			continue // deleted in the meantime
		}
		if count > 0 {
			list = append(list, ',')
		}
		list = append(list, e...)
		count++
	}
	return count, list, nil
}

// orNull returns the value of a parameter as JSON: null if the request does not have it.
func orNull(r *httpapi.Request, parameter string, value int) string {
	if r.Param(parameter) == "" {
		return "null"
	}
	return strconv.Itoa(value)
}

// A listKey identifies the JSON of a job in a list.
type listKey struct {
	state.JobVersion
	url string // of the job, which depends on the request
}

const maxListed = 32 << 20 // bytes in a listCache

// A listCache contains finished jobs as JSON, because encoding them takes most of the time of
// job/list. The zero value is empty.
type listCache struct {
	mu   sync.Mutex
	jobs map[listKey][]byte
	size int
}

// get returns the JSON of a job, or nil.
func (c *listCache) get(key listKey) []byte {
	if !key.Finished {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.jobs[key]
}

// add adds the JSON of a finished job. It empties a full cache.
func (c *listCache) add(key listKey, encoded []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.jobs == nil || c.size+len(encoded) > maxListed {
		c.jobs, c.size = map[listKey][]byte{}, 0
	}
	if len(encoded) <= maxListed {
		c.jobs[key] = encoded
		c.size += len(encoded)
	}
}
