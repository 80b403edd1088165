package jobs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
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
	var jobs []listedJob
	if to >= from {
		filter := state.JobFilter{
			Status:     r.Param("status"),
			SlowerThan: time.Duration(slower) * time.Second,
			Offset:     from,
			Limit:      to - from + 1,
		}
		if jobs, err = h.listedJobs(r, filter); err != nil {
			return nil, err
		}
	}
	url, err := httpapi.Marshal(jobsURL(r))
	if err != nil {
		return nil, err
	}
	head := fmt.Sprintf(`{"count":%d,"from":%s,"jobs":[`, len(jobs), orNull(r, "from", from))
	tail := fmt.Sprintf(`],"to":%s}`, orNull(r, "to", to))
	return json.RawMessage(joinJobs(head, jobs, url, tail)), nil
}

// orNull returns the value of a parameter as JSON: null if the request does not have it.
func orNull(r *httpapi.Request, parameter string, value int) string {
	if r.Param(parameter) == "" {
		return "null"
	}
	return strconv.Itoa(value)
}

// A listedJob is a job in a list.
type listedJob struct {
	state.JobVersion
	object []byte // JSON without the URL, which depends on the request
}

// listedJobs returns the selected jobs.
func (h *Handlers) listedJobs(r *httpapi.Request, filter state.JobFilter) ([]listedJob, error) {
	now := time.Now()
	versions, err := h.State.JobVersions(r.Context(), filter, now)
	if err != nil {
		return nil, err
	}
	jobs := make([]listedJob, len(versions))
	missing := map[int64]*listedJob{}
	var ids []int64
	for i, v := range versions {
		jobs[i] = listedJob{v, h.listed.get(v)}
		if jobs[i].object == nil {
			missing[v.ID] = &jobs[i]
			ids = append(ids, v.ID)
		}
	}
	if len(ids) == 0 {
		return jobs, nil
	}
	var fields []field
	var object []byte
	err = h.State.ListedJobs(r.Context(), ids, func(j *state.Job) (err error) {
		fields = appendListFields(fields[:0], j, now)
		if object, err = appendObject(object[:0], fields); err != nil {
			return err
		}
		listed := missing[j.ID]
		listed.Finished, listed.LinkedID, listed.object = j.Finished(), j.LinkedID, bytes.Clone(object)
		h.listed.add(listed.JobVersion, listed.object)
		return nil
	})
	if err != nil {
		return nil, err
	}
	// A job may have been deleted in the meantime.
	return slices.DeleteFunc(jobs, func(j listedJob) bool { return j.object == nil }), nil
}

// joinJobs returns the JSON of a list. The URL of a job is url, a JSON text, followed by the ID.
func joinJobs(head string, jobs []listedJob, url []byte, tail string) []byte {
	url = bytes.TrimSuffix(url, []byte(`"`))
	const separators, digits = len(`,"url":"},`), 19
	size := len(head) + len(tail) + len(jobs)*(len(url)+separators+digits)
	for _, j := range jobs {
		size += len(j.object)
	}
	b := append(make([]byte, 0, size), head...)
	for i, j := range jobs {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, j.object[:len(j.object)-len("}")]...)
		b = append(append(b, `,"url":`...), url...)
		b = append(strconv.AppendInt(b, j.ID, 10), `"}`...)
	}
	return append(b, tail...)
}

const maxListed = 32 << 20 // bytes in a listCache

// A listCache contains finished jobs as JSON, because encoding them takes most of the time of
// job/list. The zero value is empty.
type listCache struct {
	mu   sync.Mutex
	jobs map[state.JobVersion][]byte
	size int
}

// get returns the JSON of a job, or nil.
func (c *listCache) get(v state.JobVersion) []byte {
	if !v.Finished {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.jobs[v]
}

// add adds the JSON of a job, unless it is unfinished and can change. It empties a full cache.
func (c *listCache) add(v state.JobVersion, object []byte) {
	if !v.Finished {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.jobs == nil || c.size+len(object) > maxListed {
		c.jobs, c.size = map[state.JobVersion][]byte{}, 0
	}
	if len(object) <= maxListed {
		c.jobs[v] = object
		c.size += len(object)
	}
}
